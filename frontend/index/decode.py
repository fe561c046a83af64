"""Logs in, events out: topics and data against the exported ABIs, by place where they are in the plain form, else with
the ABI codec directly.

Strings are read as bytes first, since a chain may hold any bytes: what is no UTF-8, and NUL, becomes U+FFFD.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import event_abi_to_log_topic

from frontend.contracts.registry import Abi, exported_abi
from frontend.index.layout import REPLACEMENT, Layout, Unusual, text_of, topic_reader

__all__ = [
    "PASSED_OVER",
    "REPLACEMENT",
    "WANTED",
    "Decoder",
    "Event",
    "EventType",
    "Log",
    "Malformed",
    "plain_value",
    "text_of",
]

# what the index lives on; whatever else our contracts emit (Approval, for instance) changes nothing that it shows
WANTED: Mapping[str, tuple[str, ...]] = {
    "CommunityRegistry": (
        "CommunityOpened",
        "StewardshipOffered",
        "StewardshipMoved",
        "FeeSet",
        "FeeRaiseAnnounced",
        "WaiversSet",
        "WaiverCutAnnounced",
    ),
    "CommunityToken": ("Transfer", "VestedMinted", "MintRenounced", "ContractMetadataChanged", "ContractURIFrozen"),
    "Market": (
        "ListingOpened",
        "ListingExtras",
        "ListingFile",
        "ListingPaused",
        "ListingQuantityLimitSet",
        "OrderFunded",
        "OrderAccepted",
        "OrderDelivered",
        "OrderKeyWrapped",
        "OrderKeyRefuted",
        "OrderContested",
        "OrderDisputed",
        "Evidence",
        "OrderReleased",
        "OrderPartRefunded",
        "MilestonePaid",
        "OrderExtended",
        "OrderTransferred",
        "SettlementOffered",
        "SettlementWithdrawn",
        "FinalOffersFrozen",
        "FinalOfferPicked",
        "OrderCompleted",
        "OrderCancelled",
        "OrderRefunded",
        "OrderResolved",
        "OrderSettled",
        "BondChanged",
        "CreditsAdded",
        "CreditWithdrawn",
    ),
    "KeyRequests": ("KeyAsked", "KeyAnswered"),
    "Reviews": ("Reviewed", "Replied"),
    "Blueprints": (
        "DesignPublished",
        "UnitsClaimed",
        "UnitMade",
        "TransferSingle",
        "TransferBatch",
        "CreditsAdded",
        "CreditWithdrawn",
    ),
    "Splits": (
        "SplitVersionOpened",
        "SplitChangeProposed",
        "SplitChangeApproved",
        "SplitPayeeMoved",
        "SplitReceived",
        "SplitClaimed",
    ),
    "Personas": (
        "NicknameCommitted",
        "PersonaClaimed",
        "PersonaProfileSet",
        "PersonaOffered",
        "PersonaHandedOver",
        "PersonaRetired",
    ),
    "Claims": (
        "ClaimPhaseOpened",
        "ClaimPhaseClosed",
        "TokensClaimed",
        "CreditsAdded",
        "CreditWithdrawn",
    ),
    "Curves": (
        "CurveOpened",
        "CurveBought",
        "CurveSold",
        "CreditsAdded",
        "CreditWithdrawn",
    ),
    "Memberships": ("MembershipOpened",),
    "Membership": (
        "TiersSet",
        "TokensLocked",
        "UnlockRequested",
        "UnlockCancelled",
        "TokensWithdrawn",
        "DelegateChanged",
        "DelegateVotesChanged",
    ),
    "Governors": ("GovernorOpened",),
    "CommunityGovernor": (
        "ProposalCreated",
        "ProposalExtended",
        "ProposalQueued",
        "ProposalExecuted",
        "ProposalCanceled",
        "VoteCast",
        "VoteCastWithParams",
    ),
}

# a badge's Transfer has the topic of a token's, and says nothing that TokensLocked does not
PASSED_OVER: Mapping[str, tuple[str, ...]] = {"Membership": ("Transfer",)}


class Malformed(ValueError):
    """A log that cannot be read, or says what cannot be; the text is the reason kept in quarantine."""


class Log(NamedTuple):
    """One log as the node gave it, checked for its form only."""

    block: int
    block_hash: str
    log_index: int
    tx_hash: str
    address: str
    topics: tuple[str, ...]
    data: bytes


class Event(NamedTuple):
    """A log that was understood. Arguments: int, bool, 0x hex in lower case, text; structs as dict, their lists as lists."""

    name: str
    args: dict[str, Any]
    log: Log


class EventType:
    """One event of one contract."""

    def __init__(self, abi: Mapping[str, Any]) -> None:
        self.name = str(abi["name"])
        self.topic = "0x" + event_abi_to_log_topic(abi).hex()  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts
        self.indexed = [part for part in abi["inputs"] if part["indexed"]]
        self.plain = [part for part in abi["inputs"] if not part["indexed"]]
        self._plain_types = [_codec_type(part) for part in self.plain]
        self._topics = len(self.indexed) + 1
        try:
            self._layout: Layout | None = Layout(self.plain)
            self._topic_readers = [(part["name"], topic_reader(part)) for part in self.indexed]
        except LookupError:
            self._layout = None

    def read(self, log: Log) -> Event:
        """Give the event that a log is. Raises: Malformed."""
        if len(log.topics) != self._topics:
            raise Malformed(f"{self.name} has {len(log.topics)} topics instead of {self._topics}")
        if self._layout is not None:
            try:
                args = self._layout.read(log.data.hex())
                for (name, reader), topic in zip(self._topic_readers, log.topics[1:], strict=True):
                    args[name] = reader(topic, 2)
            except Unusual:
                pass
            else:
                return Event._make((self.name, args, log))
        return self.read_by_codec(log)

    def read_by_codec(self, log: Log) -> Event:
        """Give the event that a log of as many topics is, by the codec. Raises: Malformed."""
        try:
            indexed = [
                decode([part["type"]], bytes.fromhex(topic[2:]))[0]
                for part, topic in zip(self.indexed, log.topics[1:], strict=True)
            ]
            plain = decode(self._plain_types, log.data)
        except (DecodingError, OverflowError, ValueError) as problem:
            raise Malformed(f"{self.name} cannot be decoded: {type(problem).__name__}") from None
        parts = [*zip(self.indexed, indexed, strict=True), *zip(self.plain, plain, strict=True)]
        return Event(self.name, {part["name"]: plain_value(part, value) for part, value in parts}, log)


class Decoder:
    """The events of all our contracts, by contract and topic."""

    def __init__(self) -> None:
        self._types = {name: _types(exported_abi(name), wanted) for name, wanted in WANTED.items()}
        self._passed_over = {name: set(_types(exported_abi(name), names)) for name, names in PASSED_OVER.items()}

    @property
    def topics(self) -> list[str]:
        """The first topics of everything the index lives on."""
        return sorted({topic for types in self._types.values() for topic in types})

    def topic(self, contract: str, event: str) -> str:
        """Give the first topic of one event."""
        return next(topic for topic, found in self._types[contract].items() if found.name == event)

    def passes_over(self, contract: str, log: Log) -> bool:
        """Tell whether a log of a contract changes nothing, though others' logs of this topic are followed."""
        return bool(log.topics) and log.topics[0] in self._passed_over.get(contract, ())

    def read(self, contract: str, log: Log) -> Event:
        """Give the event that a log of a contract is. Raises: Malformed."""
        if not log.topics:
            raise Malformed("an anonymous log")
        found = self._types[contract].get(log.topics[0])
        if found is None:
            raise Malformed(f"no event of {contract} that is followed has this topic")
        return found.read(log)


def _types(abi: Abi, wanted: tuple[str, ...]) -> dict[str, EventType]:
    types = [EventType(part) for part in abi if part["type"] == "event" and part["name"] in wanted]
    missing = set(wanted) - {found.name for found in types}
    if missing:
        raise LookupError(
            f"The exported ABI lacks the events {', '.join(sorted(missing))}; export the ABIs again: make abi."
        )
    return {found.topic: found for found in types}


def _codec_type(part: Mapping[str, Any]) -> str:
    """Write a type for the codec, with bytes in place of text."""
    kind = str(part["type"])
    if kind.startswith("tuple"):
        return "(" + ",".join(_codec_type(inner) for inner in part["components"]) + ")" + kind[5:]
    return "bytes" + kind[6:] if kind.startswith("string") else kind


def plain_value(part: Mapping[str, Any], value: Any) -> Any:
    """Turn what the codec gave into what is kept: only int, bool, text, list and dict."""
    kind = str(part["type"])
    if kind.endswith("]"):
        inner = {**part, "type": kind[: kind.rindex("[")]}
        return [
            list(item.values()) if isinstance(item, dict) else item for item in (plain_value(inner, v) for v in value)
        ]
    if kind == "tuple":
        return {inner["name"]: plain_value(inner, v) for inner, v in zip(part["components"], value, strict=True)}
    if kind == "string":
        return text_of(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value.lower() if isinstance(value, str) else value
