// The first steps: is there a wallet, and does it know the network?

import { WalletProblem, accountOf, findWallet, onChain, problemOf, say, tell, text } from "./wallet.js";

const network = document.getElementById("network");
const add = document.getElementById("add-network");

async function addNetwork() {
  add.disabled = true;
  tell(null);
  try {
    const provider = await findWallet();
    await accountOf(provider);
    await onChain(provider, JSON.parse(network.dataset.chain));
    say("✓");
  } catch (error) {
    tell(problemOf(error));
  } finally {
    add.disabled = false;
  }
}

async function look() {
  const place = document.getElementById("wallet-found");
  try {
    await findWallet({ ask: false });
    place.textContent = "✓";
  } catch (error) {
    if (error instanceof WalletProblem) place.textContent = text(error.key);
  }
}

if (add) {
  add.hidden = false;
  add.addEventListener("click", addNetwork);
}
look();
