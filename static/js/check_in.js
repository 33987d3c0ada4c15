// Keeps the code on the wall fresh; without it a link shows the present one.

async function refresh(board) {
  let next = 5;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-board]");
    if (!fresh) return location.reload();
    board.replaceChildren(...fresh.childNodes);
    next = Number(fresh.dataset.seconds) + 1;
  } catch {
    // The network is away for a moment: the code shown is worth half a minute more.
  }
  setTimeout(() => refresh(board), next * 1000);
}

const board = document.querySelector("[data-board]");
setTimeout(() => refresh(board), (Number(board.dataset.seconds) + 1) * 1000);
