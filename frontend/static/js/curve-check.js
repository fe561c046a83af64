// A curve's opening beside what was typed for it.

import { ETH_DECIMALS, same, sameDigits, unitsOf } from "./check.js";

// a curve as its form says it: prices in the currency, a line's slope from its two ends
export function compareCurve(f, values, expect) {
  const [, [currency, feeBps, basePrice, slope, steps], maxBacking, firstAmount, maxTotal] = values;
  const inEth = BigInt(currency) === 0n;
  const price = (what, typed, value) =>
    expect(what, inEth ? unitsOf(typed, ETH_DECIMALS) === BigInt(value) : sameDigits(typed || "0", value), value);
  expect("currency", same((f.currency === "other" ? f.other_currency : f.currency)?.trim(), currency), currency);
  expect("fee", unitsOf(f.fee, 2) === BigInt(feeBps), feeBps);
  expect("backing", String(f.backing) === String(maxBacking), maxBacking);
  expect("first purchase", unitsOf(f.first_units || "0", ETH_DECIMALS) === BigInt(firstAmount), firstAmount);
  expect("its cost", String(f.first_total) === String(maxTotal), maxTotal);
  if (f.kind === "line") {
    expect("steps", steps.length === 0, steps.length);
    price("first price", f.first_price, basePrice);
    // what the last token costs is the price at the whole supply
    price("last price", f.last_price, BigInt(basePrice) + BigInt(slope) * BigInt(f.capacity || 0) / 10n ** 36n);
    return;
  }
  const rows = [...Array(16).keys()].map(i => `steps-${i}-`).filter(row => f[`${row}up_to`]?.trim() || f[`${row}price`]?.trim());
  expect("line", BigInt(basePrice) === 0n && BigInt(slope) === 0n, slope);
  expect("steps", rows.length === steps.length, steps.length);
  rows.forEach((row, i) => {
    const [upTo, stepPrice] = steps[i] || [];
    expect(`step ${i + 1}`, unitsOf(f[`${row}up_to`], ETH_DECIMALS) === BigInt(upTo ?? -1), upTo);
    price(`price ${i + 1}`, f[`${row}price`], stepPrice ?? -1);
  });
}
