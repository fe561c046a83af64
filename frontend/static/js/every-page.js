// On every page: chain time as local time, countdowns, copying, what forms said (for the check before signing), and a note
// when the wallet goes to another account.

import { forgetOthers } from "./account-store.js";
import "./cart-store.js"; // empties the cart on the page of its payment
import "./drafts.js";
import { findWallet } from "./wallet.js";

const KEPT = "last-form";
const OPENED = "files-to-sweep"; // the pages of sealed files set it
const EARLIER = "form-earlier"; // steps that added a call to a proposal: it is compared with them when all of it is signed
const MOST_EARLIER = 20;
const MAX_FIELD = 24000; // a link with the signatures of all payees

function localTimes(scope) {
  for (const time of scope.querySelectorAll("time[data-ts]")) {
    if (time.dataset.local) continue;
    const moment = new Date(Number(time.dataset.ts) * 1000);
    if (Number.isNaN(moment.getTime())) continue;
    time.dataset.local = "1";
    time.title = time.textContent;
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(moment);
  }
}

// counts on from the chain's time that the page was drawn with
function countdowns() {
  const began = performance.now();
  const format = seconds => {
    const lang = document.documentElement.lang;
    const unit = (value, name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
    const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    if (days) return `${unit(days, "day")} ${unit(hours, "hour")}`;
    if (hours) return `${unit(hours, "hour")} ${unit(minutes, "minute")}`;
    return minutes ? `${unit(minutes, "minute")} ${unit(seconds % 60, "second")}` : unit(seconds, "second");
  };
  const draw = () => {
    const passed = (performance.now() - began) / 1000;
    for (const place of document.querySelectorAll("[data-countdown]")) {
      const left = Math.floor(Number(place.dataset.countdown) - Number(place.dataset.now) - passed);
      if (left >= 0) place.textContent = format(left);
      place.classList.toggle("over", left < 0);
    }
  };
  if (!document.querySelector("[data-countdown]")) return;
  draw();
  setInterval(draw, 1000);
}

function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const said = button.textContent;
      button.textContent = "✓";
      setTimeout(() => { button.textContent = said; }, 1500);
    });
  }
}

// what somebody typed, kept in this tab only, so that the page after it can compare what the server made of it
function rememberForms() {
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post") return;
    const fields = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || /csrf_token$/.test(name)) continue;
      // what stands before a name says which form it is; a row of a list keeps it
      fields[/-\d+-/.test(name) ? name : name.replace(/^.*-/, "")] = value.slice(0, MAX_FIELD);
    }
    if (!("form_key" in fields)) return;
    const path = new URL(form.action).pathname;
    const earlier = JSON.parse(sessionStorage.getItem(EARLIER) || "[]");
    if (event.submitter?.value === "add") {
      sessionStorage.setItem(EARLIER, JSON.stringify([...earlier, { path, fields }].slice(-MOST_EARLIER)));
    }
    sessionStorage.setItem(KEPT, JSON.stringify({ path, fields, at: Date.now(), ...("kept-0-call" in fields && { earlier }) }));
    // one click is one form; a second one is stopped here, and by the form's key on the server
    for (const button of form.querySelectorAll("button:not([type='button'])")) button.setAttribute("aria-busy", "true");
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    }
  });
}

// whoever is signed out leaves nothing behind in this tab
function forgetForms() {
  if (document.getElementById("signed-in")) return;
  for (const name of Object.keys(sessionStorage)) {
    if (name === KEPT || /^(form|hash|draft)-/.test(name)) sessionStorage.removeItem(name);
  }
}

// whoever has signed out leaves no opened file on the disk; what another tab still works on is for a later page
function forgetFiles() {
  if (document.getElementById("signed-in") || !localStorage.getItem(OPENED)) return;
  import("./sealing.js").then(({ sweep }) => sweep()).then(left => left || localStorage.removeItem(OPENED)).catch(() => null);
}

async function watchAccount() {
  const place = document.getElementById("signed-in");
  if (!place) return;
  const provider = await findWallet({ ask: false }).catch(() => null);
  if (!provider) return;
  const look = accounts => {
    document.getElementById("account-note")?.remove();
    if (!accounts?.length || accounts[0].toLowerCase() === place.dataset.account.toLowerCase()) return;
    const note = document.createElement("p");
    note.id = "account-note";
    note.className = "notice warn";
    note.setAttribute("role", "status");
    note.textContent = place.dataset.changed;
    document.getElementById("main")?.prepend(note);
  };
  provider.on?.("accountsChanged", look);
  look(await provider.request({ method: "eth_accounts" }).catch(() => []));
}

localTimes(document);
countdowns();
copyButtons();
forgetForms();
forgetFiles();
forgetOthers();
rememberForms();
watchAccount();
new MutationObserver(() => localTimes(document)).observe(document.body, { childList: true, subtree: true });
