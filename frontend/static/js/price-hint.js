// What a typed price comes to in fiat money, by the operator's rate. Whole numbers only.

const place = document.querySelector("[data-fiat]");
const DECIMAL = /^(\d{1,30})(?:\.(\d{1,36}))?$/;

// digits without a point, and how many of them stand behind it
function parse(text) {
  const found = DECIMAL.exec(text.trim());
  return found && { digits: BigInt(found[1] + (found[2] ?? "")), behind: (found[2] ?? "").length };
}

// an amount times a rate, rounded half up to some places: as the server does it
export function comesTo(price, { rate, fiat, places }) {
  const [amount, of] = [parse(price), parse(rate)];
  if (!amount || !of || !amount.digits) return null;
  const unit = 10n ** BigInt(amount.behind + of.behind);
  const rounded = (amount.digits * of.digits * 10n ** BigInt(places) * 2n + unit) / (unit * 2n);
  const digits = (rounded || 1n).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${rounded ? "" : "< "}${whole}${places ? `.${digits.slice(-places)}` : ""} ${fiat}`;
}

if (place) {
  const rates = JSON.parse(place.dataset.fiat);
  const form = place.closest("form");
  const draw = () => {
    const { currency, other_currency: other, price } = form.elements;
    const rate = rates[currency.value === "other" ? other.value.trim().toLowerCase() : currency.value];
    const text = rate ? comesTo(price.value, rate) : null;
    place.hidden = !text;
    if (!text) return;
    place.querySelector("[data-fiat-amount]").textContent = text;
    place.querySelector("[data-fiat-day]").textContent = rate.day;
    place.querySelector("[data-fiat-source]").textContent = rate.source;
  };
  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  draw();
}
