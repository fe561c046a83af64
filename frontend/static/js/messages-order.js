// An order's messages: opened on request, shown as text alone, written and signed in this browser.

import { NO_HASH, checksummed, letterHash, letterOf, letterOfTold, openMessage, sealMessage, signLetter, signerFor } from "./messages.js";
import { NoteProblem, base64, keysOf, noteHash, same, signerOf, statementOf, unbase64, words } from "./notes.js";
import { checkedRecipient, complain, say } from "./notes-page.js";
import { post } from "./wallet.js";

const MOST_TRIES = 3;
const BEHIND = 409;
const section = document.getElementById("messages");
const place = { ...section.dataset, site: location.origin };
const statement = document.querySelector("form[action$='/evidence'] textarea, form[action$='/dispute'] textarea");
const picking = statement && await import("./messages-pick.js");
const moments = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

// ---- fetching and checking

async function fetched(holder, before = "") {
  let answer;
  try {
    answer = await fetch(`/o/${place.orderKey}/messages.json?holder=${holder}&before=${before}`, { headers: { Accept: "application/json" } });
  } catch {
    throw new NoteProblem("server");
  }
  const found = await answer.json().catch(() => null);
  if (!answer.ok || !found) throw Object.assign(new Error("told"), { text: found?.error?.text });
  for (const told of found.messages) told.bytes = unbase64(told.sealed);
  return found;
}

// whether a message's author has signed it with a key that his account has signed for: signed, kept, or broken
async function proofOf(told, keys) {
  const letter = letterOfTold({ ...place, site: told.site }, told);
  const signer = await signerOf(letter, told.signature);
  const key = keys.find(known => same(known.account, told.from) && signer && same(known.signer, signer));
  if (!key) return { proof: "broken" };
  const { chainId, market } = place;
  const said = statementOf({ origin: key.site, account: checksummed(told.from), chainId, market, recipient: key.recipient, issuedAt: key.issuedAt, signer: key.signer });
  if (same(await signerOf(said, key.signature), told.from)) return { proof: "signed", key };
  return { proof: key.byContract === "yes" ? "kept" : "broken", key };
}

const betweenSides = (told, holder) => [[place.seller, holder], [holder, place.seller]].some(([one, other]) => same(told.from, one) && same(told.to, other));

async function looked(told, keys, holder) {
  const found = betweenSides(told, holder) ? await proofOf(told, keys) : { proof: "broken" };
  const hash = letterHash(letterOfTold({ ...place, site: told.site }, told));
  if (found.proof === "broken") return { told, hash, problem: "message_unsigned" };
  try {
    return { told, hash, ...found, ...await openMessage(place, told) };
  } catch (problem) {
    const isClosed = ["no_key", "wrong_key"].includes(problem.key);
    return { told, hash, ...found, problem: isClosed ? "message_closed" : "message_malformed" };
  }
}

const continues = (before, after) => after.told.number === before.told.number + 1 && after.told.after === before.hash;
const isFirst = one => one.told.number === 1 && one.told.after === NO_HASH;

// ---- drawing

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

function notice(key) {
  const line = element("p", "notice bad", words(key));
  line.dataset.problem = key;
  return line;
}

function drawn(one) {
  const { told, problem } = one;
  const item = element("li");
  item.dataset.message = told.number;
  const head = element("p", "small muted");
  const name = same(told.from, place.account) ? "message_you" : same(told.from, place.seller) ? "message_seller" : "message_buyer";
  const time = element("time", "", moments.format(new Date(told.sent)));
  time.dateTime = told.sent;
  head.append(element("strong", "", words(name)), " · ", time, " · ", words("message_number").replace("%(number)s", told.number));
  item.append(head);
  if (problem) {
    item.append(notice(problem));
    return item;
  }
  item.append(element("blockquote", "quote message", one.text));
  if (one.proof === "kept") item.append(element("p", "small muted", words("message_not_asked")));
  if (statement) {
    const status = element("p", "small");
    status.setAttribute("role", "status");
    item.append(picking.pickButton(statement, picking.pickedText({ ...one, sealedHash: noteHash(one.told.salt, one.told.bytes), site: one.told.site }), status), status);
  }
  return item;
}

// ---- a thread

class ThreadBox {
  constructor(box) {
    this.box = box;
    this.holder = box.dataset.thread;
    this.list = box.querySelector("[data-messages-list]");
    this.opener = box.querySelector("[data-messages-open]");
    this.older = box.querySelector("[data-messages-older]");
    this.shown = [];
    this.opener.hidden = box.dataset.total === "0";
    this.opener.addEventListener("click", () => this.run(() => this.open()));
    this.older.addEventListener("click", () => this.run(() => this.openOlder()));
  }

  get last() {
    return this.shown.at(-1);
  }

  async run(act) {
    if (this.busy) return;
    this.busy = true;
    complain(this.box, null);
    say(this.box, "message_opening");
    try {
      await act();
      say(this.box, "");
    } catch (problem) {
      complain(this.box, problem);
    } finally {
      this.busy = false;
    }
  }

  // shows the newest messages, and notes that they were read
  async open() {
    const { messages, keys } = await fetched(this.holder);
    if (this.last && messages.length && messages[0].number > this.last.told.number + 1) this.shown = [];
    const from = this.last ? this.last.told.number : 0;
    for (const told of messages.filter(told => told.number > from)) this.shown.push(await looked(told, keys, this.holder));
    this.draw();
    this.opener.hidden = true;
    if (this.last && this.box.dataset.unread !== "0") {
      await post(`/o/${place.orderKey}/messages/read`, { holder: this.holder, number: this.last.told.number });
      this.box.dataset.unread = "0";
    }
  }

  async openOlder() {
    const { messages, keys } = await fetched(this.holder, this.shown[0].told.number);
    const found = [];
    for (const told of messages) found.push(await looked(told, keys, this.holder));
    this.shown = [...found, ...this.shown];
    this.draw();
  }

  draw() {
    this.list.replaceChildren();
    this.shown.forEach((one, at) => {
      const before = this.shown[at - 1];
      if (before ? !continues(before, one) : one.told.number === 1 && !isFirst(one)) {
        const item = element("li");
        item.append(notice("message_broken_order"));
        this.list.append(item);
      }
      this.list.append(drawn(one));
    });
    this.older.hidden = !this.shown.length || this.shown[0].told.number === 1;
  }
}

// ---- writing

// the key that this account has published, from this browser
async function ownKey() {
  const mine = JSON.parse(place.mine);
  const key = keysOf(place.chainId, place.account).find(known => known.recipient === mine.recipient);
  if (!key || !same(await signerFor(key.identity), mine.signer)) throw new NoteProblem("message_other_key");
  return key;
}

async function checkedReader() {
  const theirs = JSON.parse(place.theirs);
  if (!same(theirs.account, place.reader)) throw new NoteProblem("message_bad_statement");
  try {
    return await checkedRecipient({ ...theirs, seller: theirs.account, chainId: place.chainId, market: place.market });
  } catch (problem) {
    throw ["bad_statement", "unchecked"].includes(problem.key) ? new NoteProblem(`message_${problem.key}`) : problem;
  }
}

async function send(thread, text) {
  const key = await ownKey();
  const sealed = await sealMessage(place, place.reader, [await checkedReader(), key.recipient], text);
  for (let tries = 1; ; tries++) {
    await thread.open(); // what this one follows stands on the page
    const [number, after] = thread.last ? [thread.last.told.number + 1, thread.last.hash] : [1, NO_HASH];
    const sent = new Date().toISOString().replace(/\.\d+/, "");
    const letter = letterOf({
      from: place.account, to: place.reader, order: place.orderKey, number, after, words: sealed.words, sealedHash: sealed.hash, sent,
      site: place.site, chainId: place.chainId, market: place.market,
    });
    const body = { to: place.reader, number, after, words: sealed.words, sent, salt: sealed.salt, sealed: base64(sealed.sealed) };
    try {
      await post(`/o/${place.orderKey}/messages`, { ...body, signature: await signLetter(letter, key.identity) });
      break;
    } catch (problem) {
      if (problem.status !== BEHIND || tries === MOST_TRIES) throw problem;
    }
  }
  await thread.open();
}

function setUpForm(form, thread) {
  const field = form.querySelector("textarea");
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text || thread.busy) {
      field.focus();
      return;
    }
    thread.busy = true;
    complain(form, null);
    say(form, "message_sealing");
    try {
      await send(thread, text);
      field.value = "";
      say(form, "message_sent");
    } catch (problem) {
      complain(form, problem.key === "too_long" ? new NoteProblem("message_long") : problem);
    } finally {
      thread.busy = false;
    }
  });
}

const threads = [...section.querySelectorAll("[data-thread]")].map(box => new ThreadBox(box));
const form = section.querySelector("form[data-message-form]");
if (form) setUpForm(form, threads[0]);
