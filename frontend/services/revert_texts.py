"""Every error of the contracts as a sentence: what is wrong, and what to do. In the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext, ngettext

from frontend.formatters import bps, duration, short, visible, when
from frontend.services import (
    claim_texts,
    curve_texts,
    design_texts,
    governor_texts,
    member_texts,
    persona_texts,
    split_texts,
)
from frontend.services.error_words import moment, tokens
from frontend.services.level_words import members_only
from frontend.services.reverts import Refusal


def state_text(state: int) -> str:
    """Name an order's state."""
    texts = (
        gettext("not paid"),
        gettext("paid, waiting to be accepted"),
        gettext("accepted"),
        gettext("delivered"),
        gettext("contested"),
        gettext("in dispute"),
        gettext("completed"),
        gettext("cancelled"),
        gettext("refunded"),
        gettext("decided by the arbiter"),
    )
    return texts[state] if 0 <= state < len(texts) else str(state)


def kind_text(kind: int) -> str:
    """Name a kind of listing by the contract's number."""
    texts = (gettext("Goods"), gettext("Sealed file"), gettext("Blueprint"), gettext("Service"))
    return texts[kind] if 0 <= kind < len(texts) else str(kind)


def term_text(field: str) -> str:
    """Name a listing's term by the ASCII word in MarketBadTerm."""
    texts = {
        "unitPrice": gettext("the price"),
        "persona": gettext("the persona"),
        "extras": gettext("the extra terms"),
        "size": gettext("the size of the file"),
        "kind": gettext("the kind"),
        "instant": gettext("the instant flag"),
        "maxFeeBps": gettext("the highest commission"),
        "referralBps": gettext("the referrer's commission"),
        "bondBps": gettext("the bond"),
        "splitVersion": gettext("the split's version"),
        "milestones": gettext("the number of milestones"),
        "shareBps": gettext("a milestone's share"),
        "acceptFor": gettext("the time to accept"),
        "deliverFor": gettext("the time to deliver"),
        "transitFor": gettext("the time on the way"),
        "inspectFor": gettext("the time to inspect"),
        "ruleFor": gettext("the time to rule"),
        "validUntil": gettext("the end of the listing"),
        "clocks": gettext("the times"),
        "arbiterFee": gettext("the arbiter's fee"),
        "buyerLevel": gettext("the level that a buyer needs"),
        "memberLevel": gettext("the level from which members pay less"),
        "memberDiscountBps": gettext("the members' discount"),
    }
    return texts.get(field, visible(field))


def sentence(refusal: Refusal) -> str:
    """Give what a contract said, as a sentence with cause and remedy."""
    teller = SENTENCES.get(refusal.name)
    if teller is None:
        return gettext(
            "The contract refused, for a reason that this page does not know (%(name)s). Nothing was sent.",
            name=visible(str(refusal.args.get("selector", refusal.name))),
        )
    return teller(refusal.args)


def _error(args: dict[str, Any]) -> str:
    reason = visible(str(args.get("reason", "")))
    if not reason:
        return gettext("The contract refused without saying why. Nothing was sent.")
    return gettext("The contract refused: “%(reason)s”. Nothing was sent.", reason=reason)


def _panic(args: dict[str, Any]) -> str:
    return gettext(
        "The contract stopped on an internal check (panic 0x%(code)s). Nothing was sent; please tell the operator.",
        code=f"{int(args['code']):02x}",
    )


def _term_value(field: str, value: int) -> str:
    if field.endswith("For"):
        return duration(value)
    if field == "validUntil":
        return str(when(value))
    if field in ("maxFeeBps", "memberDiscountBps"):
        return bps(value)
    return str(value)


def _bad_term(args: dict[str, Any]) -> str:
    field = bytes.fromhex(str(args["field"]).removeprefix("0x")).rstrip(b"\0").decode("ascii", "replace")
    found, low, high = (int(args[name]) for name in ("found", "min", "max"))
    if low == high == 0:
        return gettext("%(field)s must stay empty.", field=term_text(field).capitalize())
    if high >= 2**39:
        return gettext(
            "%(field)s is %(found)s but must be at least %(low)s.",
            field=term_text(field).capitalize(),
            found=_term_value(field, found),
            low=_term_value(field, low),
        )
    return gettext(
        "%(field)s is %(found)s but must lie between %(low)s and %(high)s.",
        field=term_text(field).capitalize(),
        found=_term_value(field, found),
        low=_term_value(field, low),
        high=_term_value(field, high),
    )


def _party(args: dict[str, Any]) -> str:
    return gettext(
        "Only %(party)s may do this; you are signed in as %(caller)s. Switch to the right account.",
        party=short(args["party"]),
        caller=short(args["caller"]),
    )


def _late(args: dict[str, Any]) -> str:
    return gettext(
        "Too late: the time for this ended %(when)s. What can be done now is “expire”, by anyone.",
        when=moment(args["deadline"]),
    )


def _early(args: dict[str, Any]) -> str:
    return gettext(
        "Too early: the other side still has time, until %(when)s. Please try again after that.",
        when=moment(args["deadline"]),
    )


def _stock(args: dict[str, Any]) -> str:
    left = int(args["left"])
    if int(args["asked"]) == 0:
        return gettext("Choose a quantity of at least 1.")
    if left == 0:
        return gettext("Sold out: nothing is left. The seller can raise the quantity.")
    return ngettext(
        "Only %(num)d is left; choose a smaller quantity.", "Only %(num)d are left; choose a smaller quantity.", left
    )


def _length(args: dict[str, Any]) -> str:
    fields = {
        "name": gettext("The name"),
        "symbol": gettext("The symbol"),
        "metadataURI": gettext("The description's address"),
    }
    return gettext(
        "%(field)s has %(length)s bytes; 1 to %(max)s are allowed. A Korean letter takes 3 bytes.",
        field=fields.get(args["field"], visible(str(args["field"]))),
        length=args["length"],
        max=args["max"],
    )


def _bad_waiver(args: dict[str, Any]) -> str:
    if int(args["maxPercent"]) == 0:
        return gettext("The platform has neither a token nor members, so nothing of its commission can be waived.")
    return gettext(
        "At most %(max)s %% of a commission can be waived; this says %(token)s %% and %(members)s %%.",
        max=args["maxPercent"],
        token=args["tokenWaiver"],
        members=args["memberWaiver"],
    )


Teller = Callable[[dict[str, Any]], str]

SENTENCES: dict[str, Teller] = {
    "Error": _error,
    "Panic": _panic,
    # Market
    "MarketNotParty": _party,
    "MarketBadTerm": _bad_term,
    "MarketNoCode": lambda a: gettext(
        "There is no contract at %(address)s, so it can be no currency. Check the token's address.",
        address=short(a["currency"]),
    ),
    "MarketBadArbiter": lambda a: gettext(
        "%(address)s cannot be the arbiter: arbiter, backup and seller must be three different accounts.",
        address=short(a["account"]),
    ),
    "MarketBadHolder": lambda a: gettext(
        "%(address)s cannot be the buyer: the seller, the arbiter and the backup may not buy here.",
        address=short(a["holder"]),
    ),
    "MarketWrongArbiter": lambda a: gettext(
        "The listing's arbiter is %(arbiter)s, not %(found)s. Reload the listing and read its terms again.",
        arbiter=short(a["arbiter"]),
        found=short(a["found"]),
    ),
    "MarketUnknownCommunity": lambda a: gettext("There is no community number %(id)s.", id=a["communityId"]),
    "MarketListingExists": lambda a: gettext("This very listing is on sale already. Look under “my listings”."),
    "MarketUnknownListing": lambda a: gettext(
        "The Market does not know these terms. Reload the listing and try again."
    ),
    "MarketListingPaused": lambda a: gettext("The seller has paused this listing. Try again later."),
    "MarketListingEnded": lambda a: gettext("This listing ended %(when)s.", when=moment(a["validUntil"])),
    "MarketOutOfStock": _stock,
    "MarketQuantityLimitChanged": lambda a: gettext(
        "The quantity was changed meanwhile: it is %(current)s now, not %(expected)s. Reload the page and try again.",
        current=a["current"],
        expected=a["expected"],
    ),
    "MarketPurchaseExpired": lambda a: gettext(
        "The offer to buy is too old (it ended %(when)s). Order again.", when=moment(a["deadline"])
    ),
    "MarketTotalTooHigh": lambda a: gettext(
        "The price is above your limit. Reload the listing: what you saw is not what is asked."
    ),
    "MarketFeeTooHigh": lambda a: gettext(
        "Commissions are %(found)s now, above the limit of %(max)s. Nothing was paid. Reload the listing, or ask the seller "
        "for a new one.",
        found=bps(int(a["feeBps"])),
        max=bps(int(a["maxBps"])),
    ),
    "MarketOnlyBuyer": lambda a: gettext(
        "This listing is for %(only)s alone; %(holder)s cannot buy it.",
        only=short(a["onlyBuyer"]),
        holder=short(a["holder"]),
    ),
    "MarketMembersOnly": lambda a: members_only(a["holder"], int(a["level"]), int(a["buyerLevel"])),
    "MarketOrderExists": lambda a: gettext(
        "You have made this very purchase already; nothing is paid twice. Look at your orders."
    ),
    "MarketWrongState": lambda a: gettext(
        "The order is %(state)s, so this cannot be done now. Reload the order to see what can.",
        state=state_text(int(a["found"])),
    ),
    "MarketTooLate": _late,
    "MarketTooEarly": _early,
    "MarketBadRuling": lambda a: gettext("A ruling can give the buyer 0 to 100 %, not more."),
    "MarketEvidenceTooLong": lambda a: gettext(
        "The evidence's address has %(length)s bytes; at most %(max)s are allowed.", length=a["length"], max=a["max"]
    ),
    "MarketUnknownSplit": lambda a: gettext(
        "There is no version %(version)s of split number %(id)s. Choose another split, or none.",
        version=a["version"],
        id=a["splitId"],
    ),
    "MarketBuyerHasEnough": lambda a: gettext(
        "One buyer may have %(max)s units in open orders here, and this would make %(found)s. Choose fewer, or wait until "
        "an order has ended.",
        max=a["max"],
        found=a["quantity"],
    ),
    "MarketAmountChanged": lambda a: gettext(
        "The money in escrow has changed meanwhile. Nothing was moved. Reload the order and look again."
    ),
    "MarketBadAmount": lambda a: gettext("The amount must be above 0 and no more than what is there."),
    "MarketClockChanged": lambda a: gettext("The time limit was changed meanwhile. Reload the order and look again."),
    "MarketBadClock": lambda a: gettext(
        "The new time limit must lie after the present one, and all extensions of an order together have a maximum."
    ),
    "MarketBondTooLow": lambda a: gettext(
        "The free bond of %(account)s is too small for this. Deposit more, or take out less.",
        account=short(a["account"]),
    ),
    "MarketNoSuchOffer": lambda a: gettext(
        "The other side makes no such offer, or the order has changed since. Reload the order and look again."
    ),
    "MarketBadSignature": lambda a: gettext(
        "%(signer)s has not signed this settlement as the order stands now. Ask for a new signature.",
        signer=short(a["signer"]),
    ),
    "MarketHasMilestones": lambda a: gettext(
        "This order is delivered and paid by milestones. Reload the order and act on the one at hand."
    ),
    "MarketWrongMilestone": lambda a: gettext("Another milestone is at hand now. Reload the order and look again."),
    "MarketWrongExtras": lambda a: gettext(
        "The extra terms are not those of the listing. Reload the listing and try again."
    ),
    "MarketBadPoint": lambda a: gettext(
        "The point that the key is to be wrapped to, or was wrapped with, is none; and only a sealed file has one. Reload the "
        "page and try again."
    ),
    "MarketWrongKind": lambda a: gettext(
        "This cannot be done with a listing of the kind “%(kind)s”. Reload the page, and use what it offers for this kind.",
        kind=kind_text(int(a["kind"])),
    ),
    "MarketWrongPurchase": lambda a: gettext(
        "The purchase shown is not the one that was made. Reload the order and try again."
    ),
    "MarketWrongWrap": lambda a: gettext("The wrapped key shown is not the one that was delivered. Reload the order."),
    "MarketWrongSecret": lambda a: gettext(
        "This is not the secret of the order. Take the key file with which you bought; nothing was sent."
    ),
    "MarketKeyIsRight": lambda a: gettext(
        "The key that was delivered is the one that was sold: it opens the file, and nothing can be claimed against it."
    ),
    "KeyRequestsBadPoint": lambda a: gettext(
        "The point that the key is to be wrapped to, or was wrapped with, is none. Reload the page and try again."
    ),
    # Reviews
    "ReviewsNoCode": lambda a: gettext("There is no contract at %(account)s.", account=short(a["market"])),
    "ReviewsBadRating": lambda a: gettext("A rating is 1 to 5."),
    "ReviewsNotParty": lambda a: gettext(
        "Only the buyer and the seller of an order can speak about each other; %(account)s is neither.",
        account=short(a["caller"]),
    ),
    "ReviewsNotFinished": lambda a: gettext(
        "Only orders that are finished can be reviewed, and not those cancelled before they were accepted."
    ),
    "ReviewsSaidBefore": lambda a: gettext("You have said this about the order already, and it stands for good."),
    "ReviewsNothingSaid": lambda a: gettext("The other side has said nothing yet that could be answered."),
    # Credits
    "CreditsNotEnough": lambda a: gettext(
        "That is more than is owed to this account, or nothing. Reload to see what is there now."
    ),
    "CreditsNotOwner": lambda a: gettext(
        "%(caller)s may not withdraw for %(account)s: only the account itself, or the community's steward.",
        caller=short(a["caller"]),
        account=short(a["account"]),
    ),
    "CreditsEthRefused": lambda a: gettext("%(to)s does not accept ETH. Name another address.", to=short(a["to"])),
    "CreditsTokenDeliveredLess": lambda a: gettext(
        "This token delivered another amount than was asked. Tokens that take a tax or change balances are not accepted here."
    ),
    "CreditsWrongValue": lambda a: gettext("The ETH sent is not exactly what is due. Reload the page and try again."),
    "CreditsNoPush": lambda a: gettext("A community's commission can only be withdrawn by its steward."),
    "CreditsBadRecipient": lambda a: gettext("Money cannot go to %(to)s. Name another address.", to=short(a["to"])),
    **split_texts.SENTENCES,
    **persona_texts.SENTENCES,
    **claim_texts.SENTENCES,
    **design_texts.SENTENCES,
    **curve_texts.SENTENCES,
    **member_texts.SENTENCES,
    **governor_texts.SENTENCES,
    **governor_texts.SENTENCES,
    # CourtArbiter
    "CourtNoCode": lambda a: gettext("There is no contract at %(account)s.", account=short(a["account"])),
    "CourtNotArbiter": lambda a: gettext(
        "The terms name another arbiter, %(arbiter)s; this court has nothing to say here.", arbiter=short(a["arbiter"])
    ),
    "CourtNotDisputed": lambda a: gettext(
        "The order is not before the arbiter, or the arbiter's time is over. Reload the order and look again."
    ),
    "CourtEscalatedBefore": lambda a: gettext("This dispute is before the court already."),
    "CourtWrongCost": lambda a: gettext(
        "The ETH sent is not exactly what the court asks now. Reload the page and try again."
    ),
    "CourtNoRuling": lambda a: gettext("Only the court itself may rule, and only on a dispute that is open here."),
    "CourtHasNotRuled": lambda a: gettext("The court has not ruled on this order yet, or refused to."),
    "CourtNothingOwed": lambda a: gettext("Nothing is owed to %(payer)s here.", payer=short(a["payer"])),
    # CommunityRegistry
    "RegistryUnknownCommunity": lambda a: gettext("There is no community number %(id)s.", id=a["id"]),
    "RegistryBadLength": _length,
    "RegistryBadCap": lambda a: gettext(
        "The cap (%(cap)s) must be above 0 and at least what is reserved for the founder, claims and curve (%(reserved)s).",
        cap=tokens(a["cap"]),
        reserved=tokens(a["reserved"]),
    ),
    "RegistryBadReserve": lambda a: gettext(
        "Claims and curve each need a contract and an amount, or neither, and cannot be the same contract."
    ),
    "RegistryBadVesting": lambda a: gettext(
        "Vesting must end at or after its cliff (%(cliff)s) and last at most %(max)s; it is %(duration)s.",
        cliff=duration(int(a["cliff"])),
        duration=duration(int(a["duration"])),
        max=duration(int(a["maxDuration"])),
    ),
    "RegistryFeeTooHigh": lambda a: gettext(
        "A commission of %(fee)s is above the highest possible, %(max)s.",
        fee=bps(int(a["feeBps"])),
        max=bps(int(a["maxBps"])),
    ),
    "RegistryBadWaiver": _bad_waiver,
    "RegistryNotSteward": lambda a: gettext(
        "Only the steward of community %(id)s may do this; you are signed in as %(caller)s.",
        id=a["id"],
        caller=short(a["caller"]),
    ),
    "RegistryNotPendingSteward": lambda a: gettext(
        "Stewardship of community %(id)s is not offered to %(caller)s (any more).",
        id=a["id"],
        caller=short(a["caller"]),
    ),
    # CommunityToken
    "TokenNotSteward": lambda a: gettext(
        "Only the community's steward may do this; you are %(caller)s.", caller=short(a["caller"])
    ),
    "TokenIsImplementation": lambda a: gettext("This address is the pattern of all community tokens, not a token."),
    "TokenCapExceeded": lambda a: gettext(
        "That would pass the token's cap: %(left)s can still be minted, not %(amount)s.",
        left=tokens(a["mintable"]),
        amount=tokens(a["amount"]),
    ),
    "TokenNotReserved": lambda a: gettext(
        "No tokens were reserved for %(caller)s to mint. Use the page of the claim phase or of the curve.",
        caller=short(a["caller"]),
    ),
    "TokenReserveExceeded": lambda a: gettext(
        "The reserve has %(left)s tokens left, and %(amount)s were asked for. Ask for less.",
        left=tokens(a["left"]),
        amount=tokens(a["amount"]),
    ),
    "TokenMintRenounced": lambda a: gettext("Minting was given up for ever; nothing can be minted any more."),
    "TokenBadBatch": lambda a: gettext(
        "A batch has 1 to %(max)s lines, each with an address and an amount.", max=a["max"]
    ),
    "TokenNothingVested": lambda a: gettext("Nothing of the founder's share is due yet. Look at the vesting table."),
    "TokenContractURIFrozen": lambda a: gettext("The description was frozen for ever; it cannot be changed."),
    "TokenURITooLong": lambda a: gettext(
        "The description's address has %(length)s bytes; at most %(max)s are allowed.", length=a["length"], max=a["max"]
    ),
    # ERC-20 (ERC-6093) and permit
    "ERC20InsufficientBalance": lambda a: gettext(
        "%(sender)s does not hold enough of this token.", sender=short(a["sender"])
    ),
    "ERC20InsufficientAllowance": lambda a: gettext(
        "The Market may not take that much of your token yet. Approve the amount first."
    ),
    "ERC20InvalidReceiver": lambda a: gettext("Tokens cannot go to %(to)s.", to=short(a["receiver"])),
    "ERC20InvalidSender": lambda a: gettext("Tokens cannot come from %(sender)s.", sender=short(a["sender"])),
    "ERC20InvalidApprover": lambda a: gettext("%(address)s cannot approve tokens.", address=short(a["approver"])),
    "ERC20InvalidSpender": lambda a: gettext(
        "%(address)s cannot be allowed to take tokens.", address=short(a["spender"])
    ),
    "ERC2612ExpiredSignature": lambda a: gettext(
        "The signed approval is too old (it ended %(when)s). Sign again.", when=moment(a["deadline"])
    ),
    "ERC2612InvalidSigner": lambda a: gettext(
        "The approval was signed by another account. Switch account and sign again."
    ),
    "InvalidAccountNonce": lambda a: gettext("The signed approval was used already. Sign again."),
    "ECDSAInvalidSignature": lambda a: gettext("The signature is no signature. Sign again."),
    "ECDSAInvalidSignatureLength": lambda a: gettext("The signature is no signature. Sign again."),
    "ECDSAInvalidSignatureS": lambda a: gettext("The signature is no signature. Sign again."),
    "SafeERC20FailedOperation": lambda a: gettext(
        "The token at %(token)s refused the transfer. Perhaps it blocks an account, or is paused.",
        token=short(a["token"]),
    ),
    # OpenZeppelin's tools
    "ReentrancyGuardReentrantCall": lambda a: gettext(
        "A contract called back in the middle of this; that is not allowed."
    ),
    "InsufficientBalance": lambda a: gettext("The contract does not hold enough to do this."),
    "FailedDeployment": lambda a: gettext("The token could not be made. Please try again."),
    "CloneArgumentsTooLong": lambda a: gettext("Name, symbol and description's address are too long together."),
    "StringTooLong": lambda a: gettext("A text is too long."),
    "Unknown": lambda a: gettext(
        "The contract refused, for a reason that this page does not know (%(name)s). Nothing was sent.",
        name=visible(str(a.get("selector", ""))),
    ),
}
