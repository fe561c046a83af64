// An agreement that one side signs: is what the server wants signed what the form said? And the link that carries it.

const FIELDS = ["order:bytes32", "holder:address", "remaining:uint256", "toHolder:uint256", "basis:bytes32", "sequence:uint256", "deadline:uint256"];
const DOMAIN = ["name:string", "version:string", "chainId:uint256", "verifyingContract:address"];
const LATE_S = 600; // the page may have been open for a while, and a chain's clock is not this computer's
const LINK = /^to=([0-9]{1,39})&until=([0-9]{1,12})&mark=([0-9a-f]{16})&sig=(0x(?:[0-9a-fA-F]{2}){1,2000})$/;

const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
const fieldsOf = (types, name) => (types?.[name] || []).map(part => `${part.name}:${part.type}`).join();

// gives a list of what differs. wanted: chainId, market, order, holder, remaining, toHolder (smallest units) and deadline
export function checkSettlement(typed, wanted) {
  const wrong = [];
  const expect = (what, ok, found) => { if (!ok) wrong.push(`${what}: ${String(found).slice(0, 120)}`); };
  const { domain = {}, message = {}, primaryType, types } = typed || {};
  expect("type", primaryType === "Settlement", primaryType);
  expect("types", Object.keys(types || {}).sort().join() === "EIP712Domain,Settlement", Object.keys(types || {}));
  expect("fields", fieldsOf(types, "Settlement") === FIELDS.join(), fieldsOf(types, "Settlement"));
  expect("domain fields", fieldsOf(types, "EIP712Domain") === DOMAIN.join(), fieldsOf(types, "EIP712Domain"));
  expect("domain name", domain.name === "Dokkaebi Market" && domain.version === "1", `${domain.name} ${domain.version}`);
  expect("chain", String(domain.chainId) === String(wanted.chainId), domain.chainId);
  expect("market", same(domain.verifyingContract, wanted.market), domain.verifyingContract);
  expect("order", same(message.order, wanted.order), message.order);
  expect("holder", same(message.holder, wanted.holder), message.holder);
  expect("remaining", String(message.remaining) === String(wanted.remaining), message.remaining);
  expect("toHolder", String(message.toHolder) === String(wanted.toHolder), message.toHolder);
  expect("deadline", Number(message.deadline) <= wanted.deadline + LATE_S, message.deadline);
  return wrong;
}

export const linkOf = ({ toHolder, deadline, mark, signature }) => `to=${toHolder}&until=${deadline}&mark=${mark}&sig=${signature}`;

// what stands behind the # of a link; null when that is no whole link
export function readLink(text) {
  const found = LINK.exec(String(text).trim().replace(/^.*#/s, ""));
  return found && { toHolder: BigInt(found[1]), until: Number(found[2]), mark: found[3], signature: found[4] };
}

export function decimal(units, decimals) {
  const digits = units.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = decimals ? digits.slice(-decimals).replace(/0+$/, "") : "";
  return part ? `${whole}.${part}` : whole;
}
