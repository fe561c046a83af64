// Claiming a nickname: this browser makes the secret of the commitment and keeps it under the account until the claim.
// The server sees the name and the commitment, never the secret before it is told to everybody.

import { hex } from "./abi.js";
import { keyOf } from "./account-store.js";
import { commitmentOf, spelled } from "./commitment.js";
import { findWallet, problemOf, say, tell, text } from "./wallet.js";

const place = document.getElementById("nickname");
const key = keyOf("nickname");

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key) || "null");
  } catch {
    return null;
  }
}

function commit(form) {
  const field = form.elements["commit-nickname"];
  const nickname = spelled(field.value);
  field.value = nickname;
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  const commitment = commitmentOf(place.dataset.account, nickname, salt);
  form.elements["commit-commitment"].value = commitment;
  // the last one may be on its way still, so that a second try does not lose it
  const before = kept()?.all ?? [];
  localStorage.setItem(key, JSON.stringify({ all: [...before, { nickname, salt, commitment }].slice(-10) }));
}

function showClaim(form) {
  const found = kept()?.all?.find(({ commitment }) => commitment === place.dataset.commitment);
  document.getElementById("claim-unknown").hidden = Boolean(found);
  form.hidden = !found;
  if (!found) return;
  document.getElementById("name-to-claim").textContent = found.nickname;
  form.elements["claim-nickname"].value = found.nickname;
  form.elements["claim-salt"].value = found.salt;
}

// a proof's text is signed by whoever it names; the wallet says no when it is not connected as that account
async function signStatement(statement) {
  tell(null);
  try {
    const provider = await findWallet();
    await provider.request({ method: "eth_requestAccounts" });
    say(text("asking_signature"));
    const message = hex(new TextEncoder().encode(statement.textContent));
    const signature = await provider.request({ method: "personal_sign", params: [message, statement.dataset.signer] });
    document.getElementById("proof-signature").value = signature;
    say("");
  } catch (error) {
    tell(problemOf(error));
  }
}

if (place && key) {
  const [commitForm, claimForm] = ["commit-form", "claim-form"].map(id => document.getElementById(id));
  commitForm?.addEventListener("submit", () => commit(commitForm));
  if (claimForm) showClaim(claimForm);
  if (place.dataset.borne) localStorage.removeItem(key);
  const [statement, button] = ["statement", "sign-statement"].map(id => document.getElementById(id));
  if (statement) {
    button.hidden = false;
    button.addEventListener("click", () => signStatement(statement));
  }
}
