// What the scripts about private notes share: where they write, what they know of the page, how they fetch and open.

import { NoteProblem, keysOf, open, orderKey, same, signerOf, signedHash, statementOf, unbase64, words } from "./notes.js";
import { encodeCall, hex } from "./abi.js";
import { chainOf, findWallet } from "./wallet.js";

const ASK_CONTRACT = {
  name: "isValidSignature", inputs: [{ type: "bytes32" }, { type: "bytes" }],
};
const MAGIC = "0x1626ba7e" + "0".repeat(56);

export function say(box, key) {
  box.querySelector("[data-note-status]").textContent = key ? words(key) : "";
}

export function complain(box, problem) {
  const place = box.querySelector("[data-note-problem]");
  place.replaceChildren();
  say(box, "");
  if (!problem) return;
  const line = document.createElement("p");
  line.className = "notice bad";
  line.dataset.problem = problem instanceof NoteProblem ? problem.key : "told";
  line.textContent = problem instanceof NoteProblem ? words(problem.key) : problem.text || words("server");
  place.append(line);
}

// an account's key, if the account has signed for it: the server's word does not count
export async function checkedRecipient(place) {
  const { chainId, market, seller, recipient, issuedAt, signature, byContract, signer } = place;
  const text = statementOf({ origin: location.origin, account: seller, chainId, market, recipient, issuedAt, signer });
  if (same(await signerOf(text, signature), seller)) return recipient;
  if (byContract !== "yes") throw new NoteProblem("bad_statement");
  let answer;
  try {
    const provider = await findWallet({ ask: false });
    if (await chainOf(provider) !== Number(chainId)) throw new Error("another chain");
    const data = encodeCall(ASK_CONTRACT, [hex(signedHash(text)), signature]);
    answer = await provider.request({ method: "eth_call", params: [{ to: seller, data }, "latest"] });
  } catch {
    throw new NoteProblem("unchecked");
  }
  if (!same(String(answer).slice(0, 66), MAGIC)) throw new NoteProblem("bad_statement");
  return recipient;
}

// fetches and opens one of an order's notes; throws what is wrong with it
export async function openPart(place, part) {
  const { account, chainId, market, listing, seller, orderKey: key } = place;
  const purchase = JSON.parse(place.purchase);
  // the address bar names the order, and with it the purchase and the hash in it
  if (!same(location.pathname.split("/")[2], key) || !same(orderKey(listing, purchase), key)) throw new NoteProblem("not_the_same");
  let answer;
  try {
    answer = await fetch(`/notes/${key}/${part}.json`, { headers: { Accept: "application/json" } });
  } catch {
    throw new NoteProblem("missing");
  }
  const told = await answer.json().catch(() => null);
  if (!answer.ok || !told) {
    if (told?.error && told.error.key !== "note_missing") throw Object.assign(new Error("told"), { text: told.error.text });
    throw new NoteProblem("missing");
  }
  let sealed;
  try {
    sealed = unbase64(told.sealed);
  } catch {
    throw new NoteProblem("malformed");
  }
  const wish = part === "wish";
  return open({
    salt: String(told.salt), sealed, expected: wish ? purchase[7] : place.commitment, keys: keysOf(chainId, account),
    about: { kind: part, chain: chainId, market, listing, from: wish ? purchase[1] : seller, ...(wish ? {} : { order: key }) },
  });
}
