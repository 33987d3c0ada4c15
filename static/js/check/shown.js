// Puts an answer on the page. All words are there already, as templates: nothing is worded here.

import { matches } from "./holder.js";

const form = document.querySelector("[data-check]");
const LOCALES = { en: "en-GB" }; // as the pages write days
const zone = { timeZone: form.dataset.zone };
const written = (options) => new Intl.DateTimeFormat(LOCALES[document.documentElement.lang] ?? document.documentElement.lang, { ...zone, ...options });
const day = (instant) => written({ dateStyle: "long" }).format(new Date(instant));
const moment = (instant) => written({ dateStyle: "long", timeStyle: "short" }).format(new Date(instant));
const template = (name) => document.querySelector(`template[data-${name}]`).content.cloneNode(true);

// The verdict first, with the focus on it; then what is certified, and what was looked at.
export function show(result, answer) {
  const record = template("record");
  const list = record.querySelector("[data-axes]");
  for (const [axis, found] of Object.entries(answer.axes)) {
    list.append(template(`axis="${axis} ${found}"`));
  }
  const facts = record.querySelector("[data-facts]");
  if (answer.credential) fill(facts, answer.credential, answer.asOf);
  else facts.remove();
  record.querySelector(answer.credential ? "[data-otherwise]" : "[data-compare]").remove();
  result.dataset.outcome = answer.outcome;
  result.dataset.why = answer.why;
  result.replaceChildren(template(`verdict="${answer.why}"`), record);
  result.querySelector("#verdict").focus();
}

export function clear(result) {
  result.replaceChildren();
  delete result.dataset.outcome;
  delete result.dataset.why;
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
  listCompetencies(facts.querySelector("[data-competencies]"), subject.achievement.alignment ?? []);
  link(facts.querySelector("[data-register]"), credential.evidence?.[0]?.id);
  facts.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    compare(event.target, credential);
  });
}

function listCompetencies(section, aligned) {
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
  else anchor.parentElement.remove();
}

async function compare(asking, credential) {
  const name = asking.elements.name.value;
  if (!name.trim()) return;
  const found = (await matches(credential, name)) ? "same" : "other";
  asking.querySelector("[data-said]").replaceChildren(template(`name="${found}"`));
}
