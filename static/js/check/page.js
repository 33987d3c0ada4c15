// The page that checks a file without uploading it: takes the file, waits, shows the answer.
// All words are on the page already, as templates; nothing is worded here.

import { matches } from "./holder.js";

const READING = 5000; // of the file; fetching what the issuer publishes has a limit of its own
const FETCHING = 15_000;

const form = document.querySelector("[data-check]");
const result = document.querySelector("[data-result]");
const progress = form.querySelector("[data-progress]");
let worker = null;
let asked = 0;

function begin(file) {
  asked += 1;
  result.replaceChildren();
  delete result.dataset.outcome;
  progress.textContent = form.dataset.busy;
  worker ??= new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const mine = asked;
  let clock = setTimeout(giveUp, FETCHING, mine);
  worker.onmessage = ({ data }) => {
    clearTimeout(clock);
    if (mine !== asked) return;
    if (data.answer) show(data.answer);
    else clock = setTimeout(giveUp, READING, mine);
  };
  worker.onerror = () => {
    clearTimeout(clock);
    giveUp(mine);
  };
  worker.postMessage({ file, addresses: { ...form.dataset } });
}

function giveUp(mine) {
  worker?.terminate();
  worker = null;
  const axes = { signature: "not_checked", period: "not_checked", status: "not_checked", issuer: "not_known", file: "not_given", log: "not_checked" };
  if (mine === asked) show({ outcome: "cannot_check", why: "too-slow", axes });
}

const template = (name) => document.querySelector(`template[data-${name}]`).content.cloneNode(true);

function show(answer) {
  const record = template("record");
  const list = record.querySelector("[data-axes]");
  for (const [axis, found] of Object.entries(answer.axes)) list.append(template(`axis="${axis} ${found}"`));
  const facts = record.querySelector("[data-facts]");
  if (answer.credential) fill(facts, answer.credential, answer.asOf);
  else facts.remove();
  record.querySelector(answer.credential ? "[data-otherwise]" : "[data-compare]").remove();
  progress.textContent = "";
  result.dataset.outcome = answer.outcome;
  result.dataset.why = answer.why;
  result.replaceChildren(template(`verdict="${answer.why}"`), record);
  result.querySelector("#verdict").focus();
}

function fill(facts, credential, asOf) {
  const subject = credential.credentialSubject;
  const put = (name, text) => { facts.querySelector(`[data-put=${name}]`).textContent = text; };
  put("serial", subject.licenseNumber);
  put("award", subject.achievement.name);
  put("issuer", credential.issuer.name);
  put("issued", day(credential.awardedDate));
  put("begins", day(credential.validFrom));
  if (credential.validUntil !== undefined) put("ends", day(credential.validUntil));
  if (asOf) put("as-of", moment(asOf));
  listCompetencies(facts, subject.achievement.alignment ?? []);
  link(facts.querySelector("[data-register]"), credential.evidence?.[0]?.id);
  facts.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    compare(event.target, credential);
  });
}

const zone = { timeZone: form.dataset.zone };
const written = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { ...zone, ...options });
const day = (instant) => written({ dateStyle: "long" }).format(new Date(instant));
const moment = (instant) => written({ dateStyle: "long", timeStyle: "short" }).format(new Date(instant));

function listCompetencies(facts, aligned) {
  const section = facts.querySelector("[data-competencies]");
  const list = section.querySelector("ul");
  const item = list.firstElementChild;
  list.replaceChildren();
  for (const one of aligned) {
    const shown = item.cloneNode(true);
    shown.firstElementChild.textContent = one.targetName;
    shown.lastElementChild.textContent = one.targetDescription;
    list.append(shown);
  }
  if (!aligned.length) section.remove();
}

// To the register by the code, when somebody asks: a suspension stands only there.
function link(anchor, address) {
  const code = /\/v\/([0-9A-Z*~$=]{27})$/i.exec(address ?? "");
  if (code) anchor.href = form.dataset.register.replace("CODE", encodeURIComponent(code[1]));
  else anchor.removeAttribute("href");
}

async function compare(asking, credential) {
  const name = asking.elements.name.value;
  if (!name.trim()) return;
  const found = (await matches(credential, name)) ? "same" : "other";
  asking.querySelector("[data-said]").replaceChildren(template(`name="${found}"`));
}

async function isAble() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return typeof DecompressionStream === "function";
  } catch {
    return false;
  }
}

function listen() {
  const field = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.files.length) begin(field.files[0]);
    else {
      progress.textContent = form.dataset.nothing;
      field.focus();
    }
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (!file) return;
    field.files = event.dataTransfer.files;
    begin(file);
  });
}

document.querySelector("[data-scriptless]").hidden = true;
if (await isAble()) {
  listen();
  form.hidden = false;
} else {
  document.querySelector("[data-unable]").hidden = false;
}
