// Seals, sends, fetches and opens files, away from the page and piece by piece: no file is ever in memory as a whole.
// One worker does one job; sealing.js starts it and says what the problems are.

import { bytesOf, hex } from "./abi.js";
import { FileServer, Line, forEach } from "./file-server.js";
import { HASH, MOST_PLAIN, PIECE, Pieces, checkList, hashAt, same, sha256 } from "./pieces.js";
import { CIPHERTEXT, PLAINTEXT, needRoom, problemOf, sweep, withFolder, writeAt } from "./seal-store.js";
import { SealedProblem } from "./sealed-problem.js";

const AGE = "../vendor/age-0.3.1.js";
const IDENTITY_PREFIX = "AGE-SECRET-KEY-";
const GROWTH = 1.001; // a sealed file is 16 bytes in 64 KiB larger than the file, and a header

const stopping = new AbortController();
const { signal } = stopping;
let isClosed;
const closed = new Promise(resolve => { isClosed = resolve; });

const tell = (step, done, of) => postMessage({ progress: { step, done, of } });

// ---- age

async function library() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(HASH).fill(9, 0, 1), { name: "X25519" }, false, []);
  } catch {
    throw new SealedProblem("no_x25519");
  }
  return import(AGE);
}

const identityOf = (age, key) => age.bech32.encodeFromBytes(IDENTITY_PREFIX, bytesOf(key)).toUpperCase();

// what piece(index) gives, one after the other; the next when it is asked for
function streamOf(count, piece) {
  let index = 0;
  return new ReadableStream({
    async pull(controller) {
      signal.throwIfAborted();
      controller.enqueue(await piece(index));
      if (++index === count) controller.close();
    },
  }, { highWaterMark: 0 });
}

async function drain(stream, pieces) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces.end();
    await pieces.add(value);
  }
}

// ---- sealing

async function seal({ file, key, token }) {
  if (!file.size) throw new SealedProblem("empty");
  if (file.size > MOST_PLAIN) throw new SealedProblem("too_large");
  const age = await library();
  await needRoom(file.size * GROWTH);
  const name = hex(crypto.getRandomValues(new Uint8Array(16))).slice(2);
  return withFolder("sealed", name, async folder => {
    try {
      const about = await sealInto(folder, age, file, key, token);
      await folder.finish(about);
      return { name, ...about };
    } catch (error) {
      await folder.remove();
      throw error;
    }
  });
}

async function sealInto(folder, age, file, key, token) {
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(await age.identityToRecipient(identityOf(age, key)));
  const disk = await folder.open(CIPHERTEXT);
  const sender = token === undefined ? null : new Sender(disk, token);
  try {
    const plain = new Pieces();
    const source = streamOf(Math.ceil(file.size / PIECE), async index => {
      const bytes = await readFile(file, index);
      await plain.add(bytes);
      tell("sealing", plain.size, file.size);
      return bytes;
    });
    const sealed = new Pieces(async (piece, index, hashing) => {
      writeAt(disk, piece, index * PIECE);
      await sender?.add(index, piece.length, hashing);
    });
    const { list, hash } = await drain(await encrypter.encrypt(source), sealed);
    disk.flush();
    await sender?.end();
    const plaintext = await plain.end();
    return {
      ciphertextHash: hex(hash), ciphertextSize: sealed.size, plaintextHash: hex(plaintext.hash), size: file.size, list: hex(list),
    };
  } finally {
    await sender?.stop(); // it reads from what is closed now
    disk.close();
  }
}

async function readFile(file, index) {
  try {
    return new Uint8Array(await file.slice(index * PIECE, (index + 1) * PIECE).arrayBuffer());
  } catch (error) {
    throw new SealedProblem("unreadable", error.message); // changed or moved on the disk meanwhile
  }
}

function pieceOf(disk, index, length = Math.min(PIECE, disk.getSize() - index * PIECE)) {
  const piece = new Uint8Array(length);
  disk.read(piece, { at: index * PIECE });
  return piece;
}

// Sends pieces while the next are sealed. What fails here is not a problem yet: `send` asks what is missing.
class Sender {
  #line = new Line();
  #stopping = new AbortController();
  #server;
  #disk;

  constructor(disk, token) {
    this.#disk = disk;
    this.#server = new FileServer({ token, signal: this.#stopping.signal });
    signal.addEventListener("abort", () => this.#stopping.abort());
  }

  async add(index, length, hashing) {
    if (this.#line.failed) return;
    await this.#line.add(async () => {
      const hash = await hashing;
      await this.#server.put(hash, 0, new Blob([pieceOf(this.#disk, index, length)]));
    });
  }

  end() {
    return this.#line.end();
  }

  stop() {
    this.#stopping.abort();
    return this.#line.end();
  }
}

// ---- sending

function send({ name, token }) {
  return withFolder("sealed", name, async folder => {
    const about = await folder.about();
    if (!about) throw new SealedProblem("gone");
    const list = bytesOf(about.list);
    const server = new FileServer({ token, signal });
    const file = await folder.file(CIPHERTEXT);
    const missing = await server.missing(list);
    const count = list.length / HASH;
    let there = count - missing.length;
    await forEach(missing, async index => {
      await server.put(list, index, file.slice(index * PIECE, (index + 1) * PIECE)); // the browser reads it from the disk
      tell("sending", ++there, count);
    });
    const { hash } = await server.publish(list);
    if (hash !== about.ciphertextHash) throw new SealedProblem("hash_differs", "the server's");
    await folder.remove();
    return { hash, size: about.ciphertextSize };
  });
}

// ---- opening

function open({ hash, plaintextHash, size, key }) {
  return withFolder("opened", hash.slice(2), async folder => {
    const age = await library();
    const list = await checkList(await new FileServer({ signal }).list(hash), bytesOf(hash));
    await needRoom(size + Math.max(0, size * GROWTH - ((await folder.file(CIPHERTEXT))?.size || 0)));
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(identityOf(age, key));
    await fetchInto(folder, list, hash, first => ageDoes(() => decrypter.decryptHeader(first)));
    try {
      const opened = await openInto(folder, decrypter);
      if (hex(opened.hash) !== plaintextHash || opened.size !== size) throw new SealedProblem("plaintext_differs");
    } catch (error) {
      await folder.remove(PLAINTEXT);
      throw error;
    }
    postMessage({ result: { file: await folder.file(PLAINTEXT) } });
    await closed;
    await folder.remove();
  });
}

// `look` sees the first piece, so that a wrong key shows before a large file is fetched
async function fetchInto(folder, list, hash, look) {
  const disk = await folder.open(CIPHERTEXT);
  try {
    const fetcher = new Fetcher(disk, list, hash);
    await fetcher.need(0);
    await look(pieceOf(disk, 0));
    await forEach(Array.from({ length: list.length / HASH - 1 }, (_, i) => i + 1), index => fetcher.need(index));
    disk.flush();
  } finally {
    disk.close();
  }
}

async function openInto(folder, decrypter) {
  const sealed = await folder.file(CIPHERTEXT);
  const disk = await folder.open(PLAINTEXT);
  try {
    disk.truncate(0);
    const count = Math.ceil(sealed.size / PIECE);
    const plain = new Pieces((piece, index) => {
      writeAt(disk, piece, index * PIECE);
      tell("opening", index + 1, count);
    });
    const source = streamOf(count, index => readFile(sealed, index)); // the file's own reading lets a cancel through
    const { hash } = await ageDoes(async () => drain(await decrypter.decrypt(source), plain));
    disk.flush();
    return { hash, size: plain.size };
  } finally {
    disk.close();
  }
}

// age's own errors are texts: no identity fits, or what was sealed is damaged, however well its hash fits
async function ageDoes(act) {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SealedProblem || error instanceof DOMException) throw error;
    throw new SealedProblem(/no identity matched/.test(error.message) ? "wrong_key" : "damaged", error.message);
  }
}

// Sees to it that a piece is on the disk and is the right one. What an earlier try has left is checked, not believed.
class Fetcher {
  #there = 0;

  constructor(disk, list, hash) {
    Object.assign(this, { disk, list, hash, server: new FileServer({ signal }) });
  }

  async need(index) {
    signal.throwIfAborted();
    if (!await this.#isOnDisk(index)) await this.#fetch(index);
    tell("fetching", ++this.#there, this.list.length / HASH);
  }

  async #isOnDisk(index) {
    return this.disk.getSize() > index * PIECE && same(await sha256(pieceOf(this.disk, index)), hashAt(this.list, index));
  }

  async #fetch(index) {
    const piece = await this.server.piece(this.hash, index);
    const isLast = (index + 1) * HASH === this.list.length;
    const fits = isLast ? piece.length <= PIECE : piece.length === PIECE;
    if (!fits || !same(await sha256(piece), hashAt(this.list, index))) throw new SealedProblem("hash_differs", `piece ${index}`);
    writeAt(this.disk, piece, index * PIECE);
    if (isLast) this.disk.truncate(index * PIECE + piece.length); // an earlier try may have left more
  }
}

// ---- jobs

const jobs = {
  seal,
  send,
  open,
  forget: ({ name }) => withFolder("sealed", name, folder => folder.remove()),
  sweep,
};

function told(error) {
  if (signal.aborted && !(error instanceof SealedProblem)) return { key: "cancelled", detail: "" };
  const problem = problemOf(error, "failed");
  return { key: problem.key, detail: problem.detail };
}

async function run(job, about) {
  try {
    postMessage({ result: await jobs[job](about) });
  } catch (error) {
    postMessage({ problem: told(error) });
  }
}

addEventListener("message", ({ data }) => {
  if (data.job) run(data.job, data.about);
  else if (data.cancel) stopping.abort();
  else if (data.close) isClosed();
});
