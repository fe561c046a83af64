// Messages between an order's two sides: what is signed, what is hashed, how they are sealed and opened.
// Formats: docs/messages.md.

import { bytesOf, hex } from "./abi.js";
import { keccak256 } from "./keccak.js";
import { NoteProblem, join, keysOf, library, noteHash, open, same, seal, signedHash, utf8 } from "./notes.js";

const DOMAIN = "dokkaebi.message.v1";
const SIGNER_DOMAIN = "dokkaebi.message.signer.v1";
const MOST_SIGNS = 2000;
const MOST_PICKED = 8500; // a statement may have 10,000, and the proof takes up to 1,000
export const NO_HASH = "0x" + "0".repeat(64);

// ---- the key that signs

// made from the one key of private notes, so that its saved copy is all there is to keep
const signingKey = identity => keccak256(utf8(`${SIGNER_DOMAIN}|${identity}`));

// address of what signs messages for a key of private notes, with checksum
export async function signerFor(identity) {
  const { getPublicKey } = await library();
  return checksummed(hex(keccak256(getPublicKey(signingKey(identity), false).slice(1)).slice(12)));
}

export function checksummed(address) {
  const plain = address.slice(2).toLowerCase();
  const marks = hex(keccak256(utf8(plain))).slice(2);
  return "0x" + Array.from(plain, (letter, at) => (parseInt(marks[at], 16) > 7 ? letter.toUpperCase() : letter)).join("");
}

// ---- what is signed

export const wordsHash = (blind, text) => hex(keccak256(join(keccak256(utf8(DOMAIN)), bytesOf(blind), utf8(text))));

// the server writes the same (frontend/services/messages.py)
export function letterOf({ from, to, order, number, after, words, sealedHash, sent, site, chainId, market }) {
  return [
    `Message about an order at ${site.replace(/^https?:\/\//, "")}`, "",
    `From: ${from}`, `To: ${to}`, `Order: ${order}`, `Number: ${number}`, `After: ${after}`, `Words: ${words}`, `Sealed: ${sealedHash}`,
    `Sent: ${sent}`, `Site: ${site}`, `Chain ID: ${chainId}`, `Market: ${market}`,
  ].join("\n");
}

export const letterHash = letter => hex(signedHash(letter));

// a signature as wallets write it: r, s, v
export async function signLetter(letter, identity) {
  const { signAsync } = await library();
  const made = await signAsync(signedHash(letter), signingKey(identity), { prehash: false, format: "recovered" });
  return hex(join(made.slice(1), [made[0] + 27]));
}

// ---- what fits into a message, and so into a statement

// what cannot be seen, or would be written differently by the form, stands as its code point
const UNSEEN = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u2800]/gu;
const coded = char => `\\u{${char.codePointAt(0).toString(16)}}`;

export function escaped(text) {
  const found = text.replaceAll("\\", "\\\\").replace(UNSEEN, coded);
  return found.normalize("NFC") === found ? found : found.replace(/[^\x00-\x7f]/gu, coded);
}

// a text that could not be picked whole is no message of ours, so that nobody can write what cannot be shown to an arbiter
const fits = text => text.length <= MOST_SIGNS && escaped(text).length + 2 * text.split("\n").length <= MOST_PICKED;

// ---- sealing and opening

// seals a text to both sides; what comes back is signed and sent
export async function sealMessage(place, to, recipients, text) {
  const blind = hex(crypto.getRandomValues(new Uint8Array(32)));
  const whole = new TextDecoder().decode(utf8(text.normalize("NFC"))); // half letters become signs that can be seen
  if (!fits(whole)) throw new NoteProblem("too_long");
  const note = { kind: "message", chain: place.chainId, market: place.market, order: place.orderKey, from: place.account, to, blind, text: whole };
  return { ...await seal(note, recipients), words: wordsHash(blind, whole) };
}

// what a message's author must have signed
export const letterOfTold = (place, told) => letterOf({
  ...told, order: place.orderKey, sealedHash: noteHash(told.salt, told.bytes), site: place.site, chainId: place.chainId, market: place.market,
});

// opens a message whose signature was checked; throws what is wrong with it
export async function openMessage(place, told) {
  const note = await open({
    salt: told.salt, sealed: told.bytes, expected: noteHash(told.salt, told.bytes), keys: keysOf(place.chainId, place.account),
    about: { kind: "message", chain: place.chainId, market: place.market, order: place.orderKey, from: told.from, to: told.to },
  });
  const text = new TextDecoder().decode(utf8(note.text));
  if (!fits(text) || !/^0x[0-9a-f]{64}$/.test(note.blind) || !same(wordsHash(note.blind, text), told.words)) throw new NoteProblem("malformed");
  return { text, blind: note.blind };
}
