// The objects of a PDF whose every byte is under our signature: its catalog, field and attachments.

import { fromUtf8, unpacked } from "./encodings.js";
import { asText, read, skip, words } from "./syntax.js";

const FIELD = "IssuerSignature";
const OBJECT = /(?<![0-9])(\d{1,9}) \d{1,5} obj(?![a-z])/g;
const UNFOLDED = 8 * 1024 * 1024;

export class Missing extends Error {}

export async function openObjects(bytes, text) {
  const file = { bytes, text, objects: new Map() };
  // Written later counts: an update stands behind what it replaces.
  for (const found of text.matchAll(OBJECT)) {
    const [value, end] = readOr(text, found.index + found[0].length);
    file.objects.set(Number(found[1]), { value, end });
  }
  for (const { value, end } of [...file.objects.values()]) {
    if (value instanceof Map && value.get("/Type") === "/ObjStm") await unfold(file, value, end);
  }
  return file;
}

function readOr(text, at) {
  try {
    return read(text, at);
  } catch {
    return [null, at]; // looks like an object inside the data of a stream
  }
}

async function unfold(file, dictionary, end) {
  const text = asText(await streamed(file, dictionary, end, UNFOLDED));
  const first = resolved(file, dictionary.get("/First"));
  const numbers = text.slice(0, first).trim().split(/\s+/).map(Number);
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    if (file.objects.has(numbers[at])) continue;
    file.objects.set(numbers[at], { value: readOr(text, first + numbers[at + 1])[0], end: null });
  }
}

function resolved(file, value) {
  return value instanceof Object && "number" in value ? file.objects.get(value.number)?.value : value;
}

async function streamed(file, dictionary, end, limit) {
  const at = skip(file.text, end);
  if (!file.text.startsWith("stream", at)) throw new Missing("no stream");
  const start = at + 6 + (file.text[at + 6] === "\r" ? 2 : 1);
  const data = file.bytes.subarray(start, start + resolved(file, dictionary.get("/Length")));
  const filter = [resolved(file, dictionary.get("/Filter")) ?? []].flat();
  if (filter.length > 1 || dictionary.has("/DecodeParms")) throw new Missing("packed in another way");
  if (filter.length && filter[0] !== "/FlateDecode") throw new Missing("packed in another way");
  if (!filter.length && data.length > limit) throw new Missing("too large");
  return filter.length ? unpacked(data, "deflate", limit) : data;
}

function* dictionaries(file) {
  for (const [number, { value }] of file.objects) {
    if (value instanceof Map) yield [number, value];
  }
}

// The signature is that of our one field, and the catalog certifies the file by it.
export function isInPlace(file, signature) {
  const all = [...dictionaries(file)];
  const fields = all.filter(([, each]) => each.get("/FT") === "/Sig");
  const catalogs = all.filter(([, each]) => each.get("/Type") === "/Catalog");
  if (fields.length !== 1 || catalogs.length !== 1) return false;
  const [[, field]] = fields;
  const permissions = resolved(file, catalogs[0][1].get("/Perms"));
  const isOurs = words(field.get("/T")) === FIELD && field.get("/V")?.number === signature;
  return isOurs && permissions?.get("/DocMDP")?.number === signature;
}

// The one attachment of a name as text; null when there is none.
export async function attachment(file, name, limit) {
  const isNamed = (one) => [one.get("/UF"), one.get("/F")].some((each) => words(each) === name);
  const found = [...dictionaries(file)].filter(([, each]) => each.has("/EF") && isNamed(each));
  if (!found.length) return null;
  if (found.length > 1) throw new Missing("several attachments of one name");
  const held = resolved(file, found[0][1].get("/EF")).get("/F");
  const stream = file.objects.get(held.number);
  return fromUtf8(await streamed(file, stream.value, stream.end, limit));
}
