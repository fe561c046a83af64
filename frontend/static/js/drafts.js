// Long forms survive a reload, a closed lid and the back button: what is typed stays in this tab's own storage, under the
// account that typed it. It never goes anywhere; signing out, another account and the finished transaction remove it.

const PREFIX = "draft-";
const SENT = "draft-sent";
const WAIT_MS = 300;
const MAX_FIELD = 20_000;
const LISTING = /^(\/listings\/new(?:\/file)?)-(\d+)-listing(?:-(0x[0-9a-f]{64}))?$/;
export const BESIDE = "-file"; // what the page of a sealed file keeps beside its draft
const NEVER = "[type=hidden], [type=file], [type=password], [type=submit], [data-private], [data-private] *";

const account = document.getElementById("signed-in")?.dataset.account?.toLowerCase();
const forms = [...document.querySelectorAll("form[data-draft]")];
export const draftKey = form => `${PREFIX}${account}-${location.pathname}-${new URLSearchParams(location.search).get("community") ?? ""}-${form.dataset.draft}`;
const fieldsOf = form => [...form.elements].filter(field => field.name && !field.matches(NEVER) && "value" in field);
const isSwitch = field => field.type === "checkbox" || field.type === "radio";

// a field's name, and which of those with the same name it is
function named(form) {
  const seen = new Map();
  return fieldsOf(form).map(field => {
    const number = seen.get(field.name) ?? 0;
    seen.set(field.name, number + 1);
    return [`${field.name} ${number}`, field];
  });
}

function keep(form) {
  const values = {};
  for (const [name, field] of named(form)) values[name] = isSwitch(field) ? field.checked : field.value.slice(0, MAX_FIELD);
  try {
    sessionStorage.setItem(draftKey(form), JSON.stringify(values));
  } catch {
    // no room, or storage is switched off: the form works without
  }
}

export function forget(key) {
  sessionStorage.removeItem(key);
  sessionStorage.removeItem(key + BESIDE);
}

function bringBack(form) {
  let values;
  try {
    values = JSON.parse(sessionStorage.getItem(draftKey(form)) || "null");
  } catch {
    values = null;
  }
  if (!values) return false;
  let changed = false;
  for (const [name, field] of named(form)) {
    if (!(name in values)) continue;
    const property = isSwitch(field) ? "checked" : "value";
    if (field[property] === values[name]) continue;
    field[property] = values[name];
    field.closest("details")?.setAttribute("open", "");
    changed = true;
  }
  if (changed) form.dispatchEvent(new Event("change", { bubbles: true }));
  return changed;
}

// says that something was brought back, and offers the empty form
function tell(form) {
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fit secondary";
  button.textContent = form.dataset.draftClear;
  button.addEventListener("click", () => {
    forget(draftKey(form));
    delete form.dataset.draft; // nothing more is kept on the way out
    location.assign(location.href);
  });
  note.append(`${form.dataset.draftKept} `, button);
  form.before(note);
}

// the account's half-written listings of this tab: where each is gone on with, and what it is called so far
export function listingDrafts() {
  if (!account) return [];
  const found = [];
  for (const key of ownDrafts()) {
    const parts = LISTING.exec(key.slice(`${PREFIX}${account}-`.length));
    if (!parts) continue;
    const query = new URLSearchParams({ community: parts[2], ...(parts[3] && { like: parts[3] }) });
    found.push({ key, title: titleOf(key), href: `${parts[1]}?${query}` });
  }
  return found;
}

// the account's drafts of this tab; a file that was sealed before anything was typed is one too
function ownDrafts() {
  const own = Object.keys(sessionStorage).filter(name => account && name.startsWith(`${PREFIX}${account}-`));
  return [...new Set(own.map(name => (name.endsWith(BESIDE) ? name.slice(0, -BESIDE.length) : name)))].sort();
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {}; // not a draft that can be read
  }
}

function titleOf(key) {
  const values = read(key);
  return String(values["title 0"] || values["name 0"] || read(key + BESIDE).fileName || "").trim();
}

// Nothing of a form outlives signing out, and a sealed file must then be sealed and sent again: so that is said first. Who
// presses once more means it.
function warnBeforeSigningOut() {
  const chip = document.getElementById("signed-in");
  let isSaid = false;
  const say = event => {
    const lost = ownDrafts();
    if (isSaid || !lost.length) return;
    isSaid = true;
    event.preventDefault();
    const note = document.createElement("div");
    note.className = "notice warn";
    note.setAttribute("role", "alert");
    note.dataset.draftsLost = lost.length;
    const list = document.createElement("ul");
    for (const key of lost) {
      const item = document.createElement("li");
      const title = document.createElement("bdi");
      title.textContent = titleOf(key) || chip.dataset.untitled;
      item.append(title);
      if (sessionStorage.getItem(key + BESIDE)) item.append(` ${chip.dataset.sealedLost}`);
      list.append(item);
    }
    const then = document.createElement("p");
    then.textContent = chip.dataset.draftsThen;
    note.append(chip.dataset.draftsLost, list, then);
    event.target.before(note);
  };
  for (const form of chip?.querySelectorAll("form") ?? []) form.addEventListener("submit", say);
}

function forgetOthers() {
  for (const name of Object.keys(sessionStorage)) {
    const isDraft = name.startsWith(PREFIX) && name !== SENT;
    if (isDraft && !(account && name.startsWith(`${PREFIX}${account}-`))) sessionStorage.removeItem(name);
  }
}

function watch(form) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => "draft" in form.dataset && keep(form), WAIT_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { keep(form); sessionStorage.setItem(SENT, draftKey(form)); });
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  addEventListener("pagehide", () => touched && "draft" in form.dataset && keep(form));
}

// once the form has become what it was for
function forgetSent() {
  const key = sessionStorage.getItem(SENT);
  if (key) forget(key);
  sessionStorage.removeItem(SENT);
}

forgetOthers();
if (document.querySelector("[data-draft-sent]")) forgetSent();
if (account) {
  for (const form of forms) {
    if (sessionStorage.getItem(SENT) === draftKey(form)) sessionStorage.removeItem(SENT); // it came back: it was not sent
    if (bringBack(form)) tell(form);
    watch(form);
  }
  warnBeforeSigningOut();
}
// on the page of the transaction that the form has become
document.addEventListener("transaction-sent", forgetSent);
