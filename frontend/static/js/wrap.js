// How the key of a sealed file travels: made from the seller's note identity, wrapped to an order's point, taken out by the
// buyer. Words are 32 bytes as 0x hex. The same in Python: tools/files/wrap.py; vectors: tests/vectors/age/wrap.json.
// Problems: bad_identity, bad_word, bad_point, bad_secret, wrong_key (a holder can prove it to the Market), cannot_unwrap.

import { bytesOf, hashOf, hex } from "./abi.js";
import { keccak256 } from "./keccak.js";
import { keysOf } from "./notes.js";
import { SealedProblem } from "./sealed-problem.js";

const BN254 = "../vendor/bn254-2.4.0.js";
const utf8 = text => new TextEncoder().encode(text);
const KEY_DOMAIN = hex(keccak256(utf8("dokkaebi file key v1")));
const WRAP_DOMAIN = hex(keccak256(utf8("dokkaebi file key wrap v1")));
const SOLD_KEY_INFO = "dokkaebi sold key v1";
const ORDER_SECRET_INFO = "dokkaebi order key v1";
const ASKED_SECRET_INFO = "dokkaebi asked key v1";
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;
const WIDE_BITS = 512; // twice what is needed, so that a remainder leans to no side

// the curve comes when the first key is wrapped or taken out
const curve = async () => (await import(BN254)).Point;

const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
const wordOf = number => "0x" + number.toString(16).padStart(64, "0");
const numberOf = bytes => BigInt(hex(bytes));
const hashOfWords = (...words) => hashOf(words.map(() => ({ type: "bytes32" })), words);

function word(value, name) {
  if (!/^0x[0-9a-fA-F]{64}$/.test(value)) throw new SealedProblem("bad_word", name);
  return value.toLowerCase();
}

function exclusiveOr(one, other) {
  const mask = bytesOf(other);
  return hex(bytesOf(one).map((byte, i) => byte ^ mask[i]));
}

// ---- what is derived from an identity

async function hkdf(hash, identity, salt, info, bits) {
  const text = String(identity).trim().toUpperCase();
  if (!IDENTITY.test(text)) throw new SealedProblem("bad_identity");
  const key = await crypto.subtle.importKey("raw", utf8(text), "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash, salt: bytesOf(salt), info }, key, bits));
}

async function secretOf(identity, salt, info) {
  const { n } = (await curve()).CURVE();
  return wordOf(1n + (numberOf(await hkdf("SHA-512", identity, salt, info, WIDE_BITS)) % (n - 1n)));
}

// the key that a listing sells, from the seller's note identity and the salt of the terms
export const soldKey = async (identity, salt) => hex(await hkdf("SHA-256", identity, word(salt, "salt"), utf8(SOLD_KEY_INFO), 256));

// what a listing commits to
export const keyHash = (salt, key) => hashOfWords(KEY_DOMAIN, word(salt, "salt"), word(key, "key"));

// an order's secret, from the buyer's note identity; the salt is that of the purchase
export async function orderSecret(identity, { chainId, market, listing, salt }) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(market)) throw new SealedProblem("bad_word", "market");
  const info = [...utf8(ORDER_SECRET_INFO), ...bytesOf(wordOf(BigInt(chainId))), ...bytesOf(market), ...bytesOf(word(listing, "listing"))];
  return secretOf(identity, word(salt, "salt"), Uint8Array.from(info));
}

// the secret with which a holder who lost the order's asks for its key again
export const askedSecret = (identity, orderKey) => secretOf(identity, word(orderKey, "order"), utf8(ASKED_SECRET_INFO));

// ---- points

async function pointFrom({ pointX, pointY }) {
  const Point = await curve();
  const [x, y] = [word(pointX, "point"), word(pointY, "point")].map(BigInt);
  try {
    const point = Point.fromAffine({ x, y }); // refuses p and more
    point.assertValidity(); // refuses what is off the curve, and infinity
    return point;
  } catch {
    throw new SealedProblem("bad_point");
  }
}

async function scalar(secret) {
  const { n } = (await curve()).CURVE();
  const found = BigInt(word(secret, "secret"));
  if (found < 1n || found >= n) throw new SealedProblem("bad_secret");
  return found;
}

function wordsOf(point) {
  const { x, y } = point.toAffine();
  return { pointX: wordOf(x), pointY: wordOf(y) };
}

// a secret's point, which a purchase carries as its encryption key
export const pointOf = async secret => wordsOf((await curve()).BASE.multiply(await scalar(secret)));

// whether a key may be wrapped to it: on the curve, coordinates below p, not infinity
export async function isPoint(point) {
  try {
    await pointFrom(point);
    return true;
  } catch (error) {
    if (error.key !== "bad_point") throw error;
    return false;
  }
}

// ---- wrapping and unwrapping

async function randomSecret() {
  const { n } = (await curve()).CURVE();
  return wordOf(1n + (numberOf(crypto.getRandomValues(new Uint8Array(WIDE_BITS / 8))) % (n - 1n)));
}

const maskOf = (orderKey, own, shared) =>
  hashOfWords(WRAP_DOMAIN, word(orderKey, "order"), own.pointX, own.pointY, shared.pointX, shared.pointY);

// gives the words of deliverFile's wrap: pointX, pointY, masked; only vectors say the ephemeral secret
export async function wrap(key, orderKey, point, ephemeral) {
  const to = await pointFrom(point);
  const r = await scalar(ephemeral ?? await randomSecret());
  const own = wordsOf((await curve()).BASE.multiply(r));
  return { ...own, masked: exclusiveOr(word(key, "key"), maskOf(orderKey, own, wordsOf(to.multiply(r)))) };
}

// takes the key out, whatever it is
export async function unwrap(wrapped, orderKey, secret) {
  const own = { pointX: word(wrapped.pointX, "point"), pointY: word(wrapped.pointY, "point") };
  const shared = (await pointFrom(own)).multiply(await scalar(secret));
  return exclusiveOr(word(wrapped.masked, "masked"), maskOf(orderKey, own, wordsOf(shared)));
}

// takes the key out, and gives it if it is the one that the listing committed to; the salt is that of the terms
export async function openWrap({ wrapped, orderKey, secret, salt, expected }) {
  const key = await unwrap(wrapped, orderKey, secret);
  if (!same(keyHash(salt, key), expected)) throw new SealedProblem("wrong_key");
  return key;
}

// ---- which of a browser's identities it was: newer ones may have come since

// the sold key that a listing's hash belongs to, or null
export async function findSoldKey(identities, salt, expected) {
  for (const identity of identities) {
    const key = await soldKey(identity, salt);
    if (same(keyHash(salt, key), expected)) return key;
  }
  return null;
}

async function findSecret(identities, secretFrom, point) {
  for (const identity of identities) {
    const secret = await secretFrom(identity);
    const own = await pointOf(secret);
    if (same(own.pointX, point.pointX) && same(own.pointY, point.pointY)) return secret;
  }
  return null;
}

// the secret that a purchase's point belongs to, or null
export const findOrderSecret = (identities, about, point) => findSecret(identities, one => orderSecret(one, about), point);

// the same for a point with which an order's key was asked for again
export const findAskedSecret = (identities, orderKey, point) => findSecret(identities, one => askedSecret(one, orderKey), point);

// Before paying: can this browser take out a key that is wrapped to this point? It reads its identities from where they are
// kept and derives the secret anew, so that what was only in memory, or was not kept, does not pass.
export async function proveUnwraps({ account, chainId, market, listing, salt, point }) {
  const identities = keysOf(chainId, account).map(key => key.identity);
  const secret = await findOrderSecret(identities, { chainId, market, listing, salt }, point);
  if (!secret) throw new SealedProblem("cannot_unwrap", "no kept identity leads to the point");
  const [key, orderKey] = [1, 2].map(() => hex(crypto.getRandomValues(new Uint8Array(32))));
  if (await unwrap(await wrap(key, orderKey, point), orderKey, secret) !== key) throw new SealedProblem("cannot_unwrap");
}
