"""Ways in which taking money out, or putting a bond aside, must fail."""

from tests.deals.mutation import Moment, Refusal, mutation
from tests.helpers.accounts import community_account
from tests.helpers.terms import ZERO

OUT = ("withdraw", "withdrawFrom")
BONDED = {"sellers_deposit": True}


@mutation(*OUT)
def mutate_credit_is_not_enough(m):
    """One unit more than is owed. At withdrawals."""
    account, owed = _credit(m)
    return m.refused("CreditsNotEnough", account, owed + 1, owed, amount=owed + 1)


@mutation(*OUT)
def mutate_nothing_is_withdrawn(m):
    """An amount of 0. At withdrawals."""
    account, owed = _credit(m)
    return m.refused("CreditsNotEnough", account, 0, owed, amount=0)


@mutation(*OUT)
def mutate_credit_goes_to_nobody(m):
    """It would be burnt. At withdrawals."""
    return m.refused("CreditsBadRecipient", ZERO, to=ZERO)


@mutation(*OUT)
def mutate_credit_goes_to_the_market(m):
    """It would belong to nobody. At withdrawals."""
    market = m.course.books.market
    return m.refused("CreditsBadRecipient", market, to=market)


@mutation("withdraw", currency="eth")
def mutate_recipient_refuses_ether(m):
    """A contract that takes none: the credit stays. At withdrawals of ETH."""
    to, amount = m.course.world.address("coin"), m.act.arguments["amount"]
    return m.refused("CreditsEthRefused", to, amount, to=to) if m.act.arguments["currency"] == ZERO else None


@mutation("withdrawFrom")
def mutate_commission_is_withdrawn_by_another(m):
    """The seller takes out the commission. At withdrawals by stewards."""
    other, account = m.course.goods.seller, m.act.arguments["account"]
    return m.refused("CreditsNotOwner", other.address, account, by=other)


@mutation("withdraw")
def mutate_credit_is_withdrawn_by_another(m):
    """A stranger takes out what is somebody else's. At withdrawals."""
    other, account = m.person("stranger"), m.act.actor.address
    arguments = {"account": account, **m.act.arguments, "to": other.address}
    order = {name: arguments[name] for name in ("account", "currency", "to", "amount")}
    act = m.course.act("withdrawFrom", other, list, m.act.timestamp, **order)
    return Refusal(act, "CreditsNotOwner", (other.address, account))


@mutation("push")
def mutate_commission_is_pushed(m):
    """No key controls a community's account: it would be burnt. At pushes."""
    account = community_account(m.course.world.community_id)
    return m.refused("CreditsNoPush", account, account=account)


@mutation("push")
def mutate_nothing_is_pushed(m):
    """There is no credit to send. At pushes."""
    account = m.course.world.address("coin")
    return m.refused("CreditsNotEnough", account, 0, 0, account=account)


@mutation("collect", split=True)
def mutate_split_is_collected_by_a_payee_himself(m):
    """A payee reaches into the ledger, past the splits. When a split's credit is collected."""
    account = m.course.world.accounts[-1]
    payee, currency = m.person("seller"), m.act.arguments["currency"]
    said = {"account": account, "currency": currency, "to": payee.address, "amount": 1}
    act = m.course.act("withdrawFrom", payee, list, m.act.timestamp, **said)
    return Refusal(act, "CreditsNotOwner", (payee.address, account))


@mutation("depositBond", **BONDED)
def mutate_bond_is_for_nobody(m):
    """Nobody could take it out. At deposits."""
    return m.refused("CreditsBadRecipient", ZERO, account=ZERO)


@mutation("depositBond", **BONDED, currency="eth")
def mutate_deposit_is_not_what_is_sent(m):
    """One wei is missing. At deposits of ETH."""
    due = m.act.value
    return m.refused("CreditsWrongValue", due - 1, due, value=due - 1) if due else None


@mutation("depositBond", **BONDED, currency=("coin", "permit"))
def mutate_ether_comes_with_a_deposit_of_tokens(m):
    """A wei that would be lost. At deposits of tokens."""
    return None if m.act.arguments["currency"] == ZERO else m.refused("CreditsWrongValue", 1, 0, value=1)


@mutation("withdrawBond", **BONDED)
def mutate_no_bond_is_taken_out(m):
    """An amount of 0. When a bond is taken out."""
    return m.refused("MarketBadAmount", 0, _free(m), amount=0)


@mutation("withdrawBond", **BONDED)
def mutate_more_bond_is_taken_out_than_is_free(m):
    """One unit more than is free. When a bond is taken out."""
    account, free = m.act.actor.address, _free(m)
    return m.refused("MarketBondTooLow", account, free, free + 1, amount=free + 1)


@mutation("withdrawBond", **BONDED)
def mutate_bond_is_taken_out_by_another(m):
    """A stranger takes out what somebody else has deposited. When a bond is taken out."""
    other, amount = m.person("stranger"), m.act.arguments["amount"]
    return m.refused("MarketBondTooLow", other.address, 0, amount, by=other)


def _credit(m: Moment) -> tuple[str, int]:
    """Give whose credit the call is about, and how much it is."""
    account = m.act.arguments.get("account", m.act.actor.address)
    return account, m.course.books.credits[account, m.act.arguments["currency"]]


def _free(m: Moment) -> int:
    return int(m.course.books.bonds[m.act.actor.address, m.act.arguments["currency"]])
