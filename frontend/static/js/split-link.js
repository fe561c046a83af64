// A change of a split as a link carries it behind the #: reading and writing it, what is signed, and its EIP-712 hash.

import { bytesOf, encodeAll, encodeCall, hex } from "./abi.js";
import { keccak256 } from "./keccak.js";

const SHARE = "[0-9]{1,5}\\.[0-9]{1,5}\\.[0-9]{1,12}", PAYEE = "0x[0-9a-fA-F]{40}", SIGNATURE = "[0-9]{1,5}\\.0x(?:[0-9a-fA-F]{2}){1,2000}";
const list = one => `${one}(?:,${one}){0,31}`;
const LINK = new RegExp(`^version=([0-9]{1,9})&until=([0-9]{1,12})&shares=(${list(SHARE)})&new=((?:${list(PAYEE)})?)&sig=((?:${list(SIGNATURE)})?)$`);
const SHARE_FIELDS = [{ name: "seat", type: "uint16" }, { name: "bps", type: "uint16" }, { name: "lockedUntil", type: "uint40" }];
const CHANGE_FIELDS = [
  { name: "splitId", type: "uint64" }, { name: "version", type: "uint32" }, { name: "shares", type: "Share[]" },
  { name: "newPayees", type: "address[]" }, { name: "deadline", type: "uint40" },
];
const DOMAIN_FIELDS = [
  { name: "name", type: "string" }, { name: "version", type: "string" }, { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
];
const NAME = "Dokkaebi Splits", VERSION = "1";

const parts = text => text.split(",").filter(Boolean);

// what stands behind the # of a link: version, deadline, shares [seat, bps, lockedUntil], newPayees, signatures by seat; all
// numbers as text, as calldata is checked. null when that is no whole link
export function readChange(text) {
  const found = LINK.exec(String(text).trim().replace(/^.*#/s, ""));
  if (!found) return null;
  const [, version, deadline, shares, newPayees, signed] = found;
  const plain = number => String(BigInt(number));
  return {
    version: plain(version),
    deadline: plain(deadline),
    shares: parts(shares).map(share => share.split(".").map(plain)),
    newPayees: parts(newPayees).map(payee => payee.toLowerCase()),
    signatures: new Map(parts(signed).map(entry => [plain(entry.split(".")[0]), entry.slice(entry.indexOf(".") + 1)])),
  };
}

export function linkOfChange({ version, deadline, shares, newPayees, signatures }) {
  const signed = [...signatures].sort(([a], [b]) => Number(a) - Number(b)).map(([seat, signature]) => `${seat}.${signature}`);
  return `version=${version}&until=${deadline}&shares=${shares.map(share => share.join(".")).join()}&new=${newPayees.join()}&sig=${signed.join()}`;
}

// what a payee signs
export function typedChange({ chainId, splits, split, change }) {
  return {
    types: { EIP712Domain: DOMAIN_FIELDS, Change: CHANGE_FIELDS, Share: SHARE_FIELDS },
    primaryType: "Change",
    domain: { name: NAME, version: VERSION, chainId: String(chainId), verifyingContract: splits },
    message: {
      splitId: String(split),
      version: change.version,
      shares: change.shares.map(([seat, bps, lockedUntil]) => ({ seat, bps, lockedUntil })),
      newPayees: change.newPayees,
      deadline: change.deadline,
    },
  };
}

const textHash = text => hex(keccak256(new TextEncoder().encode(text)));
const hashOfWords = (types, values) => hex(keccak256(encodeAll(types.map(type => ({ type })), values)));
const joined = hashes => hex(keccak256(bytesOf("0x" + hashes.map(hash => hash.slice(2)).join(""))));
const signatureOf = (name, fields) => `${name}(${fields.map(field => `${field.type} ${field.name}`).join()})`;

// EIP-712: the digest that is signed, and that is approved on the chain
export function hashOfChange({ chainId, splits, split, change }) {
  const shareType = signatureOf("Share", SHARE_FIELDS);
  const shares = change.shares.map(share => hashOfWords(["bytes32", "uint16", "uint16", "uint40"], [textHash(shareType), ...share]));
  const payees = change.newPayees.map(payee => "0x" + payee.slice(2).padStart(64, "0"));
  const struct = hashOfWords(
    ["bytes32", "uint64", "uint32", "bytes32", "bytes32", "uint40"],
    [textHash(signatureOf("Change", CHANGE_FIELDS) + shareType), String(split), change.version, joined(shares), joined(payees), change.deadline],
  );
  const domain = hashOfWords(
    ["bytes32", "bytes32", "bytes32", "uint256", "address"],
    [textHash(signatureOf("EIP712Domain", DOMAIN_FIELDS)), textHash(NAME), textHash(VERSION), String(chainId), splits],
  );
  return joined(["0x1901", domain, struct]);
}

const SHARES_OF = { name: "sharesOf", inputs: [{ type: "uint64" }, { type: "uint32" }] };
export const sharesCall = (split, version) => encodeCall(SHARES_OF, [String(split), String(version)]);

// what the contract answers to it: who sits where, with which share
export function readShares(answer) {
  const words = answer.slice(2).match(/[0-9a-f]{64}/gi) || [];
  const number = at => Number(BigInt(`0x${words[at]}`)); // seats, basis points, seconds, and places in the answer: all small
  const [shares, payees] = [number(0) / 32, number(1) / 32];
  return Array.from({ length: number(shares) }, (_, i) => ({
    seat: number(shares + 3 * i + 1), bps: number(shares + 3 * i + 2), locked: number(shares + 3 * i + 3),
    account: `0x${words[payees + 1 + i].slice(24)}`,
  }));
}

// who gains and who gives: one row for each payee of now and of the change. values: what the page knows of the split
export function rowsOfChange(values, change) {
  const wanted = new Map(change.shares.map(([seat, bps, locked]) => [Number(seat), { bps: Number(bps), locked: Number(locked) }]));
  const rows = values.payees.map(payee => {
    const { bps, locked } = wanted.get(payee.seat) || { bps: 0, locked: 0 };
    wanted.delete(payee.seat);
    const falls = bps < payee.bps;
    const isLocked = values.now < payee.locked;
    return {
      ...payee, now: payee.bps, bps, locked, isNew: false,
      mustAgree: falls || locked > Math.max(payee.locked, values.now),
      forbidden: isLocked && (falls || locked < payee.locked),
    };
  });
  for (const [seat, { bps, locked }] of wanted) {
    rows.push({ seat, account: change.newPayees[seat - values.seats] || values.former[seat] || "?", name: "", now: 0, bps, locked, isNew: seat >= values.seats, mustAgree: false, forbidden: false });
  }
  return rows.sort((one, other) => one.seat - other.seat);
}
