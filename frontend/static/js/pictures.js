// The pictures of a listing's form: sent as soon as they are chosen, put into order by buttons. The server draws that part of
// the form anew each time; without this the same buttons send the whole form.

import "./drafts.js"; // what it brings back is drawn below

const UPLOAD = "pictures";
let part = document.getElementById("pictures");
const form = part.closest("form");

// the fields of this part alone
function fields(step) {
  const data = new FormData();
  for (const field of part.querySelectorAll("input[name]")) {
    if (field.type === "file") for (const file of field.files) data.append(field.name, file);
    else data.append(field.name, field.value);
  }
  data.append("do", step);
  data.append("csrf_token", form.elements.csrf_token.value);
  return data;
}

const shown = () => [...part.querySelectorAll("[data-picture]")].map(item => item.dataset.picture);
const named = () => [...part.querySelectorAll("input[name$='-hash']")].map(field => field.value).filter(Boolean);

function say(text) {
  part.querySelector("[data-pictures-said]").textContent = text;
}

// the focus stays with what was moved; behind a removed one, with what has come in its place
function focusAfter(step, hash, place) {
  const items = [...part.querySelectorAll("[data-picture]")];
  const item = items.find(one => one.dataset.picture === hash) ?? items[Math.min(place, items.length - 1)];
  const button = item?.querySelector(`[data-step='${step}']`) ?? item?.querySelector("[data-step]");
  (button ?? part.querySelector("#picture"))?.focus();
  if (step !== "remove" && item) {
    say(part.dataset.moved.replace("{number}", items.indexOf(item) + 1).replace("{count}", items.length));
  }
}

async function take(step) {
  if (part.getAttribute("aria-busy") === "true") return false;
  part.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(part.dataset.pictures, { method: "POST", body: fields(step), credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("pictures");
    part.replaceWith(document.adoptNode(drawn));
    part = drawn;
    ready();
    form.dispatchEvent(new Event("change", { bubbles: true })); // for the draft, and the phone
    return true;
  } catch {
    say(part.dataset.failed);
    return false;
  } finally {
    part.removeAttribute("aria-busy");
  }
}

function ready() {
  for (const button of part.querySelectorAll("[data-upload]")) button.hidden = true;
}

form.addEventListener("click", async event => {
  const button = event.target.closest("#pictures button[data-step]");
  if (!button) return;
  event.preventDefault();
  const { picture } = button.closest("[data-picture]").dataset;
  const place = shown().indexOf(picture);
  if (await take(button.value)) focusAfter(button.dataset.step, picture, place);
});
form.addEventListener("change", async event => {
  if (event.target.id !== "picture" || !event.target.files.length) return;
  if (await take(UPLOAD)) part.querySelector("#picture")?.focus();
});
ready();
if (named().length > shown().length) take(UPLOAD);
