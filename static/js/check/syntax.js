// Reads one object of a PDF: dictionaries become Maps, names keep their slash, strings their place.

export class Malformed extends Error {}

const DEEPEST = 24;
const SPACE = /(?:[\0\t\n\f\r ]|%[^\r\n]*)*/y;
const NAME = /\/[^\0\t\n\f\r ()<>[\]{}/%]*/y;
const REFERENCE = /(\d{1,9})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![A-Za-z])/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)/y;
const WORD = /true|false|null/y;
const HEXADECIMAL = /<([0-9A-Fa-f\0\t\n\f\r ]*)>/y;
const OCTAL = /[0-7]{1,3}/y;
const ESCAPES = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const WORDS = { true: true, false: false, null: null };

// The file as text with one character a byte.
export function asText(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode.apply(null, bytes.subarray(at, at + 8192)));
  }
  return parts.join("");
}

function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export const skip = (text, at) => at + match(SPACE, text, at)[0].length;

// What stands at a place, and the place after it.
export function read(text, from, depth = 0) {
  if (depth > DEEPEST) throw new Malformed("too deep");
  const at = skip(text, from);
  if (text.startsWith("<<", at)) return readDictionary(text, at + 2, depth);
  if (text[at] === "[") return readArray(text, at + 1, depth);
  if (text[at] === "(") return readString(text, at);
  if (text[at] === "<") return readHexadecimal(text, at);
  if (text[at] === "/") return readName(text, at);
  return readPlain(text, at);
}

function readDictionary(text, from, depth) {
  const found = new Map();
  for (let at = skip(text, from); ; at = skip(text, at)) {
    if (text.startsWith(">>", at)) return [found, at + 2];
    const [name, behind] = readName(text, at);
    if (found.has(name)) throw new Malformed("a key stands twice");
    const [value, next] = read(text, behind, depth + 1);
    found.set(name, value);
    at = next;
  }
}

function readArray(text, from, depth) {
  const found = [];
  for (let at = skip(text, from); ; at = skip(text, at)) {
    if (text[at] === "]") return [found, at + 1];
    const [value, next] = read(text, at, depth + 1);
    found.push(value);
    at = next;
  }
}

function readName(text, at) {
  const found = match(NAME, text, at);
  if (!found) throw new Malformed("no name");
  const name = found[0].replace(/#([0-9A-Fa-f]{2})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
  return [name, at + found[0].length];
}

function readPlain(text, at) {
  const reference = match(REFERENCE, text, at);
  if (reference) return [{ number: Number(reference[1]) }, at + reference[0].length];
  const number = match(NUMBER, text, at);
  if (number) return [Number(number[0]), at + number[0].length];
  const word = match(WORD, text, at);
  if (!word) throw new Malformed("nothing to read");
  return [WORDS[word[0]], at + word[0].length];
}

function readHexadecimal(text, at) {
  const found = match(HEXADECIMAL, text, at);
  if (!found) throw new Malformed("no string");
  const digits = found[1].replace(/[^0-9A-Fa-f]/g, "");
  const even = digits.length % 2 ? `${digits}0` : digits;
  const string = even.replace(/../g, (code) => String.fromCharCode(parseInt(code, 16)));
  return [{ string, from: at, to: at + found[0].length }, at + found[0].length];
}

function readString(text, from) {
  const parts = [];
  let open = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") {
      const octal = match(OCTAL, text, at + 1);
      const other = ESCAPES[text[at + 1]] ?? text[at + 1];
      parts.push(octal ? String.fromCharCode(parseInt(octal[0], 8)) : other);
      at += octal ? octal[0].length : 1;
      continue;
    }
    if (text[at] === "(") open += 1;
    if (text[at] === ")") open -= 1;
    if (!open) return [{ string: parts.join("").slice(1), from, to: at + 1 }, at + 1];
    parts.push(text[at]);
  }
  throw new Malformed("a string without end");
}

// A text string in words: UTF-16 when it says so, else one character a byte.
export function words(value) {
  const string = value?.string ?? "";
  if (!string.startsWith("\u00fe\u00ff")) return string;
  return string.slice(2).replace(/([^])([^])/g, (_, high, low) =>
    String.fromCharCode(high.charCodeAt(0) * 256 + low.charCodeAt(0)));
}
