// The signature in a PDF (CMS, of the PAdES profile): one signer, over the digest of the file.

import { children, content, expect, Malformed, oid, raw, read } from "./der.js";
import { hex, join, same, sha256 } from "./encodings.js";
import { isSigned, leadsTo, parse } from "./x509.js";

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const DATA = "1.2.840.113549.1.7.1";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
const MOST_CERTIFICATES = 8;

// The parts of what stands in /Contents: bytes, then only the zeros that fill the reserved room.
export function open(padded) {
  const outer = read(padded);
  if (padded.subarray(outer.end).some(Boolean)) throw new Malformed("something follows the signature");
  const [kind, holder] = children(expect(outer, 0x30));
  if (oid(kind) !== SIGNED_DATA) throw new Malformed("no signed data");
  const [, , inner, ...rest] = children(children(expect(holder, 0xa0))[0]);
  const within = children(inner);
  if (within.length !== 1 || oid(within[0]) !== DATA) throw new Malformed("signs something inside");
  const brought = rest.find((each) => each.tag === 0xa0);
  const signers = children(expect(rest.at(-1), 0x31));
  if (!brought || signers.length !== 1) throw new Malformed("not one signer");
  const certificates = children(brought);
  if (certificates.length > MOST_CERTIFICATES) throw new Malformed("too many certificates");
  const parsed = certificates.map((each) => parse(raw(each)));
  return { certificates: parsed, ...readSigner(signers[0], parsed) };
}

function readSigner(one, certificates) {
  const [, identity, digest, attributes, algorithm, signature] = children(expect(one, 0x30));
  const [issuer, serial] = children(expect(identity, 0x30));
  const algorithms = [digest, algorithm].map((each) => oid(children(each)[0]));
  if (algorithms[0] !== SHA256 || algorithms[1] !== ECDSA_SHA256) throw new Malformed("another algorithm");
  const number = hex(content(serial));
  const isNamed = (each) => each.issuer === hex(raw(issuer)) && each.serial === number;
  const signer = certificates.find(isNamed);
  if (!signer) throw new Malformed("the signer's certificate is missing");
  return {
    signer,
    attributes: readAttributes(expect(attributes, 0xa0)),
    // Signed as a set of its own, not as the part of the whole that it stands as.
    signed: join([Uint8Array.of(0x31), raw(attributes).subarray(1)]),
    signature: content(expect(signature, 0x04)),
  };
}

function readAttributes(holder) {
  const found = new Map();
  for (const each of children(holder)) {
    const [name, values] = children(each);
    const only = children(expect(values, 0x31));
    if (found.has(oid(name)) || only.length !== 1) throw new Malformed("an attribute stands twice");
    found.set(oid(name), only[0]);
  }
  return found;
}

// Whether it names a signer of ours, whatever it signs.
export async function isOurs(opened, { root }, now) {
  try {
    return await leadsTo(root, opened.signer, opened.certificates, now);
  } catch {
    return false;
  }
}

// "ok"; "bad": the signature does not hold for this digest; "foreign": it holds, but is a stranger's;
// "distrusted": it is of a signer of ours whose key somebody else has.
export async function judge(opened, digest, { root, distrusted }, now) {
  if (!(await holds(opened, digest))) return "bad";
  if (!(await leadsTo(root, opened.signer, opened.certificates, now))) return "foreign";
  const serial = opened.signer.serial.replace(/^0+/, "");
  return distrusted.signers.includes(serial) ? "distrusted" : "ok";
}

async function holds({ attributes, signed, signature, signer }, digest) {
  const kind = attributes.get(CONTENT_TYPE);
  const told = attributes.get(MESSAGE_DIGEST);
  if (!kind || oid(kind) !== DATA || !told || !same(content(expect(told, 0x04)), digest)) return false;
  if (!(await namesSigner(attributes.get(SIGNING_CERTIFICATE), signer))) return false;
  return isSigned(signed, signature, signer, "SHA-256");
}

// PAdES wants the certificate itself under the signature, by its digest.
async function namesSigner(attribute, signer) {
  if (!attribute) return false;
  const parts = children(children(children(attribute)[0])[0]);
  const stated = parts[0].tag === 0x30;
  if (stated && oid(children(parts[0])[0]) !== SHA256) return false;
  const told = content(expect(parts[stated ? 1 : 0], 0x04));
  return same(told, await sha256(signer.raw));
}
