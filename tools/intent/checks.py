"""Is a document what it claims to be? Every rule here names what differs; no difference means that it may be signed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tools.intent import bounds, ids, lines, typed_data
from tools.intent.codec import CodecError, Part, encode_call, from_json, selector, signature
from tools.intent.document import Document
from tools.intent.reading import ACTIONS, ETH, Reading, read_call
from tools.intent.record import Record

MOST_IN_AN_ORDER = 2**128 - 1  # what the Market can take at once; an approval above it is without limit
SELLERS = {
    f"market.{verb}"
    for verb in (
        "set_paused",
        "set_quantity_limit",
        "accept",
        "decline",
        "deliver",
        "deliver_file",
        "refund",
        "refund_part",
    )
}
# the call names the first holder; an order may have been handed over since, which only the chain knows
HOLDERS = {f"market.{verb}" for verb in ("cancel", "confirm", "claim_bad_key", "dispute", "release", "transfer")}
PARTIES = {
    f"market.{verb}"
    for verb in ("submit_evidence", "extend", "offer", "accept_offer", "withdraw_offer", "settle_signed")
} | {"reviews.review", "reviews.reply"}


@dataclass
class Findings:
    """What came out. `reading` is None when the calldata could not be read at all."""

    differences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reading: Reading | None = None

    def expect(self, what: str, found: Any, meant: Any) -> None:
        """Note a difference."""
        if found != meant:
            self.differences.append(f"{what}: the document says {_short(found)}, but it must be {_short(meant)}")

    def warn(self, text: str) -> None:
        """Note something that may be meant, but should be looked at."""
        self.warnings.append(text)


def check(document: Document, record: Record, now_ts: float | None = None) -> Findings:
    """Compare a document with the reader's own record and ABIs."""
    found = Findings()
    call = document["call"]
    contract, functions = (ACTIONS.get(document["action"]) or ("",))[0], ACTIONS.get(document["action"], ())[1:]
    if call["contract"] != contract or call["function"] not in functions:
        found.differences.append(f"action: {document['action']!r} is not {call['contract']}.{call['function']}")
        return found
    entry = record.function(contract, call["function"])
    if entry is None:
        found.differences.append(f"call: {contract} has no function {call['function']!r}")
        return found
    found.expect("genesisHash", document["genesisHash"], record.genesis_hash)
    _check_encoding(found, document, entry)
    try:
        found.reading = reading = read_call(document, record, entry)
    except CodecError as problem:
        found.differences.append(f"data: {problem}")
        return found
    _check_references(found, reading, contract)
    for rule in (_check_address, _check_money, _check_parties, _check_subject, _check_texts):
        rule(found, reading)
    _check_time(found, reading, time.time() if now_ts is None else now_ts)
    return found


def _check_encoding(found: Findings, document: Document, entry: Part) -> None:
    """Encode the call anew from the named values."""
    call = document["call"]
    found.expect("call.signature", call.get("signature"), signature(entry))
    found.expect("selector", document["selector"], "0x" + selector(entry).hex())
    try:
        wrapped = {"type": "tuple", "name": "call.values", "components": entry["inputs"]}
        values = from_json(wrapped, call["values"])
        found.expect("data", document["data"].lower(), "0x" + encode_call(entry, values).hex())
    except CodecError as problem:
        found.differences.append(f"call.values: {problem}")
    found.expect("call.arguments", call["arguments"], arguments(entry["inputs"], call["values"]))


def arguments(parts: list[Part], values: Any) -> list[dict[str, Any]]:
    """Give values with their names and types, in the ABI's order."""

    def value_of(part: Part, value: Any) -> Any:
        if part["type"] == "tuple" and isinstance(value, list):
            return arguments(part["components"], value)
        return value

    pairs = zip(parts, values, strict=False)
    return [{"name": part["name"], "type": part["type"], "value": value_of(part, value)} for part, value in pairs]


def _check_references(found: Findings, reading: Reading, contract: str) -> None:
    """Compare which ABI and which deployment the document says it is about."""
    document, record = reading.document, reading.record
    found.expect("abi", document["abi"], {"contract": contract, "hash": record.abi_hash(contract)})
    name = contract if contract in record.entries else "CommunityRegistry"
    entry = record.entries[name]
    meant = {
        "record": f"deployments/{record.chain_id}.json", "contract": name, "address": ids.with_checksum(record.address(name)),
        "block": entry.get("block"), "tx": entry.get("tx"), "abiHash": entry.get("abiHash"),
    }  # fmt: skip
    found.expect("deployment", document["deployment"], meant)


def _check_address(found: Findings, reading: Reading) -> None:
    document, record = reading.document, reading.record
    contract = document["call"]["contract"]
    if contract in record.entries:
        found.expect("to", document.to, record.address(contract))
        return
    if record.name_at(document.to):
        found.differences.append(f"to: {document.to} is the {record.name_at(document.to)}, no token")
    if contract == "CommunityToken":
        community = document["subject"]
        if not (community.isascii() and community.isdigit() and 0 < int(community) < 2**64):
            found.differences.append(f"subject: {_short(community)} is no community")
            return
        found.expect("to", document.to, ids.token_of(record.address("CommunityRegistry"), int(community)))
    if contract == "Membership":
        community = document["subject"]
        if not (community.isascii() and community.isdigit() and 0 < int(community) < 2**64):
            found.differences.append(f"subject: {_short(community)} is no community")
            return
        places = record.address("Memberships"), record.address("CommunityRegistry")
        found.expect("to", document.to, ids.membership_of(*places, int(community)))
    if contract == "CommunityGovernor":
        if not ids.is_governor(record.address("Governors"), document.to):
            found.differences.append(f"to: {document.to} is none of the first {ids.MOST_GOVERNORS} governors")
        found.warn(f"Which community {ids.with_checksum(document.to)} decides for, the chain alone can say.")


def _check_money(found: Findings, reading: Reading) -> None:
    document, args = reading.document, reading.args
    found.expect("value", document.value_wei, reading.due_wei)
    if reading.action == "market.buy":
        found.expect("maxTotal", args["maxTotal"], reading.total)
        found.expect("deadline", document["deadline"], args["deadline"])
    elif reading.action == "market.buy_many":
        found.expect("deadline", document["deadline"], args["deadline"])
        _check_items(found, reading)
    else:
        has_one = reading.action == "market.settle_signed" or reading.curve_token
        meant = args["deadline"] if has_one else None
        found.expect("deadline", document["deadline"], meant)
    if reading.action == "token.approve":
        spenders = [reading.record.address(name) for name in ("Market", "Curves", "Claims", "Blueprints")]
        if args["spender"] not in spenders:
            found.expect("spender", args["spender"], " or ".join(spenders))
        if args["value"] > MOST_IN_AN_ORDER:
            found.differences.append("value: an approval without limit; this market asks for exact amounts only")
    if reading.currency not in ("", ETH) and reading.community is None:
        found.warn(
            f"{ids.with_checksum(reading.currency)} is no token of this market's communities; know it before you pay."
        )
    _check_permit(found, reading)


def _check_items(found: Findings, reading: Reading) -> None:
    """Make sure that each line of a cart is bought by and for the account that signs, for its price and no more."""
    for number, item in enumerate(reading.args["items"], start=1):
        terms, purchase = item["terms"], item["purchase"]
        due = ids.due_of(terms, item["quantity"], item["maxTotal"])
        found.expect(f"maxTotal of item {number}", item["maxTotal"], due)
        found.expect(f"payer of item {number}", purchase["payer"], reading.document.account)
        found.expect(f"arbiter of item {number}", purchase["arbiter"], terms["arbiter"])
        _warn_of_others(found, reading.document.account, purchase["holder"], f"Order {number} will belong to")
    if len(reading.args["permits"]) > 1:
        found.differences.append("permits: more than one; this market signs one at most")


def permit_of(reading: Reading) -> tuple[dict[str, Any], str, int] | None:
    """Give a call's permit, the token that it is for, and what is due in that token; None where there is none."""
    if reading.curve_token and "permit" in reading.args:
        if reading.action == "curves.sell":
            return reading.args["permit"], reading.curve_token, reading.args["amount"]
        return reading.args["permit"], reading.currency, reading.args["maxTotal"]
    if reading.function == "buyWithPermit":
        return reading.args["permit"], reading.currency, reading.total
    if reading.function == "lockWithPermit":
        args = reading.args
        return {**args, "value": args["amount"]}, reading.currency, args["amount"]
    if reading.function == "buyMany" and reading.args["permits"]:
        first = reading.args["permits"][0]
        return first["permit"], str(first["currency"]), reading.dues.get(str(first["currency"]), 0)
    return None


def _check_permit(found: Findings, reading: Reading) -> None:
    """Make sure that what is signed besides the transaction lets the Market take exactly the total, once."""
    document, args = reading.document, reading.args
    typed, carried = document["permit"], permit_of(reading)
    if carried is not None:
        permit, _, total = carried
        found.expect("permit value in the call", permit["value"], total)
        found.expect("permit deadline in the call", permit["deadline"], args["deadline"])
        unsigned = (permit["v"], permit["r"], permit["s"]) == (0, bytes(32), bytes(32))
        if unsigned != (typed is not None):
            found.differences.append("permit: either it is still to be signed, or its signature is in the call")
    elif typed is not None:
        found.differences.append(f"permit: {reading.function} takes none")
    if typed is None:
        found.expect("permitHashes", document["permitHashes"], None)
        return
    try:
        found.expect("permitHashes", document["permitHashes"], typed_data.hashes(typed))
    except typed_data.PermitError as problem:
        found.differences.append(f"permit: {problem}")
        return
    if carried is None:
        return
    _, token, total = carried
    domain, message = typed["domain"], typed["message"]
    found.expect("permit.domain.version", domain["version"], "1")
    found.expect("permit.domain.chainId", domain["chainId"], str(reading.record.chain_id))
    found.expect("permit.domain.verifyingContract", domain["verifyingContract"].lower(), token)
    found.expect("permit.message.owner", message["owner"].lower(), document.account)
    spender = reading.record.address("Curves" if reading.curve_token else "Market")
    if reading.function == "lockWithPermit":
        spender = document.to
    found.expect("permit.message.spender", message["spender"].lower(), spender)
    found.expect("permit.message.value", message["value"], str(total))
    found.expect("permit.message.deadline", message["deadline"], str(args["deadline"]))


def _check_parties(found: Findings, reading: Reading) -> None:
    """Make sure that the account that signs is the one whose turn it is, and warn of money that goes to others."""
    account, args, terms = reading.document.account, reading.args, reading.terms
    if reading.action == "market.buy":
        purchase = args["purchase"]
        found.expect("payer", purchase["payer"], account)
        found.expect("arbiter of the purchase", purchase["arbiter"], terms["arbiter"])
        _warn_of_others(found, account, purchase["holder"], "The order will belong to")
    if reading.action in ("market.list", "market.list_file"):
        found.expect("seller", terms["seller"], account)
        extras = bytes(32) if reading.function == "list" else _extras_hash(reading)
        found.expect("extras", "0x" + terms["extras"].hex(), "0x" + extras.hex())
        found.expect("a file is sold", terms["kind"] == "file", reading.action == "market.list_file")
    if reading.action == "market.list" and terms["kind"] == "blueprint":
        found.warn(
            "What each make will cost stands behind the salt of the terms; publishing shows it, before anybody buys."
        )
    if reading.action.startswith("designs."):
        _check_design(found, reading)
    if reading.action == "market.claim_bad_key":
        _check_claim_of_key(found, reading)
    if reading.action in ("keys.ask", "keys.answer"):
        found.warn("Whose order this is the chain alone can say; who is no party of it is passed over.")
    if reading.action == "communities.open":
        for minter, amount, name in (("claims", "claimAllocation", "Claims"), ("curve", "curveAllocation", "Curves")):
            meant = reading.record.address(name) if args["params"][amount] else ETH  # the zero address
            found.expect(minter, args["params"][minter], meant)
    if reading.action == "market.deposit_bond":
        _warn_of_others(found, account, args["account"], "The bond will belong to")
    if reading.action in SELLERS:
        found.expect("from", account, terms["seller"])
    if reading.action in HOLDERS and account != args["holder"]:
        found.warn(
            f"{account} is not the order's first holder; the call is refused unless the order was handed over to it."
        )
    if reading.action == "market.transfer":
        found.warn(f"The order goes to {ids.with_checksum(args['to'])}, and everyone can see that for ever.")
    if reading.action == "market.rule" and account not in (terms["arbiter"], terms["backupArbiter"]):
        found.differences.append(f"from: {account} is neither the arbiter nor the backup")
    if reading.action in PARTIES and account not in (terms["seller"], args["holder"]):
        found.warn(
            f"{account} is neither the seller nor the first holder; refused unless the order was handed over to it."
        )
    if reading.action == "members.withdraw":
        found.expect("account", args["account"], account)
    if reading.action == "members.delegate":
        _warn_of_others(found, account, args["delegatee"], "The votes go to")
    if reading.action in ("splits.collect", "splits.collect_makes"):
        ledger = "Market" if reading.action == "splits.collect" else "Blueprints"
        found.expect("ledger", args["ledger"], reading.record.address(ledger))
    if reading.action == "splits.create":
        _check_payees(found, args)
    if reading.action in ("splits.approve", "splits.disapprove"):
        found.expect("approved", args["approved"], reading.action == "splits.approve")
        if args["approved"]:
            found.warn("What the hash stands for is on the page alone; compare it with the change that you were shown.")
    if reading.action == "splits.move":
        found.warn(f"The seat goes to {ids.with_checksum(args['newPayee'])}, and everyone can see that for ever.")
    if reading.action in ("personas.offer", "personas.withdraw_offer"):
        withdraws = args["to"] == ETH  # the zero address
        found.expect("withdraws", withdraws, reading.action == "personas.withdraw_offer")
        if not withdraws:
            found.warn(f"The nickname may go to {ids.with_checksum(args['to'])}, and everyone can see that for ever.")
    if reading.action == "claims.claim":
        _check_claim(found, reading)
    if reading.action == "curves.buy":
        _warn_of_others(found, account, args["to"], "The tokens go to")
        if reading.currency == "":
            found.warn("In which currency this curve trades does not stand in the call; know it before you pay.")
    if reading.function in ("withdraw", "withdrawFrom") and reading.action.startswith("credits."):
        _warn_of_others(found, account, args["to"], "The money goes to")
    if reading.action in ("splits.claim", "splits.send", "curves.sell"):
        _warn_of_others(found, account, args["to"], "The money goes to")


def _check_claim(found: Findings, reading: Reading) -> None:
    """Make sure that a claim costs what it may, and that its proof leads to the phase's list."""
    args, phase, account = reading.args, reading.args["phase"], reading.document.account
    found.expect("maxCost", args["maxCost"], reading.claim_cost)
    _warn_of_others(found, account, args["to"], "The tokens go to")
    if any(phase["merkleRoot"]):
        leaf = ids.claim_leaf(phase["token"], phase["number"], account, args["allowance"])
        found.expect(
            "root of the proof", "0x" + ids.root_of(leaf, args["proof"]).hex(), "0x" + phase["merkleRoot"].hex()
        )
    else:
        found.expect("proof in a phase without a list", (args["allowance"], args["proof"]), (0, []))


def _check_claim_of_key(found: Findings, reading: Reading) -> None:
    """Make sure that file and purchase are those of the order, and say what everybody can read afterwards."""
    found.expect("file", "0x" + _extras_hash(reading).hex(), "0x" + reading.terms["extras"].hex())
    place = next(i for i, part in enumerate(reading.entry["inputs"]) if part["name"] == "purchase")
    ref = ids.ref_of(reading.entry["inputs"][place], reading.raw[place])
    found.expect("purchase", "0x" + ref.hex(), "0x" + reading.args["ref"].hex())
    found.warn("The order's secret can be read by everybody afterwards, also when the claim fails.")


def _check_design(found: Findings, reading: Reading) -> None:
    """Make sure that conditions are those of the terms, and that units go where they are said to."""
    args, account = reading.args, reading.document.account
    if reading.action == "designs.publish":
        place = next(i for i, part in enumerate(reading.entry["inputs"]) if part["name"] == "conditions")
        salt = ids.extras_hash(reading.entry["inputs"][place], reading.raw[place])
        found.expect("salt", "0x" + salt.hex(), "0x" + reading.terms["salt"].hex())
    if reading.action == "designs.hand_on":
        found.expect("from", args["from"], account)
        found.expect("data", args["data"], b"")
        found.warn(f"The units go to {ids.with_checksum(args['to'])}, and everyone can see that for ever.")
    if reading.action == "designs.claim":
        _warn_of_others(found, account, args["to"], "The units go to")
    if reading.action == "designs.make":
        found.warn("What a make costs stands in the design's conditions on the chain; know it before you pay.")


def _check_payees(found: Findings, args: dict[str, Any]) -> None:
    shares = args["shares"]
    found.expect("seats", [share["seat"] for share in shares], list(range(len(args["payees"]))))
    found.expect("shares in all", sum(share["bps"] for share in shares), 10_000)


def _extras_hash(reading: Reading) -> bytes:
    place = next(i for i, part in enumerate(reading.entry["inputs"]) if part["name"] in ("extras", "file"))
    return ids.extras_hash(reading.entry["inputs"][place], reading.raw[place])


def _warn_of_others(found: Findings, account: str, receiver: str, what: str) -> None:
    if receiver != account:
        found.warn(f"{what} {ids.with_checksum(receiver)}, which is not the account that signs.")


def _check_subject(found: Findings, reading: Reading) -> None:
    """Work out what the document is about: listing, order, community, token or account."""
    args, document = reading.args, reading.document
    owners: dict[str, Callable[[], str]] = {
        "withdraw": lambda: document.account,
        "withdrawFrom": lambda: str(args["account"]),
        "push": lambda: str(args["account"]),
        "approve": lambda: "0x" + args["changeHash"].hex() if "changeHash" in args else document.to,
        "depositBond": lambda: str(args["currency"]),
        "withdrawBond": lambda: str(args["currency"]),
        "buyMany": lambda: "",
        "openCommunity": lambda: "",
        "create": lambda: "",
        **{
            name: lambda: str(args["splitId"])
            for name in ("collect", "sweep", "claim", "movePayee", "propose", "change")
        },
    }
    if reading.listing:
        found.expect("subject", document["subject"], reading.order or reading.listing)
    elif reading.curve_token:
        found.expect("token", reading.curve_token, _token_of_subject(reading))
        if reading.action == "curves.swap" and ids.community_of(_registry(reading), args["to"], 0) is None:
            found.warn(
                f"{ids.with_checksum(args['to'])} is not a token of the first communities; know it before you swap."
            )
    elif "phase" in args:
        found.expect("subject", document["subject"], str(args["phase"]["communityId"]))
        found.expect("token", args["phase"]["token"], _token_of_subject(reading))
    elif document["call"]["contract"] == "Personas":
        persona = "0x" + reading.nickname.encode().ljust(32, b"\0").hex() if reading.nickname else ""
        found.expect("subject", document["subject"], persona)
    elif reading.action in ("designs.make", "designs.hand_on"):
        number = args["id"] if "id" in args else int.from_bytes(args["listingId"])
        found.expect("subject", document["subject"], f"0x{number:064x}")
    elif document["call"]["contract"] == "KeyRequests":
        found.expect("subject", document["subject"], "0x" + args["key"].hex())
    elif document["call"]["contract"] == "Membership":
        return  # whose it is was proved by its address
    elif document["call"]["contract"] == "CommunityGovernor":
        found.expect("subject", document["subject"], _proposal_of(reading))
    elif reading.function in owners:
        found.expect("subject", document["subject"], owners[reading.function]())
    elif "id" in args:
        found.expect("subject", document["subject"], str(args["id"]))


def _registry(reading: Reading) -> str:
    return reading.record.address("CommunityRegistry")


def _token_of_subject(reading: Reading) -> str:
    """Give the token of the community that the document is about; empty when it is about none."""
    community = reading.document["subject"]
    if not (community.isascii() and community.isdigit() and 0 < int(community) < 2**64):
        return ""
    return ids.token_of(_registry(reading), int(community))


def _proposal_of(reading: Reading) -> str:
    """Give what a governor's call is about: a proposal by its number, or the governor where that is new."""
    if reading.function == "propose":
        return reading.document.to
    if "proposalId" in reading.args:
        return f"0x{reading.args['proposalId']:064x}"
    return ids.proposal_id(reading.entry["inputs"], reading.raw)


def _check_texts(found: Findings, reading: Reading) -> None:
    """Compare what the page tells people with the call."""
    found.differences += bounds.differences(reading, reading.document["bounds"])
    meant = lines.expected(reading)
    for line in reading.document["summary"]:
        if not isinstance(line, dict) or not all(isinstance(line.get(k), str) for k in ("label", "value", "more")):
            found.differences.append("summary: a line without label, value and more")
            continue
        label = line["label"]
        if label in meant:
            _check_line(found, line, meant[label])
        elif label not in _unchecked(reading):
            found.warn(
                f"The page also says {_short(label)}: {_short(line['value'])}; this program does not know that line."
            )


def _unchecked(reading: Reading) -> frozenset[str]:
    """Give the labels of lines that do not follow from the call."""
    found = lines.FROM_THE_INDEX
    if "changeHash" in reading.args:
        found |= lines.BEHIND_THE_HASH
    if reading.action == "market.list" and reading.terms["kind"] == "blueprint":
        found |= lines.BEHIND_THE_SALT
    return found


def _check_line(found: Findings, line: dict[str, str], meant: lines.Lines) -> None:
    several = meant if isinstance(meant, list) else [meant]
    fitting = [
        (value, more.lower())
        for value, more in several
        if (line["value"], more if more == lines.ANY else line["more"].lower()) == (value, more.lower())
    ]
    if not fitting:
        told = (line["value"], line["more"].lower())
        found.expect(f"summary, {line['label']!r}", told, several[0] if len(several) == 1 else several)


def _check_time(found: Findings, reading: Reading, now_ts: float) -> None:
    deadline = reading.document["deadline"]
    if deadline is not None and deadline < now_ts:
        found.warn(
            f"The deadline ({bounds.time_text(deadline)}) is over by this computer's clock: it would be refused."
        )
    elif reading.document["expiresAt"] < now_ts:
        found.warn("The page does not take this intent any more: it is too old. Build it again.")


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"
