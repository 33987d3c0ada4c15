// Finds the one signature of a PDF and says whether it is ours and covers every byte.
//
// The file is a stranger's until this has said "ok", so nothing is believed of its structure: the
// bytes are searched, and one dictionary is read. Afterwards every byte is one that we signed.

import { isOurs, judge, open } from "./cms.js";
import { fromHex, join, sha256 } from "./encodings.js";
import { read } from "./syntax.js";

const RANGE = "/ByteRange";
const PROFILE = "/ETSI.CAdES.detached";
const TAIL = 2048;

// "ok", "bad", "foreign", "distrusted" or "none", and the number of the object that holds the signature.
export async function inspect(bytes, text, published, now) {
  const place = text.indexOf(RANGE);
  if (place < 0 || isEncrypted(text)) return { found: "none" };
  if (text.indexOf(RANGE, place + 1) >= 0) return { found: "bad" };
  let opened;
  let one;
  try {
    one = locate(text, place);
    opened = open(contents(text, one.dictionary));
  } catch {
    return { found: "none" };
  }
  const isWhole = text.slice(-TAIL).includes("startxref");
  // A download that broke off: ours, if it says so, and altered in any case.
  if (!isWhole) return { found: (await isOurs(opened, published, now)) ? "bad" : "none" };
  try {
    const found = await judge(opened, await digest(bytes, one.dictionary), published, now);
    if (found !== "ok") return { found };
    const fits = coversAll(bytes, one.dictionary) && isCertifying(one.dictionary);
    return { found: fits ? "ok" : "bad", number: one.number };
  } catch {
    return { found: "bad" };
  }
}

function isEncrypted(text) {
  return /\/Encrypt[\s<\d]/.test(text);
}

function locate(text, place) {
  const start = text.lastIndexOf(" obj", place);
  const number = /(\d{1,9}) \d{1,5}$/.exec(text.slice(Math.max(0, start - 20), Math.max(0, start)));
  const [dictionary, end] = read(text, start + 4);
  if (!number || !(dictionary instanceof Map) || end < place) throw new Error("in no object");
  return { dictionary, number: Number(number[1]) };
}

function contents(text, dictionary) {
  const { from, to } = dictionary.get("/Contents");
  return fromHex(text.slice(from + 1, to - 1));
}

function digest(bytes, dictionary) {
  const range = dictionary.get(RANGE);
  const isRange = Array.isArray(range) && range.length === 4 && range.every(Number.isSafeInteger);
  if (!isRange || range.some((each) => each < 0)) throw new Error("no range");
  const [first, many, second, more] = range;
  return sha256(join([bytes.subarray(first, first + many), bytes.subarray(second, second + more)]));
}

// Everything but the signature itself, which stands between its two brackets.
function coversAll(bytes, dictionary) {
  const [first, many, second, more] = dictionary.get(RANGE);
  const { from, to } = dictionary.get("/Contents");
  return first === 0 && many === from && second === to && second + more === bytes.length;
}

// It allows no change at all (DocMDP 1), in the profile in which we sign.
function isCertifying(dictionary) {
  if (dictionary.get("/SubFilter") !== PROFILE) return false;
  const references = dictionary.get("/Reference");
  if (!Array.isArray(references) || references.length !== 1) return false;
  const [one] = references;
  return one.get("/TransformMethod") === "/DocMDP" && one.get("/TransformParams")?.get("/P") === 1;
}
