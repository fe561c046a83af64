// Private notes: sealed with age in the writer's browser, opened in the reader's. Formats: docs/notes.md.
// Words come from the page (#note-texts), in its language.

import { bytesOf, hashOf, hex } from "./abi.js";
import { keccak256 } from "./keccak.js";

const AGE = "../vendor/age-0.3.1.js";
const DOMAIN = "dokkaebi.note.v1";
const STEPS = [1024, 2048, 4096, 8192]; // sizes that a note is filled up to, so that its length says little
const MAX_IDENTITIES = 20;

const PURCHASE = {
  type: "tuple",
  components: ["bytes32", "address", "address", "address", "address", "bytes32", "bytes32", "bytes32"].map(type => ({ type })),
};

export class NoteProblem extends Error {
  constructor(key, detail = "") {
    super(key);
    this.key = key;
    this.detail = detail;
  }
}

export function words(key) {
  const name = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return document.getElementById("note-texts")?.dataset[name] || key;
}

// the library is large and few visits need it: it comes when the first note is sealed or opened
export const library = () => import(AGE);

export const utf8 = text => new TextEncoder().encode(text);
export const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();

export function join(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

// hands a text to the browser's downloads
export function saveText(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

export const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
export const unbase64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

// ---- what stands on the chain

// hash of the salted ciphertext: keccak256(keccak256(domain) ‖ salt ‖ ciphertext)
export const noteHash = (salt, sealed) => hex(keccak256(join(keccak256(utf8(DOMAIN)), bytesOf(salt), sealed)));

export const refOf = purchase => hashOf([PURCHASE], [purchase]);

export function orderKey(listing, purchase) {
  return hashOf([{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }], [listing, purchase[2], refOf(purchase)]);
}

// ---- the statement about a key

// what a key's owner has signed, to the letter; the server writes the same (frontend/services/notes.py)
export function statementOf({ origin, account, chainId, market, recipient, issuedAt, signer }) {
  const host = origin.replace(/^https?:\/\//, "");
  return [
    `${host} asks you to publish your key for private notes.`, "",
    "Buyers will seal addresses and wishes to this key; whoever has its secret half can read them. "
      + "This costs nothing, sends nothing, and allows nobody to move your money.", "",
    `Account: ${account}`, `Key: ${recipient}`, ...(signer ? [`Signs messages: ${signer}`] : []), `Site: ${origin}`, `Chain ID: ${chainId}`, `Market: ${market}`, `Issued At: ${issuedAt}`,
  ].join("\n");
}

export function signedHash(text) {
  const bytes = utf8(text);
  return keccak256(join(utf8(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes));
}

// the account that signed a text, or null
export async function signerOf(text, signature) {
  const { recoverPublicKey, Point } = await library();
  try {
    const bytes = bytesOf(signature);
    if (bytes.length !== 65) return null;
    const recovery = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
    const key = recoverPublicKey(join([recovery], bytes.slice(0, 64)), signedHash(text), { prehash: false });
    return hex(keccak256(Point.fromBytes(key).toBytes(false).slice(1)).slice(12));
  } catch {
    return null;
  }
}

// ---- keys of this browser, one drawer an account

// the drawer's name does not show the account; drawers are never listed or compared
const drawer = (chainId, account) => "note-keys-" + hex(keccak256(utf8(`${DOMAIN}|${chainId}|${account.toLowerCase()}`))).slice(2, 34);

export function keysOf(chainId, account) {
  try {
    const found = JSON.parse(localStorage.getItem(drawer(chainId, account)) || "[]");
    return Array.isArray(found) ? found.filter(key => /^AGE-SECRET-KEY-1/.test(key?.identity)) : [];
  } catch {
    return [];
  }
}

// the newest key comes first; older ones stay, to open older notes
export function keepKey(chainId, account, key) {
  const others = keysOf(chainId, account).filter(known => known.identity !== key.identity);
  try {
    localStorage.setItem(drawer(chainId, account), JSON.stringify([key, ...others].slice(0, MAX_IDENTITIES)));
  } catch {
    throw new NoteProblem("storage");
  }
}

export const forgetKeys = (chainId, account) => localStorage.removeItem(drawer(chainId, account));

export async function makeKey() {
  const { generateX25519Identity, identityToRecipient } = await library();
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity), at: new Date().toISOString().replace(/\.\d+/, "") };
}

export async function ownKey(chainId, account) {
  const known = keysOf(chainId, account)[0];
  if (known) return known;
  const made = await makeKey();
  keepKey(chainId, account, made);
  return made;
}

// an identity file as age-keygen writes it, newest key first
export const identityFile = keys => keys.map(key => `# created: ${key.at}\n# public key: ${key.recipient}\n${key.identity}\n`).join("");

export async function keysInFile(text) {
  const { identityToRecipient } = await library();
  const found = [];
  let at = "";
  for (const line of text.split(/\r?\n/).map(line => line.trim())) {
    at = /^# created: (\S{10,40})$/.exec(line)?.[1] || at;
    if (!line || line.startsWith("#")) continue;
    let recipient;
    try {
      recipient = await identityToRecipient(line);
    } catch {
      throw new NoteProblem("bad_file");
    }
    found.push({ identity: line, recipient, at: at || "imported" });
  }
  if (!found.length) throw new NoteProblem("bad_file");
  return found;
}

// ---- sealing and opening

// JSON, filled up with spaces to the next step
export function padded(note) {
  const bytes = utf8(JSON.stringify(note));
  const step = STEPS.find(size => bytes.length <= size);
  if (!step) throw new NoteProblem("too_long");
  const out = new Uint8Array(step).fill(0x20);
  out.set(bytes);
  return out;
}

export async function seal(note, recipients) {
  const { Encrypter } = await library();
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  const encrypter = new Encrypter();
  try {
    for (const recipient of new Set(recipients)) {
      if (!/^age1[02-9ac-hj-np-z]{58}$/.test(recipient)) throw new Error("no X25519 recipient");
      encrypter.addRecipient(recipient);
    }
    const sealed = await encrypter.encrypt(padded({ v: 1, ...note, salt }));
    return { salt, sealed, hash: noteHash(salt, sealed) };
  } catch (error) {
    throw error instanceof NoteProblem ? error : new NoteProblem("cannot_seal", error.message);
  }
}

// opens what the server gave: it must hash to what the chain says, open with a key of this browser, and be about this order
export async function open({ salt, sealed, expected, about, keys }) {
  const { Decrypter } = await library();
  if (!/^0x[0-9a-f]{64}$/.test(salt) || !same(noteHash(salt, sealed), expected)) throw new NoteProblem("not_the_same");
  if (!keys.length) throw new NoteProblem("no_key");
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key.identity);
  let bytes;
  try {
    bytes = await decrypter.decrypt(sealed);
  } catch (error) {
    throw new NoteProblem(/no identity matched/.test(error.message) ? "wrong_key" : "malformed", error.message);
  }
  let note;
  try {
    note = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new NoteProblem("malformed");
  }
  if (note?.v !== 1 || typeof note.text !== "string" || !same(note.salt, salt)) throw new NoteProblem("malformed");
  if (!Object.entries(about).every(([name, value]) => same(note[name], value))) throw new NoteProblem("other_order");
  return note;
}
