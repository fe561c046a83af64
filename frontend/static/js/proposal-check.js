// What a proposal and a governor's rules say, beside what was typed for them.

import { encodeCall, hex, selectorOf } from "./abi.js";
import { digits, dayOf, ETH_DECIMALS, same, sameDigits, secondsOf, spelled, tokenOf, unitsOf, ZERO } from "./check.js";

export function compareRules(f, rules, expect) {
  const [delay, period, timelock, quorum, floor, threshold, members, veto] = rules;
  for (const [name, value] of [["voting_delay", delay], ["voting_period", period], ["timelock_delay", timelock]]) {
    expect(name, secondsOf(f, name) === BigInt(value), value);
  }
  expect("quorum", unitsOf(f.quorum, 2) === BigInt(quorum), quorum);
  expect("least quorum", unitsOf(f.quorum_floor, ETH_DECIMALS) === BigInt(floor), floor);
  expect("votes to propose", unitsOf(f.threshold, ETH_DECIMALS) === BigInt(threshold), threshold);
  expect("members", digits(f.min_members) === String(members), members);
  expect("veto", dayOf(f.veto_until) === String(veto), veto);
}

const numbered = (name, ...types) => ({ name, inputs: types.map(type => ({ type })) });

// the calls that were added before, each as it was typed in this tab, then the one of this form, and the words that go with them
export function compareProposal(form, [, community, kind], intent, registry, expect) {
  const f = form.fields;
  const [targets, wei, data, words] = intent.call.values;
  const text = spelled(`${spelled(f.title)}\n\n${spelled(f.why)}`);
  expect("words", same(words.split("#proposer=")[1], intent.from) && words.startsWith(`${text}\n\n#proposer=`), words);
  const kept = Object.keys(f).filter(name => /^kept-\d+-call$/.test(name)).map(name => f[name]);
  const count = kept.length + (kind === "review" ? 0 : 1);
  expect("calls", [targets, wei, data].every(list => list.length === count), targets.length);
  kept.forEach((call, i) => {
    expect(`call ${i + 1}`, call === `${targets[i]?.toLowerCase()} ${wei[i]} ${data[i]}`, call);
    expect(`call ${i + 1} as it was typed`, wasTyped([targets[i], wei[i], data[i]], community, form.earlier, registry), call);
  });
  if (kind !== "review") compareCall(f, community, kind, [targets.at(-1), wei.at(-1), data.at(-1)], registry, expect);
}

function wasTyped(call, community, earlier, registry) {
  return (earlier || []).some(({ path, fields }) => {
    const [, place, kind] = /^\/c\/(\d+)\/proposals\/new\/([a-z]+)$/.exec(path) || [];
    let fits = place === community;
    try {
      if (fits) compareCall(fields, community, kind, call, registry, (what, holds) => { fits &&= holds; });
    } catch {
      return false; // what was typed is no amount, or no number
    }
    return fits;
  });
}

// the one call that each kind of form makes
function compareCall(f, community, kind, [target, wei, data], registry, expect) {
  const { CommunityRegistry: office } = registry.contracts;
  const token = tokenOf(office, community);
  const is = (meant, units, call) => {
    expect("target", same(meant, target), target);
    expect("wei", units === BigInt(wei), wei);
    if (call !== null) expect("call", same(call, data), data);
  };
  if (kind === "fee") is(office, 0n, encodeCall(numbered("setFeeBps", "uint64", "uint16"), [community, String(unitsOf(f.fee, 2))]));
  else if (kind === "waivers") is(office, 0n, encodeCall(numbered("setWaivers", "uint64", "uint8", "uint8"), [community, digits(f.token_waiver), digits(f.member_waiver)]));
  else if (kind === "accept") is(office, 0n, encodeCall(numbered("acceptStewardship", "uint64"), [community]));
  else if (["describe", "arbiter", "recognise"].includes(kind)) {
    is(token, 0n, null);
    expect("call", data.startsWith(hex(selectorOf(numbered("setContractURI", "string", "bytes32")))), data);
  } else if (kind === "call") {
    is(f.target.trim(), unitsOf(f.value || "0", ETH_DECIMALS), f.data?.trim() || "0x");
  } else {
    const currency = f.currency === "other" ? f.other_currency.trim() : f.currency;
    if (same(currency, ZERO)) is(f.to.trim(), unitsOf(f.amount, ETH_DECIMALS), "0x");
    else {
      const units = BigInt(`0x${data.slice(-64)}`);
      is(currency, 0n, encodeCall(numbered("transfer", "address", "uint256"), [f.to.trim(), String(units)]));
      expect("amount", same(currency, token) ? unitsOf(f.amount, ETH_DECIMALS) === units : sameDigits(f.amount, units), units);
    }
  }
}
