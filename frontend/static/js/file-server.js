// What a market's server is asked about sealed files: which pieces it lacks, to take one, to put them together, to give one.
// Problems: offline (it did not answer, or was busy, again and again), signed_out, missing, refused (detail: its words).

import { hex } from "./abi.js";
import { PIECE, hashAt } from "./pieces.js";
import { SealedProblem } from "./sealed-problem.js";

const TRIES = 6;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60000;
const BUSY = [429, 500, 502, 503, 504];
const AT_ONCE = 4;

export class FileServer {
  #token;
  #signal;

  constructor({ token = "", signal }) {
    this.#token = token;
    this.#signal = signal;
  }

  // the indices of the pieces that it lacks
  async missing(list) {
    return (await (await this.#write("POST", "/files/missing", list)).json()).missing;
  }

  // puts the file together out of pieces that it has; gives its hash and size
  async publish(list) {
    return (await this.#write("POST", "/files", list)).json();
  }

  async put(list, index, piece) {
    await this.#write("PUT", `/files/pieces/${hex(hashAt(list, index)).slice(2)}`, piece);
  }

  async list(hash) {
    return new Uint8Array(await (await this.#ask(`/files/${hash}/pieces`)).arrayBuffer());
  }

  async piece(hash, index) {
    const range = `bytes=${index * PIECE}-${(index + 1) * PIECE - 1}`;
    // a whole file instead of a piece would fill the memory
    return this.#ask(`/files/${hash}`, { headers: { Range: range } }, async answer => {
      if (answer.status === 206) return new Uint8Array(await answer.arrayBuffer());
      await answer.body?.cancel();
      throw new SealedProblem("refused", "no ranges");
    });
  }

  #write(method, url, body) {
    const headers = { "Content-Type": "application/octet-stream", Accept: "application/json", "X-CSRFToken": this.#token };
    return this.#ask(url, { method, headers, body });
  }

  // asks again when the network fails, also half-way through the answer, or the server is busy
  async #ask(url, options = {}, read = async answer => new Response(await answer.blob())) {
    let wait = FIRST_WAIT_MS;
    for (let left = TRIES; left > 0; left--, wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      let pause = wait;
      try {
        const answer = await fetch(url, { ...options, signal: this.#signal });
        if (answer.ok) return await read(answer);
        const asked = 1000 * Number(answer.headers.get("Retry-After")) || 0;
        if (!BUSY.includes(answer.status) || asked > LONGEST_WAIT_MS) throw await problemOf(answer); // a day's worth is used up
        pause = Math.max(asked, wait);
      } catch (error) {
        if (error instanceof SealedProblem || this.#signal.aborted) throw error;
      }
      if (left > 1) await this.#pause(pause);
    }
    throw new SealedProblem("offline");
  }

  #pause(time) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, time);
      this.#signal.addEventListener("abort", () => { clearTimeout(timer); reject(this.#signal.reason); }, { once: true });
    });
  }
}

async function problemOf(answer) {
  if (answer.status === 401 || answer.status === 403) return new SealedProblem("signed_out");
  if (answer.status === 404) return new SealedProblem("missing");
  const told = await answer.json().catch(() => null);
  return new SealedProblem("refused", told?.error?.text || String(answer.status));
}

// does a thing for each index, a few at once; ends with the first problem
export async function forEach(indices, act) {
  const waiting = [...indices].reverse();
  const line = async () => { while (waiting.length) await act(waiting.pop()); };
  const lines = Array.from({ length: AT_ONCE }, () => line().catch(error => { waiting.length = 0; throw error; }));
  const ended = await Promise.allSettled(lines); // none goes on behind the caller's back
  const failed = ended.find(end => end.status === "rejected");
  if (failed) throw failed.reason;
}

// takes things to do as they come, a few at once: `add` waits for a free place
export class Line {
  #running = new Set();
  #failed = null;

  get failed() { return this.#failed !== null; }

  async add(act) {
    while (this.#running.size >= AT_ONCE) await Promise.race(this.#running);
    if (this.failed) return;
    const running = act().catch(error => { this.#failed = error; }).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async end() {
    await Promise.all(this.#running);
  }
}
