// Selling a file: sealed to a key that follows from the seller's own, sent in pieces, and named in the listing's form by hashes.
// What is sealed already outlasts a reload: it is noted beside the form's draft, in this tab alone.

import { bytesOf, hex } from "./abi.js";
import { BESIDE, draftKey } from "./drafts.js";
import { complain, offerKeys, run, say, sizeText, tidy, willLie } from "./file-page.js";
import { keysOf, library, ownKey } from "./notes.js";
import { SealedProblem } from "./sealed-problem.js";
import { forget, seal, send } from "./sealing.js";
import { csrf } from "./wallet.js";

const box = document.querySelector("[data-file-sell]");
const form = box.closest("form");
const { account, chainId } = box.dataset;
const KEPT = draftKey(form) + BESIDE;
const FIELDS = { key_hash: "keyHash", ciphertext_hash: "ciphertextHash", plaintext_hash: "plaintextHash", size: "size", salt: "salt" };
const keys = () => import("./wrap.js"); // the page stays light until a file is chosen
const HASH = /^0x[0-9a-f]{64}$/;
const MOST_JSON = 100_000;

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) || "null");
  } catch {
    return null;
  }
}

function keep(record) {
  if (record) sessionStorage.setItem(KEPT, JSON.stringify(record));
  else sessionStorage.removeItem(KEPT);
  draw();
}

function draw() {
  const record = kept();
  const state = !record ? "none" : record.isSent ? "ready" : "unsent";
  box.dataset.state = state;
  for (const part of box.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  for (const [field, name] of Object.entries(FIELDS)) form.elements[field].value = state === "ready" ? record[name] : "";
  if (!record) return;
  const shown = { ...record, size: sizeText(record.size), ciphertextSize: sizeText(record.ciphertextSize) };
  for (const place of box.querySelectorAll("[data-shows]")) place.textContent = shown[place.dataset.shows] ?? "";
}

async function sealFile(file, options) {
  await throwAway();
  willLie();
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  const { keyHash, soldKey } = await keys();
  const key = await soldKey((await ownKey(chainId, account)).identity, salt);
  const { list, ...sealed } = await seal(file, key, { ahead: true, ...options });
  keep({ ...sealed, salt, keyHash: keyHash(salt, key), fileName: file.name, isSent: false });
  await sendRest(options);
}

async function sendRest(options) {
  const record = kept();
  try {
    await send(record.name, options);
  } catch (problem) {
    if (problem.key === "gone") keep(null);
    throw problem;
  }
  keep({ ...record, isSent: true });
  say(box, "sent");
}

async function throwAway() {
  const record = kept();
  if (record?.name && !record.isSent) await forget(record.name).catch(() => null); // it may be gone already
  keep(null);
}

// ---- what was sealed elsewhere

function readHashes(text) {
  let told;
  try {
    told = JSON.parse(text);
  } catch {
    throw new SealedProblem("bad_hashes");
  }
  const found = { size: Number(told?.size) };
  for (const name of ["salt", "keyHash", "ciphertextHash", "plaintextHash"]) {
    found[name] = `0x${String(told?.[name]).toLowerCase().replace(/^0x/, "")}`;
    if (!HASH.test(found[name])) throw new SealedProblem("bad_hashes");
  }
  if (!Number.isSafeInteger(found.size) || found.size < 1) throw new SealedProblem("bad_hashes");
  return found;
}

async function hashesOf(file, { signal, progress }) {
  const { PIECE, Pieces } = await import("./pieces.js");
  const pieces = new Pieces();
  for (let at = 0; at < file.size; at += PIECE) {
    signal.throwIfAborted();
    await pieces.add(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    progress({ step: "reading", done: pieces.size, of: file.size });
  }
  return pieces.end();
}

// its header must open with the key that will be sold
async function checkOpens(file, key) {
  const [{ Decrypter, bech32 }, { PIECE }] = await Promise.all([library(), import("./pieces.js")]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(bech32.encodeFromBytes("AGE-SECRET-KEY-", bytesOf(key)).toUpperCase());
  try {
    await decrypter.decryptHeader(new Uint8Array(await file.slice(0, PIECE).arrayBuffer()));
  } catch {
    throw new SealedProblem("sealed_to_another");
  }
}

async function bringSealed(file, json, options) {
  if (!file || !json || json.size > MOST_JSON) throw new SealedProblem("bad_hashes");
  const found = readHashes(await json.text());
  const { findSoldKey } = await keys();
  const key = await findSoldKey(keysOf(chainId, account).map(one => one.identity), found.salt, found.keyHash);
  if (!key) throw new SealedProblem("not_own_key");
  await checkOpens(file, key);
  const { list, hash } = await hashesOf(file, options);
  if (hex(hash) !== found.ciphertextHash) throw new SealedProblem("other_ciphertext");
  await throwAway();
  const [{ FileServer, forEach }, { HASH: HASH_BYTES, PIECE }] = await Promise.all([import("./file-server.js"), import("./pieces.js")]);
  const server = new FileServer({ token: csrf(), signal: options.signal });
  const missing = await server.missing(list);
  const count = list.length / HASH_BYTES;
  let there = count - missing.length;
  await forEach(missing, async index => {
    await server.put(list, index, file.slice(index * PIECE, (index + 1) * PIECE));
    options.progress({ step: "sending", done: ++there, of: count });
  });
  await server.publish(list);
  keep({ ...found, ciphertextSize: file.size, fileName: file.name, isSent: true });
  say(box, "sent");
}

// what was aborted between two steps has no name of ours
const named = act => async options => {
  try {
    await act(options);
  } catch (error) {
    throw options.signal.aborted ? new SealedProblem("cancelled") : error;
  }
};
const start = act => run(box, named(act));

const chosen = document.getElementById("sealed-file");
chosen.addEventListener("change", () => {
  const [file] = chosen.files;
  chosen.value = "";
  if (file) start(options => sealFile(file, options));
});
box.querySelector("[data-file-go-on]").addEventListener("click", () => start(sendRest));
for (const button of box.querySelectorAll("[data-file-other]")) {
  button.addEventListener("click", async () => {
    await throwAway();
    say(box, "");
    complain(box, null);
    chosen.focus();
  });
}
box.querySelector("[data-file-bring]").addEventListener("click", () => {
  const [file, json] = ["sealed-age", "sealed-json"].map(id => document.getElementById(id).files[0]);
  start(options => bringSealed(file, json, options));
});

offerKeys(box, { chainId, account });
draw();
box.querySelector("[data-file-all]").hidden = false;
tidy();
