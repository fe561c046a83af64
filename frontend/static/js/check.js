// Does the server's transaction say what the form said? The call is rebuilt here from its arguments, the contract's
// interface and the registry, and every number that the page can know is compared. The result is a list of what differs.

import { bytesOf, encodeCall, hashOf, hex, selectorOf } from "./abi.js";
import { keccak256 } from "./keccak.js";

export const ZERO = "0x" + "0".repeat(40);
export const NO_HASH = "0x" + "0".repeat(64);
export const ETH_DECIMALS = 18;
const WHOLE_TOKEN = 10n ** BigInt(ETH_DECIMALS);
export const KEPT_OF_A_FIELD = 24_000; // a longer one was cut when the form was remembered
const SECONDS = { hours: 3600n, days: 86400n };

// what a form's address may lead to
const FORMS = [
  [/^\/l\/(0x[0-9a-f]{64})\/buy$/, ["market.buy", "token.approve"]],
  [/^\/l\/(0x[0-9a-f]{64})\/paused$/, ["market.set_paused"]],
  [/^\/l\/(0x[0-9a-f]{64})\/quantity$/, ["market.set_quantity_limit"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(accept|decline|cancel|deliver|confirm|refund|expire|rule|release|refund_part|extend|transfer)$/, ["market.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(offer|accept_offer|withdraw_offer|settle_signed)$/, ["market.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(evidence|picture)$/, ["market.submit_evidence"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(dispute|stake)$/, ["market.$2", "token.approve"]],
  [/^\/listings\/new$/, ["market.list"]],
  [/^\/listings\/new\/file$/, ["market.list_file"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(deliver_file|claim_bad_key)$/, ["market.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(ask|answer)_key$/, ["keys.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/(review|reply)$/, ["reviews.$2"]],
  [/^\/o\/(0x[0-9a-f]{64})\/claim_units$/, ["designs.claim"]],
  [/^\/l\/(0x[0-9a-f]{64})\/(publish|hand_on)$/, ["designs.$2"]],
  [/^\/l\/(0x[0-9a-f]{64})\/make$/, ["designs.make", "token.approve"]],
  [/^\/cart\/buy$/, ["market.buy_many", "token.approve"]],
  [/^\/bonds\/deposit$/, ["market.deposit_bond", "token.approve"]],
  [/^\/bonds\/(0x[0-9a-f]{40})\/take-out$/i, ["market.withdraw_bond"]],
  [/^\/splits\/new$/, ["splits.create"]],
  [/^\/splits\/(\d+)\/sweep$/, ["splits.sweep"]],
  [/^\/splits\/(\d+)\/seats\/(\d+)\/move$/, ["splits.move"]],
  [/^\/splits\/(\d+)\/(\d+)\/(0x[0-9a-f]{40})\/(collect|collect_makes)$/i, ["splits.$4"]],
  [/^\/splits\/(\d+)\/(\d+)\/(\d+)\/(0x[0-9a-f]{40})\/claim$/i, ["splits.claim"]],
  [/^\/splits\/(\d+)\/(\d+)\/(\d+)\/(0x[0-9a-f]{40})\/send$/i, ["splits.send"]],
  [/^\/splits\/(\d+)\/(propose|approve|disapprove)$/, ["splits.$2"]],
  [/^\/splits\/(\d+)\/apply$/, ["splits.change"]],
  [/^\/(persona)\/(commit|claim|offer|retire)$/, ["personas.$2"]],
  [/^\/persona\/(profile|proof|proof\/withdraw)$/, ["personas.set_profile"]],
  [/^\/persona\/withdraw$/, ["personas.withdraw_offer"]],
  [/^\/persona\/([^/]+)\/accept$/, ["personas.accept"]],
  [/^\/c\/new$/, ["communities.open"]],
  [/^\/c\/(\d+)\/fee$/, ["communities.set_fee"]],
  [/^\/c\/(\d+)\/waivers$/, ["communities.set_waivers"]],
  [/^\/c\/(\d+)\/stewardship$/, ["communities.offer_stewardship"]],
  [/^\/c\/(\d+)\/stewardship\/accept$/, ["communities.accept_stewardship"]],
  [/^\/c\/(\d+)\/description$/, ["tokens.set_contract_uri"]],
  [/^\/c\/(\d+)\/freeze$/, ["tokens.freeze_contract_uri"]],
  [/^\/c\/(\d+)\/mint$/, ["tokens.mint"]],
  [/^\/c\/(\d+)\/airdrop\/(0x[0-9a-f]{64})\/(\d+)$/, ["tokens.mint_batch"]],
  [/^\/c\/(\d+)\/renounce$/, ["tokens.renounce_mint"]],
  [/^\/c\/(\d+)\/token\/transfer$/, ["tokens.transfer"]],
  [/^\/c\/(\d+)\/token\/burn$/, ["tokens.burn"]],
  [/^\/c\/(\d+)\/token\/vested$/, ["tokens.mint_vested"]],
  [/^\/c\/(\d+)\/curve\/(buy|swap|open)$/, ["curves.$2", "token.approve"]],
  [/^\/c\/(\d+)\/curve\/sell$/, ["curves.sell"]],
  [/^\/c\/(\d+)\/claims\/open$/, ["claims.open"]],
  [/^\/c\/(\d+)\/claims\/(\d+)\/close$/, ["claims.close"]],
  [/^\/c\/(\d+)\/claims\/(\d+)\/claim$/, ["claims.claim", "token.approve"]],
  [/^\/c\/(\d+)\/members\/(open|lock|delegate)$/, ["members.$2"]],
  [/^\/c\/(\d+)\/members\/tiers$/, ["members.set_tiers"]],
  [/^\/c\/(\d+)\/members\/unlock$/, ["members.request_unlock"]],
  [/^\/c\/(\d+)\/members\/unlocks\/(\d+)\/cancel$/, ["members.cancel_unlock"]],
  [/^\/c\/(\d+)\/members\/unlocks\/(\d+)\/withdraw$/, ["members.withdraw"]],
  [/^\/c\/(\d+)\/self-rule\/open$/, ["proposals.open_governor"]],
  [/^\/c\/(\d+)\/proposals\/new\/(pay|fee|waivers|describe|arbiter|recognise|accept|call|review)$/, ["proposals.propose"]],
  [/^\/c\/(\d+)\/proposals\/(0x[0-9a-f]{40})\/(0x[0-9a-f]{64})\/(vote|queue|execute|cancel)$/i, ["proposals.$4"]],
  [/^\/credits\/(0x[0-9a-f]{40})\/(0x[0-9a-f]{40})\/withdraw$/i, ["credits.withdraw"]],
  [/^\/credits\/(claims|curves|blueprints)\/(0x[0-9a-f]{40})\/(0x[0-9a-f]{40})\/withdraw$/i, ["credits.withdraw_$1"]],
];

// which function each action is; anything else is refused
const FUNCTIONS = {
  "communities.open": ["CommunityRegistry", "openCommunity"],
  "communities.set_fee": ["CommunityRegistry", "setFeeBps"],
  "communities.set_waivers": ["CommunityRegistry", "setWaivers"],
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
  "market.list": ["Market", "list", "listWithExtras"],
  "market.list_file": ["Market", "listFile"],
  "market.deliver_file": ["Market", "deliverFile"],
  "market.claim_bad_key": ["Market", "claimBadKey"],
  "keys.ask": ["KeyRequests", "ask"],
  "keys.answer": ["KeyRequests", "answer"],
  "reviews.review": ["Reviews", "review"],
  "reviews.reply": ["Reviews", "reply"],
  "designs.publish": ["Blueprints", "publish"],
  "designs.claim": ["Blueprints", "claim"],
  "designs.make": ["Blueprints", "make"],
  "designs.hand_on": ["Blueprints", "safeTransferFrom"],
  "market.set_paused": ["Market", "setPaused"],
  "market.set_quantity_limit": ["Market", "setQuantityLimit"],
  "market.buy": ["Market", "buy", "buyWithPermit"],
  "market.accept": ["Market", "accept"],
  "market.decline": ["Market", "decline"],
  "market.cancel": ["Market", "cancel"],
  "market.deliver": ["Market", "deliver", "deliverMilestone"],
  "market.confirm": ["Market", "confirm", "confirmMilestone"],
  "market.refund": ["Market", "refund"],
  "market.dispute": ["Market", "dispute"],
  "market.stake": ["Market", "stake"],
  "market.submit_evidence": ["Market", "submitEvidence"],
  "market.rule": ["Market", "rule"],
  "market.expire": ["Market", "expire", "expireMilestone"],
  "market.release": ["Market", "release"],
  "market.refund_part": ["Market", "refundPart"],
  "market.extend": ["Market", "extend"],
  "market.transfer": ["Market", "transferOrder"],
  "market.offer": ["Market", "offerSettlement"],
  "market.accept_offer": ["Market", "acceptSettlement"],
  "market.withdraw_offer": ["Market", "withdrawSettlement"],
  "market.settle_signed": ["Market", "settleBySignature"],
  "market.buy_many": ["Market", "buyMany"],
  "market.deposit_bond": ["Market", "depositBond"],
  "market.withdraw_bond": ["Market", "withdrawBond"],
  "credits.withdraw": ["Market", "withdraw", "withdrawFrom"],
  "credits.withdraw_claims": ["Claims", "withdraw", "withdrawFrom"],
  "credits.withdraw_curves": ["Curves", "withdraw", "withdrawFrom"],
  "credits.withdraw_blueprints": ["Blueprints", "withdraw", "withdrawFrom"],
  "credits.push": ["Market", "push"],
  "claims.open": ["Claims", "openPhase"],
  "claims.close": ["Claims", "closePhase"],
  "claims.claim": ["Claims", "claim"],
  "splits.create": ["Splits", "create"],
  "splits.collect": ["Splits", "collect"],
  "splits.collect_makes": ["Splits", "collect"],
  "splits.sweep": ["Splits", "sweep"],
  "splits.claim": ["Splits", "claim"],
  "splits.send": ["Splits", "claim"],
  "splits.move": ["Splits", "movePayee"],
  "splits.propose": ["Splits", "propose"],
  "splits.approve": ["Splits", "approve"],
  "splits.disapprove": ["Splits", "approve"],
  "splits.change": ["Splits", "change"],
  "members.open": ["Memberships", "open"],
  "members.set_tiers": ["Membership", "setTiers"],
  "members.lock": ["Membership", "lock", "lockWithPermit"],
  "members.request_unlock": ["Membership", "requestUnlock"],
  "members.cancel_unlock": ["Membership", "cancelUnlock"],
  "members.withdraw": ["Membership", "withdraw"],
  "members.delegate": ["Membership", "delegate"],
  "proposals.open_governor": ["Governors", "open"],
  "proposals.propose": ["CommunityGovernor", "propose"],
  "proposals.vote": ["CommunityGovernor", "castVote", "castVoteWithReason"],
  "proposals.queue": ["CommunityGovernor", "queue"],
  "proposals.execute": ["CommunityGovernor", "execute"],
  "proposals.cancel": ["CommunityGovernor", "cancel"],
  "personas.commit": ["Personas", "commit"],
  "personas.claim": ["Personas", "claim"],
  "personas.set_profile": ["Personas", "setProfile"],
  "personas.offer": ["Personas", "offer"],
  "personas.withdraw_offer": ["Personas", "offer"],
  "personas.accept": ["Personas", "accept"],
  "personas.retire": ["Personas", "retire"],
  "curves.buy": ["Curves", "buy", "buyWithPermit"],
  "curves.sell": ["Curves", "sell", "sellWithPermit"],
  "curves.swap": ["Curves", "swap"],
  "curves.open": ["Curves", "open"],
};

export const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
export const digits = text => String(text ?? "").replace(/[, %]/g, "");

// a persona's id is its nickname, filled up with zeros
const personaOf = nickname => hex(new TextEncoder().encode(nickname)).padEnd(66, "0");

// a decimal as its smallest units
export function unitsOf(text, decimals) {
  const found = /^([0-9]+)(?:\.([0-9]*))?$/.exec(digits(text));
  if (!found) return null;
  const part = (found[2] || "").replace(/0+$/, "");
  if (part.length > decimals) return null;
  return BigInt(found[1]) * 10n ** BigInt(decimals) + BigInt(part.padEnd(decimals, "0") || "0");
}

// the same number but for where the point stands: for tokens whose decimals this page does not know
export function sameDigits(text, units) {
  for (let decimals = 0; decimals <= 36; decimals++) if (unitsOf(text, decimals) === BigInt(units)) return true;
  return false;
}

// The registry makes the token's implementation first (nonce 1) and then nothing but one token a community, in order; so a
// token's address follows from its community's number, and nobody can put another one in its place. Yellow Paper, section 7.
export function tokenOf(registryAddress, community) {
  return createdBy(registryAddress, BigInt(community) + 1n);
}

function createdBy(maker, nonce) {
  const digits = nonce.toString(16);
  const raw = bytesOf(`0x${digits.length % 2 ? "0" : ""}${digits}`);
  const number = raw.length === 1 && raw[0] < 0x80 ? raw : [0x80 + raw.length, ...raw];
  const body = [0x94, ...bytesOf(maker), ...number];
  return hex(keccak256(Uint8Array.from([0xc0 + body.length, ...body])).slice(12));
}

// Memberships makes the pattern first (nonce 1), then one clone a community, at an address that follows from what stands
// behind its code: token and id. OpenZeppelin's Clones; EIP-1014.
export function membershipOf(contracts, community) {
  const pattern = createdBy(contracts.Memberships, 1n);
  const behind = tokenOf(contracts.CommunityRegistry, community).slice(2) + BigInt(community).toString(16).padStart(16, "0");
  const code = `0x61004d3d81600a3d39f3363d3d373d3d3d363d73${pattern.slice(2)}5af43d82803e903d91602b57fd5bf3${behind.padStart(64, "0")}`;
  const salted = `0xff${contracts.Memberships.slice(2)}${"0".repeat(64)}${hex(keccak256(bytesOf(code))).slice(2)}`;
  return hex(keccak256(bytesOf(salted)).slice(12));
}

export function readTerms(terms) {
  const [seller, , currency, unitPrice, arbiterFee, arbiter, backup, onlyBuyer, rules, clocks, , , extras] = terms;
  return {
    seller, currency, arbiter, backup, onlyBuyer, extras, clocks: BigInt(clocks),
    unitPrice: BigInt(unitPrice), arbiterFee: BigInt(arbiterFee), rules: BigInt(rules),
  };
}

const termsOf = values => readTerms(values[0]);
const rule = (terms, bit, mask) => (terms.rules >> BigInt(bit)) & BigInt(mask);
// above the times: who may buy, who pays less, and by how much. TermsClocks.sol
const buyerLevel = terms => (terms.clocks >> 200n) & 0xffn;
const memberLevel = terms => (terms.clocks >> 208n) & 0xffn;
const memberDiscount = terms => (terms.clocks >> 216n) & 0xffffn;

// what one may cost: what everybody pays, and what members pay, where the terms have such a price (rounded up)
function pricesOf(terms) {
  const members = terms.unitPrice - (terms.unitPrice * memberDiscount(terms)) / 10_000n;
  return memberLevel(terms) ? [terms.unitPrice, members] : [terms.unitPrice];
}

// what a purchase costs: of the prices that the terms have the one that its own bound is of, else everybody's
function totalOf(terms, quantity, maxTotal) {
  const totals = pricesOf(terms).map(price => price * BigInt(quantity));
  return totals.find(total => total === BigInt(maxTotal)) ?? totals[0];
}

// a price that a page showed must be one of the terms', and no more may be paid than it comes to
export const isWithin = (shown, terms, quantity, maxTotal) =>
  pricesOf(terms).some(price => String(price) === shown) && BigInt(maxTotal) <= BigInt(shown) * BigInt(quantity);

// a file is bought with a point to which its key is wrapped, and nothing else is
const isFile = terms => rule(terms, 0, 0xff) === 1n;
const fitsPoint = (terms, [, , , , , x, y]) => (isFile(terms) ? BigInt(x) !== 0n || BigInt(y) !== 0n : BigInt(x) === 0n && BigInt(y) === 0n);

const referralBps = terms => rule(terms, 32, 0xffff);
// what has only its signature still to come: a permit, or the list of a cart's permits
const withoutSignature = last => (Array.isArray(last[0]) ? last.map(([currency, permit]) => [currency, permit.slice(0, 2)]) : last.slice(0, 2));

export const unsigned = (name, values) => (name === "lockWithPermit" ? values.slice(0, 2) : [...values.slice(0, -1), withoutSignature(values.at(-1))]);

// items of a cart: terms, quantity, maxTotal, maxFeeBps, purchase
function cartDue(items, currency) {
  return items
    .filter(([terms]) => same(terms[2], currency))
    .reduce((sum, [terms, quantity, maxTotal]) => sum + totalOf(readTerms(terms), quantity, maxTotal), 0n);
}

function checkCart(values, intent, expect) {
  const [items, , permits] = values;
  items.forEach(([terms, quantity, maxTotal, , purchase], i) => {
    const read = readTerms(terms);
    expect(`maxTotal ${i}`, BigInt(maxTotal) === totalOf(read, quantity, maxTotal), maxTotal);
    expect(`payer ${i}`, same(purchase[1], intent.from), purchase[1]);
    expect(`holder ${i}`, same(purchase[2], intent.from), purchase[2]);
    expect(`arbiter ${i}`, same(purchase[4], read.arbiter), purchase[4]);
    expect(`point ${i}`, !isFile(read) && fitsPoint(read, purchase), purchase[5]);
  });
  expect("permits", permits.length < 2, permits.length);
  for (const [currency, permit] of permits) {
    const due = cartDue(items, currency);
    expect("permit", due > 0n && BigInt(permit[0]) === due, permit[0]);
  }
}

// who may be allowed to take tokens; a form says which of the two
function spendersOf(form, { contracts }) {
  if (!form) return [contracts.Market, contracts.Curves, contracts.Claims, contracts.Blueprints];
  if (/^\/l\/[^/]+\/make$/.test(form.path)) return [contracts.Blueprints];
  const [, area] = /^\/c\/\d+\/(curve|claims)\//.exec(form.path) || [];
  return [{ curve: contracts.Curves, claims: contracts.Claims }[area] || contracts.Market];
}

// what a claim costs, smallest unit of the currency, rounded up
const claimCost = (units, price) => (BigInt(units) * BigInt(price) + WHOLE_TOKEN - 1n) / WHOLE_TOKEN;

// A call about a claim phase: whose token it hands out, and of a claim the cost, the receiver and the proof. Gives the ETH that
// goes along.
function checkClaims({ from, subject, call }, registry, readers, expect) {
  const [phase, units, allowance, proof, maxCost, to] = call.values;
  const [token, community, number, , , , , price, currency, root] = phase;
  const known = /^[1-9]\d{0,18}$/.test(subject) && subject === String(community);
  expect("token", known && same(token, tokenOf(registry.contracts.CommunityRegistry, subject)), token);
  if (call.function !== "claim") return 0n;
  const cost = claimCost(units, price);
  expect("maxCost", BigInt(maxCost) === cost, maxCost);
  expect("to", same(to, from), to);
  if (BigInt(root)) expect("proof", same(readers.leadsTo(readers.leafOf(token, number, from, allowance), proof), root), proof.length);
  return BigInt(currency) === 0n ? cost : 0n;
}

// A trade or an opening: whose token, who gets what comes out of it. Gives the ETH that goes along; which currency a curve
// has stands in its opening alone, so elsewhere the form says it, or the ETH that goes along must be the bound itself.
function checkCurve({ from, subject, value, call }, registry, form, expect) {
  const { function: name, values } = call;
  const known = /^[1-9]\d{0,18}$/.test(subject);
  expect("token", known && same(values[0], tokenOf(registry.contracts.CommunityRegistry, subject)), values[0]);
  if (/^(buy|sell)/.test(name)) expect("to", same(values[4], from), values[4]);
  if (name === "buyWithPermit") expect("permit", BigInt(values[5][0]) === BigInt(values[2]), values[5][0]);
  if (name === "sellWithPermit") expect("permit", BigInt(values[5][0]) === BigInt(values[1]), values[5][0]);
  if (name === "open") return BigInt(values[1][0]) === 0n ? BigInt(values[2]) + BigInt(values[4]) : 0n;
  const inEth = form?.fields.currency ? same(form.fields.currency, ZERO) : BigInt(value) !== 0n;
  return name === "buy" && inEth ? BigInt(values[2]) : 0n;
}

// what reads the links that forms of few actions carry; other pages do not load it
export async function readersFor(action) {
  if (action.startsWith("splits.")) return import("./split-check.js");
  if (action === "market.settle_signed") return import("./settlement.js");
  if (action.startsWith("claims.")) return import("./claim-list.js");
  if (action.startsWith("proposals.")) return import("./proposal-check.js");
  if (action === "market.buy_many") return import("./cart-check.js");
  if (action === "curves.open") return import("./curve-check.js");
  if (action === "market.list" || action.startsWith("designs.")) return import("./design-check.js");
  if (/^keys\.|_file$|^market\.claim_bad_key$/.test(action)) return import("./file-check.js");
  return {};
}

// readers: what readersFor gives for the intent's action
export function check({ intent, registry, abi, marketAbi, form, shownValue, readers }) {
  const wrong = [];
  const expect = (what, ok, found) => { if (!ok) wrong.push(`${what}: ${String(found).slice(0, 120)}`); };
  const { contract, function: name, values } = intent.call;
  const market = registry.contracts.Market;

  const [itsContract, ...itsFunctions] = FUNCTIONS[intent.action] || [];
  expect("action", itsContract === contract && itsFunctions.includes(name), `${intent.action} → ${contract}.${name}`);
  expect("chainId", intent.chainId === registry.chainId, intent.chainId);
  if (registry.contracts[contract]) expect("to", same(intent.to, registry.contracts[contract]), intent.to);
  else expect("to", !Object.values(registry.contracts).some(address => same(address, intent.to)), intent.to);

  expect("genesis", same(intent.genesisHash, registry.genesisHash), intent.genesisHash);
  if (contract === "CommunityToken") {
    const known = /^[1-9]\d{0,18}$/.test(intent.subject);
    expect("token", known && same(intent.to, tokenOf(registry.contracts.CommunityRegistry, intent.subject)), intent.to);
  }

  if (contract === "Membership") {
    const known = /^[1-9]\d{0,18}$/.test(intent.subject);
    expect("membership", known && same(intent.to, membershipOf(registry.contracts, intent.subject)), intent.to);
  }

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
  const termsPart = marketAbi.find(part => part.name === "list").inputs[0];
  const listingOf = terms => hashOf([{ type: "uint256" }, { type: "address" }, termsPart], [String(registry.chainId), market, terms]);
  let due = 0n;
  if (["Market", "Reviews", "Blueprints"].includes(contract) && entry.inputs[0]?.name === "terms") {
    const terms = termsOf(values);
    const inEth = BigInt(terms.currency) === 0n;
    const listing = listingOf(values[0]);
    let key = "";
    if (intent.action === "market.buy") {
      const total = totalOf(terms, values[1], values[2]);
      if (inEth) due = total;
      expect("maxTotal", BigInt(values[2]) === total, values[2]);
      const purchase = values[5];
      expect("payer", same(purchase[1], intent.from), purchase[1]);
      expect("arbiter", same(purchase[4], terms.arbiter), purchase[4]);
      expect("point", fitsPoint(terms, purchase), purchase[5]);
      const ref = hashOf([marketAbi.find(part => part.name === "buy").inputs[5]], [purchase]);
      key = hashOf([{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }], [listing, purchase[2], ref]);
      if (name === "buyWithPermit") expect("permit", BigInt(values[6][0]) === total, values[6][0]);
    } else if (entry.inputs[1]?.name === "holder") {
      key = hashOf([{ type: "bytes32" }, { type: "address" }, { type: "bytes32" }], [listing, values[1], values[2]]);
      // a party's own stake may come out of the free bond, and then no ETH goes along
      const stakes = ["market.dispute", "market.stake"].includes(intent.action);
      const itsOwn = intent.action === "market.dispute" || same(terms.seller, intent.from);
      const fromBond = itsOwn && (form ? Boolean(form.fields.from_bond) : value === 0n);
      if (inEth && stakes && !fromBond) due = terms.arbiterFee;
    }
    if (/^market\.list/.test(intent.action)) {
      expect("seller", same(terms.seller, intent.from), terms.seller);
      expect("kind", isFile(terms) === (intent.action === "market.list_file"), terms.rules);
    }
    expect("subject", same(intent.subject, key || listing), intent.subject);
    compareIds(form, listing, key, expect);
  }
  if (name === "buyMany") {
    due = cartDue(values[0], ZERO);
    checkCart(values, intent, expect);
  }
  if (name === "depositBond") {
    expect("account", same(values[0], intent.from), values[0]);
    if (BigInt(values[1]) === 0n) due = BigInt(values[2]);
  }
  if (name === "listWithExtras") {
    const hash = hashOf([entry.inputs[2]], [values[2]]);
    expect("extras", same(hash, termsOf(values).extras), hash);
  }
  if (contract === "Splits") {
    // create is about no split yet; collect names its ledger and its currency first; approve is about a change, by its hash
    const splitId = { create: "", collect: values[2] }[name] ?? values[0];
    expect("subject", intent.subject === String(splitId), intent.subject);
    const ledger = intent.action === "splits.collect_makes" ? registry.contracts.Blueprints : market;
    if (name === "collect") expect("ledger", same(values[0], ledger), values[0]);
  }
  if (contract === "Personas") {
    const persona = { commit: "", claim: personaOf(values[0]) }[name] ?? values[0];
    expect("subject", intent.subject === persona, intent.subject);
    if (name === "offer") expect("to", same(values[1], ZERO) === (intent.action === "personas.withdraw_offer"), values[1]);
    if (name === "setProfile") expect("profile", values[1].endsWith(`/content/${values[2]}`), values[1]);
  }
  if (intent.action.startsWith("curves.")) due = checkCurve(intent, registry, form, expect);
  if (intent.action.startsWith("claims.")) due = checkClaims(intent, registry, readers, expect);
  if (readers.checkFile) readers.checkFile(intent, entry.inputs, expect);
  if (intent.action.startsWith("designs.")) due = readers.checkDesign(intent, form, expect);
  if (contract === "Memberships" || contract === "Governors") expect("subject", intent.subject === String(values[0]), intent.subject);
  if (intent.action === "members.withdraw") expect("account", same(values[0], intent.from), values[0]);
  if (contract === "CommunityGovernor") expect("subject", same(intent.subject, proposalOf(intent)), intent.subject);
  expect("value", value === due, value);
  if (shownValue !== null) expect("value shown", value === BigInt(shownValue), shownValue);
  if (intent.action === "token.approve") expect("spender", spendersOf(form, registry).some(one => same(values[0], one)), values[0]);
  if (intent.permit) checkPermit(intent, registry, expect, form);
  if (form) compareForm(form, intent, registry, { listingOf, inputs: entry.inputs, ...readers }, expect);
  return wrong;
}

function compareIds(form, listing, key, expect) {
  const found = form && /^\/([lo])\/(0x[0-9a-f]{64})\//.exec(form.path);
  if (found) expect(found[1] === "l" ? "listing" : "order", same(found[2], found[1] === "l" ? listing : key), found[2]);
}

// what a call of a governor is about: a proposal by its number, or the governor itself where that is new
function proposalOf({ to, call }) {
  if (call.function === "propose") return to;
  if (call.function.startsWith("castVote")) return `0x${BigInt(call.values[0]).toString(16).padStart(64, "0")}`;
  return hashOf([{ type: "address[]" }, { type: "uint256[]" }, { type: "bytes[]" }, { type: "bytes32" }], call.values);
}

// what an approval must say: the token, how much of it, until when, and who may take it
function permitOf({ action, call, subject, to }, registry, form) {
  const { values } = call;
  const { Market, Curves } = registry.contracts;
  if (action === "market.buy_many") {
    const token = values[2][0]?.[0];
    return { token, total: cartDue(values[0], token), deadline: values[1], spender: Market };
  }
  if (action === "members.lock") {
    return { token: tokenOf(registry.contracts.CommunityRegistry, subject), total: BigInt(values[0]), deadline: values[1], spender: to };
  }
  // in which currency a curve trades, the call does not say
  if (action === "curves.buy") return { token: form?.fields.currency, total: BigInt(values[2]), deadline: values[3], spender: Curves };
  if (action === "curves.sell") return { token: values[0], total: BigInt(values[1]), deadline: values[3], spender: Curves };
  return { token: values[0][2], total: BigInt(values[2]), deadline: values[4], spender: Market };
}

// the approval lets one of our contracts, or a membership, take exactly the total, once, until the call's own deadline
export function checkPermit(intent, registry, expect, form = null) {
  const { domain, message, primaryType, types } = intent.permit;
  const { token, total, deadline, spender } = permitOf(intent, registry, form);
  expect("permit type", primaryType === "Permit", primaryType);
  const wanted = ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"].join();
  expect("permit fields", (types.Permit || []).map(f => `${f.name}:${f.type}`).join() === wanted, JSON.stringify(types.Permit));
  expect("permit chain", String(domain.chainId) === String(registry.chainId), domain.chainId);
  if (token !== undefined) expect("permit token", same(domain.verifyingContract, token), domain.verifyingContract);
  expect("permit owner", same(message.owner, intent.from), message.owner);
  expect("permit spender", same(message.spender, spender), message.spender);
  expect("permit value", BigInt(message.value) === total, message.value);
  expect("permit deadline", String(message.deadline) === String(deadline), message.deadline);
}

// tools: the ids of listings, the types of the call's arguments, and what reads the links of this action
function compareForm(form, intent, registry, tools, expect) {
  const { values } = intent.call;
  const f = form.fields;
  const line = FORMS.map(([pattern, actions]) => [pattern.exec(form.path), actions]).find(([found]) => found);
  if (!line) return;
  const [found, actions] = line;
  expect("form", actions.map(a => a.replace(/\$(\d)/, (_, place) => found[place])).includes(intent.action), `${form.path} → ${intent.action}`);
  const number = (what, typed, value) => expect(what, digits(typed) === String(value), value);
  const amount = (what, typed, value) => expect(what, unitsOf(typed, ETH_DECIMALS) === BigInt(value), value);
  // in the order's own currency, whose decimals this page does not know unless it is ETH
  const money = (what, typed, value) =>
    expect(what, BigInt(values[0][2]) === 0n ? unitsOf(typed, ETH_DECIMALS) === BigInt(value) : sameDigits(typed, value), value);
  const percent = (what, typed, value) => expect(what, unitsOf(typed, 2) === BigInt(value), value);
  const address = (what, typed, value) => expect(what, same((typed || "").trim() || ZERO, value), value);
  if (/^(tokens|members|claims)\./.test(intent.action)) number("community", found[1], intent.subject);
  if (found[4] && intent.action.startsWith("proposals.")) {
    expect("governor", same(found[2], intent.to), intent.to);
    expect("proposal", same(found[3], intent.subject), intent.subject);
  }
  switch (intent.action) {
    case "market.buy":
      number("quantity", f.quantity, values[1]);
      if (f.price_shown) expect("price shown", isWithin(f.price_shown, termsOf(values), values[1], values[2]), f.price_shown);
      // what was shown, and the referrer's part where the form names one
      number("commission", String(BigInt(digits(f.fee_shown) || "0") + (f.referrer?.trim() ? referralBps(termsOf(values)) : 0n)), values[3]);
      address("referrer", f.referrer, values[5][3]);
      address("holder", f.recipient === "other" ? f.holder : intent.from, values[5][2]);
      // the private note: the hash of what this browser sealed, and the seller whose key it was sealed to
      expect("note", same(f.sealed || NO_HASH, values[5][7]), values[5][7]);
      if (f.sealed) expect("note's reader", same(f.sealed_to, values[0][0]), values[0][0]);
      if (isFile(termsOf(values))) {
        expect("salt", same(f.purchase_salt, values[5][0]), values[5][0]);
        expect("key's point", same(f.key_x, values[5][5]) && same(f.key_y, values[5][6]), values[5][5]);
      }
      break;
    case "market.deliver":
      if (f.sealed || !f.note) expect("note", same(f.sealed || NO_HASH, values.at(-1)), values.at(-1));
      break;
    case "market.list":
    case "market.list_file": {
      const terms = termsOf(values);
      const inEth = BigInt(terms.currency) === 0n;
      address("currency", f.currency === "other" ? f.other_currency : f.currency, terms.currency);
      expect("price", inEth ? unitsOf(f.price, ETH_DECIMALS) === terms.unitPrice : sameDigits(f.price, terms.unitPrice), terms.unitPrice);
      number("quantity", f.quantity, values[1]);
      address("arbiter", f.arbiter, terms.arbiter);
      address("backup", f.backup_arbiter, terms.backup);
      address("only buyer", f.only_buyer, terms.onlyBuyer);
      percent("commission", f.max_fee, rule(terms, 16, 0xffff));
      percent("bond", f.bond || "0", rule(terms, 48, 0xffff));
      percent("referral", f.referral || "0", referralBps(terms));
      number("units of one buyer", f.per_buyer || "0", rule(terms, 160, 0xffffffff));
      expect("split", (f.split || "0.0") === `${rule(terms, 96, 0xffffffffffffffffn)}.${rule(terms, 64, 0xffffffff)}`, terms.rules);
      number("who may buy", f.buyer_level || "0", buyerLevel(terms));
      number("who pays less", f.member_level || "0", memberLevel(terms));
      percent("members' discount", f.member_discount || "0", memberDiscount(terms));
      expect("clocks", terms.clocks >> 232n === 0n, terms.clocks);
      if (intent.action === "market.list") {
        tools.compareExtras(f, values[2], terms, expect);
        tools.compareMake(f, values[0], expect);
      }
      if (intent.action === "market.list_file") tools.compareFile(f, found, intent, expect);
      break;
    }
    case "token.approve":
      if (/^\/l\/[^/]+\/make$/.test(form.path)) {
        address("currency", f.currency, intent.to);
        expect("amount", BigInt(f.fee) * BigInt(linesOf(f.serials).length) === BigInt(values[1]), values[1]);
      }
      if (/^\/l\//.test(form.path) && f.price_shown) {
        expect("amount", BigInt(values[1]) <= (unitsOf(f.price_shown, 0) ?? 0n) * (unitsOf(f.quantity, 0) ?? 0n), values[1]);
      }
      if (/\/curve\//.test(form.path)) compareCurveApproval(f, intent, registry, found, expect);
      if (/\/claims\//.test(form.path)) {
        address("currency", f.currency, intent.to);
        expect("amount", claimCost(unitsOf(f.amount, ETH_DECIMALS) ?? 0n, f.price) === BigInt(values[1]), values[1]);
      }
      if (form.path !== "/bonds/deposit") break;
      address("currency", f.currency, intent.to);
      expect("amount", sameDigits(f.amount, values[1]), values[1]);
      break;
    case "market.buy_many":
      tools.compareCart(f, values[0], tools.listingOf, expect);
      break;
    case "market.deposit_bond":
    case "market.withdraw_bond": {
      const [currency, units] = values.slice(-2);
      address("currency", intent.action === "market.deposit_bond" ? f.currency : found[1], currency);
      expect("amount", BigInt(currency) === 0n ? unitsOf(f.amount, ETH_DECIMALS) === BigInt(units) : sameDigits(f.amount, units), units);
      break;
    }
    case "curves.buy":
      number("community", found[1], intent.subject);
      number("tokens", f.units, values[1]);
      number("bound", f.bound, values[2]);
      if (f.by === "money") expect("spent", same(f.currency, ZERO) ? unitsOf(f.amount, ETH_DECIMALS) === BigInt(values[2]) : sameDigits(f.amount, values[2]), values[2]);
      else amount("amount", f.amount, values[1]);
      break;
    case "curves.sell":
      number("community", found[1], intent.subject);
      amount("amount", f.amount, values[1]);
      number("bound", f.bound, values[2]);
      break;
    case "curves.swap":
      number("community", found[1], intent.subject);
      amount("amount", f.amount, values[1]);
      expect("other", same(values[2], tokenOf(registry.contracts.CommunityRegistry, f.other)), values[2]);
      number("tokens", f.units, values[3]);
      break;
    case "curves.open":
      number("community", found[1], intent.subject);
      tools.compareCurve(f, values, expect);
      break;
    case "claims.open":
      tools.comparePhase(f, values[0], expect);
      break;
    case "claims.close":
      number("phase", found[2], values[0][2]);
      break;
    case "claims.claim":
      number("phase", found[2], values[0][2]);
      expect("terms of the phase", same(f.key, hashOf([tools.inputs[0]], [values[0]])), f.key);
      amount("amount", f.amount, values[1]);
      break;
    case "tokens.mint_batch":
      expect("lines", same(values[0].map((account, i) => `${account},${values[1][i]}`).join("\n"), (f.entries || "").replace(/\r\n/g, "\n")), values[0].length);
      break;
    case "splits.create":
      tools.comparePayees(f, values, expect);
      break;
    case "splits.sweep":
      number("split", found[1], values[0]);
      address("currency", f.currency === "other" ? f.other_currency : f.currency, values[1]);
      break;
    case "splits.move":
      number("split", found[1], values[0]);
      number("seat", found[2], values[1]);
      address("to", f.new_payee, values[2]);
      break;
    case "splits.collect":
    case "splits.collect_makes":
      number("split", found[1], values[2]);
      number("version", found[2], values[3]);
      address("currency", found[3], values[1]);
      break;
    case "splits.claim":
      ["split", "version", "place"].forEach((what, i) => number(what, found[i + 1], values[i]));
      address("currency", found[4], values[3]);
      address("to", f.to, values[4]);
      break;
    case "splits.send":
      ["split", "version", "place"].forEach((what, i) => number(what, found[i + 1], values[i]));
      address("currency", found[4], values[3]);
      address("payee", f.payee, values[4]);
      break;
    case "splits.propose":
    case "splits.change":
      number("split", found[1], values[0]);
      tools.compareChange(f, intent, expect);
      break;
    case "splits.approve":
    case "splits.disapprove": {
      const change = tools.readChange(f.link);
      const hash = change && tools.hashOfChange({ chainId: registry.chainId, splits: registry.contracts.Splits, split: found[1], change });
      expect("change", same(hash, values[0]), values[0]);
      expect("approved", values[1] === (intent.action === "splits.approve"), values[1]);
      break;
    }
    case "members.set_tiers": {
      const lines = linesOf(f.tiers);
      expect("tiers", lines.map(line => unitsOf(line, ETH_DECIMALS)).join() === values[0].join(), values[0].join());
      break;
    }
    case "members.lock":
    case "members.request_unlock":
      amount("amount", f.amount, values[0]);
      break;
    case "members.cancel_unlock":
    case "members.withdraw":
      number("unlock", found[2], values.at(-1));
      break;
    case "members.delegate":
      address("to", f.to, values[0]);
      break;
    case "proposals.open_governor":
      number("community", found[1], values[0]);
      tools.compareRules(f, values[1], expect);
      break;
    case "proposals.propose":
      tools.compareProposal(form, found, intent, registry, expect);
      break;
    case "proposals.vote":
      expect("vote", { against: "0", for: "1", abstain: "2" }[f.choice] === String(values[1]), values[1]);
      expect("reason", spelled(f.reason) === (values[2] ?? ""), values[2]);
      break;
    case "personas.commit":
      expect("commitment", same(f.commitment, values[0]), values[0]);
      break;
    case "personas.claim":
      expect("nickname", f.nickname === values[0], values[0]);
      expect("salt", same(f.salt, values[1]), values[1]);
      break;
    case "personas.offer":
      address("to", f.to, values[1]);
      break;
    case "personas.accept":
      expect("nickname", personaOf(decodeURIComponent(found[1])) === values[0], values[0]);
      break;
    case "personas.retire":
      expect("nickname", personaOf(f.typed.trim()) === values[0], values[0]);
      break;
    case "market.set_paused":
      expect("paused", (f.paused === "1") === values[1], values[1]);
      break;
    case "market.set_quantity_limit":
      number("expected", f.expected, values[1]);
      number("quantity", f.quantity, values[2]);
      break;
    case "market.release":
    case "market.refund_part":
    case "market.offer":
      number("in escrow", f.expected, values[3]);
      money("amount", f.amount, values[4]);
      break;
    case "market.extend":
      number("deadline", f.clock, values[3]);
      expect("more time", BigInt(f.clock) + BigInt(digits(f.more)) * SECONDS[f.more_unit] === BigInt(values[4]), values[4]);
      break;
    case "market.transfer":
      address("to", f.to, values[3]);
      break;
    case "market.accept_offer":
      number("to the buyer", f.to_holder, values[3]);
      break;
    case "market.settle_signed": {
      const link = tools.readLink(f.link);
      expect("to the buyer", link?.toHolder === BigInt(values[3]), values[3]);
      expect("until", String(link?.until) === String(values[4]), values[4]);
      expect("signature", same(link?.signature, values[5]), values[5]);
      break;
    }
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
    case "market.deliver_file":
    case "market.claim_bad_key":
    case "keys.ask":
    case "keys.answer":
      tools.compareFile(f, found, intent, expect);
      break;
    case "designs.publish":
    case "designs.claim":
    case "designs.make":
    case "designs.hand_on":
      tools.compareDesign(f, found, intent, expect);
      break;
    case "reviews.review":
      number("rating", f.rating, values[3]);
    // falls through
    case "reviews.reply":
      expect("text", same(textHash(f.text), values.at(-1)), values.at(-1));
      break;
    case "communities.set_fee":
      number("community", found[1], values[0]);
      percent("commission", f.fee, values[1]);
      break;
    case "communities.set_waivers":
      number("community", found[1], values[0]);
      number("waived of sales in its token", f.token_waiver, values[1]);
      number("waived of members' sales", f.member_waiver, values[2]);
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
      [["claim_allocation", "Claims", 9], ["curve_allocation", "Curves", 11]].forEach(([name, contract, at]) => {
        const [minter, units] = values[0].slice(at, at + 2);
        amount(name, f[name] || "0", units);
        expect(contract, same(minter, BigInt(units) ? registry.contracts[contract] : ZERO), minter);
      });
      break;
    case "credits.withdraw":
    case "credits.withdraw_claims":
    case "credits.withdraw_curves":
    case "credits.withdraw_blueprints": {
      const [owner, currency, to, units] = intent.call.function === "withdrawFrom" ? values : [intent.from, ...values];
      const [itsOwner, itsCurrency] = found.slice(-2);
      expect("account", same(itsOwner, owner), owner);
      expect("currency", same(itsCurrency, currency), currency);
      address("to", f.to, to);
      expect("amount", BigInt(currency) === 0n ? unitsOf(f.amount, ETH_DECIMALS) === BigInt(units) : sameDigits(f.amount, units), units);
      break;
    }
  }
}

// what is allowed before a trade or an opening: the bound of it, in its own currency
function compareCurveApproval(f, intent, registry, found, expect) {
  const { values } = intent.call;
  if (found[2] === "swap") {
    expect("currency", same(intent.to, tokenOf(registry.contracts.CommunityRegistry, found[1])), intent.to);
    expect("amount", unitsOf(f.amount, ETH_DECIMALS) === BigInt(values[1]), values[1]);
    return;
  }
  const currency = f.currency === "other" ? f.other_currency : f.currency;
  expect("currency", same(currency?.trim(), intent.to), intent.to);
  const due = found[2] === "buy" ? BigInt(f.bound || 0) : BigInt(f.backing || 0) + BigInt(f.first_total || 0);
  expect("amount", due === BigInt(values[1]), values[1]);
}

export const spelled = text => (text || "").normalize("NFC").replace(/\r\n/g, "\n").trim();

// what stands on the lines of a field, without empty ones
export const linesOf = text => (text || "").split("\n").map(line => line.trim()).filter(Boolean);

// a text as the server keeps it, by its hash; zeros where there is none
const textHash = text => (spelled(text) ? hex(keccak256(new TextEncoder().encode(spelled(text)))) : `0x${"0".repeat(64)}`);

// when a day begins, unix time as text
export function dayOf(text) {
  return text?.trim() ? String(Date.parse(`${text.trim()}T00:00:00Z`) / 1000) : "0";
}

// a time as its two fields say it
export function secondsOf(f, name) {
  return BigInt(digits(f[name]) || "0") * (f[`${name}_unit`] === "hours" ? 3600n : 86400n);
}
