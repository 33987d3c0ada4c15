// A design while it is drawn: the picture follows what is typed, and what is wrong stands below it.
//
// The page gives:
//   <form data-design data-preview="/designs/…/preview"> … </form>
//   <figure data-shown><img data-picture> <span data-waiting hidden>…</span></figure>
//   <div role="status" data-faults></div>
// Without this script the form saves the draft, and the page shows it then.

const WAIT = 700;

function listed(faults, place) {
  place.replaceChildren();
  if (faults.length === 0) return;
  const box = document.createElement("div");
  box.className = "notice warn";
  const list = document.createElement("ul");
  for (const fault of faults) {
    const item = document.createElement("li");
    item.textContent = fault;
    list.append(item);
  }
  box.append(list);
  place.append(box);
}

function follow(form) {
  const picture = document.querySelector("[data-picture]");
  const waiting = document.querySelector("[data-waiting]");
  const faults = document.querySelector("[data-faults]");
  let timer = 0;
  let asked = 0;

  async function draw() {
    const mine = ++asked;
    waiting.hidden = false;
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json();
      if (mine !== asked) return;
      if (said.picture) picture.src = said.picture;
      if (Array.isArray(said.faults)) listed(said.faults, faults);
    } catch {
      // The picture before stays; the next letter asks again.
    } finally {
      if (mine === asked) waiting.hidden = true;
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, WAIT);
  });
}

for (const form of document.querySelectorAll("form[data-design]")) follow(form);
