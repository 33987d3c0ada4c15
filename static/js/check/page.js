// The page that checks a file without uploading it: takes the file, has it checked, waits.

import { clear, show } from "./shown.js";
import { answer } from "./verdict.js";

const READING = 5000; // of the file; fetching what the issuer publishes has a limit of its own
const FETCHING = 15_000;

const form = document.querySelector("[data-check]");
const field = form.querySelector("input[type=file]");
const result = document.querySelector("[data-result]");
const progress = form.querySelector("[data-progress]");
let worker = null;
let clock = null;

function forget() {
  clearTimeout(clock);
  if (clock) stop(); // what is under way must not answer for another file
  clear(result);
  progress.textContent = "";
}

function stop() {
  worker?.terminate();
  worker = null;
  clock = null;
}

function begin(file) {
  forget();
  progress.textContent = form.dataset.busy;
  worker ??= new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    clearTimeout(clock);
    if (data.answer) end(data.answer);
    else clock = setTimeout(giveUp, READING, "too-slow");
  };
  worker.onerror = () => giveUp("needs-upload");
  clock = setTimeout(giveUp, FETCHING, "too-slow");
  worker.postMessage({ file, addresses: { ...form.dataset } });
}

function end(found) {
  clock = null;
  progress.textContent = "";
  show(result, found);
}

function giveUp(why) {
  clearTimeout(clock);
  stop();
  end(answer(why));
}

async function isAble() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return typeof DecompressionStream === "function";
  } catch {
    return false;
  }
}

function take(event) {
  event.preventDefault();
  if (field.files.length) {
    begin(field.files[0]);
    return;
  }
  progress.textContent = form.dataset.nothing;
  field.focus();
}

function drop(event) {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  field.files = event.dataTransfer.files;
  begin(field.files[0]);
}

function mark(event) {
  event.preventDefault();
  form.classList.add("over");
}

function listen() {
  form.addEventListener("submit", take);
  // A verdict stands only beside the file it is about.
  field.addEventListener("change", forget);
  form.addEventListener("drop", drop);
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, mark);
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => form.classList.remove("over"));
  }
}

document.querySelector("[data-scriptless]").hidden = true;
if (await isAble()) {
  listen();
  form.hidden = false;
} else {
  document.querySelector("[data-unable]").hidden = false;
}
