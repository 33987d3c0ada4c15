// The marking desk: number keys, a running total, and a draft that no accident loses.
//
// The page gives:
//   <form data-marking data-draft="submission-abc">
//     <fieldset class="crit" data-criterion> … <output></output> …
//       <input type="radio" value="…" data-points="12.50"> …
//     <output data-total></output>
//     <p role="status" data-draft-status data-saved="Draft kept on this device at {time}"
//        data-restored="Your draft from {time} is restored."></p>
//     <button type="button" data-discard hidden>…</button>
// Without this script the form sends the same fields and the server adds up.

const WAIT = 400;
const PREFIX = "sijil-draft:";

function points(fieldset) {
  const chosen = fieldset.querySelector("input[type=radio]:checked");
  return chosen ? Number(chosen.dataset.points) : null;
}

function written(value) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(value);
}

function addUp(form) {
  let total = 0;
  for (const fieldset of form.querySelectorAll("[data-criterion]")) {
    const score = points(fieldset);
    total += score ?? 0;
    const place = fieldset.querySelector("[data-score]") ?? fieldset.querySelector("output");
    if (place && score !== null) place.textContent = written(score);
  }
  const place = form.querySelector("[data-total]");
  if (place) place.textContent = written(total);
}

function listenForKeys(form) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Digits typed into a feedback are words, not levels.
    if (event.target.matches("textarea, select, input:not([type=radio])")) return;
    const fieldset = event.target.closest("[data-criterion]");
    const choices = fieldset?.querySelectorAll("input[type=radio]:not(:disabled)");
    const chosen = choices?.[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.checked = true;
    chosen.focus();
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

const SKIPPED = ["hidden", "password", "file", "submit", "button", "fieldset", "output"];

function stateOf(form) {
  const kept = {};
  for (const field of form.elements) {
    if (!field.name || SKIPPED.includes(field.type)) continue;
    if (["radio", "checkbox"].includes(field.type)) {
      if (field.checked) (kept[field.name] ??= []).push(field.value);
    } else {
      kept[field.name] = [field.value];
    }
  }
  return kept;
}

function putBack(form, kept) {
  for (const field of form.elements) {
    if (!field.name || SKIPPED.includes(field.type)) continue;
    const values = kept[field.name] ?? [];
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
}

function tell(form, kind, when) {
  const place = form.querySelector("[data-draft-status]");
  const time = new Date(when).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  if (place?.dataset[kind]) place.textContent = place.dataset[kind].replace("{time}", time);
}

// Storage may be full or forbidden; marking goes on without drafts then.
function trying(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

function keepDrafts(form) {
  const key = PREFIX + form.dataset.draft;
  const base = JSON.stringify(stateOf(form));
  const discard = form.querySelector("[data-discard]");
  const seen = form.querySelector("[name=row_version]");
  let timer = 0;

  const keep = (more) => {
    clearTimeout(timer);
    timer = 0;
    const when = Date.now();
    const text = JSON.stringify({ when, base, seen: seen?.value, fields: stateOf(form), ...more });
    if (trying(() => { localStorage.setItem(key, text); return true; })) tell(form, "saved", when);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => keep(), WAIT);
  };
  const forget = () => {
    clearTimeout(timer);
    timer = 0;
    trying(() => localStorage.removeItem(key));
  };

  const draft = trying(() => JSON.parse(localStorage.getItem(key)));
  // A draft that was sent, while the server has other marks than before, has arrived.
  if (draft?.sent && draft.base !== base) {
    forget();
  } else if (draft && JSON.stringify(draft.fields) !== base) {
    putBack(form, draft.fields);
    // What was written over an older state is compared by the server before it replaces a newer.
    if (seen && draft.seen) seen.value = draft.seen;
    tell(form, "restored", draft.when);
    if (discard) discard.hidden = false;
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => keep({ sent: true }));
  window.addEventListener("pagehide", () => { if (timer) keep(); });
  discard?.addEventListener("click", () => {
    forget();
    form.reset();
    addUp(form);
    discard.hidden = true;
  });
}

for (const form of document.querySelectorAll("form[data-marking]")) {
  if (form.dataset.draft) keepDrafts(form);
  addUp(form);
  form.addEventListener("change", () => addUp(form));
  listenForKeys(form);
}
