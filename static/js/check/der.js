// Reads DER: the encoding of certificates and signatures. Every length must be written minimally.

export class Malformed extends Error {}

export function read(bytes, from = 0, limit = bytes.length) {
  if (from + 2 > limit) throw new Malformed("an element ends too early");
  const tag = bytes[from];
  if ((tag & 0x1f) === 0x1f) throw new Malformed("a long tag");
  let start = from + 2;
  let length = bytes[from + 1];
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count < 1 || count > 3 || start + count > limit) throw new Malformed("a strange length");
    length = 0;
    for (const end = start + count; start < end; start += 1) length = length * 256 + bytes[start];
    if (length < 0x80 || length < 256 ** (count - 1)) throw new Malformed("a length written too long");
  }
  const end = start + length;
  if (end > limit) throw new Malformed("an element is longer than its holder");
  return { tag, bytes, from, start, end };
}

export const raw = (one) => one.bytes.subarray(one.from, one.end);
export const content = (one) => one.bytes.subarray(one.start, one.end);

export function children(one) {
  if (!(one.tag & 0x20)) throw new Malformed("no holder");
  const found = [];
  for (let at = one.start; at < one.end; at = found.at(-1).end) {
    found.push(read(one.bytes, at, one.end));
  }
  return found;
}

export function expect(one, tag) {
  if (one?.tag !== tag) throw new Malformed(`not of tag ${tag}`);
  return one;
}

// The only element of these bytes.
export function whole(bytes) {
  const one = read(bytes);
  if (one.end !== bytes.length) throw new Malformed("something follows");
  return one;
}

export function oid(one) {
  const parts = [];
  let number = 0;
  for (const byte of content(expect(one, 0x06))) {
    number = number * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    const first = Math.min(2, Math.floor(number / 40));
    parts.push(...(parts.length ? [number] : [first, number - 40 * first]));
    number = 0;
  }
  return parts.join(".");
}

const TIMES = {
  0x17: /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
  0x18: /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
};

// A moment in milliseconds, from either of the two forms of certificates.
export function moment(one) {
  const text = String.fromCharCode(...content(one));
  const found = TIMES[one.tag]?.exec(text);
  if (!found) throw new Malformed("no time");
  const [year, month, ...rest] = found.slice(1).map(Number);
  const full = one.tag === 0x18 ? year : year + (year < 50 ? 2000 : 1900);
  return Date.UTC(full, month - 1, ...rest);
}
