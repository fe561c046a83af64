// Messages picked as evidence: what the server found of each is found here once more.

import { checksummed, letterOf, wordsHash } from "./messages.js";
import { same, signerOf, statementOf, words } from "./notes.js";

export const unescaped = text => text.replace(/\\(?:\\|u\{([0-9a-f]{1,6})\})/g, (whole, code) => {
  if (!code) return "\\";
  const number = parseInt(code, 16);
  return number < 0x110000 ? String.fromCodePoint(number) : whole;
});

// what this browser finds of a picked message: signed, kept (a contract wallet's, which is not asked) or broken
export async function proofOf(raw, { orderKey, chainId, market }) {
  const lines = raw.split("\n");
  const number = /^\[message ([1-9][0-9]*)\]$/.exec(lines[0])?.[1];
  const fact = name => lines.slice(1, 12).find(line => line.startsWith(`${name}: `))?.slice(name.length + 2) || "";
  const text = unescaped(lines.slice(12, -1).map(line => line.replace(/^> ?/, "")).join("\n"));
  const [from, to] = [checksummed(fact("From")), checksummed(fact("To"))];
  const letter = letterOf({
    from, to, order: orderKey, number, after: fact("After"), words: wordsHash(fact("Blind"), text), sealedHash: fact("Sealed"),
    sent: fact("Sent"), site: fact("Site"), chainId, market,
  });
  const signer = await signerOf(letter, fact("Signature"));
  if (!signer) return "broken";
  if (fact("Key signature") === "contract") return "kept";
  const statement = statementOf({
    origin: fact("Site"), account: from, chainId, market, recipient: fact("Key"), signer: checksummed(signer), issuedAt: fact("Key issued"),
  });
  return same(await signerOf(statement, fact("Key signature")), from) ? "signed" : "broken";
}

async function check(box) {
  const { proof, raw } = box.dataset;
  const found = await proofOf(raw, document.getElementById("proof-place").dataset).catch(() => "broken");
  // who ever held the order only the index knows; a contract wallet is not asked
  const agrees = found === proof || (proof === "stranger" && found !== "broken") || (proof === "broken" && found === "kept");
  const line = box.querySelector("[data-proof-here]");
  line.textContent = words(agrees ? "proof_checked" : "proof_differs");
  line.dataset.proofHere = agrees ? "agrees" : "differs";
  if (!agrees) line.className = "notice bad";
}

if (globalThis.document) for (const box of document.querySelectorAll("[data-picked]")) check(box);
