// What a listing says of its milestones, and the calls about blueprints, beside each other and beside what was typed.

import { hashOf } from "./abi.js";
import { ETH_DECIMALS, ZERO, digits, linesOf, same, secondsOf, unitsOf } from "./check.js";

const MOST_DECIMALS = 36;
// currency, fee, payee, split, version, salt
const CONDITIONS = ["address", "uint128", "address", "uint64", "uint32", "bytes32"].map(type => ({ type }));
const [SALT, RULES, CURRENCY, PRICE] = [11, 8, 2, 3]; // places in the terms
const BLUEPRINT = 2n;

const saltOf = conditions => hashOf(CONDITIONS, conditions);
const wordOf = text => `0x${[...text].map(sign => sign.charCodeAt(0).toString(16).padStart(2, "0")).join("").padEnd(64, "0")}`;

// how the currency of a sale is divided, as the price that was typed and the one in the terms tell
function decimalsOf(terms, typed) {
  if (BigInt(terms[CURRENCY]) === 0n) return ETH_DECIMALS;
  return [...Array(MOST_DECIMALS + 1).keys()].find(decimals => unitsOf(typed, decimals) === BigInt(terms[PRICE]));
}

// the salt of a blueprint's terms must be the hash of what was typed about its makes; of anything else it is nobody's concern
export function compareMake(f, terms, expect) {
  const rules = BigInt(terms[RULES]);
  expect("kind", (f.kind === "blueprint") === ((rules & 0xffn) === BLUEPRINT), rules);
  if (f.kind !== "blueprint") return;
  const fee = f.make_fee?.trim() ? unitsOf(f.make_fee, decimalsOf(terms, f.price) ?? -1) : 0n;
  const [split, version] = (f.make_payee?.trim() ? "0.0" : f.split || "0.0").split(".");
  const payee = f.make_payee?.trim() || (split === "0" ? terms[0] : ZERO);
  const said = fee ? [terms[CURRENCY], String(fee), payee, split, version] : [ZERO, "0", ZERO, "0", "0"];
  expect("make conditions", fee !== null && same(saltOf([...said, f.make_salt]), terms[SALT]), terms[SALT]);
}

// conditions must be those that the terms name; units move from the sender. Gives the ETH that goes along: only the form knows
// what a make costs.
export function checkDesign({ action, from, subject, value, call: { values } }, form, expect) {
  if (action === "designs.publish") expect("salt", same(saltOf(values[1]), values[0][SALT]), values[0][SALT]);
  if (action === "designs.hand_on") {
    expect("from", same(values[0], from), values[0]);
    expect("subject", same(subject, `0x${BigInt(values[2]).toString(16).padStart(64, "0")}`), subject);
    expect("data", BigInt(`${values[4]}0`) === 0n && values[4].length <= 2, values[4]);
  }
  if (action !== "designs.make") return 0n;
  expect("subject", same(subject, values[0]), subject);
  if (!form) return BigInt(value);
  return same(form.fields.currency, ZERO) ? BigInt(form.fields.fee) * BigInt(values[1].length) : 0n;
}

export function compareDesign(f, found, { action, call: { values } }, expect) {
  if (action === "designs.claim") expect("to", same(f.receiver?.trim(), values[3]), values[3]);
  if (action === "designs.make") {
    expect("listing", same(found[1], values[0]), values[0]);
    expect("serials", linesOf(f.serials).map(wordOf).join() === values[1].map(word => word.toLowerCase()).join(), values[1].length);
  }
  if (action === "designs.hand_on") {
    expect("listing", BigInt(found[1]) === BigInt(values[2]), values[2]);
    expect("to", same(f.to?.trim(), values[1]), values[1]);
    expect("units", digits(f.quantity) === String(values[3]), values[3]);
  }
}

// milestones with a share, in their order; the first one keeps the listing's own times
export function compareExtras(f, extras, terms, expect) {
  const [parts, finalOffer] = extras || [[], false];
  const rows = [...Array(10).keys()].map(i => `milestones-${i}-`).filter(row => f[`${row}share`]?.trim());
  expect("milestones", rows.length === parts.length, parts.length);
  rows.forEach((row, i) => {
    const [share, deliverFor, inspectFor] = parts[i] || [];
    expect(`share ${i + 1}`, unitsOf(f[`${row}share`], 2) === BigInt(share ?? -1), share);
    const times = i ? [secondsOf(f, `${row}deliver_within`), secondsOf(f, `${row}inspect_within`)] : [secondsOf(f, "deliver_for"), secondsOf(f, "inspect_for")];
    expect(`times ${i + 1}`, times[0] === BigInt(deliverFor ?? -1) && times[1] === BigInt(inspectFor ?? -1), `${deliverFor}, ${inspectFor}`);
  });
  expect("final offer", Boolean(f.final_offer) === finalOffer, finalOffer);
  expect("extras", parts.length || finalOffer || BigInt(terms.extras) === 0n, terms.extras);
}
