// Small comforts on every page; without them everything still works.

// The summary of errors is what a person who pressed "send" needs to hear first.
document.querySelector("[data-error-summary]")?.focus();

// A second press of the same button sends nothing twice; the first goes its way untouched.
const PATIENCE = 8000;

function release(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "true";
  form.setAttribute("aria-busy", "true");
  // A form that answers with a download leaves the page standing: it may be used again.
  setTimeout(() => release(form), PATIENCE);
});

// Coming back by the browser's button finds the page as it was left, so the mark must go.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) release(form);
});

function offerToShow(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn alt";
  const say = () => {
    const shown = input.type === "text";
    button.textContent = shown ? box.dataset.hide : box.dataset.show;
    button.setAttribute("aria-label", `${button.textContent}: ${shown ? box.dataset.shown : box.dataset.hidden}`);
  };
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "text" ? "password" : "text";
    say();
  });
  // Never sent, nor kept by the browser, as open text.
  input.form?.addEventListener("submit", () => { input.type = "password"; say(); });
  say();
  box.append(button);
}

function tellCapsLock(box) {
  const input = box.querySelector("input");
  const note = document.getElementById(`${input.id}-caps`);
  if (!note) return;
  const look = (event) => {
    if (!event.getModifierState) return;
    const text = event.getModifierState("CapsLock") ? note.dataset.caps : "";
    if (note.textContent !== text) note.textContent = text;
  };
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  input.addEventListener("blur", () => { note.textContent = ""; });
}

for (const box of document.querySelectorAll("[data-password]")) {
  offerToShow(box);
  tellCapsLock(box);
}

// The account menu closes as menus do: by Escape, and by a press elsewhere.
const account = document.querySelector("details.account");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !account?.open) return;
  account.open = false;
  account.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (account?.open && !account.contains(event.target)) account.open = false;
});
