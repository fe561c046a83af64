// Orders of sealed files: the buyer opens the file, proves a wrong key, or asks for the key again; the seller delivers it and
// answers. Keys and secrets are made here and stay here; forms carry points and wraps, and of a claim the order's secret.

import { bytesOf, encodeCall, hashOf, hex } from "./abi.js";
import { fillBeforeSending, offerKeys, run, say, tidy, willLie } from "./file-page.js";
import { keccak256 } from "./keccak.js";
import { keysOf, library, orderKey, ownKey, saveText } from "./notes.js";
import { SealedProblem } from "./sealed-problem.js";
import { open } from "./sealing.js";
import { chainOf, findWallet } from "./wallet.js";
import { askedSecret, findAskedSecret, findOrderSecret, findSoldKey, openWrap, pointOf, wrap } from "./wrap.js";

const TERMS = {
  type: "tuple",
  components: [
    "address", "bytes32", "address", "uint128", "uint128", "address", "address", "address", "uint256", "uint256", "bytes32", "bytes32", "bytes32",
  ].map(type => ({ type })),
};
const FILE = { type: "tuple", components: ["bytes32", "bytes32", "bytes32", "uint64"].map(type => ({ type })) };
const [SALT, EXTRAS] = [11, 12];
const KEY_ASKED = hex(keccak256(new TextEncoder().encode("KeyAsked(bytes32,address,bytes32,bytes32)")));
const ORDER_OF = { name: "orderOf", inputs: [{ type: "bytes32" }] };
const STATE = 5; // word of the order
const WAITS = [2]; // accepted
const WAS_DELIVERED = [3, 4, 5, 6, 9]; // and not paid back: delivered, contested, disputed, completed, resolved
const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();

function placeOf(section) {
  const place = { ...section.dataset };
  for (const name of ["terms", "purchase", "wrap", "requests"]) place[name] = JSON.parse(place[name]);
  const { chainId, market, listing, terms, purchase, keyHash, ciphertextHash, plaintextHash, size } = place;
  // the order's key names listing and purchase, with the point in it; the listing's id names the terms, and these the file
  const isOrder = same(orderKey(listing, purchase), place.orderKey) && (!place.isPage || same(location.pathname.split("/")[2], place.orderKey));
  const isListing = same(hashOf([{ type: "uint256" }, { type: "address" }, TERMS], [chainId, market, terms]), listing);
  const isFile = same(hashOf([FILE], [[keyHash, ciphertextHash, plaintextHash, size]]), terms[EXTRAS]);
  if (!isOrder || !isListing || !isFile) throw new SealedProblem("other_order");
  return { ...place, salt: terms[SALT] };
}

const identitiesOf = ({ chainId, account }) => keysOf(chainId, account).map(key => key.identity);
const pointIn = ({ purchase }) => ({ pointX: purchase[5], pointY: purchase[6] });

// ---- the buyer

// the right key in one of several wraps, or null
async function rightKey(wraps, { orderKey: key, salt, keyHash }, secret) {
  for (const wrapped of wraps) {
    try {
      return await openWrap({ wrapped, orderKey: key, secret, salt, expected: keyHash });
    } catch (problem) {
      if (!(problem instanceof SealedProblem)) throw problem; // a wrong key, or none: the next may be right
    }
  }
  return null;
}

// gives the key, or the secret with which a wrong one can be proven; else says what is the matter
async function findKey(place) {
  const identities = identitiesOf(place);
  const { chainId, market, listing, purchase } = place;
  const secret = await findOrderSecret(identities, { chainId, market, listing, salt: purchase[0] }, pointIn(place));
  const delivered = secret && await rightKey([place.wrap], place, secret);
  if (delivered) return { key: delivered };
  let state = "lost";
  for (const { x, y, isWaiting, answers } of place.requests) {
    const asked = await findAskedSecret(identities, place.orderKey, { pointX: x, pointY: y });
    if (!asked) continue;
    const answered = await rightKey(answers, place, asked);
    if (answered) return { key: answered };
    state = isWaiting ? "asked" : "wrong_answer";
  }
  return secret ? { wrongWith: secret } : { state };
}

function setUpBuyer(section, place) {
  const [claim, ask] = [section.querySelector("[data-file-claim]"), section.querySelector("[data-file-ask]")];
  const [ready, forAge] = [section.querySelector("[data-file-ready]"), section.querySelector("[data-file-for-age]")];
  let opened = null;

  async function needKey() {
    const found = await findKey(place);
    if (found.key) return found.key;
    if (found.wrongWith && claim) claim.hidden = false;
    if (!(found.wrongWith && claim) && ask) ask.hidden = false;
    throw new SealedProblem(found.wrongWith ? (claim ? "wrong_key" : "wrong_key_late") : found.state);
  }

  const save = () => {
    const link = ready.querySelector("a");
    link.click();
  };

  async function openFile(options) {
    const key = await needKey();
    willLie();
    opened = await open({ ...place, key }, options);
    const link = ready.querySelector("a");
    link.href = URL.createObjectURL(opened.file.slice(0, opened.file.size, "application/octet-stream")); // to be saved, never shown
    link.download = place.fileName;
    ready.hidden = false;
    section.querySelector("[data-file-open]").hidden = true;
    say(section, "opened");
    save();
  }

  async function closeFile() {
    URL.revokeObjectURL(ready.querySelector("a").href);
    await opened.close();
    ready.hidden = true;
    const button = section.querySelector("[data-file-open]");
    button.hidden = false;
    say(section, "closed");
  }

  async function saveKey() {
    const { bech32 } = await library();
    const identity = bech32.encodeFromBytes("AGE-SECRET-KEY-", bytesOf(await needKey())).toUpperCase();
    saveText(`${place.orderKey.slice(0, 10)}-key.txt`, `# ${place.orderKey}\n${identity}\n`);
    forAge.hidden = false;
    say(section, "key_saved");
  }

  const on = (name, act) => {
    const button = section.querySelector(name);
    if (name !== "[data-file-close]") button.hidden = false;
    button.addEventListener("click", () => run(section, act));
  };
  on("[data-file-open]", openFile);
  on("[data-file-key]", saveKey);
  on("[data-file-close]", closeFile);

  if (claim) {
    fillBeforeSending(claim.querySelector("form"), section, async () => {
      const found = await findKey(place);
      if (!found.wrongWith) throw new SealedProblem(found.key ? "key_is_right" : found.state);
      return { secret: found.wrongWith };
    });
  }
  if (ask) {
    fillBeforeSending(ask.querySelector("form"), section, async () => {
      const { identity } = await ownKey(place.chainId, place.account);
      const point = await pointOf(await askedSecret(identity, place.orderKey));
      return { key_x: point.pointX, key_y: point.pointY };
    });
  }
}

// ---- the seller

// The server could show an order that nobody paid for, or a request that its holder never made, with a point of its own:
// so the wallet's node is asked.
async function askChain({ chainId }, method, params) {
  try {
    const provider = await findWallet({ ask: false });
    if (await chainOf(provider) !== Number(chainId)) throw new Error("another chain");
    return await provider.request({ method, params });
  } catch {
    throw new SealedProblem("unchecked");
  }
}

async function checkIsPaid(place, states) {
  const call = { to: place.market, data: encodeCall(ORDER_OF, [place.orderKey]) };
  const answer = String(await askChain(place, "eth_call", [call, "latest"]));
  const state = Number(BigInt(`0x0${answer.slice(2 + 64 * STATE, 2 + 64 * (STATE + 1))}`));
  if (!states.includes(state)) throw new SealedProblem("not_paid");
}

async function checkIsAsked(place, { x, y, tx }) {
  const receipt = await askChain(place, "eth_getTransactionReceipt", [tx]);
  const [, , holder] = place.purchase;
  const isIt = ({ address, topics, data }) =>
    same(address, place.keyRequests) && same(topics[0], KEY_ASKED) && same(topics[1], place.orderKey)
    && same(topics[2].slice(26), holder.slice(2)) && same(data, x + y.slice(2));
  if (!receipt?.logs?.some(isIt)) throw new SealedProblem("not_asked");
}

async function wrapTo(place, point) {
  const key = await findSoldKey(identitiesOf(place), place.salt, place.keyHash);
  if (!key) throw new SealedProblem("no_sold_key");
  const { pointX, pointY, masked } = await wrap(key, place.orderKey, point);
  return { point_x: pointX, point_y: pointY, masked };
}

function setUpSeller(section, place) {
  const [deliver, answer] = [section.querySelector("[data-file-deliver]"), section.querySelector("[data-file-answer]")];
  if (deliver) fillBeforeSending(deliver.querySelector("form"), section, async () => {
    await checkIsPaid(place, WAITS);
    return wrapTo(place, pointIn(place));
  });
  if (!answer) return;
  fillBeforeSending(answer.querySelector("form"), section, async () => {
    const request = place.requests.find(({ isWaiting }) => isWaiting);
    await checkIsPaid(place, WAS_DELIVERED);
    await checkIsAsked(place, request);
    const { x, y } = request;
    return { key_x: x, key_y: y, ...await wrapTo(place, { pointX: x, pointY: y }) };
  });
}

function setUp(section) {
  try {
    const place = placeOf(section);
    if (section.querySelector("[data-file-open]")) setUpBuyer(section, place);
    setUpSeller(section, place);
    offerKeys(section, place);
  } catch (problem) {
    for (const form of section.querySelectorAll("form")) form.hidden = true;
    run(section, async () => { throw problem; });
  }
}

const sections = [...document.querySelectorAll("[data-file-order]")];
// a file that is being opened is not swept away: whoever is quick waits for the sweeping
for (const section of sections) for (const button of section.querySelectorAll("button")) button.disabled = true;
tidy().finally(() => {
  for (const section of sections) for (const button of section.querySelectorAll("button")) button.disabled = false;
});
for (const section of sections) setUp(section);
