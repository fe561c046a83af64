// Speaks to the wallet: EIP-6963 discovery with the old window.ethereum behind it, EIP-1193 requests, and every way in
// which a wallet says no. Words come from the page (#wallet-texts), in its language.

const DISCOVERY_MS = 300;
const CHAIN_WAIT_MS = 15000;
const CHAIN_POLL_MS = 300;
const CHOSEN = "wallet-rdns";

export class WalletProblem extends Error {
  constructor(key, detail = "", code = 0) {
    super(key);
    this.key = key;
    this.detail = detail;
    this.code = code;
  }
}

const holder = () => document.getElementById("wallet-texts");

export function text(key) {
  const name = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return holder()?.dataset[name] || key;
}

export const csrf = () => holder()?.dataset.csrf || "";

export function say(message) {
  const place = document.getElementById("wallet-status");
  if (place) place.textContent = message;
}

export function complain(problem) {
  const place = document.getElementById("wallet-error");
  if (!place) return;
  place.replaceChildren();
  if (!problem) return;
  say("");
  const quiet = problem.key === "rejected";
  const box = document.createElement("div");
  box.className = quiet ? "notice" : "notice bad";
  box.dataset.problem = problem.key;
  const line = document.createElement("p");
  line.textContent = text(problem.key);
  box.append(line);
  if (problem.detail) {
    const detail = document.createElement("p");
    detail.className = "small";
    const code = document.createElement("code");
    code.textContent = String(problem.detail).slice(0, 500);
    detail.append(code);
    box.append(detail);
  }
  place.append(box);
}

// the code may stand at several places, by wallet
const codesOf = error => [error?.code, error?.data?.originalError?.code, error?.data?.code, error?.cause?.code].map(Number);
const has = (error, ...codes) => codesOf(error).some(code => codes.includes(code));

export function problemOf(error) {
  if (error instanceof WalletProblem) return error;
  const message = String(error?.message || error || "");
  const code = codesOf(error).find(Number.isInteger) || 0;
  if (has(error, 4001)) return new WalletProblem("rejected", "", 4001);
  if (has(error, -32002)) return new WalletProblem("pending", "", -32002);
  if (has(error, 4100)) return new WalletProblem("unauthorized", "", 4100);
  if (has(error, 4900, 4901)) return new WalletProblem("disconnected", "", code);
  if (/insufficient (funds|balance)/i.test(message)) return new WalletProblem("insufficient", "", code);
  if (/nonce/i.test(message)) return new WalletProblem("nonce", "", code);
  return new WalletProblem("other", message.slice(0, 300), code);
}

function discover() {
  return new Promise(resolve => {
    const found = new Map();
    const listen = event => {
      const { info, provider } = event.detail || {};
      // two announcements under one uuid: the first stays, the second may be an imitation
      if (info?.uuid && provider && !found.has(info.uuid)) found.set(info.uuid, { info, provider });
    };
    window.addEventListener("eip6963:announceProvider", listen);
    window.dispatchEvent(new Event("eip6963:requestProvider"));
    setTimeout(() => {
      window.removeEventListener("eip6963:announceProvider", listen);
      const wallets = [...found.values()];
      if (!wallets.length && window.ethereum) wallets.push({ info: { name: "", rdns: "", icon: "" }, provider: window.ethereum });
      resolve(wallets);
    }, DISCOVERY_MS);
  });
}

function choose(wallets) {
  const place = document.getElementById("wallet-choice");
  if (!place) return Promise.resolve(wallets[0]);
  return new Promise(resolve => {
    const group = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = text("choose");
    group.append(legend);
    for (const wallet of wallets) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "fit secondary";
      if (/^data:image\/(png|webp|gif|jpeg|svg\+xml)[;,]/.test(wallet.info.icon || "")) {
        const icon = document.createElement("img"); // as an image, never inline: scripts in an SVG stay dead
        icon.src = wallet.info.icon;
        icon.alt = "";
        icon.width = icon.height = 24;
        button.append(icon, " ");
      }
      button.append(String(wallet.info.name).slice(0, 40));
      button.addEventListener("click", () => {
        place.replaceChildren();
        resolve(wallet);
      });
      group.append(button);
    }
    place.replaceChildren(group);
    group.querySelector("button").focus();
  });
}

// gives the provider to use; asks when there are several, and remembers which (not whose)
export async function findWallet({ ask = true } = {}) {
  const wallets = await discover();
  if (!wallets.length) throw new WalletProblem("no_wallet");
  const remembered = localStorage.getItem(CHOSEN);
  const known = wallets.find(wallet => wallet.info.rdns && wallet.info.rdns === remembered);
  const chosen = known || (wallets.length === 1 ? wallets[0] : ask ? await choose(wallets) : null);
  if (!chosen) return null;
  if (ask && chosen.info.rdns) localStorage.setItem(CHOSEN, chosen.info.rdns);
  return chosen.provider;
}

export async function accountOf(provider) {
  say(text("asking_accounts"));
  const accounts = await provider.request({ method: "eth_requestAccounts" });
  if (!accounts?.length) throw new WalletProblem("unauthorized");
  say("");
  return accounts[0];
}

export async function chainOf(provider) {
  const found = await provider.request({ method: "eth_chainId" });
  return typeof found === "number" ? found : parseInt(found, 16);
}

// some wallets answer the switch before they have switched: wait for the event, or for the number to change
function untilOn(provider, wanted) {
  return new Promise(resolve => {
    const began = Date.now();
    let timer = null;
    const stop = on => {
      clearTimeout(timer);
      provider.removeListener?.("chainChanged", look);
      resolve(on);
    };
    const look = async () => {
      clearTimeout(timer);
      const now = await chainOf(provider).catch(() => 0);
      if (now === wanted) return stop(true);
      if (Date.now() - began > CHAIN_WAIT_MS) return stop(false);
      timer = setTimeout(look, CHAIN_POLL_MS);
    };
    provider.on?.("chainChanged", look);
    look();
  });
}

export async function onChain(provider, chain) {
  const wanted = parseInt(chain.chainId, 16);
  if (await chainOf(provider) === wanted) return;
  say(text("asking_switch"));
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: chain.chainId }] });
  } catch (error) {
    if (has(error, 4001)) throw problemOf(error);
    if (has(error, -32002)) throw problemOf(error);
    if (!has(error, 4902, -32603)) throw new WalletProblem("wrong_chain", chain.chainName, codesOf(error)[0]);
    await addChain(provider, chain);
  }
  if (!await untilOn(provider, wanted)) throw new WalletProblem("wrong_chain", chain.chainName);
  say("");
}

export async function addChain(provider, chain) {
  if (!chain.rpcUrls.length) throw new WalletProblem("add_failed");
  say(text("asking_add"));
  try {
    await provider.request({ method: "wallet_addEthereumChain", params: [chain] });
  } catch (error) {
    if (has(error, 4001, -32002)) throw problemOf(error);
    throw new WalletProblem("add_failed", String(error?.message || ""));
  }
  say("");
}

export async function post(url, body) {
  let answer;
  const isForm = body instanceof FormData;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { ...(isForm ? {} : { "Content-Type": "application/json" }), Accept: "application/json", "X-CSRFToken": csrf() },
      body: isForm ? body : JSON.stringify(body),
    });
  } catch {
    throw new WalletProblem("server");
  }
  const told = await answer.json().catch(() => null);
  if (answer.ok && told) return told;
  const problem = new WalletProblem("told", "");
  problem.text = told?.error?.text || text("server");
  problem.status = answer.status;
  throw problem;
}

export function tell(problem) {
  complain(problem);
  if (problem?.text) document.querySelector("#wallet-error p").textContent = problem.text;
}
