// Does the server's transaction say what the form said? The call is rebuilt here from its arguments, the contract's
// interface and the registry, and every number that the page can know is compared. The result is a list of what differs.

import { encodeCall, hashOf } from "./abi.js";

const ZERO = "0x" + "0".repeat(40);
const ETH_DECIMALS = 18;

// what a form's address may lead to
const FORMS = [
  [/^\/l\/(0x[0-9a-f]{64})\/buy$/, ["market.buy", "token.approve"]],
  [/^\/l\/(0x[0-9a-f]{64})\/paused$/, ["market.set_paused"]],
  [/^\/l\/(0x[0-9a-f]{64})\/quantity$/, ["market.set_quantity_limit"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(accept|decline|cancel|deliver|confirm|refund|expire|rule)$/, ["market.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/evidence$/, ["market.submit_evidence"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(dispute|stake)$/, ["market.$2", "token.approve"]],
  [/^\/listings\/new$/, ["market.list"]],
  [/^\/c\/new$/, ["communities.open"]],
  [/^\/c\/(\d+)\/fee$/, ["communities.set_fee"]],
  [/^\/c\/(\d+)\/stewardship$/, ["communities.offer_stewardship"]],
  [/^\/c\/(\d+)\/stewardship\/accept$/, ["communities.accept_stewardship"]],
  [/^\/c\/(\d+)\/description$/, ["tokens.set_contract_uri"]],
  [/^\/c\/(\d+)\/freeze$/, ["tokens.freeze_contract_uri"]],
  [/^\/c\/(\d+)\/mint$/, ["tokens.mint"]],
  [/^\/c\/(\d+)\/mint-batch$/, ["tokens.mint_batch"]],
  [/^\/c\/(\d+)\/renounce$/, ["tokens.renounce_mint"]],
  [/^\/c\/(\d+)\/token\/transfer$/, ["tokens.transfer"]],
  [/^\/c\/(\d+)\/token\/burn$/, ["tokens.burn"]],
  [/^\/c\/(\d+)\/token\/vested$/, ["tokens.mint_vested"]],
  [/^\/credits\/(0x[0-9a-f]{40})\/(0x[0-9a-f]{40})\/withdraw$/i, ["credits.withdraw"]],
];

// which function each action is; anything else is refused
const FUNCTIONS = {
  "communities.open": ["CommunityRegistry", "openCommunity"],
  "communities.set_fee": ["CommunityRegistry", "setFeeBps"],
  "communities.offer_stewardship": ["CommunityRegistry", "offerStewardship"],
  "communities.accept_stewardship": ["CommunityRegistry", "acceptStewardship"],
  "tokens.mint": ["CommunityToken", "mint"],
  "tokens.mint_batch": ["CommunityToken", "mintBatch"],
  "tokens.renounce_mint": ["CommunityToken", "renounceMint"],
  "tokens.mint_vested": ["CommunityToken", "mintVested"],
  "tokens.burn": ["CommunityToken", "burn"],
  "tokens.transfer": ["CommunityToken", "transfer"],
  "tokens.set_contract_uri": ["CommunityToken", "setContractURI"],
  "tokens.freeze_contract_uri": ["CommunityToken", "freezeContractURI"],
  "token.approve": ["ERC20", "approve"],
  "market.list": ["Market", "list"],
  "market.set_paused": ["Market", "setPaused"],
  "market.set_quantity_limit": ["Market", "setQuantityLimit"],
  "market.buy": ["Market", "buy", "buyWithPermit"],
  "market.accept": ["Market", "accept"],
  "market.decline": ["Market", "decline"],
  "market.cancel": ["Market", "cancel"],
  "market.deliver": ["Market", "deliver"],
  "market.confirm": ["Market", "confirm"],
  "market.refund": ["Market", "refund"],
  "market.dispute": ["Market", "dispute"],
  "market.stake": ["Market", "stake"],
  "market.submit_evidence": ["Market", "submitEvidence"],
  "market.rule": ["Market", "rule"],
  "market.expire": ["Market", "expire"],
  "credits.withdraw": ["Market", "withdraw", "withdrawFrom"],
  "credits.push": ["Market", "push"],
};

const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
const digits = text => String(text ?? "").replace(/[, %]/g, "");

// a decimal as its smallest units
export function unitsOf(text, decimals) {
  const found = /^([0-9]+)(?:\.([0-9]*))?$/.exec(digits(text));
  if (!found) return null;
  const part = (found[2] || "").replace(/0+$/, "");
  if (part.length > decimals) return null;
  return BigInt(found[1]) * 10n ** BigInt(decimals) + BigInt(part.padEnd(decimals, "0") || "0");
}

// the same number but for where the point stands: for tokens whose decimals this page does not know
function sameDigits(text, units) {
  for (let decimals = 0; decimals <= 36; decimals++) if (unitsOf(text, decimals) === BigInt(units)) return true;
  return false;
}

function termsOf(values) {
  const [seller, , currency, unitPrice, arbiterFee, arbiter, backup, onlyBuyer, rules] = values[0];
  return { seller, currency, arbiter, backup, onlyBuyer, unitPrice: BigInt(unitPrice), arbiterFee: BigInt(arbiterFee), rules: BigInt(rules) };
}

export function check({ intent, registry, abi, marketAbi, form, shownValue }) {
  const wrong = [];
  const expect = (what, ok, found) => { if (!ok) wrong.push(`${what}: ${String(found).slice(0, 120)}`); };
  const { contract, function: name, values } = intent.call;
  const market = registry.contracts.Market;

  const [itsContract, ...itsFunctions] = FUNCTIONS[intent.action] || [];
  expect("action", itsContract === contract && itsFunctions.includes(name), `${intent.action} → ${contract}.${name}`);
  expect("chainId", intent.chainId === registry.chainId, intent.chainId);
  if (registry.contracts[contract]) expect("to", same(intent.to, registry.contracts[contract]), intent.to);
  else expect("to", !Object.values(registry.contracts).some(address => same(address, intent.to)), intent.to);

  const entry = abi.find(part => part.type === "function" && part.name === name);
  if (!entry) return [...wrong, `function: ${name}`];
  let data = "";
  try {
    data = encodeCall(entry, values);
  } catch (error) {
    return [...wrong, `values: ${error.message}`];
  }
  // before the approval is signed there is no whole call yet
  if (!intent.permit) expect("data", same(data, intent.data), intent.data);

  const value = BigInt(intent.value);
  let due = 0n;
  if (contract === "Market" && entry.inputs[0]?.name === "terms") {
    const terms = termsOf(values);
    const inEth = BigInt(terms.currency) === 0n;
    const own = marketAbi.find(part => part.name === "list").inputs[0];
    const listing = hashOf([{ type: "uint256" }, { type: "address" }, own], [String(registry.chainId), market, values[0]]);
    let key = "";
    if (intent.action === "market.buy") {
      const total = terms.unitPrice * BigInt(values[1]);
      if (inEth) due = total;
      expect("maxTotal", BigInt(values[2]) === total, values[2]);
      const purchase = values[5];
      expect("payer", same(purchase[1], intent.from), purchase[1]);
      expect("arbiter", same(purchase[4], terms.arbiter), purchase[4]);
      const ref = hashOf([marketAbi.find(part => part.name === "buy").inputs[5]], [purchase]);
      key = hashOf([{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }], [listing, purchase[2], ref]);
      if (name === "buyWithPermit") expect("permit", BigInt(values[6][0]) === total, values[6][0]);
    } else if (entry.inputs[1]?.name === "holder") {
      key = hashOf([{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }], [listing, values[1], values[2]]);
      if (inEth && ["market.dispute", "market.stake"].includes(intent.action)) due = terms.arbiterFee;
    }
    if (intent.action === "market.list") expect("seller", same(terms.seller, intent.from), terms.seller);
    expect("subject", same(intent.subject, key || listing), intent.subject);
    compareIds(form, listing, key, expect);
  }
  expect("value", value === due, value);
  if (shownValue !== null) expect("value shown", value === BigInt(shownValue), shownValue);
  if (intent.action === "token.approve") expect("spender", same(values[0], market), values[0]);
  if (intent.permit) checkPermit(intent, registry, expect);
  if (form) compareForm(form, intent, registry, expect);
  return wrong;
}

function compareIds(form, listing, key, expect) {
  const found = form && /^\/([lo])\/(0x[0-9a-f]{64})\//.exec(form.path);
  if (found) expect(found[1] === "l" ? "listing" : "order", same(found[2], found[1] === "l" ? listing : key), found[2]);
}

// the approval lets the Market take exactly the total, once, until the call's own deadline
export function checkPermit(intent, registry, expect) {
  const { domain, message, primaryType, types } = intent.permit;
  const values = intent.call.values;
  const total = BigInt(values[2]);
  expect("permit type", primaryType === "Permit", primaryType);
  const wanted = ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"].join();
  expect("permit fields", (types.Permit || []).map(f => `${f.name}:${f.type}`).join() === wanted, JSON.stringify(types.Permit));
  expect("permit chain", String(domain.chainId) === String(registry.chainId), domain.chainId);
  expect("permit token", same(domain.verifyingContract, values[0][2]), domain.verifyingContract);
  expect("permit owner", same(message.owner, intent.from), message.owner);
  expect("permit spender", same(message.spender, registry.contracts.Market), message.spender);
  expect("permit value", BigInt(message.value) === total, message.value);
  expect("permit deadline", String(message.deadline) === String(values[4]), message.deadline);
}

function compareForm(form, intent, registry, expect) {
  const { values } = intent.call;
  const f = form.fields;
  const line = FORMS.map(([pattern, actions]) => [pattern.exec(form.path), actions]).find(([found]) => found);
  if (!line) return;
  const [found, actions] = line;
  expect("form", actions.map(a => a.replace("$2", found[2])).includes(intent.action), `${form.path} → ${intent.action}`);
  const number = (what, typed, value) => expect(what, digits(typed) === String(value), value);
  const amount = (what, typed, value) => expect(what, unitsOf(typed, ETH_DECIMALS) === BigInt(value), value);
  const percent = (what, typed, value) => expect(what, unitsOf(typed, 2) === BigInt(value), value);
  const address = (what, typed, value) => expect(what, same((typed || "").trim() || ZERO, value), value);
  switch (intent.action) {
    case "market.buy":
      number("quantity", f.quantity, values[1]);
      number("commission", f.fee_shown, values[3]);
      address("holder", f.recipient === "other" ? f.holder : intent.from, values[5][2]);
      break;
    case "market.list": {
      const terms = termsOf(values);
      const inEth = BigInt(terms.currency) === 0n;
      address("currency", f.currency === "other" ? f.other_currency : f.currency, terms.currency);
      expect("price", inEth ? unitsOf(f.price, ETH_DECIMALS) === terms.unitPrice : sameDigits(f.price, terms.unitPrice), terms.unitPrice);
      number("quantity", f.quantity, values[1]);
      address("arbiter", f.arbiter, terms.arbiter);
      address("backup", f.backup_arbiter, terms.backup);
      address("only buyer", f.only_buyer, terms.onlyBuyer);
      percent("commission", f.max_fee, (terms.rules >> 16n) & 0xffffn);
      break;
    }
    case "market.set_paused":
      expect("paused", (f.paused === "1") === values[1], values[1]);
      break;
    case "market.set_quantity_limit":
      number("expected", f.expected, values[1]);
      number("quantity", f.quantity, values[2]);
      break;
    case "market.rule":
      percent("share", f.share, values[3]);
      break;
    case "tokens.mint":
    case "tokens.transfer":
      address("to", f.to, values[0]);
      amount("amount", f.amount, values[1]);
      break;
    case "tokens.burn":
      amount("amount", f.amount, values[0]);
      break;
    case "communities.set_fee":
      number("community", found[1], values[0]);
      percent("commission", f.fee, values[1]);
      break;
    case "communities.offer_stewardship":
      number("community", found[1], values[0]);
      address("to", f.to, values[1]);
      break;
    case "communities.accept_stewardship":
      number("community", found[1], values[0]);
      break;
    case "communities.open":
      expect("name", values[0][0].normalize("NFC") === f.name.normalize("NFC").trim(), values[0][0]);
      expect("symbol", values[0][1].normalize("NFC") === f.symbol.normalize("NFC").trim(), values[0][1]);
      amount("cap", f.cap, values[0][2]);
      amount("founder's share", f.founder_allocation || "0", values[0][3]);
      percent("commission", f.fee, values[0][6]);
      break;
    case "credits.withdraw": {
      const [owner, currency, to, units] = intent.call.function === "withdrawFrom" ? values : [intent.from, ...values];
      expect("account", same(found[1], owner), owner);
      expect("currency", same(found[2], currency), currency);
      address("to", f.to, to);
      expect("amount", BigInt(currency) === 0n ? unitsOf(f.amount, ETH_DECIMALS) === BigInt(units) : sameDigits(f.amount, units), units);
      break;
    }
  }
}
