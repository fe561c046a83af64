// The desk's list of half-written listings. They lie in this tab's own storage, under the account that typed them.

import { forget, listingDrafts } from "./drafts.js";

const section = document.querySelector("[data-drafts]");
const list = section?.querySelector("[data-draft-list]");

function draw() {
  const drafts = listingDrafts();
  list.replaceChildren(...drafts.map(row));
  section.querySelector("[data-no-drafts]").hidden = drafts.length > 0;
}

function row(draft) {
  const item = document.createElement("li");
  item.className = "row";
  const link = document.createElement("a");
  link.href = draft.href;
  const title = document.createElement("bdi");
  title.textContent = draft.title || section.dataset.untitled;
  link.append(title);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fit secondary";
  button.textContent = section.dataset.forget;
  const what = document.createElement("span");
  what.className = "visually-hidden";
  what.textContent = `: ${title.textContent}`;
  button.append(what);
  button.addEventListener("click", () => {
    forget(draft.key);
    draw();
    section.querySelector("h2").focus();
  });
  item.append(link, button);
  return item;
}

if (section) {
  section.querySelector("h2").tabIndex = -1;
  draw();
}
