// The cart lies in this browser's own storage, under the account that filled it. Signing out, another account and the
// finished payment remove it.

import { keyOf } from "./account-store.js";

export const MOST_ITEMS = 10;
const key = keyOf("cart");

// a list of { listing, quantity, price, fee, referrer }, all texts: as they were seen
export function items() {
  try {
    const found = JSON.parse((key && localStorage.getItem(key)) || "[]");
    return Array.isArray(found) ? found.slice(0, MOST_ITEMS) : [];
  } catch {
    return [];
  }
}

export function keep(list) {
  if (!key) return;
  if (list.length) localStorage.setItem(key, JSON.stringify(list));
  else localStorage.removeItem(key);
}

// gives false when there is no room
export function put(item) {
  const list = items();
  const known = list.find(other => other.listing === item.listing);
  if (!known && list.length >= MOST_ITEMS) return false;
  const before = known ? BigInt(known.quantity) : 0n;
  const whole = { ...item, quantity: String(before + BigInt(item.quantity)) };
  keep(known ? list.map(other => (other === known ? whole : other)) : [...list, whole]);
  return true;
}

// on the page of the transaction that the cart has become
document.addEventListener("transaction-sent", () => {
  if (document.getElementById("intent")?.dataset.action === "market.buy_many") keep([]);
});
