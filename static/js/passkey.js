// Lets the device make a passkey, or sign with one; what it answers goes into a field of the form.

const box = document.querySelector("[data-passkey]");
const able = window.PublicKeyCredential?.parseCreationOptionsFromJSON;

async function ask() {
  const given = JSON.parse(box.dataset.options);
  if (box.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(given);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(given);
  return navigator.credentials.get({ publicKey });
}

async function answer(form) {
  const note = box.querySelector("[data-refused]");
  note.textContent = "";
  try {
    const made = await ask();
    form.elements[box.dataset.field].value = JSON.stringify(made.toJSON());
  } catch {
    note.textContent = note.dataset.refused;
    return;
  }
  form.submit();
}

if (box && able) {
  const form = box.closest("form");
  box.hidden = false;
  if (box === form) {
    form.addEventListener("submit", (event) => {
      if (!form.elements.name.value.trim()) return; // the server says what is missing
      event.preventDefault();
      answer(form);
    });
  } else {
    box.querySelector("button").addEventListener("click", () => answer(form));
  }
}
