// How a message stands in a statement once it was picked as evidence. Format: docs/messages.md.

import { escaped } from "./messages.js";
import { words } from "./notes.js";

const LONGEST_KEY_SIGNATURE = 132; // a contract wallet's may be longer than a statement

// a message as it stands in a statement, with all that proves it
export function pickedText({ told, key, text, blind, sealedHash, site }) {
  const lines = escaped(text).split("\n").map(line => `> ${line}`);
  const signature = key.signature.length <= LONGEST_KEY_SIGNATURE ? key.signature : "contract";
  return [
    `[message ${told.number}]`, `From: ${told.from}`, `To: ${told.to}`, `Sent: ${told.sent}`, `After: ${told.after}`, `Sealed: ${sealedHash}`,
    `Blind: ${blind}`, `Signature: ${told.signature}`, `Site: ${site}`, `Key: ${key.recipient}`, `Key issued: ${key.issuedAt}`,
    `Key signature: ${key.byContract === "yes" ? "contract" : signature}`, ...lines, `[end of message ${told.number}]`,
  ].join("\n");
}

// a button that puts a message into the statement, and says so
export function pickButton(statement, picked, status) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary fit";
  button.textContent = words("message_pick");
  button.dataset.messagePick = "";
  button.addEventListener("click", () => {
    const whole = [statement.value.trimEnd(), picked].filter(Boolean).join("\n\n");
    if (whole.length > statement.maxLength) {
      status.textContent = words("message_no_room");
      return;
    }
    statement.value = whole;
    statement.dispatchEvent(new Event("input", { bubbles: true }));
    statement.closest("details")?.setAttribute("open", "");
    button.disabled = true;
    status.textContent = words("message_picked");
  });
  return button;
}
