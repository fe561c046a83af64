// The list of a claim phase, as a Merkle tree in OpenZeppelin's standard form: its root from the lines that were typed, and where a
// proof leads. Leaf types: address token, uint32 number, address account, uint256 allowance.

import { hashOf } from "./abi.js";
import { ETH_DECIMALS, KEPT_OF_A_FIELD, same, sameDigits, unitsOf } from "./check.js";

const NODE = { type: "bytes32" };
const LEAF = ["address", "uint32", "address", "uint256"].map(type => ({ type }));
const HEADING = /^[^\W\d_][\w ()-]*$/;

export const leafOf = (token, number, account, units) => hashOf([NODE], [hashOf(LEAF, [token, String(number), account, String(units)])]);

// hashes in lower case sort as the numbers that they are
const above = (one, other) => hashOf([NODE, NODE], [one, other].sort());

export const leadsTo = (leaf, proof) => proof.reduce((node, beside) => above(node, beside.toLowerCase()), leaf);

// accounts and amounts of a text, as the server reads it; null where a line says something else
export function readLines(text) {
  const rows = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).map(line => line.trim()).filter(line => line && !line.startsWith("#"))
    .map(line => line.split(/[,;\t]/).map(cell => cell.trim().replace(/^"+|"+$/g, "").trim()));
  if (rows[0]?.every(cell => HEADING.test(cell))) rows.shift();
  const entries = rows.map(([account, typed, ...rest]) => [account, rest.length ? null : unitsOf(typed, 18)]);
  return entries.every(([account, units]) => /^0x[0-9a-fA-F]{40}$/.test(account) && units !== null) ? entries : null;
}

// the root of the list that stands in a text; null where there is none
export function rootOfText(text, token, number) {
  const entries = readLines(text);
  if (!entries?.length) return null;
  const leaves = entries.map(([account, units]) => leafOf(token, number, account, units)).sort().reverse();
  const nodes = [...Array(leaves.length - 1), ...leaves];
  for (let place = leaves.length - 2; place >= 0; place--) nodes[place] = above(nodes[2 * place + 1], nodes[2 * place + 2]);
  return nodes[0];
}

// a phase as its form says it; its list by the root that was previewed, and by the lines themselves where they were typed
export function comparePhase(f, phase, expect) {
  const [token, , number, start, end, supply, limit, price, currency, root] = phase;
  const tokens = (what, typed, value) => expect(what, unitsOf(typed || "0", ETH_DECIMALS) === BigInt(value), value);
  expect("number", f.number === String(number), number);
  expect("start", momentOf(f.start) === String(start), start);
  expect("end", momentOf(f.end) === String(end), end);
  tokens("supply", f.supply, supply);
  tokens("limit", f.limit, limit);
  expect("currency", same((f.currency === "other" ? f.other_currency : f.currency)?.trim(), currency), currency);
  if (BigInt(currency) === 0n) tokens("price", f.price, price);
  else expect("price", sameDigits(f.price || "0", price), price);
  if (f.open_to !== "list") return expect("list", BigInt(root) === 0n, root);
  expect("list", BigInt(root) !== 0n && same(f.root, root), root);
  const lines = (f.lines || "").trim();
  if (lines && f.lines.length < KEPT_OF_A_FIELD) expect("lines", same(rootOfText(lines, token, number), root), root);
}

// a minute in UTC, unix time as text
function momentOf(text) {
  return String(Date.parse(`${(text || "").trim()}:00Z`) / 1000);
}
