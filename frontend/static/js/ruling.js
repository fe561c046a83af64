// What a ruling would do, while the arbiter types it: the contract's arithmetic in whole numbers, as services/division.py has it.

import { unitsOf } from "./check.js";
import { decimal } from "./settlement.js";

const BPS = 10000n;
const whole = values => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value === "" ? null : BigInt(value)]));
const least = (one, other) => (one < other ? one : other);
const distance = (one, other) => (one < other ? other - one : one - other);

// the frozen offer that is nearer, compared without rounding; the buyer's when both are as near
function nearer({ amount, buyersOffer, sellersOffer }, bps) {
  const [buyers, sellers] = [least(buyersOffer, amount), least(sellersOffer, amount)];
  return distance(sellers * BPS, amount * bps) < distance(buyers * BPS, amount * bps) ? sellers : buyers;
}

// values: decimal texts by name; amount, fee, platform, community, referral (basis points), buyersOffer, sellersOffer (empty: none)
export function ruled(values, bps) {
  const known = whole(values);
  const { amount, fee } = known;
  let toBuyer = amount * bps / BPS;
  let stakeToBuyer = fee * bps / BPS;
  if (known.buyersOffer !== null) {
    toBuyer = nearer(known, bps);
    stakeToBuyer = fee * toBuyer / amount;
  }
  const gross = amount - toBuyer;
  const toOthers = [known.platform, known.community, known.referral].reduce((sum, part) => sum + gross * part / BPS, 0n);
  return { toBuyer, toSeller: gross - toOthers, toOthers, stakeToBuyer, stakeToSeller: fee - stakeToBuyer, toArbiter: fee };
}

function show(place, form) {
  const { decimals, symbol, ...values } = place.dataset;
  const bps = unitsOf(form.querySelector("input[name$='share']").value.replace(/\s*%$/, ""), 2);
  const good = bps !== null && bps <= BPS;
  place.hidden = !good;
  if (!good) return;
  const found = ruled(values, bps);
  for (const cell of place.querySelectorAll("[data-part]")) {
    const units = found[cell.dataset.part];
    cell.textContent = `${decimal(units, Number(decimals))} ${symbol}`;
    cell.closest("tr").hidden = units === 0n;
  }
}

// a slider sets the number beside it before its event comes up to the form
if (globalThis.document) {
  for (const place of document.querySelectorAll("[data-ruling]")) {
    const form = place.closest("form");
    form.addEventListener("input", () => show(place, form));
    show(place, form);
  }
}
