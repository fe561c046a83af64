"""What comparable systems cost, and what we allow ourselves: gas by receipts, as data.

Peers were measured on Anvil from their public sources, optimizer at 200 runs unless said, except the one marked as
published. The floor is a minimal unaudited contract with one storage slot an order, no fee, no dispute.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """One measured operation of somebody else's contract."""

    source: str
    what: str
    gas: int


@dataclass(frozen=True)
class Row:
    """One operation of ours: what it is, the most it may cost, the floor, and who else does it."""

    key: str
    title: str
    target: int | None = None
    floor: int | None = None
    peers: tuple[Peer, ...] = ()


BOSON = "Boson 2.5.1"
ORIGIN = "Origin V01"
KLEROS_1 = "Kleros v1"
KLEROS_2 = "Kleros v2 EscrowUniversal"
KLEROS_HASH = "Kleros state-hash"
OPENBAZAAR = "OpenBazaar 1.1"
SEAPORT = "Seaport (published)"
OZ = "OpenZeppelin"
SOLADY = "Solady"
UNLOCK = "Unlock v15"
FRIEND_TECH = "friend.tech"
MINT_CLUB = "Mint Club v2"

ORDERS = (
    Row(
        "happy_path",
        "order, instant kind: buy + deliver + confirm",
        180_000,
        87_442,
        (
            Peer(SEAPORT, "immediate swap, no escrow", 90_639),
            Peer(KLEROS_HASH, "create + pay, no fee, no delivery state", 110_631),
            Peer(KLEROS_2, "create + pay, no fee", 190_888),
            Peer(KLEROS_1, "create + pay", 196_509),
            Peer(ORIGIN, "offer + accept + finalize", 264_519),
            Peer(OPENBAZAAR, "add + execute", 448_679),
            Peer(BOSON, "commit + redeem + complete + withdraw, with fees", 686_837),
        ),
    ),
    Row("happy_path_goods", "order of goods: buy + accept + deliver + confirm"),
    Row(
        "dispute_path",
        "disputed order: buy + deliver + dispute + rule, no arbiter's fee",
        260_000,
        None,
        (
            Peer(ORIGIN, "offer + accept + dispute + ruling", 303_162),
            Peer(KLEROS_HASH, "create + 2 fees + ruling", 475_347),
            Peer(OPENBAZAAR, "add + ruling", 482_493),
            Peer(KLEROS_1, "create + 2 fees + ruling", 554_950),
            Peer(KLEROS_2, "create + 2 fees + ruling", 643_969),
            Peer(BOSON, "commit + redeem + raise + escalate + decide + 2 withdrawals", 1_028_795),
        ),
    ),
)

STEPS = (
    Row("list", "list", 68_000, 46_316, (Peer(ORIGIN, "createListing", 76_800), Peer(BOSON, "createOffer", 728_245))),
    Row(
        "buy",
        "buy with ETH",
        80_000,
        51_339,
        (
            Peer(KLEROS_1, "createTransaction", 154_425),
            Peer(ORIGIN, "makeOffer", 156_429),
            Peer(BOSON, "commit", 352_260),
        ),
    ),
    Row("buy_goods", "buy goods with ETH"),
    Row("buy_token", "buy with a community's token, approved before"),
    Row("buy_permit", "buy with a token and permit, the buyer's first", 155_000),
    Row("accept", "accept", 36_000, None, (Peer(ORIGIN, "acceptOffer", 46_209),)),
    Row("deliver", "deliver", 38_000, None, (Peer(BOSON, "redeemVoucher", 152_964),)),
    Row(
        "confirm",
        "confirm: seller, platform and community credited",
        65_000,
        36_103,
        (Peer(KLEROS_1, "pay", 42_084), Peer(ORIGIN, "finalize", 61_881), Peer(BOSON, "completeExchange", 122_181)),
    ),
    Row("confirm_first_credit", "confirm, when the seller has no credit yet"),
    Row("confirm_token", "confirm of an order paid with a token"),
    Row("withdraw", "withdraw all ETH", 36_000, 28_396),
    Row("withdraw_part", "withdraw a part", None, None, (Peer(BOSON, "withdrawFunds, part", 59_432),)),
    Row("withdraw_token", "withdraw all of a token"),
    Row("withdraw_commission", "withdraw a community's commission, as its steward"),
    Row("push", "push a credit to its owner, by anyone"),
    Row("cancel", "cancel before acceptance"),
    Row("decline", "decline"),
    Row("refund", "full refund by the seller"),
    Row("expire", "expire after the inspection: the seller is paid"),
    Row(
        "dispute",
        "dispute, no arbiter's fee",
        None,
        None,
        (Peer(ORIGIN, "dispute", 38_464), Peer(BOSON, "raiseDispute", 127_514)),
    ),
    Row("dispute_stake", "dispute with the arbiter's fee staked"),
    Row("stake", "stake for the seller"),
    Row("submit_evidence", "submit evidence"),
    Row(
        "rule",
        "rule, half and half",
        None,
        None,
        (Peer(ORIGIN, "executeRuling", 62_060), Peer(BOSON, "decideDispute", 175_048)),
    ),
    Row("rule_stake", "rule with stakes"),
    Row("release", "release a part"),
    Row("refund_part", "refund a part"),
    Row("extend", "extend a clock"),
    Row("transfer_order", "hand an order over"),
    Row("offer_settlement", "offer a settlement"),
    Row("accept_settlement", "accept a settlement"),
    Row("settle_signed", "settle by the other side's signature"),
    Row("deposit_bond", "deposit a bond"),
    Row("withdraw_bond", "turn a free bond into a credit"),
    Row("accept_bond", "accept, a bond locked"),
    Row("confirm_bond", "confirm, the bond free again"),
    Row("dispute_bond", "dispute, both stakes from free bonds"),
    Row("buy_referred", "buy through a referrer"),
    Row("buy_member", "buy at the member's price"),
    Row("buy_token_waived", "buy with the community's token, part of the commission waived"),
    Row("confirm_referred", "confirm, the referrer paid"),
    Row("list_milestones", "list a service with 3 milestones"),
    Row("deliver_milestone", "deliver a milestone"),
    Row("confirm_milestone", "confirm a milestone"),
    Row("list_file", "list a sealed file"),
    Row("buy_file", "buy a sealed file with ETH"),
    Row("deliver_file", "deliver a file's key, wrapped", 68_000),
    Row("bad_key_claim", "refute a wrong key, everything back", 110_000),
    Row("key_ask", "ask for a file's key once more"),
    Row("key_answer", "answer with the key, wrapped anew"),
    Row("review", "review the seller of a finished order"),
    Row("review_reply", "answer a review"),
    Row("blueprint_publish", "publish the conditions of a design"),
    Row("blueprint_claim", "claim the units of an order"),
    Row("blueprint_make", "make: burn a unit, pay the fee, register a serial"),
    Row("cart10", "cart: buy from 10 listings at once"),
    Row("cart10_ratio", "the same, per mille of 10 single buys", 750),
    Row("set_paused", "pause a listing"),
    Row("set_quantity_limit", "change a quantity limit"),
)

COMMUNITIES = (
    Row(
        "open_community",
        "open a community, its token cloned",
        300_000,
        None,
        (
            Peer(OZ, "clone with immutable args", 151_741),
            Peer(OZ, "clone, Permit + Votes", 307_552),
            Peer(OZ, "new token, Votes", 1_769_687),
        ),
    ),
    Row("mint", "mint to a holder"),
    Row("mint_new_holder", "mint to a new holder"),
    Row("mint_batch_20", "mint to 20 new holders in one call"),
    Row(
        "token_transfer",
        "transfer to a holder, through the clone",
        38_000,
        None,
        (
            Peer(SOLADY, "transfer", 34_026),
            Peer(OZ, "transfer", 34_491),
            Peer(OZ, "transfer with Votes", 39_227),
            Peer(OZ, "transfer with Votes, both delegated", 104_786),
        ),
    ),
    Row("token_transfer_new_holder", "transfer to a new holder"),
    Row("burn", "burn"),
    Row("set_fee", "announce a higher commission"),
    Row("set_waivers", "waive a part of a commission"),
    Row("offer_stewardship", "offer stewardship"),
    Row("accept_stewardship", "accept stewardship"),
)

SPLITS = (
    Row("split5_credit_extra", "credit to a split of five, beyond one to a seller alone", 30_000),
    Row("confirm_split", "confirm, when a split takes the seller's part"),
    Row("split_collect", "collect a split's credit from the Market into its books"),
    Row("split_create", "create a split of five"),
    Row("split_change", "change it: one payee calls, one has signed, three gain"),
    Row("split_propose", "propose a change to the other payees"),
    Row("split_approve", "approve a change"),
    Row("split_move_payee", "move a payee to another address"),
    Row("split_sweep", "sweep ETH from the deposit into the current version"),
    Row("split_sweep_first", "sweep for the first time: the deposit's contract is made"),
    Row("split_sweep_token", "sweep a community's token"),
    Row("split_claim", "claim ETH", 60_000, None, (Peer(OZ, "PaymentSplitter, release to one payee", 48_025),)),
    Row(
        "split_claim_first",
        "claim ETH for the first time from a version",
        None,
        None,
        (Peer(OZ, "PaymentSplitter, first release ever", 82_225),),
    ),
    Row("split_claim_token", "claim a community's token"),
)

PERSONAS = (
    Row("claim_nickname", "claim a nickname: commit + claim", 120_000),
    Row("commit_nickname", "commit"),
    Row("reveal_nickname", "claim what was committed to: 12 bytes, Latin"),
    Row("reveal_nickname_longest", "the same: 32 bytes, ten syllables of Hangul among them"),
    Row("persona_profile", "say where the profile is"),
    Row("persona_offer", "offer a persona to another account"),
    Row("persona_accept", "take it over"),
    Row("persona_retire", "retire it"),
)

SELF_RULE = (
    Row("open_membership", "open a community's membership, cloned"),
    Row(
        "lock",
        "lock tokens for the first time: badge, votes",
        None,
        None,
        (Peer(UNLOCK, "purchase of a key", 268_273),),
    ),
    Row("lock_more", "lock more"),
    Row("request_unlock", "ask for all of it back: badge and votes end"),
    Row("withdraw_unlocked", "take it out after the notice"),
    Row(
        "open_governor",
        "open a governor and its timelock, cloned",
        None,
        None,
        (Peer(OZ, "new governor, new timelock", 5_508_964),),
    ),
    Row("propose", "propose a payment", None, None, (Peer(OZ, "propose", 69_347),)),
    Row("vote_first", "first vote on a proposal", None, None, (Peer(OZ, "castVote, the first", 83_300),)),
    Row("vote", "vote", None, None, (Peer(OZ, "castVote, a later one", 66_200),)),
    Row("queue", "queue what was won", None, None, (Peer(OZ, "queue", 147_716),)),
    Row("execute", "carry it out: a payment in tokens", None, None, (Peer(OZ, "execute", 104_635),)),
)

CLAIMS = (
    Row("claim", "claim in a phase with a list, 14 elements of proof", 95_000),
    Row("claim_paid", "the same for a price in ETH", 95_000),
    Row("claim_open_phase", "claim in a phase without a list"),
    Row("claim_first", "claim with 14 elements of proof, the holder's first in this phase", 95_000),
    Row("claim_first_paid", "the same for a price in ETH"),
    Row("claim_first_new_holder", "claim with 14 elements of proof, by somebody who has none of the token yet"),
    Row("claim_phase_open", "open a phase with a list"),
    Row("claim_phase_close", "close a phase"),
)

CURVES = (
    Row(
        "curve_buy",
        "buy on a line, for ETH",
        90_000,
        None,
        (Peer(FRIEND_TECH, "buyShares", 63_272), Peer(MINT_CLUB, "mint, at the least", 119_321)),
    ),
    Row(
        "curve_sell",
        "sell on a line, for ETH",
        80_000,
        None,
        (Peer(FRIEND_TECH, "sellShares", 70_462), Peer(MINT_CLUB, "burn, at the least", 101_286)),
    ),
    Row("curve_buy_steps", "buy in the first of 16 steps"),
    Row("curve_sell_steps", "sell in the first of 16 steps"),
    Row("curve_swap", "swap between two curves, with a rest paid out"),
    Row("curve_open", "open a curve on a line, with a rest returned"),
    Row("curve_open_steps", "open one with 16 steps", None, None, (Peer(MINT_CLUB, "createToken, 20 steps", 757_759),)),
)

SECTIONS = {
    "An order": ORDERS,
    "Each call": STEPS,
    "Splits": SPLITS,
    "Communities and tokens": COMMUNITIES,
    "Personas": PERSONAS,
    "Members and their decisions": SELF_RULE,
    "Claims": CLAIMS,
    "Curves": CURVES,
}
ROWS = tuple(row for section in SECTIONS.values() for row in section)
