// The page of an agreement: sign an offer and make a link of it, or show what a link offers. The signature stays behind the
// # of the link, which no browser sends to a server.

import { unitsOf } from "./check.js";
import { checkSettlement, decimal, linkOf, readLink } from "./settlement.js";
import { WalletProblem, accountOf, findWallet, onChain, post, problemOf, say, tell, text } from "./wallet.js";

const signForm = document.getElementById("sign-form");
const UNIT_S = { hours: 3600, days: 86400 };
const began = performance.now();
const offer = document.getElementById("signed-offer");
const nowS = () => Number(offer.dataset.now) + (performance.now() - began) / 1000;

async function sign() {
  const form = Object.fromEntries([...new FormData(signForm)].map(([name, value]) => [name.replace(/^sign-/, ""), value]));
  const { typed, mark } = await post(signForm.getAttribute("action"), new FormData(signForm));
  const registry = await (await fetch("/contracts/registry.json")).json();
  const chain = JSON.parse(signForm.dataset.chain);
  const wrong = checkSettlement(typed, {
    chainId: registry.chainId,
    market: registry.contracts.Market,
    order: signForm.dataset.marketOrder,
    holder: signForm.dataset.holder,
    remaining: signForm.dataset.remaining,
    toHolder: unitsOf(form.amount, Number(signForm.dataset.decimals)),
    deadline: nowS() + Number(form.valid) * UNIT_S[form.valid_unit],
  });
  if (wrong.length) throw new WalletProblem("settlement_mismatch", wrong.join(" · "));
  const provider = await findWallet();
  const account = await accountOf(provider);
  if (account.toLowerCase() !== signForm.dataset.account.toLowerCase()) throw new WalletProblem("wrong_account", signForm.dataset.account);
  await onChain(provider, chain);
  say(text("asking_settlement"));
  const signature = await provider.request({ method: "eth_signTypedData_v4", params: [account, JSON.stringify(typed)] });
  say("");
  showLink(linkOf({ toHolder: typed.message.toHolder, deadline: typed.message.deadline, mark, signature }));
}

function showLink(fragment) {
  const place = document.getElementById("link-ready");
  const link = `${location.origin}${location.pathname}#${fragment}`;
  document.getElementById("link-text").value = link;
  place.querySelector("[data-copy]").dataset.copy = link;
  place.hidden = false;
  place.focus();
}

// what the address of this page offers, for who has opened a link
function showOffer() {
  if (location.hash.length < 2 || !location.hash.includes("sig=")) return;
  const found = readLink(location.hash);
  const problem = !found ? "link_bad" : found.until < nowS() ? "link_expired" : found.mark !== offer.dataset.mark ? "link_void" : "";
  offer.hidden = false;
  offer.dataset.offer = problem || "good";
  const note = offer.querySelector("[data-void]");
  note.hidden = !problem;
  note.textContent = problem ? text(problem) : "";
  offer.querySelector("[data-terms]").hidden = !found;
  if (found) showTerms(found);
  const field = document.querySelector("[name='settle_signed-link']");
  if (field && !problem) field.value = location.hash.slice(1);
  offer.focus();
}

function showTerms(found) {
  const { total, decimals, symbol } = offer.dataset;
  const say = units => `${decimal(units, Number(decimals))} ${symbol}`;
  const rest = BigInt(total) - found.toHolder;
  offer.querySelector("[data-to-buyer]").textContent = say(found.toHolder);
  offer.querySelector("[data-to-seller]").textContent = rest < 0n ? "–" : say(rest);
  const moment = new Date(found.until * 1000);
  offer.querySelector("[data-until]").textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(moment);
}

signForm?.addEventListener("submit", async event => {
  event.preventDefault();
  event.stopPropagation();
  const button = signForm.querySelector("button");
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  document.getElementById("link-ready").hidden = true;
  tell(null);
  try {
    await sign();
  } catch (error) {
    tell(problemOf(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
});
window.addEventListener("hashchange", showOffer);
showOffer();
