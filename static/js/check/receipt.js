// The receipt of the public log: that this credential stands in it, under a checkpoint it signed.

import { written } from "./credential.js";
import { fromBase64, fromHex, hex, join, same, sha256, signedBy, utf8 } from "./encodings.js";

const ED25519 = 1;
const BEGINNINGS = ["issued", "resigned"]; // what a digest begins with in the log
const LONGEST_NOTE = 4096;

export async function holds(text, document, logKey) {
  const { entry, index, path, checkpoint } = JSON.parse(text);
  const digest = hex(await sha256(utf8(written(document))));
  if (entry.sha256 !== digest || !BEGINNINGS.includes(entry.type)) return false;
  const { size, root } = await openNote(checkpoint, await readKey(logKey));
  const leaf = await sha256(join([Uint8Array.of(0), utf8(written(entry))]));
  return same(await rootOver(leaf, index, size, path.map(fromHex)), root);
}

async function readKey(text) {
  const [name, hint, packed] = text.trim().split(/\+([^+]*)\+(.*)/s);
  const bytes = fromBase64(packed);
  const named = await sha256(join([utf8(`${name}\n`), bytes]));
  if (bytes[0] !== ED25519 || hex(named.subarray(0, 4)) !== hint) throw new Error("no key of a log");
  return { name, hint: named.subarray(0, 4), raw: bytes.subarray(1) };
}

async function openNote(note, key) {
  const [, name, size, root, signatures] = /^([^\n]+)\n(0|[1-9]\d{0,14})\n([^\n]+)\n\n([^]*)$/.exec(note);
  if (note.length > LONGEST_NOTE || name !== key.name) throw new Error("no checkpoint of this log");
  const text = utf8(`${name}\n${size}\n${root}\n`);
  for (const line of signatures.split("\n")) {
    if (await isSignature(line, text, key)) return { size: Number(size), root: fromBase64(root) };
  }
  throw new Error("not signed by the log");
}

async function isSignature(line, text, key) {
  const start = `\u2014 ${key.name} `;
  if (!line.startsWith(start)) return false;
  const packed = fromBase64(line.slice(start.length));
  return same(packed.subarray(0, 4), key.hint) && signedBy(key.raw, packed.subarray(4), text);
}

const node = (left, right) => sha256(join([Uint8Array.of(1), left, right]));

// The root that a leaf and its audit path lead to (RFC 9162, section 2.1.3).
async function rootOver(leaf, number, size, path) {
  if (!Number.isSafeInteger(number) || number < 0 || number >= size) throw new Error("no such leaf");
  const steps = [...path];
  const root = await climbed(leaf, number, size, steps);
  if (steps.length) throw new Error("the path is too long");
  return root;
}

async function climbed(leaf, number, size, steps) {
  if (size === 1) return leaf;
  let middle = 1;
  while (middle * 2 < size) middle *= 2;
  const below = number < middle
    ? await climbed(leaf, number, middle, steps)
    : await climbed(leaf, number - middle, size - middle, steps);
  const step = steps.shift();
  if (!step) throw new Error("the path is too short");
  return number < middle ? node(below, step) : node(step, below);
}
