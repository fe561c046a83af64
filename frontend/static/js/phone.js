// Beside the form of a listing, where there is room: the page that a buyer will see, as wide as a phone. The server draws it from
// what stands in the form. It lies in a frame that runs nothing and leads nowhere.

const WAIT_MS = 1200;
const wide = matchMedia("(width >= 1280px)");
const side = document.getElementById("phone");
const form = document.querySelector("form[data-editor]");
const scheme = document.getElementById("phone-scheme");
let timer = 0;
let last = "";
let turn = 0;

const say = text => { side.querySelector("[data-phone-said]").textContent = text; };

// what would be sent, without the files: pictures are sent by themselves
function typed() {
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") data.append(name, value);
  data.delete("do");
  data.append("do", "phone");
  return data;
}

function paint(frame) {
  const root = frame.contentDocument?.documentElement;
  const chosen = scheme.value || document.documentElement.dataset.theme;
  if (!root) return;
  if (chosen) root.dataset.theme = chosen;
  else delete root.dataset.theme;
}

function show(html) {
  const before = side.querySelector("iframe");
  const top = before?.contentWindow?.scrollY ?? 0;
  const frame = document.createElement("iframe");
  frame.title = side.dataset.title;
  frame.sandbox = "allow-same-origin"; // to be read from here; it runs nothing, sends nothing, opens nothing
  frame.srcdoc = html;
  frame.addEventListener("load", () => {
    paint(frame);
    frame.contentWindow.scrollTo(0, top);
    say(side.dataset.drawn);
  });
  side.querySelector("[data-phone-frame]").replaceChildren(frame); // a new frame leaves no step in the history
}

async function draw() {
  if (!wide.matches) return;
  const data = typed();
  const now = JSON.stringify([...data]);
  if (now === last) return;
  const mine = ++turn;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (mine !== turn) return;
    last = now;
    show(html);
  } catch {
    if (mine === turn) say(side.dataset.failed);
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(draw, WAIT_MS);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
scheme.addEventListener("change", () => {
  const frame = side.querySelector("iframe");
  if (frame) paint(frame);
});
new MutationObserver(() => {
  const frame = side.querySelector("iframe");
  if (frame) paint(frame);
}).observe(document.documentElement, { attributeFilter: ["data-theme"] });
wide.addEventListener("change", later);
side.hidden = false;
draw();
