// The canonical quads (RDFC-1.0) of a credential, a status list or the options of a proof, written
// from the same table that the issuer's program reads: terms.json. What it does not name is refused.

import { hex, sha256, utf8 } from "./encodings.js";

const TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const ADDRESS = /^(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/|did:web:)[!#-;=?-[\]_a-z~]+$/;
const UNWRITABLE = /[\0-\x1f\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export class Unfit extends Error {}

// Two nodes without a name are alike: that needs general JSON-LD, which is not here.
export class Alike extends Error {}

export async function canonical(document, table) {
  const graph = { table, quads: new Map(), unnamed: 0 };
  const { "@context": context, ...members } = document;
  addNode(graph, root(table, context, members), members);
  const quads = [...graph.quads.values()];
  const labels = await labelled(quads, graph.unnamed);
  return inOrder(quads.map((quad) => line(quad, labels))).join("");
}

function root(table, context, members) {
  const shown = JSON.stringify(context);
  const isOf = (node) => node.contexts && alike(node.type, members.type);
  const found = Object.values(table).find(isOf);
  const isShown = found?.contexts.some((each) => JSON.stringify(each) === shown);
  if (!isShown) throw new Unfit("no document of ours");
  return found;
}

const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function add(graph, ...quad) {
  graph.quads.set(JSON.stringify(quad), quad);
}

function addNode(graph, rule, members) {
  const isNode = members instanceof Object && !Array.isArray(members) && Object.keys(members).length > 0;
  if (!isNode || Object.hasOwn(members, "id") !== rule.named || !alike(rule.type, members.type)) {
    throw new Unfit("another kind of node");
  }
  if (!rule.named) graph.unnamed += 1;
  const subject = rule.named ? address(members.id) : `_:${graph.unnamed}`;
  for (const each of rule.types ?? []) add(graph, subject, TYPE, `<${each}>`);
  for (const [name, value] of Object.entries(members)) {
    if (name === "id" || (name === "type" && rule.type !== undefined)) continue;
    addMember(graph, subject, Object.hasOwn(rule.members, name) ? rule.members[name] : null, value);
  }
  return subject;
}

function addMember(graph, subject, term, value) {
  if (!term) throw new Unfit("a member that the table does not know");
  const several = term.kind === "nodes";
  if (several && !(Array.isArray(value) && value.length)) throw new Unfit("nodes stand in an array");
  for (const each of several ? value : [value]) {
    add(graph, subject, `<${term.iri}>`, object(graph, term, each));
  }
}

function object(graph, term, value) {
  const { kind } = term;
  if (kind === "node" || kind === "nodes") return addNode(graph, graph.table[term.node], value);
  if (kind === "address") return address(value);
  if (kind === "word" && Object.hasOwn(term.words, String(value))) return `<${term.words[value]}>`;
  if (kind === "true" && value === true) return `"true"^^<${term.datatype}>`;
  if (kind === "number") return `"${number(value)}"^^<${term.datatype}>`;
  if (kind === "text") return literal(value, term.datatype);
  throw new Unfit("a value that the table does not allow");
}

function address(value) {
  if (typeof value !== "string" || !ADDRESS.test(value)) throw new Unfit("no absolute address");
  return `<${value}>`;
}

// As JSON-LD writes it: a whole number as it is, any other as a double.
function number(value) {
  if (typeof value !== "number" || !(value >= 0 && value < 10000) || Object.is(value, -0)) throw new Unfit("no number");
  if (Number.isInteger(value)) return String(value);
  if (value !== Number(value.toFixed(2))) throw new Unfit("no number of two decimals");
  const [digits, exponent] = value.toExponential(15).split("e");
  return `${digits.replace(/(\.\d+?)0*$/, "$1")}E${Number(exponent)}`;
}

function literal(value, datatype) {
  if (typeof value !== "string" || UNWRITABLE.test(value)) throw new Unfit("no text");
  const quoted = `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return datatype === undefined ? quoted : `${quoted}^^<${datatype}>`;
}

// Canonical labels: nodes without a name in the order of the hashes of their own quads.
async function labelled(quads, unnamed) {
  const near = new Map(Array.from({ length: unnamed }, (_, at) => [`_:${at + 1}`, []]));
  for (const quad of quads) {
    for (const end of new Set([quad[0], quad[2]])) near.get(end)?.push(quad);
  }
  const hashed = new Map();
  for (const [name, mentions] of near) {
    const marks = { get: (end) => (end === name ? "_:a" : near.has(end) ? "_:z" : undefined) };
    const text = inOrder(mentions.map((quad) => line(quad, marks))).join("");
    hashed.set(hex(await sha256(utf8(text))), name);
  }
  if (hashed.size !== unnamed) throw new Alike("two nodes without a name are alike");
  return new Map([...hashed.keys()].sort().map((digest, at) => [hashed.get(digest), `_:c14n${at}`]));
}

function line([subject, predicate, value], labels) {
  return `${labels.get(subject) ?? subject} ${predicate} ${labels.get(value) ?? value} .\n`;
}

// By code points: JavaScript itself would compare halves of them.
function inOrder(lines) {
  const pointed = lines.map((each) => [Array.from(each, (one) => one.codePointAt(0)), each]);
  return pointed.sort(byPoints).map(([, each]) => each);
}

function byPoints([one], [other]) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) if (one[at] !== other[at]) return one[at] - other[at];
  return one.length - other.length;
}
