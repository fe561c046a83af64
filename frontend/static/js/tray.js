// The tray of transactions in the page's head: asks the server while something is on its way, and says what has changed.

const EVERY_MS = 4000;
const PATIENCE_MS = 60_000; // after sending, the first news may take a moment
let until = 0;
let busy = false;

const place = () => document.getElementById("tray");

function statesOf(tray) {
  return new Map([...tray.querySelectorAll("[data-intent]")].map(item => [item.dataset.intent, item.dataset.state]));
}

function draw(text) {
  const old = place();
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("tray");
  if (!old || !fresh) return;
  const before = statesOf(old);
  const news = [...fresh.querySelectorAll("[data-intent]")].filter(item => before.get(item.dataset.intent) !== item.dataset.state);
  // whoever has it open, or stands on it with the keyboard, stays where they are
  const details = fresh.querySelector("details");
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  if (details) details.open = Boolean(old.querySelector("details")?.open);
  const href = focused?.getAttribute("href");
  old.replaceWith(fresh);
  if (focused) {
    const same = href && [...fresh.querySelectorAll("a")].find(link => link.getAttribute("href") === href);
    (same || fresh.querySelector("summary"))?.focus();
  }
  if (news.length) document.getElementById("tray-said").textContent = news.map(item => item.dataset.said).join(". ");
}

async function look() {
  const tray = place();
  if (!tray || busy || document.hidden) return;
  if (!("polls" in tray.dataset) && Date.now() > until) return;
  busy = true;
  try {
    const answer = await fetch(`${tray.dataset.url}?seen=${encodeURIComponent(tray.dataset.mark)}`);
    if (answer.status === 200 && !answer.redirected) draw(await answer.text());
  } catch {
    // the next round asks again
  } finally {
    busy = false;
  }
}

document.addEventListener("transaction-sent", () => { until = Date.now() + PATIENCE_MS; look(); });
document.addEventListener("keydown", event => {
  const open = event.key === "Escape" && place()?.querySelector("details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
setInterval(look, EVERY_MS);
