"""A call as the calldata has it, and what follows from it: order, listing, money, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tools.intent import ids
from tools.intent.codec import Part, decode_call
from tools.intent.document import Document
from tools.intent.record import Record

ETH = "0x" + "0" * 40
ETH_DECIMALS = 18
WHOLE_TOKEN = 10**18

# what each action calls; anything else is refused
ACTIONS: dict[str, tuple[str, ...]] = {
    "communities.open": ("CommunityRegistry", "openCommunity"),
    "communities.set_fee": ("CommunityRegistry", "setFeeBps"),
    "communities.set_waivers": ("CommunityRegistry", "setWaivers"),
    "communities.offer_stewardship": ("CommunityRegistry", "offerStewardship"),
    "communities.accept_stewardship": ("CommunityRegistry", "acceptStewardship"),
    "tokens.mint": ("CommunityToken", "mint"),
    "tokens.mint_batch": ("CommunityToken", "mintBatch"),
    "tokens.renounce_mint": ("CommunityToken", "renounceMint"),
    "tokens.mint_vested": ("CommunityToken", "mintVested"),
    "tokens.burn": ("CommunityToken", "burn"),
    "tokens.transfer": ("CommunityToken", "transfer"),
    "tokens.set_contract_uri": ("CommunityToken", "setContractURI"),
    "tokens.freeze_contract_uri": ("CommunityToken", "freezeContractURI"),
    "token.approve": ("ERC20", "approve"),
    "market.list": ("Market", "list", "listWithExtras"),
    "market.list_file": ("Market", "listFile"),
    "market.deliver_file": ("Market", "deliverFile"),
    "market.claim_bad_key": ("Market", "claimBadKey"),
    "keys.ask": ("KeyRequests", "ask"),
    "keys.answer": ("KeyRequests", "answer"),
    "reviews.review": ("Reviews", "review"),
    "reviews.reply": ("Reviews", "reply"),
    "designs.publish": ("Blueprints", "publish"),
    "designs.claim": ("Blueprints", "claim"),
    "designs.make": ("Blueprints", "make"),
    "designs.hand_on": ("Blueprints", "safeTransferFrom"),
    "market.set_paused": ("Market", "setPaused"),
    "market.set_quantity_limit": ("Market", "setQuantityLimit"),
    "market.buy": ("Market", "buy", "buyWithPermit"),
    "market.accept": ("Market", "accept"),
    "market.decline": ("Market", "decline"),
    "market.cancel": ("Market", "cancel"),
    "market.deliver": ("Market", "deliver", "deliverMilestone"),
    "market.confirm": ("Market", "confirm", "confirmMilestone"),
    "market.refund": ("Market", "refund"),
    "market.dispute": ("Market", "dispute"),
    "market.stake": ("Market", "stake"),
    "market.submit_evidence": ("Market", "submitEvidence"),
    "market.rule": ("Market", "rule"),
    "market.expire": ("Market", "expire", "expireMilestone"),
    "market.release": ("Market", "release"),
    "market.refund_part": ("Market", "refundPart"),
    "market.extend": ("Market", "extend"),
    "market.transfer": ("Market", "transferOrder"),
    "market.offer": ("Market", "offerSettlement"),
    "market.accept_offer": ("Market", "acceptSettlement"),
    "market.withdraw_offer": ("Market", "withdrawSettlement"),
    "market.settle_signed": ("Market", "settleBySignature"),
    "market.buy_many": ("Market", "buyMany"),
    "market.deposit_bond": ("Market", "depositBond"),
    "market.withdraw_bond": ("Market", "withdrawBond"),
    "credits.withdraw": ("Market", "withdraw", "withdrawFrom"),
    "credits.withdraw_claims": ("Claims", "withdraw", "withdrawFrom"),
    "credits.withdraw_curves": ("Curves", "withdraw", "withdrawFrom"),
    "credits.withdraw_blueprints": ("Blueprints", "withdraw", "withdrawFrom"),
    "credits.push": ("Market", "push"),
    "claims.open": ("Claims", "openPhase"),
    "claims.close": ("Claims", "closePhase"),
    "claims.claim": ("Claims", "claim"),
    "splits.create": ("Splits", "create"),
    "splits.collect": ("Splits", "collect"),
    "splits.collect_makes": ("Splits", "collect"),
    "splits.sweep": ("Splits", "sweep"),
    "splits.claim": ("Splits", "claim"),
    "splits.send": ("Splits", "claim"),
    "splits.move": ("Splits", "movePayee"),
    "splits.propose": ("Splits", "propose"),
    "splits.approve": ("Splits", "approve"),
    "splits.disapprove": ("Splits", "approve"),
    "splits.change": ("Splits", "change"),
    "members.open": ("Memberships", "open"),
    "members.set_tiers": ("Membership", "setTiers"),
    "members.lock": ("Membership", "lock", "lockWithPermit"),
    "members.request_unlock": ("Membership", "requestUnlock"),
    "members.cancel_unlock": ("Membership", "cancelUnlock"),
    "members.withdraw": ("Membership", "withdraw"),
    "members.delegate": ("Membership", "delegate"),
    "proposals.open_governor": ("Governors", "open"),
    "proposals.propose": ("CommunityGovernor", "propose"),
    "proposals.vote": ("CommunityGovernor", "castVote", "castVoteWithReason"),
    "proposals.queue": ("CommunityGovernor", "queue"),
    "proposals.execute": ("CommunityGovernor", "execute"),
    "proposals.cancel": ("CommunityGovernor", "cancel"),
    "personas.commit": ("Personas", "commit"),
    "personas.claim": ("Personas", "claim"),
    "personas.set_profile": ("Personas", "setProfile"),
    "personas.offer": ("Personas", "offer"),
    "personas.withdraw_offer": ("Personas", "offer"),
    "personas.accept": ("Personas", "accept"),
    "personas.retire": ("Personas", "retire"),
    "curves.buy": ("Curves", "buy", "buyWithPermit"),
    "curves.sell": ("Curves", "sell", "sellWithPermit"),
    "curves.swap": ("Curves", "swap"),
    "curves.open": ("Curves", "open"),
}


@dataclass(frozen=True)
class Reading:
    """What signing would send. Addresses in lower case, amounts in smallest units."""

    document: Document
    record: Record
    entry: Part
    args: dict[str, Any]  # by the ABI's names, from the calldata; structs as dictionaries
    raw: list[Any]  # the same in the ABI's order
    terms: dict[str, Any] = field(default_factory=dict)  # of the listing, unpacked; empty where the call has none
    listing: str = ""
    order: str = ""
    currency: str = ""  # of the money in question; empty where there is none
    community: int | None = None  # whose token the currency, or the called token, is

    @property
    def action(self) -> str:
        """What the document calls it."""
        return str(self.document["action"])

    @property
    def function(self) -> str:
        """The function that the calldata calls."""
        return str(self.entry["name"])

    @property
    def nickname(self) -> str:
        """The nickname that a call of Personas is about; empty where the call hides it."""
        raw: bytes = self.args["nickname"].encode() if "nickname" in self.args else self.args.get("persona", b"")
        return raw.rstrip(b"\0").decode("utf-8", "replace")

    @property
    def curve_token(self) -> str:
        """The community's token that a call of Curves is about first, in lower case; empty for other calls."""
        return str(self.raw[0]).lower() if self.action.startswith("curves.") else ""

    @property
    def claim_cost(self) -> int:
        """What a claim costs, in the currency's smallest units, rounded up. Source: Claims.costOf."""
        return -(-int(self.args["amount"] * self.args["phase"]["price"]) // WHOLE_TOKEN)

    @property
    def total(self) -> int:
        """What a purchase costs, in the currency's smallest units."""
        return ids.due_of(self.terms, self.args["quantity"], self.args["maxTotal"])

    @property
    def dues(self) -> dict[str, int]:
        """What a cart costs in each currency, smallest units."""
        sums: dict[str, int] = {}
        for item in self.args["items"]:
            currency = str(item["terms"]["currency"])
            sums[currency] = sums.get(currency, 0) + ids.due_of(item["terms"], item["quantity"], item["maxTotal"])
        return sums

    @property
    def from_bond(self) -> bool:
        """Tell whether a stake comes out of the sender's free bond: no ETH goes along (or the call is refused)."""
        own = self.action == "market.dispute" or (
            self.action == "market.stake" and str(self.terms["seller"]).lower() == self.document.account
        )
        return own and self.currency == ETH and self.document.value_wei == 0

    @property
    def due_wei(self) -> int:
        """ETH that must go along with the call: exactly this."""
        if self.action == "market.buy_many":
            return self.dues.get(ETH, 0)
        if self.action == "designs.make":  # what a make costs stands in the design's conditions, not in the call
            return self.document.value_wei
        if self.action == "curves.open" and self.currency == ETH:
            return int(self.args["maxBacking"] + self.args["maxTotal"])
        if (
            self.action == "curves.buy"
        ):  # its currency stands in the curve's opening: either all of the bound, or nothing
            return int(self.args["maxTotal"]) if self.function == "buy" and self.document.value_wei else 0
        if self.currency != ETH or self.curve_token:
            return 0
        if self.action == "claims.claim":
            return self.claim_cost
        if self.action == "market.buy":
            return self.total
        if self.from_bond:
            return 0
        if self.action == "market.deposit_bond":
            return int(self.args["amount"])
        return int(self.terms["arbiterFee"]) if self.action in ("market.dispute", "market.stake") else 0

    @property
    def decimals(self) -> int | None:
        """How the currency is divided; None for a token that is nobody's here."""
        return ETH_DECIMALS if self.currency == ETH or self.community is not None else None

    def amount(self, units: int) -> str:
        """Write an amount for a person."""
        if self.currency == "":
            return f"{units} smallest units of the curve's currency"
        if self.decimals is None:
            return f"{units} smallest units of the token {ids.with_checksum(self.currency)}"
        name = "ETH" if self.currency == ETH else f"tokens of community {self.community}"
        return f"{decimal(units, self.decimals)} {name}"


def read_call(document: Document, record: Record, entry: Part) -> Reading:
    """Decode the calldata and work out what it is about. Raises: CodecError."""
    raw = decode_call(entry, document.data)
    args = {part["name"]: named(part, value) for part, value in zip(entry["inputs"], raw, strict=True)}
    found = Reading(document, record, entry, args, raw)
    if "terms" in args:
        return _about_terms(found)
    contract = document["call"]["contract"]
    if contract == "Blueprints" and "currency" not in args:
        return _about_money(found, ETH) if document.value_wei else found
    if contract == "Membership":
        return _about_money(found, ids.token_of(record.address("CommunityRegistry"), _guess(document)))
    if contract in ("Personas", "Memberships", "Governors", "CommunityGovernor", "KeyRequests"):
        return found  # no money in it
    if found.curve_token:
        return _about_curve(found)
    if "phase" in args:
        return _about_money(found, args["phase"]["currency"])
    if entry["name"] in (
        "withdraw",
        "withdrawFrom",
        "push",
        "depositBond",
        "withdrawBond",
        "collect",
        "sweep",
        "claim",
    ):
        return _about_money(found, args["currency"])
    if entry["name"] == "buyMany" and len(found.dues) == 1:
        return _about_money(found, next(iter(found.dues)))
    if document["call"]["contract"] in ("CommunityToken", "ERC20"):
        return _about_money(found, document.to)
    return found


def named(part: Part, value: Any) -> Any:
    """Give a value with its struct's fields by name, also where it is a list of structs."""
    if part["type"] == "tuple[]":
        return [named({**part, "type": "tuple"}, entry) for entry in value]
    if part["type"] != "tuple":
        return value
    return {inner["name"]: named(inner, entry) for inner, entry in zip(part["components"], value, strict=True)}


def decimal(units: int, decimals: int) -> str:
    """Write smallest units as a decimal number, nothing rounded."""
    whole, rest = divmod(units, 10**decimals)
    places = f"{rest:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{whole}.{places}" if places else str(whole)


def _about_terms(found: Reading) -> Reading:
    parts = {part["name"]: part for part in found.entry["inputs"]}
    terms = found.args["terms"] | ids.unpacked(found.args["terms"])
    chain_id, market = found.record.chain_id, found.record.address("Market")
    listing = ids.listing_id(chain_id, market, parts["terms"], found.raw[0])
    order = ""
    if "purchase" in parts:
        purchase = found.raw[list(parts).index("purchase")]
        ref = ids.ref_of(parts["purchase"], purchase)
        order = ids.order_key(listing, found.args["purchase"]["holder"], ref)
    elif "ref" in parts:
        order = ids.order_key(listing, found.args["holder"], found.args["ref"])
    about = Reading(found.document, found.record, found.entry, found.args, found.raw, terms, listing, order)
    return _about_money(about, terms["currency"])


def _about_curve(found: Reading) -> Reading:
    """Only an opening says in which currency a curve trades; of a purchase, the ETH or the permit that goes along tells."""
    if "params" in found.args:
        return _about_money(found, found.args["params"]["currency"])
    if found.document.value_wei:
        return _about_money(found, ETH)
    typed = found.document["permit"]
    if found.document["action"] != "curves.buy" or typed is None:
        return found
    return _about_money(found, str(typed.get("domain", {}).get("verifyingContract", "")).lower())


def _about_money(found: Reading, currency: str) -> Reading:
    registry = found.record.address("CommunityRegistry")
    guess = found.terms.get("communityId", 0) or _guess(found.document)
    community = None if currency == ETH else ids.community_of(registry, currency, guess)
    return Reading(
        found.document, found.record, found.entry, found.args, found.raw, found.terms, found.listing, found.order,
        currency, community,
    )  # fmt: skip


def _guess(document: Document) -> int:
    """Give the community that the document names; only a hint, which is proved by computing the token's address."""
    subject = document["subject"]
    return int(subject) if subject.isascii() and subject.isdigit() and len(subject) < 10 else 0
