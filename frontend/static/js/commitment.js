// What an account commits to, to claim a nickname.

import { bytesOf, hex } from "./abi.js";
import { keccak256 } from "./keccak.js";

// Source: Personas.commitmentOf
export function commitmentOf(account, nickname, salt) {
  const name = new TextEncoder().encode(nickname);
  return hex(keccak256(Uint8Array.from([...bytesOf(account), ...bytesOf(salt), ...name])));
}

// as the server spells what was typed
export const spelled = typed => typed.normalize("NFKC").toLowerCase().trim();
