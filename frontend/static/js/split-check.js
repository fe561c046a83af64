// What the calls about splits say, beside what was typed, and beside the link that carries a change.

import { dayOf, same, unitsOf } from "./check.js";
import { hashOfChange, readChange } from "./split-link.js";

export { hashOfChange, readChange };

// a change, and the signatures that were used of it, as the link has them
export function compareChange(f, { call }, expect) {
  const change = readChange(f.link);
  const [shares, newPayees, deadline] = call.values.find(value => Array.isArray(value));
  const signatures = call.function === "change" ? call.values[2] : [];
  const given = [...(change?.signatures.values() || [])];
  expect("shares", JSON.stringify(change?.shares) === JSON.stringify(shares), JSON.stringify(shares));
  expect("new payees", same(change?.newPayees.join(), newPayees.join()), newPayees.join());
  expect("until", change?.deadline === deadline, deadline);
  expect("signatures", signatures.every(one => one === "0x" || given.some(signature => same(signature, one))), signatures.join());
}

// payees in the order of their rows; each takes the seat of its place
export function comparePayees(f, [payees, shares], expect) {
  const rows = [...Array(32).keys()].map(i => `payees-${i}-`).filter(row => f[`${row}payee`]?.trim() || f[`${row}share`]?.trim());
  expect("payees", rows.length === payees.length && rows.length === shares.length, payees.length);
  rows.forEach((row, i) => {
    const [seat, bps, lockedUntil] = shares[i] || [];
    expect(`payee ${i + 1}`, same(f[`${row}payee`].trim(), payees[i]), payees[i]);
    expect(`share ${i + 1}`, unitsOf(f[`${row}share`], 2) === BigInt(bps ?? -1), bps);
    expect(`seat ${i + 1}`, String(seat) === String(i), seat);
    expect(`lock ${i + 1}`, dayOf(f[`${row}locked`]) === String(lockedUntil), lockedUntil);
  });
}
