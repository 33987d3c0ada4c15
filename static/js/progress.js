// Live progress of long work; without it the page says the same each time it is loaded.

const RELOAD = 5000;
const box = document.querySelector("[data-progress]");

function show(event) {
  const told = JSON.parse(event.data);
  const bar = box.querySelector("progress");
  bar.max = told.total || 1;
  bar.value = told.done;
  const words = box.querySelector("[role=status]");
  if (words.textContent !== told.words) words.textContent = told.words;
}

if (box) {
  const source = new EventSource(box.dataset.progress);
  source.addEventListener("progress", show);
  source.addEventListener("end", (event) => {
    source.close();
    show(event);
    location.reload();
  });
  // The browser connects again by itself; where the server has no room, the page is read again.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), RELOAD);
  });
}
