// Puts a listing into the cart, with price and commission as this page shows them.

import { put } from "./cart-store.js";

const button = document.querySelector("[data-cart-add]");
const said = document.querySelector("[data-cart-said]");

function add() {
  const field = document.getElementById("quantity");
  if (!field.reportValidity()) return;
  const { cartAdd, price, fee, referrer, added, full } = button.dataset;
  said.textContent = put({ listing: cartAdd, quantity: field.value, price, fee, referrer }) ? added : full;
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", add);
}
