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

// Root, keys, log key and table are needed to say anything; without the list there is no verdict.
export async function gather({ root, did, log, status, terms }) {
  const asked = [text(root), json(did), text(log), json(terms), json(status).catch(() => null)];
  const [pem, issuer, logKey, table, list] = await Promise.all(asked);
  return { root: fromPem(pem), did: issuer, log: logKey, table, status: list };
}
