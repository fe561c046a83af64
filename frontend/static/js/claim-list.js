// The list of a claim phase, as a Merkle tree in OpenZeppelin's standard form: its root from the lines that were typed, and where a
// proof leads. Leaf types: address token, uint32 number, address account, uint256 allowance.

import { hashOf } from "./abi.js";

const NODE = { type: "bytes32" };
const LEAF = ["address", "uint32", "address", "uint256"].map(type => ({ type }));
const HEADING = /^[^\W\d_][\w ()-]*$/;

export const leafOf = (token, number, account, units) => hashOf([NODE], [hashOf(LEAF, [token, String(number), account, String(units)])]);

// hashes in lower case sort as the numbers that they are
const above = (one, other) => hashOf([NODE, NODE], [one, other].sort());

export const leadsTo = (leaf, proof) => proof.reduce((node, beside) => above(node, beside.toLowerCase()), leaf);

// accounts and amounts of a text, as the server reads it; null where a line says something else
export function readLines(text, unitsOf) {
  const rows = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).map(line => line.trim()).filter(line => line && !line.startsWith("#"))
    .map(line => line.split(/[,;\t]/).map(cell => cell.trim().replace(/^"+|"+$/g, "").trim()));
  if (rows[0]?.every(cell => HEADING.test(cell))) rows.shift();
  const entries = rows.map(([account, typed, ...rest]) => [account, rest.length ? null : unitsOf(typed, 18)]);
  return entries.every(([account, units]) => /^0x[0-9a-fA-F]{40}$/.test(account) && units !== null) ? entries : null;
}

// the root of the list that stands in a text; null where there is none
export function rootOfText(text, token, number, unitsOf) {
  const entries = readLines(text, unitsOf);
  if (!entries?.length) return null;
  const leaves = entries.map(([account, units]) => leafOf(token, number, account, units)).sort().reverse();
  const nodes = [...Array(leaves.length - 1), ...leaves];
  for (let place = leaves.length - 2; place >= 0; place--) nodes[place] = above(nodes[2 * place + 1], nodes[2 * place + 2]);
  return nodes[0];
}
