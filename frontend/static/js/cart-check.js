// What a purchase of many says, beside the cart as the page had it.

import { NO_HASH, ZERO, digits, isWithin, readTerms, same } from "./check.js";

// each line of the cart by its place: listing's price, quantity, commission and referrer as the page had them
export function compareCart(f, items, listingOf, expect) {
  const count = Object.keys(f).filter(name => /^items-\d+-listing$/.test(name)).length;
  expect("items", count === items.length, items.length);
  items.forEach(([terms, quantity, maxTotal, maxFee, purchase], i) => {
    const field = name => f[`items-${i}-${name}`] ?? "";
    expect(`listing ${i + 1}`, same(field("listing"), listingOf(terms)), field("listing"));
    expect(`quantity ${i + 1}`, digits(field("quantity")) === String(quantity), quantity);
    expect(`price ${i + 1}`, isWithin(field("price"), readTerms(terms), quantity, maxTotal), maxTotal);
    expect(`commission ${i + 1}`, field("fee") === String(maxFee), maxFee);
    expect(`referrer ${i + 1}`, same(field("referrer").trim() || ZERO, purchase[3]), purchase[3]);
    expect(`note ${i + 1}`, same(NO_HASH, purchase[7]), purchase[7]);
  });
}
