// What the pages of sealed files share: their words, progress, problems, and handing something made here to the downloads.
// Words come from the page (#file-texts), in its language.

import { identityFile, keysOf, ownKey, saveText, NoteProblem, words as noteWords } from "./notes.js";
import { SealedProblem } from "./sealed-problem.js";
import { sweep } from "./sealing.js";

export const TO_SWEEP = "files-to-sweep"; // in localStorage: some page has opened or sealed files here

export function words(key, values = {}) {
  const name = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const text = document.getElementById("file-texts")?.dataset[name] || key;
  return text.replace(/\{(\w+)\}/g, (_, value) => values[value] ?? "");
}

export function say(box, key, values) {
  box.querySelector("[data-file-status]").textContent = key ? words(key, values) : "";
}

export function complain(box, problem) {
  const place = box.querySelector("[data-file-problem]");
  place.replaceChildren();
  showProgress(box, null);
  if (!problem) return;
  say(box, "");
  const isNote = problem instanceof NoteProblem;
  const key = problem instanceof SealedProblem || isNote ? problem.key : "failed";
  const line = document.createElement("p");
  line.className = key === "cancelled" ? "notice" : "notice bad";
  line.dataset.problem = key;
  line.textContent = isNote ? noteWords(key) : words(key);
  place.append(line);
  const detail = ["refused", "failed"].includes(key) && (problem.detail || problem.message);
  if (!detail) return;
  const small = document.createElement("p");
  small.className = "small";
  small.textContent = String(detail).slice(0, 300);
  place.append(small);
}

export function showProgress(box, told) {
  const place = box.querySelector("[data-file-working]");
  if (!place) return;
  place.hidden = !told;
  if (!told) return;
  const bar = place.querySelector("progress");
  bar.max = told.of;
  bar.value = told.done;
  // said once a step, not for every piece: whoever listens would hear nothing else
  if (place.dataset.step === told.step) return;
  place.dataset.step = told.step;
  say(box, `step_${told.step}`);
}

// Runs one thing at a time in a box: buttons are quiet meanwhile, and the box's own button cancels.
export async function run(box, act) {
  if (box.getAttribute("aria-busy") === "true") return;
  const stop = new AbortController();
  const cancel = box.querySelector("[data-file-cancel]");
  const stopIt = () => stop.abort();
  const buttons = [...box.querySelectorAll("button")].filter(button => button !== cancel && !button.disabled);
  box.setAttribute("aria-busy", "true");
  for (const button of buttons) button.disabled = true;
  cancel?.addEventListener("click", stopIt);
  complain(box, null);
  try {
    await act({ signal: stop.signal, progress: told => showProgress(box, told) });
  } catch (problem) {
    complain(box, problem);
  } finally {
    box.removeAttribute("aria-busy");
    for (const button of buttons) button.disabled = false;
    cancel?.removeEventListener("click", stopIt);
    showProgress(box, null);
    const working = box.querySelector("[data-file-working]");
    if (working) delete working.dataset.step;
  }
}

// A form whose hidden fields are made by the browser: they are made when it is sent, and then it is sent. `make` throws what
// keeps it from being sent.
export function fillBeforeSending(form, box, make) {
  let isMade = false;
  form.addEventListener("submit", async event => {
    if (isMade || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    const { submitter } = event;
    let fields = null;
    await run(box, async options => { fields = await make(options); });
    if (!fields) return;
    for (const [name, value] of Object.entries(fields)) fieldOf(form, name).value = value;
    isMade = true;
    form.requestSubmit(submitter);
  });
  addEventListener("pageshow", () => { isMade = false; });
}

const fieldOf = (form, name) => [...form.elements].find(field => field.name.replace(/^.*-/, "") === name);

// buttons that hand the account's keys to the downloads; an account without any gets one first
export function offerKeys(scope, { chainId, account }) {
  for (const button of scope.querySelectorAll("[data-keys-save]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const said = button.closest("[data-keys]").querySelector("[data-keys-said]");
      try {
        await ownKey(chainId, account);
        saveText("dokkaebi-note-keys.txt", identityFile(keysOf(chainId, account))); // names no account
        said.textContent = words("keys_saved");
      } catch (problem) {
        said.textContent = noteWords(problem.key || "storage");
      }
    });
  }
}

// something will lie on the disk: to be swept away when a page begins, and when the account signs out
export const willLie = () => localStorage.setItem(TO_SWEEP, "1");

export async function tidy() {
  if (localStorage.getItem(TO_SWEEP)) await sweep().catch(() => null); // this browser may keep nothing any more
}

export function sizeText(bytes) {
  const lang = document.documentElement.lang;
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1000)), units.length - 1);
  return new Intl.NumberFormat(lang, { style: "unit", unit: units[step], maximumFractionDigits: 1 }).format(bytes / 1000 ** step);
}
