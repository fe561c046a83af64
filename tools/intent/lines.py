"""What the page's own summary must say, line by line, if it tells the truth about the call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tools.intent import ids
from tools.intent.reading import ETH, Reading

Line = tuple[str, str]  # value, more
Lines = Line | list[Line]  # several where the same label stands several times: any of them
VOTES = ("Against", "For", "Abstain")
ANY = "*"  # a token's symbol: somebody's own word, which the call does not hold

# lines that come from the index and not from the call: the chain alone can say whether they are true
FROM_THE_INDEX = frozenset(
    {
        "Commission", "Commission now", "Not taken of sales in its token, now", "Not taken of members' sales, now",
        "Effect", "Goes back to the buyer", "In force for new orders after", "Steward until now",
        "Then", "To the buyer", "To the seller, after commissions", "To the seller's split, after commissions", "Warning",
        "Commission of the platform", "Commission of this community", "To whoever sent the buyer here", "Stake back to the buyer",
        "Stake back to the seller", "To the arbiter, out of the stakes", "The seller's bond, to the buyer", "In escrow now",
        "To the buyer by the buyer's offer", "To the buyer by the seller's offer", "What is due goes to the founder",
        "More time that this order can still get", "Stays in escrow",
        "Item", "A ruling", "Locked from your free bond until the order ends", "Due to you", "Waits in the Market", "Waits from makes of designs",
        "Due to the payee", "Its share now", "Agrees by sending this", "Has agreed on the chain", "Has signed",
        "Version to be", "Payee so far", "Nickname to be claimed", "It can be taken over after",
        "Its holder until now", "At the price of now you pay", "The community's fee in it", "At the price of now you get",
        "The community's fee, taken off already", "Paid out to you besides, at the price of now",
        "Goes back for later phases", "Accounts on the list",
        "They can be taken out after", "What is proposed", "Votes are counted after", "You review the buyer", "Licence units", "Fees for these makes",
        "It can be carried out after",
    }
)  # fmt: skip
# of conditions that a listing names by its salt alone: the form's own check compares them, and publishing shows them again
BEHIND_THE_SALT = frozenset(
    {"Fee for each make", "The fee goes to", "The fee goes to split number", "Version of the split", "Each make"}
)
# of a change that the call names by its hash alone
BEHIND_THE_HASH = frozenset(
    {"Split", "New payee", "Its share to be", "It cannot fall before", "The change can be made until"}
)


def expected(reading: Reading) -> Mapping[str, Lines]:
    """Give the lines that follow from the call, by their label. Amounts in smallest units, addresses with checksum."""
    area = reading.action.partition(".")[0]
    if reading.action == "market.buy_many":
        return _cart(reading)
    if reading.action in ("market.deposit_bond", "market.withdraw_bond"):
        amount = _amount(reading.args["amount"], reading.args["currency"])
        return {"Added to your free bond": amount, "Taken from your free bond": amount}
    if reading.action == "market.buy":
        return _buying(reading)
    if reading.action in ("market.list", "market.list_file"):
        return _listing(reading)
    return {
        "market": _order,
        "keys": _key_request,
        "reviews": _review,
        "designs": _design,
        "tokens": _tokens,
        "token": _approval,
        "communities": _community,
        "credits": _credits,
        "splits": _splits,
        "personas": _personas,
        "curves": _curves,
        "claims": _claims,
        "members": _members,
        "proposals": _proposals,
    }[area](reading)


def _address(value: str) -> Line:
    return ids.with_checksum(value), ""


def _amount(units: int, currency: str) -> Line:
    return str(units), ids.with_checksum(currency)


def _buying(reading: Reading) -> dict[str, Line]:
    args, terms = reading.args, reading.terms
    return {
        "You pay into escrow": _amount(reading.total, terms["currency"]),
        "Quantity": (str(args["quantity"]), ""),
        "Seller": _address(terms["seller"]),
        "The order will belong to": _address(args["purchase"]["holder"]),
        "Arbiter": _address(terms["arbiter"]),
        "Referred by": _address(args["purchase"]["referrer"]),
        "The referrer gets, out of the seller's part": (str(terms["referralBps"]), ""),
        "Commission, paid by the seller, at most": (str(min(args["maxFeeBps"], terms["maxFeeBps"])), ""),
        "Can be mined until": (str(args["deadline"]), ""),
    }


def _cart(reading: Reading) -> dict[str, Lines]:
    items = reading.args["items"]
    prices = [
        _amount(ids.due_of(item["terms"], item["quantity"], item["maxTotal"]), item["terms"]["currency"])
        for item in items
    ]
    return {
        "Its price": prices,
        "Its seller": [_address(item["terms"]["seller"]) for item in items],
        "Referred by": [_address(item["purchase"]["referrer"]) for item in items],
        "You pay into escrow in all": [_amount(units, currency) for currency, units in reading.dues.items()],
        "Can be mined until": (str(reading.args["deadline"]), ""),
    }


def _listing(reading: Reading) -> dict[str, Lines]:
    terms = reading.terms
    parts = reading.args.get("extras", {"milestones": []})["milestones"]
    found: dict[str, Lines] = {
        "Your bond, of each order's price": (str(terms["bondBps"]), ""),
        "A referrer gets": (str(terms["referralBps"]), ""),
        "Most units of one buyer in open orders": (str(terms["perBuyerOpenQuantity"]), ""),
        "Your part goes to the split": (str(terms["splitId"]), ""),
        "in its version": (str(terms["splitVersion"]), ""),
        "Who may buy": ("members of the community only" if terms["buyerLevel"] == 1 else "?", ""),
        "Only members may buy, from tier": (str(terms["buyerLevel"] - 1), ""),
        "Members pay less, by": (str(terms["memberDiscountBps"]), ""),
        "They are members from tier": (str(terms["memberLevel"] - 1), ""),
        "Milestones": (str(len(parts)), ""),
        "A milestone's share": [(str(part["shareBps"]), "") for part in parts],
        "to be delivered within": [(str(part["deliverFor"]), "") for part in parts],
        "and inspected within": [(str(part["inspectFor"]), "") for part in parts],
        "Price of one": _amount(terms["unitPrice"], terms["currency"]),
        "Quantity": (str(reading.args["quantityLimit"]), ""),
        "Highest commission you accept": (str(terms["maxFeeBps"]), ""),
        "Arbiter": _address(terms["arbiter"]),
        "Backup arbiter": _address(terms["backupArbiter"]),
        "Arbiter's fee, staked by each side": _amount(terms["arbiterFee"], terms["currency"]),
        "You accept within": (str(terms["acceptFor"]), ""),
        "You deliver within": (str(terms["deliverFor"]), ""),
        "The buyer inspects within": (str(terms["transitFor"] + terms["inspectFor"]), ""),
        "For this buyer alone": _address(terms["onlyBuyer"]),
    }
    return found | _sealed_file(reading)


def _order(reading: Reading) -> dict[str, Line]:
    args, terms = reading.args, reading.terms
    found: dict[str, Line] = {
        "You then deliver within": (str(terms["deliverFor"]), ""),
        "The buyer may dispute for": (str(_inspect_for(reading)), ""),
        "Arbiter": _address(terms["arbiter"]),
        "Stake: the arbiter's fee": _amount(terms["arbiterFee"], terms["currency"]),
        "Stake, out of your free bond": _amount(terms["arbiterFee"], terms["currency"]),
    }
    if "milestone" in args:
        found["Milestone"] = (str(args["milestone"] + 1), "")
    found |= _changing(reading)
    numbers = {
        "Quantity limit now": "expectedLimit",
        "Quantity limit to be, those sold included": "newLimit",
        "The buyer's part": "bpsToBuyer",
    }
    hashes = {
        "Hash of your note": "commitment",
        "Your statement's hash; the text is public": "hash",
        "Your picture's hash; the picture is public": "hash",
    }
    found |= {label: (str(args[name]), "") for label, name in numbers.items() if name in args}
    found |= {label: ("0x" + args[name].hex(), "") for label, name in hashes.items() if name in args}
    return found | _wrapped(reading)


def _key_request(reading: Reading) -> dict[str, Line]:
    args = reading.args
    found = {
        "The key is to be wrapped to, x": ("0x" + args["x"].hex(), ""),
        "and y": ("0x" + args["y"].hex(), ""),
    }
    return found | _wrapped(reading)


def _review(reading: Reading) -> dict[str, Line]:
    args = reading.args
    said = ("0x" + args["hash"].hex(), "")
    if reading.function == "reply":
        return {"Your reply's hash; the text is public": said}
    return {
        "Your rating, of 5": (str(args["rating"]), ""),
        "You review the seller": _address(reading.terms["seller"]),
        "Your review's hash; the text is public": said,
    }


def _design(reading: Reading) -> Mapping[str, Lines]:
    args = reading.args
    if reading.function == "publish":
        said = args["conditions"]
        return {
            "Fee for each make": _amount(said["feePerMake"], said["currency"]),
            "The fee goes to": _address(said["payee"]),
            "The fee goes to split number": (str(said["splitId"]), ""),
            "Version of the split": (str(said["splitVersion"]), ""),
            "Each make": ("Making costs nothing but the unit." if said["feePerMake"] == 0 else "?", ""),
        }
    if reading.function == "make":
        serials = [(serial.rstrip(b"\0").decode("ascii", "replace"), "") for serial in args["serials"]]
        found: dict[str, Lines] = {
            "Units that are burned": (str(len(serials)), ""),
            "Serial that is registered": serials,
        }
        if reading.document.value_wei:
            found["Fees for these makes"] = _amount(reading.document.value_wei, ETH)
        return found
    moved: dict[str, Lines] = {"They go to": _address(args["to"])}
    return moved | ({"Licence units": (str(args["value"]), "")} if "value" in args else {})


def _wrapped(reading: Reading) -> dict[str, Line]:
    """Name a wrapped key by its hash, where there is one."""
    for part, value in zip(reading.entry["inputs"], reading.raw, strict=True):
        if part["name"] == "wrap":
            return {"Hash of the wrapped key": ("0x" + ids.extras_hash(part, value).hex(), "")}
    return {}


def _sealed_file(reading: Reading) -> dict[str, Lines]:
    file = reading.args.get("file")
    if file is None:
        return {}
    return {
        "Size of the file, in bytes": (str(file["size"]), ""),
        "Hash of the sealed file": ("0x" + file["ciphertextHash"].hex(), ""),
        "Hash of what is in it": ("0x" + file["plaintextHash"].hex(), ""),
        "Hash of its key": ("0x" + file["keyHash"].hex(), ""),
    }


def _changing(reading: Reading) -> dict[str, Line]:
    """Give the lines of parts, clocks, holders and agreements."""
    args, currency = reading.args, reading.terms["currency"]
    found: dict[str, Line] = {}
    if "amount" in args:
        label = (
            "You pay the seller, before commissions"
            if reading.action == "market.release"
            else "You give back to the buyer"
        )
        found[label] = _amount(args["amount"], currency)
        found["Stays in escrow"] = _amount(args["expectedAmount"] - args["amount"], currency)
    if "toHolder" in args:
        found["To the buyer"] = _amount(args["toHolder"], currency)
    if "newClock" in args:
        found["The deadline now"] = (str(args["expectedClock"]), "")
        found["The deadline to be"] = (str(args["newClock"]), "")
    if "to" in args:
        found["The order will belong to"] = _address(args["to"])
    if "deadline" in args:
        found["Signed by the other side until"] = (str(args["deadline"]), "")
    return found


def _inspect_for(reading: Reading) -> int:
    """Give how long the buyer may look: of the milestone meant, where there are some; seconds."""
    args, terms = reading.args, reading.terms
    if "extras" not in args:
        return int(terms["transitFor"] + terms["inspectFor"])
    milestones = args["extras"]["milestones"]
    return int(milestones[args["milestone"]]["inspectFor"]) if args["milestone"] < len(milestones) else 0


def _approval(reading: Reading) -> dict[str, Line]:
    amount, spender = reading.args["value"], reading.args["spender"]
    name = reading.record.name_at(spender) or "?"
    return {
        "You allow exactly": _amount(amount, reading.document.to),
        "To be taken by": (name, ids.with_checksum(spender)),
    }


def _tokens(reading: Reading) -> dict[str, Line]:
    args = reading.args
    found: dict[str, Line] = {}
    if "amounts" in args:
        found["New tokens in all"] = (str(sum(args["amounts"])), ANY)
        found["Accounts"] = (str(len(args["accounts"])), "")
    amount = args.get("amount", args.get("value"))
    if amount is not None:
        found |= {label: (str(amount), ANY) for label in ("New tokens", "Destroyed for ever", "You send")}
    if "to" in args:
        found |= {"They go to": _address(args["to"]), "To": _address(args["to"])}
    if "hash" in args:
        found["Description's hash"] = ("0x" + args["hash"].hex(), "")
    return found


def _community(reading: Reading) -> dict[str, Line]:
    args = reading.args
    if "tokenWaiver" in args:
        return {
            "Not taken of sales in its token, to be": (str(args["tokenWaiver"] * 100), ""),
            "Not taken of members' sales, to be": (str(args["memberWaiver"] * 100), ""),
        }
    if "params" not in args:
        found: dict[str, Any] = {"Commission to be": args.get("newFeeBps"), "Offered to": args.get("to")}
        return {k: _address(v) if k == "Offered to" else (str(v), "") for k, v in found.items() if v is not None}
    params = args["params"]
    return {
        "Name": (params["name"], ""),
        "Symbol of its token": (params["symbol"], ""),
        "Most tokens that can ever exist": (str(params["cap"]), params["symbol"]),
        "Reserved for you, the founder": (str(params["founderAllocation"]), params["symbol"]),
        "Nothing of it before": (str(params["vestingCliff"]), ""),
        "All of it after": (str(params["vestingDuration"]), ""),
        "Commission of the community": (str(params["feeBps"]), ""),
        "Set aside for claims": (str(params["claimAllocation"]), params["symbol"]),
        "Set aside for a curve": (str(params["curveAllocation"]), params["symbol"]),
    }


def _credits(reading: Reading) -> dict[str, Line]:
    args = reading.args
    if reading.function == "push":
        return {"The whole credit goes to its owner": _address(args["account"])}
    found = {"You take out": _amount(args["amount"], args["currency"]), "It goes to": _address(args["to"])}
    return found if "account" not in args else found | {"From the account": _address(args["account"])}


def _split_change(args: Mapping[str, Any]) -> Mapping[str, Lines]:
    """Give the lines of a split's new list; who sits on a seat only the chain knows, and who leaves has a share of 0."""
    wanted = args["wanted"]
    return {
        "Split": (str(args["splitId"]), ""),
        "New payee": [_address(payee) for payee in wanted["newPayees"]],
        "Its share to be": [("0", ""), *((str(share["bps"]), "") for share in wanted["shares"])],
        "It cannot fall before": [(str(share["lockedUntil"]), "") for share in wanted["shares"]],
        "The change can be made until": (str(wanted["deadline"]), ""),
    }


def _personas(reading: Reading) -> dict[str, Line]:
    args = reading.args
    if "commitment" in args:
        return {"Its commitment, which tells nobody the name": ("0x" + args["commitment"].hex(), "")}
    found: dict[str, Line] = {"Nickname": (reading.nickname, "")}
    if "to" in args:
        found["It is offered to"] = _address(args["to"])
    if "contentHash" in args:
        found["Profile's hash"] = ("0x" + args["contentHash"].hex(), "")
    return found


def _claims(reading: Reading) -> Mapping[str, Lines]:
    args, phase = reading.args, reading.args["phase"]
    number = {"Phase": (str(phase["number"]), "")}
    if reading.action == "claims.close":
        return number
    if reading.action == "claims.claim":
        return number | {
            "You get exactly": (str(args["amount"]), ANY),
            "You pay exactly": _amount(reading.claim_cost, phase["currency"]),
            "The tokens go to": _address(args["to"]),
        }
    is_listed = any(phase["merkleRoot"])
    audience = ("Root of the list", "0x" + phase["merkleRoot"].hex()) if is_listed else ("Open to", "everybody")
    return number | {
        "It starts": (str(phase["start"]), ""),
        "It ends": (str(phase["end"]), ""),
        "Set aside for it": (str(phase["supply"]), ANY),
        "One account may claim at most": (str(phase["limit"]), ANY),
        "Price of a whole token": _amount(phase["price"], phase["currency"]),
        audience[0]: (audience[1], ""),
    }


def _curves(reading: Reading) -> Mapping[str, Lines]:
    """Give the lines of a trade or an opening. Where the call does not say the currency, all lines must name the same."""
    args = reading.args
    currency = ids.with_checksum(reading.currency) if reading.currency else _told_currency(reading)

    def money(units: int) -> Line:
        return str(units), currency

    until = {"Can be mined until": (str(args["deadline"]), "")}
    if reading.action == "curves.swap":
        return until | {
            "You sell exactly": (str(args["amountIn"]), ANY),
            "You get exactly": (str(args["amountOut"]), ANY),
        }
    if reading.action == "curves.open":
        return until | _curve_opening(args, money)
    if reading.action == "curves.sell":
        return until | {
            "You sell exactly": (str(args["amount"]), ANY),
            "You get at least, fee taken off": money(args["minProceeds"]),
        }
    return until | {
        "You get exactly": (str(args["amount"]), ANY),
        "You pay at most, fee included": money(args["maxTotal"]),
    }


def _told_currency(reading: Reading) -> str:
    """Give the currency that the page names for the price of now, which only the index knows."""
    lines = [line for line in reading.document["summary"] if isinstance(line, dict)]
    return next(
        (str(line.get("more")) for line in lines if str(line.get("label")).startswith("At the price of now")), ANY
    )


def _curve_opening(args: Mapping[str, Any], money: Callable[[int], Line]) -> dict[str, Lines]:
    params = args["params"]
    return {
        "Price of the first token": money(params["basePrice"]),
        "With each token the price rises by, in 1e-18 of the smallest unit": (str(params["slope"]), ""),
        "Up to a supply of": [(str(step["upTo"]), ANY) for step in params["steps"]],
        "a token costs": [money(step["price"]) for step in params["steps"]],
        "Fee of the community, on each purchase and each sale": (str(params["feeBps"]), ""),
        "You pay for tokens that are not from the curve, at most": money(args["maxBacking"]),
        "You buy at once, for yourself": (str(args["firstAmount"]), ANY),
        "For at most, fee included": money(args["maxTotal"]),
    }


def _members(reading: Reading) -> Mapping[str, Lines]:
    args = reading.args
    if "thresholds" in args:
        return {"A tier begins at": [(str(units), ANY) for units in args["thresholds"]]}
    found: dict[str, Lines] = {}
    if "amount" in args:
        found |= {label: (str(args["amount"]), ANY) for label in ("You lock", "You unlock")}
    if "number" in args:
        found["Unlock"] = (str(args["number"]), "")
    if "account" in args:
        found["It goes to"] = _address(args["account"])
    return found | ({"Votes with your tokens": _address(args["delegatee"])} if "delegatee" in args else {})


def _proposals(reading: Reading) -> Mapping[str, Lines]:
    args = reading.args
    if "params" in args:
        rules = args["params"]
        return {
            "From a proposal to the count of votes": (str(rules["votingDelay"]), ""),
            "Time of voting": (str(rules["votingPeriod"]), ""),
            "From a won vote to its execution": (str(rules["timelockDelay"]), ""),
            "Quorum, of all locked tokens": (str(rules["quorumBps"]), ""),
            "Quorum, at least": (str(rules["quorumFloor"]), ANY),
            "Votes to propose": (str(rules["proposalThreshold"]), ANY),
            "Members to propose": (str(rules["minMembers"]), ""),
            "You can veto until": (str(rules["vetoUntil"]), ""),
        }
    if "support" in args:
        choice = VOTES[args["support"]] if args["support"] < len(VOTES) else "?"
        return {"Your vote": (choice, ""), "Your reason, for all to read": (args.get("reason", ""), "")}
    return {"Calls": (str(len(args["targets"])), "")}


def _splits(reading: Reading) -> Mapping[str, Lines]:
    args = reading.args
    if "payees" in args:
        return {
            "Payee": [_address(payee) for payee in args["payees"]],
            "Its share of all income": [(str(share["bps"]), "") for share in args["shares"]],
            "It cannot fall before": [(str(share["lockedUntil"]), "") for share in args["shares"]],
        }
    if "changeHash" in args:
        return {"Hash of the change": ("0x" + args["changeHash"].hex(), "")}
    if "wanted" in args:
        return _split_change(args)
    found: dict[str, Lines] = {"Split": (str(args["splitId"]), "")}
    if "version" in args:
        found["Version"] = (str(args["version"]), "")
    if "currency" in args:
        found |= {
            "Currency": ("ETH" if reading.currency == ETH else "a token", ""),
            "Token": _address(args["currency"]),
        }
    if "seat" in args:
        found |= {"Seat": (str(args["seat"] + 1), ""), "It will belong to": _address(args["newPayee"])}
    return found | ({"It goes to": _address(args["to"])} if "to" in args else {})
