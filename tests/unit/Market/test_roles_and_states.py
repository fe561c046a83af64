"""Who may do what, and when: every call that changes anything, by every role, in every state, in time and too late.

The tables are written from the promise, not from the code. What they do not allow must be refused, and with the error that
says why. A function that stands in no table fails the first test.
"""

from itertools import product
from typing import NamedTuple

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, LIMIT, PLATFORM_FEE_BPS, community_params
from tests.helpers.amounts import completed
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, FINAL, OPEN, State
from tests.helpers.files import WRONG, file_of
from tests.helpers.life import AGREED, BACKUPS, IN_TIME, LATE, OVER, PART, RULING_BPS, Life, both_offer, signed_by
from tests.helpers.splits import change_to
from tests.helpers.terms import DAY, FILE, NONE, ZERO, Extras, salt

F, A, D, C, P = OPEN
EARLY = (F, A, D)
SELLER, HOLDER, BOTH = {"seller"}, {"holder"}, {"seller", "holder"}
ARBITER, BACKUP = {"arbiter"}, {"backup"}
PHASES = (IN_TIME, BACKUPS, LATE)
# the buyer handed the order over before anything else happened; payee and the like are there to be refused
ROLES = (
    "seller",
    "holder",
    "first buyer",
    "payer",
    "arbiter",
    "backup",
    "referrer",
    "payee",
    "steward",
    "platform",
    "stranger",
)
ANYONE = set(ROLES)


def cells(states, who, phases=PHASES) -> dict[tuple[State, str], set[str]]:
    """Give who may call in these states and phases."""
    return dict.fromkeys(product(states, phases), who)


EITHER = cells(OPEN, BOTH)
ENDED = cells(FINAL, ARBITER | BACKUP, (OVER,))
ORDERS = {  # calls with terms, holder and ref
    "accept": cells([F], SELLER, [IN_TIME]),
    "decline": cells([F], SELLER),
    "cancel": cells([F], HOLDER),
    "deliver": cells([A], SELLER, [IN_TIME]),
    "confirm": cells([D], HOLDER),
    "refund": cells(OPEN, SELLER),
    "refundPart": cells(OPEN, SELLER),
    "release": cells(OPEN, HOLDER),
    "extend": {**cells([F, A], HOLDER, [IN_TIME]), **cells([D], SELLER, [IN_TIME])},
    "transferOrder": cells(EARLY, HOLDER),
    "offerSettlement": EITHER,
    "withdrawSettlement": EITHER,
    "acceptSettlement": EITHER,
    "settleBySignature": EITHER,
    "dispute": cells([D], HOLDER, [IN_TIME]),
    "stake": cells([C], ANYONE, [IN_TIME]),
    "submitEvidence": cells([C, P], BOTH),
    # a ruling on a finished order does nothing
    "rule": {(P, IN_TIME): ARBITER, (P, BACKUPS): BACKUP, **ENDED},
    "expire": cells(OPEN, ANYONE, [LATE]),
}
OF_MILESTONES = {
    "deliverMilestone": ORDERS["deliver"],
    "confirmMilestone": ORDERS["confirm"],
    "expireMilestone": cells([D], ANYONE, [LATE]),
}
PARTED = {  # the same where an order has milestones
    **ORDERS,
    "deliver": {},
    "confirm": {},
    "expire": cells([F, A, C, P], ANYONE, [LATE]),
    **OF_MILESTONES,
}
OF_FILES = {
    "deliverFile": ORDERS["deliver"],
    "claimBadKey": cells([D], HOLDER, [IN_TIME]),  # the delivered key is wrong
}
NOT_IN_PARTS = {name: {} for name in OF_MILESTONES}
NO_FILE = {name: {} for name in OF_FILES}
WHOLE = {**ORDERS, **NOT_IN_PARTS, **NO_FILE}
SEALED = {**ORDERS, **NOT_IN_PARTS, "deliver": {}, "transferOrder": {}, **OF_FILES}
SORTS = {
    "goods with bond and referrer": WHOLE,
    "milestones in a token": {**PARTED, **NO_FILE},
    "a sealed file": SEALED,
}
STATE_FIRST = {"offerSettlement", "withdrawSettlement", "acceptSettlement", "settleBySignature", "extend"}
# whose call it would be where it has a meaning, for calls that have none on this sort of order
PARTIES = {name: set().union(*found.values()) for name, found in {**ORDERS, **OF_MILESTONES, **OF_FILES}.items()}
MEANT_FOR_OTHERS = {
    "deliver": ([A], "MarketHasMilestones"),
    "confirm": ([D], "MarketHasMilestones"),
    "expire": ([D], "MarketHasMilestones"),
    "deliverMilestone": ([A], "MarketWrongExtras"),
    "confirmMilestone": ([D], "MarketWrongExtras"),
    "expireMilestone": ([D], "MarketWrongExtras"),
    "deliverFile": ([A], "MarketWrongKind"),
    "claimBadKey": ([D], "MarketWrongKind"),
}
OF_A_FILE = {"deliver": ([A], "MarketWrongKind"), "transferOrder": (EARLY, "MarketWrongKind")}


def expected(table, name: str, role: str, state: State, phase: str) -> str | None:
    """Give the error that says why a call is refused, or None."""
    allowed = table[name]
    if role in allowed.get((state, phase), ()):
        return None
    meant, parties = {where for where, _ in allowed}, PARTIES[name]
    if name == "extend" and state in meant:
        parties = allowed[state, IN_TIME]
    others = {**MEANT_FOR_OTHERS, **(OF_A_FILE if table is SEALED else {})}
    strange, (other_states, other_error) = role not in parties, others.get(name, ([], ""))
    if strange and not (name in STATE_FIRST and state not in meant):
        return "MarketNotParty"
    if state not in meant:
        return other_error if state in other_states else "MarketWrongState"
    allowed_at = [PHASES.index(when) for (where, when), who in allowed.items() if where == state and role in who]
    return "MarketTooEarly" if PHASES.index(phase) < min(allowed_at) else "MarketTooLate"


@pytest.fixture(scope="module")
def everybody(roles, accounts, owner):
    """Give the roles: the order was handed over to an account that is nobody else, and so was the payee's seat."""
    payee = accounts.add()
    owner.transfer(payee, 10**18)
    return {**roles, "holder": accounts[9], "heir": accounts[9], "payee": payee}


def test_every_call_that_changes_anything_stands_in_a_table(market, splits, CourtArbiter, registry):
    tables = {
        "Market": (market.abi, {*WHOLE, *MARKET}),
        "Splits": (splits.abi, set(SPLITS)),
        "CourtArbiter": (CourtArbiter.abi, set(COURT)),
        "CommunityRegistry": (registry.abi, set(POWERS)),
    }
    for contract, (abi, named) in tables.items():
        changing = {
            entry["name"]
            for entry in abi
            if entry["type"] == "function" and entry["stateMutability"] in ("nonpayable", "payable")
        }
        assert changing == named, contract


ON_ANVIL = pytest.mark.anvil_only("4,000 calls; Ganache has those of goods in one piece")


@pytest.fixture(
    scope="module",
    params=[pytest.param(sort, marks=() if table is WHOLE else ON_ANVIL) for sort, table in SORTS.items()],
)
def lives(request, make_life, everybody, coin, market):
    """Give an order of a sort in every state, in the hands of its second holder; a file's in those of its buyer."""
    for account in dict.fromkeys(everybody.values()):
        coin.mint(account, 10**9, {"from": account})
        coin.approve(market, 2**255, {"from": account})
    found = {}
    for state in sorted(State, key=lambda state: state == F):  # last what waits for a bond that is still free
        life = found[state] = make_life(request.param)
        life.roles = of_buyer(everybody) if life.deal.is_file else dict(everybody)
        bring(life, state)
        assert life.look().state == state
        if state in OPEN:
            both_offer(life)
            for role, other in (("seller", "holder"), ("holder", "seller")):
                life.signatures[role] = signed_by(other)(life)[-1]
    if market.creditOf(everybody["first buyer"], ZERO):  # of files, which he did not hand over
        market.push(everybody["first buyer"], ZERO, {"from": everybody["stranger"]})
    return found


def of_buyer(everybody: dict) -> dict:
    """Give the roles of an order that is not handed over; the heir is just somebody."""
    return {**everybody, "holder": everybody["first buyer"], "heir": everybody["holder"]}


def bring(life: Life, state: State) -> None:
    """Take an order to a state; the first buyer hands it over at once, unless it is of a file. A file's key is wrong."""
    if state == State.NONE:
        return
    life.buy()
    if not life.deal.is_file:
        life.do("holder", "transferOrder", str(life.roles["heir"]))
    steps = {F: [], State.CANCELLED: ["cancel"], A: ["accept"], State.REFUNDED: ["accept", "refund"]}
    steps[D] = ["accept", "deliver wrong key" if life.deal.is_file else "deliver"]
    steps[State.COMPLETED] = [*steps[D], *["confirm", "deliver"] * (len(life.extras.milestones) - 1), "confirm"]
    steps[C] = [*steps[D], "dispute"]
    steps[P] = [*steps[C], "stake"]
    steps[State.RESOLVED] = [*steps[P], "rule"]
    who = {"cancel": "holder", "confirm": "holder", "dispute": "holder", "rule": "arbiter"}
    for call in steps[state]:
        if call == "deliver wrong key":
            life.do("seller", "deliverFile", life.deal.wrap(WRONG).words())
            continue
        life.do(who.get(call, "seller"), call)


def asked(life: Life, name: str, role: str) -> dict:
    """Give a call with arguments that would do where it is allowed."""
    left, clock = life.order.amount, life.order.clock
    rest = {
        "release": (left, PART),
        "refundPart": (left, PART),
        "offerSettlement": (left, AGREED),
        "acceptSettlement": (AGREED,),
        "extend": (clock, clock + 1),
        "rule": (RULING_BPS,),
        "transferOrder": (str(life.roles["stranger"]),),
        "settleBySignature": (AGREED, FAR, life.signatures.get(role, b"\1" * 65)),
        "deliverMilestone": (life.extras.words(), life.order.milestone, NONE),
        "confirmMilestone": (life.extras.words(), life.order.milestone),
        "expireMilestone": (life.extras.words(), life.order.milestone),
    }.get(name, ())
    return life.named(role, name, *rest)


NODES = [
    (State.NONE, OVER),
    *product(OPEN, (IN_TIME, LATE)),
    (P, BACKUPS),
    *product(FINAL, [OVER]),
]


@pytest.mark.parametrize("state, phase", NODES, ids=lambda part: str(getattr(part, "name", part)).lower())
def test_only_the_listed_roles_may_call(lives, request, state, phase):
    life, table = lives[state], SORTS[request.node.callspec.params["lives"]]
    life.look()
    while life.node.phase != phase:
        life.wait()
    is_the_holder = state == State.NONE or life.deal.is_file  # or will be, if it is ever paid
    roles = [role for role in ROLES if not is_the_holder or role != "first buyer"]
    asked_for = list(product(table, roles))
    refusals = life.raw.refusals(asked(life, name, role) for name, role in asked_for)
    found = dict(zip(asked_for, refusals, strict=True))
    wrong = {
        cell: (refusal, expected(table, *cell, state, phase))
        for cell, refusal in found.items()
        if refusal != expected(table, *cell, state, phase)
    }
    assert wrong == {}


# what is not about one order: who may, and what everybody else is told

MARKET = {
    "list": (SELLER, "MarketNotParty"),
    "listWithExtras": (SELLER, "MarketNotParty"),
    "listFile": (SELLER, "MarketNotParty"),
    "setPaused": (SELLER, "MarketNotParty"),
    "setQuantityLimit": (SELLER, "MarketNotParty"),
    "buy": ({"payer"}, "MarketNotParty"),
    "buyWithPermit": ({"payer"}, "MarketNotParty"),
    "buyMany": ({"payer"}, "MarketNotParty"),
    "depositBond": (ANYONE, ""),
    "withdrawBond": (SELLER, "MarketBondTooLow"),
    "withdraw": (BOTH, "CreditsNotEnough"),
    "withdrawFrom": (HOLDER, "CreditsNotOwner"),  # of the holder's credit
    "push": (ANYONE, ""),
}
SPLITS = {
    "create": (ANYONE, ""),
    "propose": ({"payee"}, "SplitsNotPayee"),
    "approve": (ANYONE, ""),  # each for itself
    "change": ({"payee"}, "SplitsNotSigned"),  # whose share falls
    "movePayee": ({"payee"}, "SplitsNotPayee"),
    "collect": (ANYONE, ""),
    "sweep": (ANYONE, ""),
    "claim": ({"payee"}, "SplitsNotPayee"),  # to another address; to the payee's own: anyone
    "multicall": (ANYONE, ""),
}
COURT = {
    "escalate": (ANYONE, ""),
    "rule": (set(), "CourtNoRuling"),  # the court alone
    "execute": (ANYONE, ""),
    "withdraw": ({"stranger"}, "CourtNothingOwed"),  # who paid the court for another dispute
}
POWERS = {  # over the community; the platform's steward has the same over the platform's own
    "setFeeBps": ({"steward"}, "RegistryNotSteward"),
    "setWaivers": ({"steward"}, "RegistryNotSteward"),
    "offerStewardship": ({"steward"}, "RegistryNotSteward"),
    "acceptStewardship": ({"referrer"}, "RegistryNotPendingSteward"),  # to whom it was offered
    "openCommunity": (ANYONE, ""),
}
# whose credits somebody may take out
ANSWERS_FOR = {
    **{role: {role} for role in ("holder", "seller", "arbiter", "referrer")},
    "platform": {"platform"},
    "community": {"steward"},
    "split": set(),  # the Splits contract alone
}


class Scene(NamedTuple):
    """What one more order has left behind when it was ruled."""

    life: Life
    split: int


def in_dispute(life: Life, everybody: dict) -> Life:
    life.roles = dict(everybody)
    bring(life, P)
    return life


@pytest.fixture(scope="module")
def scene(make_life, make_split, everybody, splits, market, registry, coin, raw) -> Scene:
    split = make_split((everybody["payee"], 9_999), (everybody["stranger"], 1))
    more = {"split_id": split, "split_version": 1}
    for account in dict.fromkeys(everybody.values()):
        coin.mint(account, 10**9, {"from": account})
        coin.approve(market, 2**255, {"from": account})
    life = in_dispute(make_life("goods with bond and referrer", **more), everybody)
    life.do("arbiter", "rule", RULING_BPS)
    stranger, steward = everybody["stranger"], everybody["steward"]
    registry.offerStewardship(life.deal.terms.rule("community_id"), everybody["referrer"], {"from": steward})
    stranger.transfer(splits.depositOf(split), 7)
    splits.sweep(split, ZERO, {"from": stranger})
    stranger.transfer(splits.depositOf(split), 7)
    return Scene(life, split)


def calls_of(raw, contract, table: dict, arguments: dict, roles: dict, values: dict) -> dict:
    """Try every call of a table by every role; give what went otherwise than the table says."""
    asked_for = list(product(table, ROLES))
    refusals = raw.refusals(
        raw.transaction(roles[role], contract, name, arguments[name](role), values.get(name, 0))
        for name, role in asked_for
    )
    expected_ones = [None if role in table[name][0] else table[name][1] for name, role in asked_for]
    return {
        cell: (found, wanted)
        for cell, found, wanted in zip(asked_for, refusals, expected_ones, strict=True)
        if found != wanted
    }


def test_only_the_listed_roles_may_call_what_is_about_listings_and_credits(scene, market, raw, coin, list_terms):
    terms, roles = scene.life.deal.terms, scene.life.roles
    fresh = terms.but(salt=salt(991), split_id=0, split_version=0)
    extras, file = Extras(final_offer=True), file_of(fresh.salt)
    purchase = scene.life.deal.purchase.but(salt=salt(992))
    in_token = list_terms(currency=str(coin.address))
    bought = (terms.words(), 1, ANY_TOTAL, ANY_FEE, FAR, purchase.words())
    arguments = {
        "list": (fresh.words(), 1),
        "listWithExtras": (fresh.but(extras=extras.hash()).words(), 1, extras.words()),
        "listFile": (fresh.but(kind=FILE, transit_for=0, extras=file.hash()).words(), 1, file.words()),
        "setPaused": (terms.words(), True),
        "setQuantityLimit": (terms.words(), LIMIT, 1),
        "buy": bought,
        "buyWithPermit": (in_token.words(), *bought[1:], (0, 0, 0, NONE, NONE)),
        "buyMany": (((terms.words(), 1, ANY_TOTAL, ANY_FEE, purchase.words()),), FAR, ()),
        "depositBond": (roles["seller"], ZERO, 5),
        "withdrawBond": (ZERO, 1),
        "withdraw": (ZERO, roles["stranger"], 1),
        "withdrawFrom": (roles["holder"], ZERO, roles["stranger"], 1),
        "push": (roles["seller"], ZERO),
    }
    price = terms.unit_price
    values = {"buy": price, "buyMany": price, "depositBond": 5}
    owed = {"withdraw": ({"holder", "seller", "arbiter", "referrer"}, MARKET["withdraw"][1])}
    given = {name: (lambda role, fixed=fixed: fixed) for name, fixed in arguments.items()}
    assert calls_of(raw, market, {**MARKET, **owed}, given, roles, values) == {}


def test_only_its_owner_takes_out_a_credit(scene, market, raw):
    accounts, roles = scene.life.accounts, scene.life.roles
    for owner, may in ANSWERS_FOR.items():
        asked_for = dict.fromkeys(ROLES, (accounts[owner], ZERO, roles["stranger"], 1))
        found = raw.refusals(raw.transaction(roles[role], market, "withdrawFrom", asked_for[role]) for role in ROLES)
        assert {role for role, refusal in zip(ROLES, found, strict=True) if refusal is None} == may, owner
        assert set(found) <= {None, "CreditsNotOwner"}
    for keyless in ("platform", "community", "split"):
        assert raw.refusal(roles["stranger"], market, "push", (accounts[keyless], ZERO)) == "CreditsNoPush"


def test_only_the_listed_roles_may_call_splits(scene, market, splits, raw):
    split, roles = scene.split, scene.life.roles
    lower = change_to((0, 5_000), (1, 5_000)).words()
    arguments = {
        "create": ([str(roles["seller"])], [(0, 10_000, 0)]),
        "propose": (split, 0, lower),
        "approve": (NONE, True),
        "change": (split, lower, [b""]),
        "movePayee": (split, 0, roles["seller"]),
        "collect": (market, ZERO, split, 1),
        "sweep": (split, ZERO),
        "claim": (split, 1, 0, ZERO, roles["seller"]),
        "multicall": ([bytes.fromhex(raw.data(splits, "approve", (NONE, True))[2:])],),
    }
    given = {name: (lambda role, fixed=fixed: fixed) for name, fixed in arguments.items()}
    assert calls_of(raw, splits, SPLITS, given, roles, {}) == {}
    for role in ROLES:
        assert raw.refusal(roles[role], splits, "claim", (split, 1, 0, ZERO, roles["payee"])) is None


COURT_PRICE = 41_000


def test_only_the_listed_roles_may_call_a_court_arbiter(
    scene, make_life, everybody, market, raw, ToyCourt, CourtArbiter, owner
):
    court = ToyCourt.deploy(COURT_PRICE, {"from": owner})
    judge = CourtArbiter.deploy(market, court, b"", {"from": owner})
    for contract in (judge, court):
        raw.know(contract)
    terms = {"arbiter": str(judge)}
    ruled, asked_now = (in_dispute(make_life("goods with bond and referrer", **terms), everybody) for _ in range(2))
    paid = (everybody["stranger"], judge, "escalate", ruled.deal.arguments("escalate"), COURT_PRICE)
    assert raw.send(*paid)[0]
    assert raw.send(owner, court, "give", (judge, 1, 51))[0]
    arguments = {
        "escalate": asked_now.deal.arguments("escalate"),
        "rule": (1, 51),
        "execute": ruled.deal.arguments("execute"),
        "withdraw": (ZERO, everybody["stranger"]),
    }
    given = {name: (lambda role, fixed=fixed: fixed) for name, fixed in arguments.items()}
    before = {name: COURT[name] for name in ("escalate", "rule", "execute")}
    assert calls_of(raw, judge, before, given, everybody, {"escalate": COURT_PRICE}) == {}
    assert raw.send(everybody["seller"], judge, "execute", arguments["execute"])[0]
    assert calls_of(raw, judge, {"withdraw": COURT["withdraw"]}, given, everybody, {}) == {}
    asked_now.look()
    asked_now.wait()  # the arbiter's time is over
    late = (everybody["stranger"], judge, "escalate", asked_now.deal.arguments("escalate"), COURT_PRICE)
    assert raw.refusal(*late) == "CourtNotDisputed"


def test_only_stewards_have_their_powers(scene, registry, raw):
    roles, community = scene.life.roles, scene.life.deal.terms.rule("community_id")
    arguments = {
        "setFeeBps": (community, 1),
        "setWaivers": (community, 1, 1),
        "offerStewardship": (community, roles["stranger"]),
        "acceptStewardship": (community,),
        "openCommunity": (community_params(name="another", symbol="ANO"),),
    }
    given = {name: (lambda role, fixed=fixed: fixed) for name, fixed in arguments.items()}
    assert calls_of(raw, registry, POWERS, given, roles, {}) == {}
    own = {name: ({"platform"}, POWERS[name][1]) for name in ("setFeeBps", "offerStewardship")}
    of_platform = {name: (lambda role, name=name: (0, *arguments[name][1:])) for name in own}
    assert calls_of(raw, registry, own, of_platform, roles, {}) == {}


@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.name.lower())
def test_no_power_over_platform_community_listing_or_split_changes_an_open_order(
    make_life, make_split, everybody, market, splits, registry, raw, state
):
    split = make_split((everybody["referrer"], 9_999), (everybody["stranger"], 1))
    life = make_life("goods with bond and referrer", split_id=split, split_version=1)
    life.roles = dict(everybody)
    bring(life, state)
    terms, community = life.deal.terms, life.deal.terms.rule("community_id")
    told = ((market, "orderOf", (life.deal.key,)), (market, "asideOf", (life.deal.key,)))
    before = raw.reads(*told)
    powers = [
        ("steward", registry, "setWaivers", (community, 100, 100)),
        *((role, registry, "setFeeBps", (number, most)) for role, number, most in
          (("platform", 0, 500), ("steward", community, 2_000))),
        *((role, registry, "offerStewardship", (number, everybody["stranger"])) for role, number in
          (("platform", 0), ("steward", community))),
        *(("stranger", registry, "acceptStewardship", (number,)) for number in (0, community)),
        ("stranger", registry, "openCommunity", (community_params(name="another", symbol="ANO"),)),
        ("seller", market, "setPaused", (terms.words(), True)),
        ("seller", market, "setQuantityLimit", (terms.words(), LIMIT, 0)),
        ("referrer", splits, "change", (split, change_to((0, 1), (1, 9_999)).words(), [b""])),
        ("referrer", splits, "movePayee", (split, 0, everybody["seller"])),
    ]  # fmt: skip
    assert {name for _, contract, name, _ in powers if contract == registry} == set(POWERS)
    for role, contract, name, arguments in powers:
        assert raw.send(everybody[role], contract, name, arguments)[0], name
    assert raw.reads(*told) == before
    raw.jump_to(raw.now() + 7 * DAY)  # the raised commissions are in force
    assert raw.reads((registry, "feesOf", (community,)))[0] == (500, 2_000)
    wealth = life.wealth()
    both_offer(life)
    life.do("seller", "acceptSettlement", AGREED)
    shares = completed(life.deal.total - AGREED, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS, terms.rule("referral_bps"))
    gained = life.gained(wealth)
    assert [gained[name] for name in ("platform", "community", "referrer", "split")] == [
        shares.platform,
        shares.community,
        shares.referrer,
        shares.seller,
    ]
