// The times of a listing's form: each sentence says the time that is typed, and another kind brings its own usual times for
// whatever nobody has typed.

const part = document.getElementById("times");
const form = part.closest("form");
const kinds = JSON.parse(part.dataset.kinds);
const typed = new Set();
let kind = part.dataset.kind;

const fieldOf = name => form.elements[name];
const unitOf = name => form.elements[`${name}_unit`];
const instant = fieldOf("instant");
const lang = document.documentElement.lang;

function text(name) {
  const number = fieldOf(name)?.value.trim() ?? "";
  if (!/^\d{1,9}$/.test(number) || !Number(number)) return "…";
  const unit = unitOf(name).value === "hours" ? "hour" : "day";
  // as the server says it: whole days of hours are days
  const hours = Number(number) * (unit === "day" ? 24 : 1);
  const say = (value, what) => new Intl.NumberFormat(lang, { style: "unit", unit: what, unitDisplay: "long" }).format(value);
  return [[Math.floor(hours / 24), "day"], [hours % 24, "hour"]].filter(([value]) => value).map(([value, what]) => say(value, what)).join(" ");
}

function draw() {
  for (const place of part.querySelectorAll("[data-time]")) place.textContent = text(place.dataset.time);
  const ends = fieldOf("sell_for").value.trim() !== "";
  const on = { accepted: !instant.checked, instant: instant.checked, ends, endless: !ends };
  for (const sentence of part.querySelectorAll("[data-with]")) sentence.hidden = !on[sentence.dataset.with];
}

function isAsBefore(name, [number, unit]) {
  return !typed.has(name) && fieldOf(name).value.trim() === number && (!number || unitOf(name).value === unit);
}

function change(to) {
  const [before, after] = [kinds[kind], kinds[to]];
  kind = to;
  if (!before || !after) return;
  for (const [name, [number, unit]] of Object.entries(after.times)) {
    if (!fieldOf(name) || !isAsBefore(name, before.times[name])) continue;
    fieldOf(name).value = number;
    unitOf(name).value = unit;
  }
  if (!typed.has("instant") && instant.checked === before.instant) instant.checked = after.instant;
}

const note = event => {
  const name = event.target.name?.replace(/_unit$/, "");
  if (event.isTrusted && (name === "instant" || fieldOf(`${name}_unit`))) typed.add(name);
};
form.addEventListener("input", event => { note(event); draw(); });
form.addEventListener("change", event => {
  const to = fieldOf("kind")?.value;
  if (event.target.name === "kind" && to && to !== kind) change(to);
  else if (to) kind = to; // a draft was brought back, with times of its own
  draw();
});
if (fieldOf("kind")) kind = fieldOf("kind").value;
draw();
