// A file in pieces of 1 MiB: each is hashed by itself, and the hash of their hashes is the file's. So pieces can be sent,
// fetched and checked one by one.

import { SealedProblem } from "./sealed-problem.js";

export const PIECE = 1 << 20;
export const HASH = 32;
export const MOST_PLAIN = 1 << 30; // bytes of a file before it is sealed
const MOST_PIECES = MOST_PLAIN / PIECE + 2; // once sealed: 16 bytes more each 64 KiB, and a header

// the bytes may be written over as soon as the call is made: the browser takes a copy
export const sha256 = async bytes => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export const hashAt = (list, index) => list.subarray(index * HASH, (index + 1) * HASH);
export const same = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

// Takes bytes as they come, cuts them into pieces and hashes those. `each(piece, index, hashing)` sees every piece before its
// place is used again. Holds one piece, and the copy of the one that is being hashed.
export class Pieces {
  size = 0;
  #buffer = new Uint8Array(PIECE);
  #used = 0;
  #hashes = [];
  #each;

  constructor(each = () => {}) {
    this.#each = each;
  }

  async add(bytes) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + PIECE - this.#used);
      this.#buffer.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
      if (this.#used === PIECE) await this.#cut();
    }
    this.size += bytes.length;
  }

  async #cut() {
    const piece = this.#buffer.subarray(0, this.#used);
    await this.#hashes.at(-1);
    const hashing = sha256(piece);
    this.#hashes.push(hashing);
    await this.#each(piece, this.#hashes.length - 1, hashing);
    this.#used = 0;
  }

  // gives the piece list and its hash
  async end() {
    if (this.#used) await this.#cut();
    const list = new Uint8Array(this.#hashes.length * HASH);
    (await Promise.all(this.#hashes)).forEach((hash, i) => list.set(hash, i * HASH));
    return { list, hash: await sha256(list) };
  }
}

// the list that a server gave: it must be the one whose hash stands on the chain
export async function checkList(list, hash) {
  if (!list.length || list.length % HASH || list.length > MOST_PIECES * HASH || !same(await sha256(list), hash)) {
    throw new SealedProblem("hash_differs", "the piece list");
  }
  return list;
}
