// The credential in a file, and the proof on it (Data Integrity, eddsa-rdfc-2022).

import { fromMultibase, join, sha256, signedBy, utf8 } from "./encodings.js";
import { Alike, canonical } from "./quads.js";

const SUITE = "eddsa-rdfc-2022";
const KEY_MARK = [0xed, 0x01];
const KEY_SIZE = 34;

// The one way (RFC 8785) to write what our documents hold: texts, numbers, true, arrays and objects.
export function written(value) {
  if (["string", "number"].includes(typeof value) || value === true) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (!(value instanceof Object)) throw new Error("nothing of ours");
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${written(value[name])}`);
  return `{${members.join(",")}}`;
}

// Parsed, when it is written in that one way: no key can stand twice, nothing be read in two ways.
export function parse(text) {
  const value = JSON.parse(text);
  if (written(value) !== text) throw new Error("not written as we write");
  return value;
}

// "ok", "bad", or "unable" where it would take general JSON-LD to say.
export async function proved(document, did, table) {
  try {
    const { proof, ...unsigned } = document;
    const one = onlyProof(proof);
    const { proofValue, ...options } = one;
    const parts = [{ "@context": document["@context"], ...options }, unsigned];
    const texts = [await canonical(parts[0], table), await canonical(parts[1], table)];
    const digests = [await sha256(utf8(texts[0])), await sha256(utf8(texts[1]))];
    const key = publicKey(one.verificationMethod, did);
    return (await signedBy(key, fromMultibase(proofValue), join(digests))) ? "ok" : "bad";
  } catch (error) {
    return error instanceof Alike ? "unable" : "bad";
  }
}

// A status list has its proof in an array, as the credential has.
function onlyProof(proof) {
  if (!Array.isArray(proof) || proof.length !== 1 || proof[0].cryptosuite !== SUITE) {
    throw new Error("not one proof of ours");
  }
  return proof[0];
}

function publicKey(method, did) {
  const isStoodBy = did.assertionMethod.includes(method);
  const found = did.verificationMethod.find((each) => each.id === method);
  const bytes = isStoodBy && found ? fromMultibase(found.publicKeyMultibase) : [];
  if (bytes.length !== KEY_SIZE || KEY_MARK.some((mark, at) => bytes[at] !== mark)) {
    throw new Error("no key of the issuer");
  }
  return bytes.subarray(KEY_MARK.length);
}
