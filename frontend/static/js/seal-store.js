// Where sealed files lie while a browser works on them: a folder each in the origin's private file system (OPFS), which no
// other site and no other program sees. A lock says that some tab is at work on it; what no tab works on is swept away.
// Problems: no_opfs, disk_full, busy.

import { SealedProblem } from "./sealed-problem.js";

const TOP = "sealed-files";
const KINDS = ["sealed", "opened"];
const KEPT_MS = 7 * 86400 * 1000; // to go on with what broke off

export const CIPHERTEXT = "ciphertext";
export const PLAINTEXT = "plaintext";
const ABOUT = "about.json"; // written last: what has one is whole

async function kindFolder(kind) {
  try {
    const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(TOP, { create: true });
    return await top.getDirectoryHandle(kind, { create: true });
  } catch (error) {
    throw problemOf(error, "no_opfs");
  }
}

// what the file system's errors mean
export function problemOf(error, otherwise) {
  if (error?.name === "QuotaExceededError") return new SealedProblem("disk_full");
  return otherwise && !(error instanceof SealedProblem) ? new SealedProblem(otherwise, error?.message) : error;
}

// refuses to begin what would not fit
export async function needRoom(bytes) {
  const told = await navigator.storage?.estimate?.();
  if (told && told.quota - told.usage < bytes) throw new SealedProblem("disk_full");
}

// what is written short did not fit
export function writeAt(disk, bytes, at) {
  if (disk.write(bytes, { at }) < bytes.length) throw new SealedProblem("disk_full");
}

const lockOf = (kind, name) => `${TOP}/${kind}/${name}`;

// does something with a folder that no other tab works on meanwhile
export function withFolder(kind, name, act) {
  return navigator.locks.request(lockOf(kind, name), { ifAvailable: true }, async lock => {
    if (!lock) throw new SealedProblem("busy");
    return act(new Folder(await kindFolder(kind), name));
  });
}

export class Folder {
  #parent;
  #name;

  constructor(parent, name) {
    this.#parent = parent;
    this.#name = name;
  }

  #handle(options) {
    return this.#parent.getDirectoryHandle(this.#name, options);
  }

  // a file to read and write by place; close it
  async open(name) {
    try {
      const file = await (await this.#handle({ create: true })).getFileHandle(name, { create: true });
      return await file.createSyncAccessHandle();
    } catch (error) {
      throw problemOf(error, "no_opfs");
    }
  }

  // the file itself, read from the disk as it is needed; null when there is none
  async file(name) {
    try {
      return await (await (await this.#handle()).getFileHandle(name)).getFile();
    } catch (error) {
      if (error.name === "NotFoundError") return null;
      throw error;
    }
  }

  async about() {
    const file = await this.file(ABOUT);
    return file ? JSON.parse(await file.text()) : null;
  }

  async finish(about) {
    const file = await this.open(ABOUT);
    try {
      file.truncate(0);
      writeAt(file, new TextEncoder().encode(JSON.stringify(about)), 0);
      file.flush();
    } finally {
      file.close();
    }
  }

  async remove(name) {
    try {
      if (name) await (await this.#handle()).removeEntry(name);
      else await this.#parent.removeEntry(this.#name, { recursive: true });
    } catch (error) {
      if (error.name !== "NotFoundError") throw error;
    }
  }
}

// Removes what no tab works on: plaintexts, what was never finished, and what is older than a week. Gives how many folders
// are left.
export async function sweep() {
  let left = 0;
  for (const kind of KINDS) {
    const parent = await kindFolder(kind);
    const names = [];
    for await (const name of parent.keys()) names.push(name);
    for (const name of names) {
      await navigator.locks.request(lockOf(kind, name), { ifAvailable: true }, async lock => {
        left++;
        if (!lock) return;
        const folder = new Folder(parent, name);
        const ciphertext = await folder.file(CIPHERTEXT);
        const isOld = !ciphertext || Date.now() - ciphertext.lastModified > KEPT_MS;
        const isGone = isOld || (kind === "sealed" && !await folder.file(ABOUT));
        await (isGone ? folder.remove() : folder.remove(PLAINTEXT));
        if (isGone) left--;
      });
    }
  }
  return left;
}
