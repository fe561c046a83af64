// Sign-in: the server writes the message, the wallet signs it, the server checks it.

import { WalletProblem, accountOf, findWallet, post, problemOf, say, tell, text } from "./wallet.js";

const place = document.getElementById("sign-in");
const button = document.getElementById("sign-in-button");

const hexOf = message => "0x" + Array.from(new TextEncoder().encode(message), b => b.toString(16).padStart(2, "0")).join("");

async function signIn() {
  const provider = await findWallet();
  const account = await accountOf(provider);
  const { message, account: checksummed } = await post("/auth/message", { account });
  // what is signed must be for this very page, whatever the server says
  if (!message.startsWith(`${location.host} wants you to sign in with your Ethereum account:\n${checksummed}\n`)) {
    throw new WalletProblem("mismatch", message);
  }
  if (checksummed.toLowerCase() !== account.toLowerCase()) throw new WalletProblem("mismatch", checksummed);
  say(text("asking_signature"));
  const signature = await provider.request({ method: "personal_sign", params: [hexOf(message), account] });
  const { next } = await post("/auth/verify", { message, signature, next: place.dataset.next });
  sessionStorage.clear(); // what another account typed before is not this one's
  say(text("signed_in"));
  location.assign(next);
}

async function click() {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  tell(null);
  try {
    await signIn();
  } catch (error) {
    button.disabled = false;
    tell(problemOf(error));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

button.hidden = false;
button.addEventListener("click", click);
