// The page of keys for private notes: make one, publish it, save a copy, bring one, remove them.

import { NoteProblem, forgetKeys, identityFile, keepKey, keysInFile, keysOf, makeKey, saveText, statementOf, words } from "./notes.js";
import { signerFor } from "./messages.js";
import { WalletProblem, accountOf, findWallet, post, problemOf, say, tell, text } from "./wallet.js";

const place = document.getElementById("note-keys");
const { account, chainId, market, recipient, signer: published } = place.dataset;
const status = document.getElementById("note-status");
const problem = document.getElementById("note-problem");
const on = (id, act) => document.getElementById(id).addEventListener("click", () => run(act));
const hexOf = message => "0x" + Array.from(new TextEncoder().encode(message), b => b.toString(16).padStart(2, "0")).join("");

function draw() {
  const keys = keysOf(chainId, account);
  const isHere = keys.some(key => key.recipient === recipient);
  const here = published ? "published" : "unsigned";
  const state = recipient ? (isHere ? here : "elsewhere") : keys.length ? "local" : "none";
  place.dataset.state = state;
  for (const part of place.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
  for (const part of place.querySelectorAll("[data-when-keys]")) part.hidden = !keys.length;
  document.getElementById("note-own").textContent = keys[0]?.recipient || "";
}

// the published one, to sign for it anew; else the newest
function ownKey() {
  const keys = keysOf(chainId, account);
  return keys.find(key => key.recipient === recipient) || keys[0];
}

async function publish(key) {
  const issuedAt = new Date().toISOString().replace(/\.\d+/, "");
  const signer = await signerFor(key.identity);
  const statement = statementOf({ origin: location.origin, account, chainId, market, recipient: key.recipient, issuedAt, signer });
  const provider = await findWallet();
  if ((await accountOf(provider)).toLowerCase() !== account.toLowerCase()) throw new WalletProblem("wrong_account", place.dataset.accountName);
  say(text("asking_signature"));
  const signature = await provider.request({ method: "personal_sign", params: [hexOf(statement), account] });
  keepKey(chainId, account, key); // first here, so that nothing is sealed to a key that was lost
  await post("/notes/keys", { recipient: key.recipient, issuedAt, signature, signer });
  location.reload();
}

function save() {
  saveText("dokkaebi-note-keys.txt", identityFile(keysOf(chainId, account))); // names no account
  status.textContent = words("saved");
}

async function bring(file) {
  if (file.size > 100000) throw new NoteProblem("bad_file");
  const found = await keysInFile(await file.text());
  for (const key of found.reverse()) keepKey(chainId, account, key); // the file begins with the newest, and so does the drawer
  status.textContent = words("imported");
  draw();
}

function remove() {
  if (!confirm(words("sure_remove"))) return;
  forgetKeys(chainId, account);
  status.textContent = words("removed");
  draw();
}

async function run(act) {
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  problem.replaceChildren();
  status.textContent = "";
  tell(null);
  try {
    await act();
  } catch (error) {
    if (!(error instanceof NoteProblem)) return tell(problemOf(error));
    const line = document.createElement("p");
    line.className = "notice bad";
    line.dataset.problem = error.key;
    line.textContent = words(error.key);
    problem.append(line);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

on("note-publish", async () => publish(ownKey() || await makeKey()));
on("note-publish-new", async () => publish(await makeKey()));
on("note-save", save);
on("note-remove", remove);
document.getElementById("note-file").addEventListener("change", event => {
  const [file] = event.target.files;
  if (file) run(() => bring(file));
  event.target.value = "";
});
place.hidden = false;
draw();
