// What the calls of sealed files and their keys say, beside each other and beside what the page had made for them.

import { hashOf } from "./abi.js";
import { digits, same } from "./check.js";

// file and purchase must be those that terms and order name by their hashes
export function checkFile({ action, subject, call }, inputs, expect) {
  const { values } = call;
  const at = name => inputs.findIndex(part => part.name === name);
  const hash = name => hashOf([inputs[at(name)]], [values[at(name)]]);
  if (action.startsWith("keys.")) expect("subject", same(subject, values[0]), subject);
  if (at("file") >= 0) expect("file", same(hash("file"), values[0][12]), hash("file"));
  if (at("purchase") >= 0) expect("purchase", same(hash("purchase"), values[2]), hash("purchase"));
}

// what the browser made stands in the form: hashes, points, wrapped keys, and of a claim the secret
export function compareFile(f, found, { action, call }, expect) {
  const { values } = call;
  const words = (names, given) => names.forEach((name, i) => expect(name, same(f[name], given[i]), given[i]));
  if (action === "market.list_file") {
    const [keyHash, ciphertextHash, plaintextHash, size] = values[2];
    words(["key_hash", "ciphertext_hash", "plaintext_hash", "salt"], [keyHash, ciphertextHash, plaintextHash, values[0][11]]);
    expect("size", digits(f.size) === String(size), size);
  }
  if (action.startsWith("keys.")) {
    expect("order", same(found[1], values[0]), values[0]);
    words(["key_x", "key_y"], values.slice(1, 3));
  }
  if (["market.deliver_file", "keys.answer"].includes(action)) words(["point_x", "point_y", "masked"], values[3]);
  if (action === "market.claim_bad_key") expect("secret", BigInt(f.secret) === BigInt(values[6]), "");
}
