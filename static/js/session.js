// Asks in time before a session ends; staying signed in loses nothing that was typed.

const LEAD = 120;
const dialog = document.querySelector("dialog[data-session]");
const form = dialog.querySelector("form");
const seconds = Number(dialog.dataset.seconds);
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => dialog.showModal(), Math.max(0, seconds - LEAD) * 1000);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    wait();
  } finally {
    dialog.close();
  }
});

wait();
