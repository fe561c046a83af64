// The page of a change of a split: show what stands behind the # of the address, let a payee sign it, and make the next link
// of it. Neither change nor signatures go to the server before somebody makes the change.

import { linkOfChange, readChange, readShares, rowsOfChange, sharesCall, typedChange } from "./split-link.js";
import { WalletProblem, accountOf, findWallet, onChain, problemOf, say, tell, text } from "./wallet.js";

const place = document.getElementById("change");
const values = JSON.parse(place.dataset.values);
const split = /^\/splits\/(\d+)\//.exec(location.pathname)[1];
const began = performance.now();
const nowS = () => values.now + (performance.now() - began) / 1000;
const signButton = document.getElementById("sign-change");
const fields = [...document.querySelectorAll("textarea[name$='-link']")];
const same = (one, other) => one.toLowerCase() === other.toLowerCase();
const moment = seconds => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(seconds * 1000));
const percent = bps => `${Math.floor(bps / 100)}${bps % 100 ? `.${String(bps % 100).padStart(2, "0").replace(/0$/, "")}` : ""} %`;
let change = null;

// a form that was refused brings its link back; else it stands in the address
const given = () => (location.hash.includes("version=") ? location.hash : fields.map(field => field.value).find(Boolean) || "");

function problemOfChange(rows) {
  if (Number(change.version) !== values.version + 1) return "change_void";
  if (Number(change.deadline) < nowS()) return "change_expired";
  return rows.some(row => row.forbidden) ? "change_locked" : "";
}

// who agreed on the chain to this very change
function approvals() {
  const unsigned = linkOfChange({ ...change, signatures: new Map() });
  return values.proposed.find(found => found.link === unsigned)?.approved || [];
}

function agreementOf(row, approved) {
  if (!row.mustAgree) return ["not_needed", ""];
  if (approved.some(account => same(account, row.account))) return ["approved", "good"];
  return change.signatures.has(String(row.seat)) ? ["signed", "good"] : ["awaited", "warn"];
}

function cell(row, label, ...content) {
  const made = document.createElement("td");
  made.dataset.label = place.querySelector(`th[data-column="${label}"]`).textContent;
  if (label === "now" || label === "bps") made.className = "num";
  made.append(...content);
  row.append(made);
}

function tag(words, kind = "") {
  const made = document.createElement("span");
  made.className = `tag ${kind}`;
  made.textContent = words;
  return made;
}

function payeeOf(row) {
  const box = document.createElement("span");
  const address = document.createElement("code");
  address.textContent = row.account;
  if (row.name) box.append(row.name, " ");
  if (row.isNew) box.append(tag(text("new_payee"), "info"), " ");
  if (same(row.account, values.account)) box.append(tag(text("you"), "info"), " ");
  box.append(address);
  return box;
}

function draw() {
  const source = given();
  if (!source) return;
  change = readChange(source);
  place.hidden = false;
  const rows = change ? rowsOfChange(values, change) : [];
  const problem = change ? problemOfChange(rows) : "link_bad";
  place.dataset.change = problem || "good";
  const note = place.querySelector("[data-problem]");
  note.hidden = !problem;
  note.textContent = problem ? text(problem) : "";
  place.querySelector("[data-terms]").hidden = !change;
  document.querySelectorAll("[data-when-good]").forEach(part => { part.hidden = Boolean(problem); });
  if (change) drawRows(rows, problem);
}

function drawRows(rows, problem) {
  const approved = approvals();
  const body = place.querySelector("tbody");
  body.replaceChildren(...rows.map(row => {
    const line = document.createElement("tr");
    const [state, kind] = agreementOf(row, approved);
    line.dataset.agreement = state;
    cell(line, "payee", payeeOf(row));
    cell(line, "now", row.isNew ? "–" : percent(row.now));
    cell(line, "bps", row.bps ? percent(row.bps) : text("leaves"));
    cell(line, "locked", row.locked > nowS() ? moment(row.locked) : text("not_locked"));
    cell(line, "agreement", tag(text(state), kind));
    return line;
  }));
  place.querySelector("[data-until]").textContent = moment(Number(change.deadline));
  const missing = rows.filter(row => agreementOf(row, approved)[0] === "awaited");
  place.dataset.awaited = String(missing.length);
  if (signButton) signButton.closest("section").hidden = Boolean(problem) || !missing.some(row => same(row.account, values.account));
  const others = missing.filter(row => !same(row.account, values.account)).length;
  const note = document.querySelector("[data-awaited-note]");
  if (note) {
    note.hidden = !others;
    note.querySelector("[data-awaited-count]").textContent = String(others);
    document.querySelector("#apply-form button").classList.toggle("outline", others > 0);
  }
  const link = `${location.origin}/splits/${split}/agree#${linkOfChange(change)}`;
  document.getElementById("link-text").value = link;
  document.querySelector("#link-ready [data-copy]").dataset.copy = link;
  for (const field of fields) {
    field.value = linkOfChange(change);
    field.closest(".field").hidden = true;
  }
}

// one link that has the signatures of two
function join() {
  const field = document.getElementById("join-link");
  const other = readChange(field.value);
  const same = other && linkOfChange({ ...other, signatures: new Map() }) === linkOfChange({ ...change, signatures: new Map() });
  document.getElementById("join-said").textContent = text(!other ? "link_bad" : same ? "joined" : "other_change");
  if (!same) return;
  for (const [seat, signature] of other.signatures) change.signatures.set(seat, signature);
  field.value = "";
  keep();
}

function keep() {
  history.replaceState(null, "", `/splits/${split}/agree#${linkOfChange(change)}`);
  draw();
}

// what is signed names seats only: whose they are, and what they have now, the wallet's own node must say as this page does
async function compareWithChain(provider, splits) {
  const call = { to: splits, data: sharesCall(split, Number(change.version) - 1) };
  const found = readShares(await provider.request({ method: "eth_call", params: [call, "latest"] }));
  const said = list => list.map(({ seat, account, bps, locked }) => [seat, account.toLowerCase(), bps, locked].join()).join(";");
  if (said(found) !== said(values.payees)) throw new WalletProblem("shares_mismatch");
}

async function sign() {
  const registry = await (await fetch("/contracts/registry.json")).json();
  const typed = typedChange({ chainId: registry.chainId, splits: registry.contracts.Splits, split, change });
  const provider = await findWallet();
  const account = await accountOf(provider);
  if (!same(account, values.account)) throw new WalletProblem("wrong_account", values.account);
  await onChain(provider, JSON.parse(place.dataset.chain));
  await compareWithChain(provider, typed.domain.verifyingContract);
  say(text("asking_change"));
  const signature = await provider.request({ method: "eth_signTypedData_v4", params: [account, JSON.stringify(typed)] });
  say("");
  // one signature serves for all seats of the account
  for (const row of rowsOfChange(values, change)) {
    if (row.mustAgree && same(row.account, account)) change.signatures.set(String(row.seat), signature);
  }
  keep();
  document.getElementById("link-ready").focus();
}

signButton?.addEventListener("click", async () => {
  if (signButton.getAttribute("aria-busy")) return;
  signButton.setAttribute("aria-busy", "true");
  tell(null);
  try {
    await sign();
  } catch (error) {
    tell(problemOf(error));
  } finally {
    signButton.removeAttribute("aria-busy");
  }
});
document.querySelector("#join button").addEventListener("click", join);
window.addEventListener("hashchange", draw);
draw();
