// The cart's page: sends what this browser has kept, shows what the server says of each line, and keeps what is changed.

import { items, keep } from "./cart-store.js";

const place = document.getElementById("cart");
const texts = document.getElementById("cart-texts").dataset;
const said = document.getElementById("cart-said");
const NAMES = ["listing", "quantity", "price", "fee", "referrer"];
let asked = 0;

function bodyOf(list) {
  const body = new URLSearchParams({ csrf_token: texts.csrf });
  list.forEach((item, i) => NAMES.forEach(name => body.set(`items-${i}-${name}`, item[name] ?? "")));
  return body;
}

async function look() {
  const list = items();
  const mine = ++asked;
  let page = null;
  try {
    const answer = list.length ? await fetch(texts.url, { method: "POST", body: bodyOf(list) }) : await fetch(texts.url);
    if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cart");
  } catch {
    page = null;
  }
  if (mine !== asked) return; // a later question is on its way
  said.textContent = page ? "" : texts.failed;
  if (!page) return;
  place.replaceChildren(...page.childNodes);
  dress();
}

function change(listing, changed) {
  const list = items();
  keep(changed ? list.map(item => (item.listing === listing ? { ...item, ...changed } : item)) : list.filter(item => item.listing !== listing));
  return look();
}

const listingOf = element => element.closest("[data-cart-row]").dataset.cartRow;

// what only works with this script
function dress() {
  for (const button of place.querySelectorAll("[data-cart-unrefer]")) button.hidden = false;
}

place.addEventListener("change", event => {
  if (event.target.matches("[data-cart-quantity]")) change(listingOf(event.target), { quantity: event.target.value.trim() });
});
place.addEventListener("click", event => {
  const button = event.target.closest("[data-cart-remove], [data-cart-unrefer]");
  if (!button) return;
  event.preventDefault();
  // the referrer's part falls away with the name: what was seen of the commission is asked for anew
  if (button.matches("[data-cart-unrefer]")) change(listingOf(button), { referrer: "", fee: button.dataset.fee });
  else change(listingOf(button), null).then(() => place.focus());
});

// a page that was refused shows what was typed; it stays until something is changed
if (place.dataset.count === "0") look();
else dress();
