// Buying a file. Before the form is sent: can the sealed file be fetched, and can this browser open what will be wrapped for it?

import { bytesOf, hex } from "./abi.js";
import { fillBeforeSending, offerKeys } from "./file-page.js";
import { FileServer } from "./file-server.js";
import { ownKey } from "./notes.js";
import { checkList, hashAt, same, sha256 } from "./pieces.js";
import { SealedProblem } from "./sealed-problem.js";
import { orderSecret, pointOf, proveUnwraps } from "./wrap.js";

const box = document.querySelector("[data-file-buy]");
const { account, chainId, market, listing, ciphertextHash } = box.dataset;

// list and first piece: what the server gives must be what stands on the chain
async function checkIsThere(signal) {
  const server = new FileServer({ signal });
  const list = await checkList(await server.list(ciphertextHash), bytesOf(ciphertextHash));
  const first = await server.piece(ciphertextHash, 0);
  if (!same(await sha256(first), hashAt(list, 0))) throw new SealedProblem("hash_differs", "piece 0");
}

async function make({ signal }) {
  await checkIsThere(signal);
  const { identity } = await ownKey(chainId, account);
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  const about = { chainId, market, listing, salt };
  const point = await pointOf(await orderSecret(identity, about));
  await proveUnwraps({ account, ...about, point });
  return { purchase_salt: salt, key_x: point.pointX, key_y: point.pointY };
}

fillBeforeSending(box.closest("form"), box, make);
offerKeys(box, { chainId, account });
