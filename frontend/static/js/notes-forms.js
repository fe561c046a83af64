// A private note in a form: sealed before the form is sent. The text field has no name, so a browser never posts it; the
// form carries the hash alone.

import { NoteProblem, base64, ownKey, seal } from "./notes.js";
import { checkedRecipient, complain, openPart, say } from "./notes-page.js";
import { post } from "./wallet.js";

const KEPT = "form-note"; // what this tab has sealed itself: hash and reader; a hash from elsewhere is not sent

const kept = () => JSON.parse(sessionStorage.getItem(KEPT) || "{}");

// a wish goes to the account whose signed key was checked, a delivery note to the payer, who wrote the wish
const readerOf = place => place.noteForm === "wish" ? place.seller : place.reader;

async function recipientsOf(place) {
  if (place.noteForm === "wish") return [await checkedRecipient(place)];
  const { reply } = await openPart(place, "wish");
  if (!reply) throw new NoteProblem("no_reply");
  return [reply];
}

async function sealText(place, text) {
  const { account, chainId, market, listing } = place;
  const recipients = await recipientsOf(place);
  const own = await ownKey(chainId, account);
  const about = { kind: place.noteForm, chain: chainId, market, listing, from: account };
  const note = place.noteForm === "wish" ? { ...about, reply: own.recipient, text } : { ...about, order: place.orderKey, text };
  const { salt, sealed, hash } = await seal(note, [...recipients, own.recipient]);
  await post("/notes", { reader: readerOf(place), salt, sealed: base64(sealed) });
  return hash;
}

function setUp(box) {
  const form = box.closest("form");
  const place = box.dataset;
  const field = box.querySelector("textarea");
  const [hash, reader] = [box.querySelector("[data-note-hash]"), box.querySelector("[data-note-reader]")];
  const [write, done] = [box.querySelector("[data-note-write]"), box.querySelector("[data-note-sealed]")];
  let busy = false;

  const show = () => {
    write.hidden = Boolean(hash.value);
    done.hidden = !hash.value;
  };
  const put = (found, whom) => {
    hash.value = found;
    reader.value = found ? whom : "";
    show();
  };

  form.addEventListener("submit", async event => {
    const text = field.value.trim();
    if (hash.value || !text) return;
    event.preventDefault();
    event.stopPropagation();
    if (busy) return;
    busy = true;
    complain(box, null);
    say(box, "sealing");
    try {
      const found = await sealText(place, text);
      sessionStorage.setItem(KEPT, JSON.stringify({ hash: found, reader: readerOf(place) }));
      field.value = "";
      put(found, readerOf(place));
      say(box, "");
      form.requestSubmit(event.submitter);
    } catch (problem) {
      complain(box, problem);
    } finally {
      busy = false;
    }
  });
  box.querySelector("[data-note-again]").addEventListener("click", () => {
    put("", "");
    field.focus();
  });

  // a form that came back refused still has its note, if it is one that this tab has sealed
  const own = kept();
  put(hash.value && hash.value === own.hash ? own.hash : "", own.reader);
}

for (const box of document.querySelectorAll("[data-note-form]")) setUp(box);
