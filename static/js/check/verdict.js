// The rule of every check, in its order: our signature over every byte, the credential in the file,
// the log's receipt, the list of what was withdrawn, the days. In doubt it is never "valid".

import { parse, proved } from "./credential.js";
import { attachment, isInPlace, openObjects } from "./objects.js";
import { holds } from "./receipt.js";
import { inspect } from "./signature.js";
import { statusOf } from "./status.js";
import { asText } from "./syntax.js";

export const LARGEST = 5 * 1024 * 1024;
const CREDENTIAL = 256 * 1024;
const UNLOOKED = {
  signature: "not_checked",
  period: "not_checked",
  status: "not_checked",
  issuer: "not_known",
  file: "not_given",
  log: "not_checked",
};
const OUTCOMES = {
  "not-ours": "unknown",
  distrusted: "unknown",
  altered: "tampered",
  "credential-unsound": "tampered",
  "receipt-unsound": "tampered",
  withdrawn: "revoked",
  "not-yet-valid": "not_yet_valid",
  expired: "expired",
  valid: "valid",
};

export function answer(why, axes, rest = {}) {
  return { outcome: OUTCOMES[why] ?? "cannot_check", why, axes: { ...UNLOOKED, ...axes }, ...rest };
}

export async function check(bytes, published, now) {
  const text = bytes.length <= LARGEST ? asText(bytes) : "";
  const notOurs = answer("not-ours", { signature: "none", file: "foreign" });
  if (!text.startsWith("%PDF-")) return notOurs;
  const signature = await inspect(bytes, text, published, now);
  const distrusted = answer("distrusted", { signature: "none", file: "foreign" });
  if (signature.found === "distrusted") return distrusted;
  if (signature.found === "none" || signature.found === "foreign") return notOurs;
  const bad = { signature: "bad", file: "altered" };
  const held = signature.found === "ok" ? await inside(bytes, text, signature.number) : null;
  if (!held) return answer("altered", bad);
  if (published.distrusted.keys.includes(methodOf(held.credential))) return distrusted;
  const sound = await isSound(held.credential, published);
  if (sound === "unable") return answer("needs-upload", { signature: "ok" });
  if (sound !== "ok") return answer("credential-unsound", bad);
  const log = await logged(held, published.log);
  if (log === "bad") return answer("receipt-unsound", { ...bad, log });
  return judged(held.credential, published, now, log);
}

// The credential and the receipt, from a file that is ours to the last byte.
async function inside(bytes, text, number) {
  try {
    const file = await openObjects(bytes, text);
    if (!isInPlace(file, number)) return null;
    const credential = parse(await attachment(file, "credential.json", CREDENTIAL));
    return { credential, receipt: await receiptOf(file) };
  } catch {
    return null;
  }
}

// Null where there is none: files from before the log have none. What cannot be read does not hold.
async function receiptOf(file) {
  try {
    return await attachment(file, "log-receipt.json", CREDENTIAL);
  } catch {
    return "";
  }
}

const methodOf = ({ proof }) => (Array.isArray(proof) ? proof[0]?.verificationMethod : undefined);

async function isSound(credential, published) {
  if (credential.issuer?.id !== published.did.id) return "bad";
  return proved(credential, published.did, published.table);
}

async function logged({ credential, receipt }, key) {
  if (receipt === null) return "not_checked";
  try {
    return (await holds(receipt, credential, key)) ? "ok" : "bad";
  } catch {
    return "bad";
  }
}

async function judged(credential, published, now, log) {
  const period = periodOf(credential, now);
  const status = await statusOr(credential, published, now);
  const isKnown = status === "in_force" || status === "withdrawn";
  const looked = { period, status: isKnown ? status : "not_checked", log };
  const axes = { ...looked, signature: "ok", issuer: "known", file: "genuine" };
  const rest = { credential, asOf: named(credential, published)?.validFrom };
  if (!isKnown) return answer(status, axes, rest);
  if (status === "withdrawn") return answer("withdrawn", axes, rest);
  return answer({ not_begun: "not-yet-valid", ended: "expired", current: "valid" }[period], axes, rest);
}

// The list that the credential names, among those of the issuer; no other address is ever asked.
const named = ({ credentialStatus }, { lists }) =>
  lists.find((each) => each?.id === credentialStatus.statusListCredential);

async function statusOr(credential, published, now) {
  const { lists, did, table } = published;
  const listed = named(credential, published);
  if (!listed) return lists.some((each) => each === null) ? "list-missing" : "list-unsound";
  try {
    return await statusOf(credential.credentialStatus, listed, did, table, now);
  } catch {
    return "list-unsound";
  }
}

function periodOf({ validFrom, validUntil }, now) {
  const begins = Date.parse(validFrom);
  const ends = validUntil === undefined ? Infinity : Date.parse(validUntil);
  if (!(now >= begins)) return "not_begun";
  return now <= ends ? "current" : "ended";
}
