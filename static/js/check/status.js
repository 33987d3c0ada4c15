// What the signed list of withdrawn certificates says about one of them.

import { proved } from "./credential.js";
import { fromBase64url, unpacked } from "./encodings.js";

const LARGEST = 16 * 1024 * 1024;

// "in_force", "withdrawn", or why the list says nothing: "list-unsound", "list-too-old".
export async function statusOf(entry, listed, did, table, now) {
  const isOurs = listed.issuer === did.id && listed.id === entry.statusListCredential;
  if (!isOurs || (await proved(listed, did, table)) !== "ok") return "list-unsound";
  if (!(now <= Date.parse(listed.validUntil))) return "list-too-old";
  const { encodedList } = listed.credentialSubject;
  const bits = await unpacked(fromBase64url(encodedList.slice(1)), "gzip", LARGEST);
  const index = Number(entry.statusListIndex);
  if (!/^\d+$/.test(entry.statusListIndex) || index >= bits.length * 8) return "list-unsound";
  return bits[index >> 3] & (0x80 >> (index & 7)) ? "withdrawn" : "in_force";
}
