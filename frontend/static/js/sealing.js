// Seals a file and sends it to the market's server; fetches one and opens it. All work is done in a worker (seal-worker.js).
//
// Each call takes `signal` (an AbortSignal) to be cancelled by, and `progress({ step, done, of })`, where step is sealing (in
// bytes), sending, fetching or opening (in pieces). Problems are SealedProblems with one of these keys:
//   empty, too_large, unreadable     the file that was chosen
//   no_opfs, no_x25519, no_worker    what this browser lacks
//   disk_full, busy, gone            its storage: no room; another tab is at it; nothing lies there any more
//   offline, signed_out, missing, refused   the server
//   hash_differs                     what the server gave, or has, is not what stands on the chain
//   wrong_key                        the file was sealed to another key
//   damaged, plaintext_differs       the seller sealed something broken, or something else than was listed
//   cancelled, failed                failed is a mistake of ours; its detail says more

import { SealedProblem } from "./sealed-problem.js";
import { csrf } from "./wallet.js";

function start(job, about, { signal, progress, stay = false } = {}) {
  if (signal?.aborted) return Promise.reject(new SealedProblem("cancelled"));
  let worker;
  const cancel = () => worker.postMessage({ cancel: true });
  const ended = new Promise((resolve, reject) => {
    worker = new Worker(new URL("./seal-worker.js", import.meta.url), { type: "module" });
    const fail = problem => { worker.terminate(); reject(problem); };
    worker.onmessage = ({ data }) => {
      if (data.progress) return progress?.(data.progress);
      if (data.problem) return fail(new SealedProblem(data.problem.key, data.problem.detail));
      if (!stay) worker.terminate();
      resolve({ result: data.result, worker });
    };
    worker.onerror = event => fail(new SealedProblem("no_worker", event.message));
    signal?.addEventListener("abort", cancel, { once: true });
    worker.postMessage({ job, about });
  });
  return ended.finally(() => signal?.removeEventListener("abort", cancel));
}

// Seals a File to a sold key. Gives { name, ciphertextHash, ciphertextSize, plaintextHash, size, list }; `name` is what `send`
// and `forget` want, also after a reload. With `ahead`, pieces go to the server while the next are sealed.
export async function seal(file, key, { ahead = false, ...options } = {}) {
  return (await start("seal", { file, key, token: ahead ? csrf() : undefined }, options)).result;
}

// Sends what the server lacks of a sealed file, and has it put together; then nothing of it stays here. Gives { hash, size }.
export async function send(name, options) {
  return (await start("send", { name, token: csrf() }, options)).result;
}

// Throws a sealed file away that will not be sent.
export async function forget(name, options) {
  await start("forget", { name }, options);
}

// Fetches a sealed file and opens it; goes on where an earlier try broke off. Gives { file, close }: a File on the disk, to be
// saved from a blob URL, and what to call once that is done: then nothing of it stays here.
export async function open({ ciphertextHash, plaintextHash, size, key }, options) {
  const about = { hash: ciphertextHash.toLowerCase(), plaintextHash: plaintextHash.toLowerCase(), size: Number(size), key };
  const { result, worker } = await start("open", about, { ...options, stay: true });
  const close = () => new Promise(resolve => {
    worker.onmessage = () => { worker.terminate(); resolve(); };
    worker.postMessage({ close: true });
  });
  return { file: result.file, close };
}

// Removes what earlier visits left and no tab works on: opened files at once, what can be gone on with after a week.
export async function sweep(options) {
  return (await start("sweep", {}, options)).result;
}
