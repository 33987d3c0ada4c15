// What the issuer publishes for everybody. Nothing of the file goes with these requests.

import { fromPem } from "./x509.js";

const PATIENCE = 10_000;

async function get(address) {
  const options = { credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  return answer;
}

const text = async (address) => (await get(address)).text();
const json = async (address) => (await get(address)).json();

// Root, keys, log key, table and what is refused are needed to say anything; without the list there is no verdict.
// All lists are asked for, whichever the file names: so nobody learns anything of the file.
export async function gather({ root, did, log, distrusted, lists, terms }) {
  const asked = [text(root), json(did), text(log), json(terms), json(distrusted), every(lists)];
  const [pem, issuer, logKey, table, refused, found] = await Promise.all(asked);
  return { root: fromPem(pem), did: issuer, log: logKey, table, distrusted: refused, lists: found };
}

const every = (addresses) =>
  Promise.all(addresses.trim().split(" ").map((each) => json(each).catch(() => null)));
