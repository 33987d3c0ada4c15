// Whether a typed name is the one in a credential, which holds only a salted hash of it.

import { hex, sha256, utf8 } from "./encodings.js";

const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

export async function matches(credential, name) {
  const [identity] = credential.credentialSubject.identifier;
  const folded = Array.from(name.normalize("NFKC").split(SPACES).filter(Boolean).join(" "), folding).join("");
  return identity.identityHash === `sha256$${hex(await sha256(utf8(folded + identity.salt)))}`;
}

// Full case folding, one character at a time: the language at hand must not matter.
function folding(character) {
  if (character === "\u0131") return character;
  const isCherokee = /[\u13a0-\u13fd\uab70-\uabbf]/.test(character);
  return isCherokee ? character.toUpperCase() : character.toLowerCase().toUpperCase().toLowerCase();
}
