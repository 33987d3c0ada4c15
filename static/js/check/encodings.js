// Bytes and their written forms.

const UTF8 = new TextEncoder();
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export const utf8 = (text) => UTF8.encode(text);
export const fromUtf8 = (bytes) => STRICT.decode(bytes);

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text) {
  if (text.length % 2 || /[^0-9a-fA-F]/.test(text)) throw new Error("no hexadecimal");
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = parseInt(text.substr(2 * at, 2), 16);
  return bytes;
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

export function fromBase64url(text) {
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

// The multibase form "z...": base58 of Bitcoin, at most as long as a signature.
export function fromMultibase(text) {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{1,100}$/.test(text)) throw new Error("no multibase");
  let number = 0n;
  for (const each of text.slice(1)) number = number * 58n + BigInt(BASE58.indexOf(each));
  const digits = number ? number.toString(16) : "";
  const zeros = text.slice(1).match(/^1*/)[0].length;
  return join([new Uint8Array(zeros), fromHex(digits.padStart(digits.length + (digits.length % 2), "0"))]);
}

export function join(parts) {
  const whole = new Uint8Array(parts.reduce((size, each) => size + each.length, 0));
  let at = 0;
  for (const each of parts) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// What was packed, or an error when it unfolds to more than the limit.
export async function unpacked(bytes, format, limit) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return join(parts);
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => {});
      throw new Error("unfolds to too much");
    }
    parts.push(value);
  }
}

// An Ed25519 signature under a raw key.
export async function signedBy(raw, signature, bytes) {
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, signature, bytes);
}
