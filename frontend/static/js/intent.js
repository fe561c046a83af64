// An intent's page: check what the server built, ask the wallet, report what it answered. The panel follows by itself.

import { check, readersFor, unsigned } from "./check.js";
import { WalletProblem, accountOf, chainOf, findWallet, onChain, post, problemOf, say, tell, text } from "./wallet.js";

const place = document.getElementById("intent");
const state = document.getElementById("intent-state");
const url = place.dataset.url;
const chain = JSON.parse(place.dataset.chain);
const id = url.split("/").pop();
const FORM_AGE_MS = 5 * 60 * 1000;
let busy = false;

async function load(path) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json" } });
  } catch {
    throw new WalletProblem("server");
  }
  if (!answer.ok) throw new WalletProblem("server");
  return answer.json();
}

// the form that led here, if it was filled in in this tab a moment ago
function formOf() {
  const own = `form-${id}`;
  const known = sessionStorage.getItem(own);
  if (known) return JSON.parse(known);
  const last = JSON.parse(sessionStorage.getItem("last-form") || "null");
  if (!last || Date.now() - last.at > FORM_AGE_MS) return null;
  sessionStorage.setItem(own, JSON.stringify(last));
  sessionStorage.removeItem("last-form");
  return last;
}

async function verify(intent) {
  const [registry, abi, marketAbi, readers] = await Promise.all([
    load("/contracts/registry.json"), load(`/contracts/${encodeURIComponent(intent.call.contract)}.json`), load("/contracts/Market.json"),
    readersFor(intent.action),
  ]);
  const form = formOf();
  const shown = document.querySelector("[data-shown-value]")?.dataset.shownValue ?? "0";
  const wrong = check({ intent, registry, abi, marketAbi, form, shownValue: shown, readers });
  if (parseInt(chain.chainId, 16) !== intent.chainId) wrong.push(`chainId: ${intent.chainId}`);
  const note = document.getElementById("intent-verified");
  note.textContent = wrong.length ? text("mismatch") : text(form ? "verified" : "verified_no_form");
  note.className = wrong.length ? "notice bad" : "notice good";
  note.dataset.verified = wrong.length ? "no" : form ? "with-form" : "without-form";
  if (wrong.length) throw new WalletProblem("mismatch", wrong.join(" · "));
  return intent;
}

async function rightAccount(provider, intent) {
  const account = await accountOf(provider);
  if (account.toLowerCase() !== intent.from.toLowerCase()) throw new WalletProblem("wrong_account", place.dataset.accountName);
}

async function signPermit(provider, intent) {
  say(text("asking_permit"));
  const signature = await provider.request({ method: "eth_signTypedData_v4", params: [intent.from, JSON.stringify(intent.permit)] });
  const whole = await post(`${url}/permit`, { signature });
  document.getElementById("intent-data").textContent = whole.data;
  document.getElementById("intent-gas").textContent = String(parseInt(whole.gas, 16));
  // nothing but the signature may have changed
  const rest = one => JSON.stringify(unsigned(one.call.function, one.call.values));
  if (whole.permit || rest(whole) !== rest(intent)) throw new WalletProblem("mismatch", "permit");
  return verify(whole);
}

async function send() {
  let intent = await load(`${url}.json`);
  if (intent.txHash) return;
  if (intent.status === "expired" || Date.now() / 1000 > intent.expiresAt) throw new WalletProblem("expired");
  await verify(intent);
  const provider = await findWallet();
  await rightAccount(provider, intent);
  await onChain(provider, chain);
  if (intent.permit) intent = await signPermit(provider, intent);
  await post(`${url}/wallet`, { asking: true });
  // a payment goes to whatever chain the wallet is on: look once more, and say the chain in the transaction
  if (await chainOf(provider) !== intent.chainId) throw new WalletProblem("wrong_chain", chain.chainName);
  say(text("asking_transaction"));
  const { from, to, data, value, gas } = intent;
  const hash = await provider.request({
    method: "eth_sendTransaction",
    params: [{ from, to, data, value, gas, chainId: chain.chainId }],
  });
  sessionStorage.setItem(`hash-${id}`, hash);
  say(text("sent"));
  await reportHash(hash);
}

async function reportHash(hash) {
  for (let attempt = 0; ; attempt++) {
    try {
      await post(`${url}/wallet`, { hash });
      sessionStorage.removeItem(`hash-${id}`);
      document.dispatchEvent(new Event("transaction-sent"));
      return;
    } catch (problem) {
      if (attempt >= 5 || problem.status) throw problem;
      await new Promise(resolve => setTimeout(resolve, 1000 * 2 ** attempt));
    }
  }
}

async function refresh() {
  const answer = await fetch(`${url}/panel`).catch(() => null);
  if (!answer?.ok || answer.status === 204) return;
  state.innerHTML = await answer.text(); // our own server's template, escaped there
  window.htmx?.process(state);
}

async function click() {
  if (busy) return;
  busy = true;
  show();
  tell(null);
  try {
    await send();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code) await post(`${url}/wallet`, { code: problem.code, message: String(problem.detail || "") }).catch(() => null);
    await refresh();
    tell(problem);
  } finally {
    busy = false;
    await refresh();
    show();
  }
}

// the panel is drawn anew when the state changes: its button must fit what is going on here
function show() {
  const button = document.getElementById("sign-button");
  if (!button) return;
  button.hidden = false;
  button.disabled = busy;
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

state.addEventListener("click", event => {
  if (event.target.closest("#sign-button")) click();
});
new MutationObserver(show).observe(state, { childList: true, subtree: true });
show();

// sent, but the page was left before the server heard of it
const unreported = sessionStorage.getItem(`hash-${id}`);
if (unreported) reportHash(unreported).then(refresh).catch(tell);
else if (document.getElementById("sign-button")) load(`${url}.json`).then(verify).catch(error => tell(problemOf(error)));
