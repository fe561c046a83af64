// An order's private notes: opened on request, shown as text alone.

import { words } from "./notes.js";
import { complain, openPart, say } from "./notes-page.js";

async function show(box) {
  const place = box.closest("[data-purchase]").dataset;
  const target = box.querySelector("[data-note-text]");
  complain(box, null);
  say(box, "opening");
  try {
    const note = await openPart(place, box.dataset.notePart);
    target.querySelector("blockquote").textContent = note.text;
    target.hidden = false;
    box.querySelector("[data-note-open]").hidden = true;
    say(box, "");
  } catch (problem) {
    complain(box, problem);
  }
}

for (const box of document.querySelectorAll("[data-note-part]")) {
  const button = box.querySelector("[data-note-open]");
  button.hidden = false;
  button.addEventListener("click", () => show(box));
  const copy = box.querySelector("[data-note-copy]");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("blockquote").textContent);
    box.querySelector("[data-note-status]").textContent = words("copied");
  });
}
