// Certificates: what they say, and whether one leads to the root of the institute.

import { children, content, expect, Malformed, moment, oid, raw, whole } from "./der.js";
import { fromBase64, hex, join, same } from "./encodings.js";

const CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };
const SIZES = { "P-256": 32, "P-384": 48 };
const HASHES = {
  "1.2.840.10045.4.3.2": "SHA-256",
  "1.2.840.10045.4.3.3": "SHA-384",
  "1.2.840.10045.4.3.4": "SHA-512",
};
const EC_KEY = "1.2.840.10045.2.1";
const USAGE = "2.5.29.15";
const LIMITS = "2.5.29.19";
const PURPOSES = "2.5.29.37";
const UNDERSTOOD = new Set([USAGE, LIMITS, PURPOSES]);
const LONGEST_CHAIN = 4;
// Bits of key usage, by their place.
const SIGNS = 0;
const COMMITS = 1;
const SIGNS_CERTIFICATES = 5;

export function fromPem(text) {
  const found = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(text);
  if (!found) throw new Malformed("no certificate");
  return parse(fromBase64(found[1].replace(/\s/g, "")));
}

export function parse(bytes) {
  const [body, algorithm, signature] = children(expect(whole(bytes), 0x30));
  const parts = children(expect(body, 0x30));
  expect(parts[0], 0xa0); // version 3: older ones know no extensions
  const [, serial, inner, issuer, validity, subject, key, ...others] = parts;
  if (!same(raw(inner), raw(algorithm))) throw new Malformed("two algorithms");
  const [begins, ends] = children(validity).map(moment);
  const extensions = others.find((each) => each.tag === 0xa3);
  return {
    raw: bytes,
    body: raw(body),
    serial: hex(content(expect(serial, 0x02))),
    issuer: hex(raw(issuer)),
    subject: hex(raw(subject)),
    begins,
    ends,
    key: raw(key),
    curve: curveOf(key),
    hash: HASHES[oid(children(algorithm)[0])],
    signature: content(expect(signature, 0x03)).subarray(1),
    extensions: extensions ? readExtensions(extensions) : new Map(),
  };
}

function curveOf(key) {
  const [algorithm, curve] = children(children(key)[0]);
  return oid(algorithm) === EC_KEY ? CURVES[oid(curve)] : undefined;
}

function readExtensions(holder) {
  const found = new Map();
  for (const each of children(children(holder)[0])) {
    const parts = children(each);
    const name = oid(parts[0]);
    const critical = parts.length === 3 && content(expect(parts[1], 0x01))[0] !== 0;
    if (found.has(name)) throw new Malformed("an extension stands twice");
    found.set(name, { critical, value: whole(content(expect(parts.at(-1), 0x04))) });
  }
  return found;
}

// ECDSA: DER holds two numbers, WebCrypto wants them side by side.
export async function isSigned(bytes, signature, certificate, hash) {
  const size = SIZES[certificate.curve];
  if (!size || !hash) return false;
  const numbers = children(expect(whole(signature), 0x30)).map((each) => number(each, size));
  if (numbers.length !== 2) return false;
  const algorithm = { name: "ECDSA", namedCurve: certificate.curve };
  const key = await crypto.subtle.importKey("spki", certificate.key, algorithm, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash }, key, join(numbers), bytes);
}

function number(one, size) {
  const digits = content(expect(one, 0x02));
  const start = digits[0] === 0 ? 1 : 0;
  if (digits.length - start > size || digits[0] & 0x80) throw new Malformed("no such number");
  return join([new Uint8Array(size - digits.length + start), digits.subarray(start)]);
}

// Whether a signer's certificate leads to this root, and to no other, at this moment.
export async function leadsTo(root, signer, brought, now) {
  if (!maySign(signer) || !isCurrent(root, now)) return false;
  let one = signer;
  for (let below = 0; below < LONGEST_CHAIN; below += 1) {
    if (!isCurrent(one, now) || !isUnderstood(one)) return false;
    const last = one.issuer === root.subject;
    const above = last ? root : brought.find((each) => each.subject === one.issuer && each !== one);
    if (!above || !mayIssue(above, below)) return false;
    if (!(await isSigned(one.body, one.signature, above, one.hash))) return false;
    if (last) return true;
    one = above;
  }
  return false;
}

const isCurrent = (one, now) => one.begins <= now && now <= one.ends;

function isUnderstood(one) {
  return [...one.extensions].every(([name, each]) => !each.critical || UNDERSTOOD.has(name));
}

function maySign(one) {
  return (has(one, SIGNS) || has(one, COMMITS)) && !limits(one).authority;
}

function mayIssue(one, below) {
  const { authority, most } = limits(one);
  return isUnderstood(one) && authority && below <= most && has(one, SIGNS_CERTIFICATES);
}

function has(one, place) {
  const usage = one.extensions.get(USAGE);
  if (!usage) return false;
  const bits = content(expect(usage.value, 0x03)).subarray(1);
  return Boolean(bits[place >> 3] & (0x80 >> (place & 7)));
}

function limits(one) {
  const found = one.extensions.get(LIMITS);
  const parts = found ? children(expect(found.value, 0x30)) : [];
  const authority = parts[0]?.tag === 0x01 && content(parts[0])[0] !== 0;
  const most = parts.find((each) => each.tag === 0x02);
  return { authority, most: most ? content(most)[0] : Infinity };
}
