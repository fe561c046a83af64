"""What signing would do, in plain sentences, from the calldata alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.intent import ids
from tools.intent.bounds import time_text
from tools.intent.reading import ETH, ETH_DECIMALS, Reading, decimal

address = ids.with_checksum


def told(reading: Reading) -> Iterator[str]:
    """Give the sentences, without end marks of a list."""
    document = reading.document
    contract = document["call"]["contract"]
    others = {"ERC20": "a token", "Membership": "a community's membership", "CommunityGovernor": "a governor"}
    name = reading.record.name_at(document.to) or others.get(contract, "a community's token")
    yield f"{address(document.account)} sends a transaction to {name} at {address(document.to)}, chain {reading.record.chain_id}."
    yield from TOLD.get(reading.action, _order)(reading)
    if document.value_wei:
        yield f"{decimal(document.value_wei, ETH_DECIMALS)} ETH leaves that account with it."
    else:
        yield "No ETH leaves that account with it."
    yield "The network's own fee comes on top."


def _buy(reading: Reading) -> Iterator[str]:
    args, terms = reading.args, reading.terms
    yield f"It buys {args['quantity']} of listing {reading.listing} from {address(terms['seller'])}."
    yield f"It pays {reading.amount(reading.total)} into the Market's escrow, and never more than that."
    if reading.function == "buyWithPermit":
        yield f"You also sign an approval: the Market may take {reading.amount(args['permit']['value'])}, once."
    elif reading.currency and not reading.document.value_wei:
        yield "The tokens were approved before."
    if reading.total != terms["unitPrice"] * args["quantity"]:
        yield f"That is the price for {_audience(terms['memberLevel'])}; unless the order's holder is one then, nothing is paid."
    if terms["buyerLevel"]:
        yield f"Only {_audience(terms['buyerLevel'])} can hold such an order."
    fee = decimal(min(args["maxFeeBps"], terms["maxFeeBps"]), 2)
    yield f"The seller pays a commission of at most {fee} % out of it."
    if any(args["purchase"]["encryptionKeyX"]):
        yield "The file's key is to be wrapped to a point whose secret your browser alone has."
    yield f"The order {reading.order} belongs to {address(args['purchase']['holder'])}; refunds go there."
    if int(args["purchase"]["referrer"], 16) and terms["referralBps"]:
        share = decimal(terms["referralBps"], 2)
        yield f"{address(args['purchase']['referrer'])} gets {share} % of it as referrer, out of the seller's part."
    yield f"In a dispute {address(terms['arbiter'])} decides."
    yield f"After {time_text(args['deadline'])} it does nothing."


def _list(reading: Reading) -> Iterator[str]:
    terms = reading.terms
    yield f"It puts {reading.args['quantityLimit']} on sale as listing {reading.listing} ({terms['kind']})."
    if "file" in reading.args:
        file = reading.args["file"]
        yield f"It sells the key of the sealed file 0x{file['ciphertextHash'].hex()} with {file['size']} bytes in it."
    yield f"One costs {reading.amount(terms['unitPrice'])}; you accept a commission of at most {decimal(terms['maxFeeBps'], 2)} %."
    yield f"In a dispute {address(terms['arbiter'])} decides; each side stakes {reading.amount(terms['arbiterFee'])}."
    if int(terms["backupArbiter"], 16):
        yield f"If that account is silent, {address(terms['backupArbiter'])} decides."
    if int(terms["onlyBuyer"], 16):
        yield f"Only {address(terms['onlyBuyer'])} can buy it."
    yield from _more_terms(reading)


def _more_terms(reading: Reading) -> Iterator[str]:
    terms = reading.terms
    if terms["bondBps"]:
        yield f"Accepting an order locks {decimal(terms['bondBps'], 2)} % of its price from your free bond."
    if terms["referralBps"]:
        yield f"A referrer gets {decimal(terms['referralBps'], 2)} % of the price, out of your part."
    if terms["perBuyerOpenQuantity"]:
        yield f"One buyer may have {terms['perBuyerOpenQuantity']} units in open orders."
    if terms["splitId"]:
        yield f"Your part goes to split {terms['splitId']}, version {terms['splitVersion']}."
    if terms["buyerLevel"]:
        yield f"Only {_audience(terms['buyerLevel'])} can buy it."
    if terms["memberLevel"]:
        yield f"For {_audience(terms['memberLevel'])} it costs {decimal(terms['memberDiscountBps'], 2)} % less."
    extras = reading.args.get("extras", {"milestones": [], "finalOffer": False})
    for number, part in enumerate(extras["milestones"], start=1):
        yield f"Milestone {number} is {decimal(part['shareBps'], 2)} %."
    if extras["finalOffer"]:
        yield "A ruling picks the nearer of the two last offers."


def _audience(level: int) -> str:
    """Name all who have at least a level above 0. Source: Memberships.levelOf."""
    return "the community's members" if level == 1 else f"the community's members of tier {level - 1} and above"


def _cart(reading: Reading) -> Iterator[str]:
    for number, item in enumerate(reading.args["items"], start=1):
        terms = item["terms"]
        yield f"Item {number}: {item['quantity']} from {address(terms['seller'])}; {address(terms['arbiter'])} decides a dispute."
        if item["maxTotal"] != terms["unitPrice"] * item["quantity"]:
            yield "It is bought at the members' price; unless you are such a member then, nothing at all is paid."
        fee = decimal(item["maxFeeBps"], 2)
        yield f"Its order belongs to {address(item['purchase']['holder'])}; its seller pays at most {fee} % commission."
    for currency, units in reading.dues.items():
        amount = (
            f"{decimal(units, ETH_DECIMALS)} ETH"
            if currency == ETH
            else f"{units} smallest units of {address(currency)}"
        )
        yield f"It pays {amount} into the Market's escrow for all of them, and never more than that; all or nothing."
    if reading.args["permits"]:
        yield f"You also sign an approval of {address(reading.args['permits'][0]['currency'])}, for its sum, once."
    yield f"After {time_text(reading.args['deadline'])} it does nothing."


def _bond(reading: Reading) -> Iterator[str]:
    args = reading.args
    if reading.function == "depositBond":
        yield f"It adds {reading.amount(args['amount'])} to the free bond of {address(args['account'])}."
    else:
        yield f"It turns {reading.amount(args['amount'])} of your free bond into a credit of yours."


def _approve(reading: Reading) -> Iterator[str]:
    name = reading.record.name_at(reading.args["spender"]) or "AN UNKNOWN CONTRACT"
    yield f"It allows {name} at {address(reading.args['spender'])} to take {reading.amount(reading.args['value'])}."


def _listing_change(reading: Reading) -> Iterator[str]:
    if "paused" in reading.args:
        yield f"It {'stops' if reading.args['paused'] else 'resumes'} new orders of listing {reading.listing}."
    else:
        yield f"It changes how many of listing {reading.listing} may be sold in all to {reading.args['newLimit']}."


ORDER_EFFECTS = {
    "market.accept": "It accepts the order: you have to deliver in time.",
    "market.decline": "It declines the order: all the money goes back to its holder.",
    "market.cancel": "It cancels the order: all the money goes back to you.",
    "market.deliver": "It says that you have delivered.",
    "market.confirm": "It pays the seller. There is no dispute after it.",
    "market.refund": "It gives all the money back to the holder.",
    "market.submit_evidence": "It shows something to the arbiter; it is public.",
    "market.expire": "It applies the rule for whoever was silent too long.",
    "market.deliver_file": "It delivers the file's key, wrapped so that only the order's buyer can read it.",
    "market.claim_bad_key": "It proves that the delivered key is not the one that was sold: all the money goes back to you.",
    "market.withdraw_offer": "It withdraws your offer and voids every signature given about the order before.",
}


def _order(reading: Reading) -> Iterator[str]:
    yield f"It is about order {reading.order} of listing {reading.listing}."
    yield f"Seller {address(reading.terms['seller'])}, holder {address(reading.args['holder'])}."
    if "milestone" in reading.args:
        yield f"It is about milestone {reading.args['milestone'] + 1} alone."
    if reading.action in ORDER_EFFECTS:
        yield ORDER_EFFECTS[reading.action]
    if reading.action in ("market.dispute", "market.stake"):
        side = "disputes the delivery" if reading.action == "market.dispute" else "answers the dispute for the seller"
        source = ", out of your free bond" if reading.from_bond and reading.terms["arbiterFee"] else ""
        yield f"It {side} and stakes {reading.amount(reading.terms['arbiterFee'])}, the arbiter's fee{source}."
    yield from _change(reading)
    if reading.action == "market.rule":
        yield f"It rules: {decimal(reading.args['bpsToBuyer'], 2)} % of the money goes to the holder, the rest to the seller."


def _change(reading: Reading) -> Iterator[str]:
    args = reading.args
    texts: dict[str, Callable[[], str]] = {
        "market.release": lambda: f"It pays the seller {reading.amount(args['amount'])}, less commissions, of the",
        "market.refund_part": lambda: f"It gives the holder back {reading.amount(args['amount'])} of the",
        "market.offer": lambda: (
            f"It offers to end the order with {reading.amount(args['toHolder'])} for the holder of the"
        ),
    }
    if reading.action in texts:
        yield f"{texts[reading.action]()} {reading.amount(args['expectedAmount'])} in escrow."
    if reading.action in ("market.accept_offer", "market.settle_signed"):
        yield f"It ends the order: {reading.amount(args['toHolder'])} to the holder, the rest to the seller, less commissions."
    if reading.action == "market.settle_signed":
        yield f"The other side's signature stands until {time_text(args['deadline'])}."
    if reading.action == "market.extend":
        yield f"It moves the deadline from {time_text(args['expectedClock'])} to {time_text(args['newClock'])}."
    if reading.action == "market.transfer":
        yield f"It hands the order over to {address(args['to'])}, with all rights of its holder."


def _key_request(reading: Reading) -> Iterator[str]:
    args, order = reading.args, reading.document["subject"]
    point = f"(0x{args['x'].hex()}, 0x{args['y'].hex()})"
    if reading.action == "keys.ask":
        yield f"It asks the seller of order {order} for its file's key once more, wrapped to the point {point}."
    else:
        yield f"It answers with the key of order {order}, wrapped to the point {point}."
    yield "No deadline and no money moves by it."


def _review(reading: Reading) -> Iterator[str]:
    args, verb = reading.args, "answers what was said"
    whom = "the buyer" if reading.document.account == reading.terms["seller"] else "the seller"
    if reading.function == "review":
        verb = f"gives {whom} {args['rating']} of 5"
    yield f"It {verb} about order {reading.order} of listing {reading.listing}, for good."
    yield "There is no text with it." if args["hash"] == bytes(32) else f"Its text has the hash 0x{args['hash'].hex()}."


def _design(reading: Reading) -> Iterator[str]:
    args = reading.args
    if reading.function == "publish":
        said = args["conditions"]
        yield f"It makes known what each make of listing {reading.listing} costs, for good."
        fee = f"{said['feePerMake']} smallest units of {address(said['currency'])}"
        whom = (
            f"version {said['splitVersion']} of split {said['splitId']}" if said["splitId"] else address(said["payee"])
        )
        yield (
            f"Each make costs {fee}, which go to {whom}." if said["feePerMake"] else "A make costs nothing but a unit."
        )
    elif reading.function == "claim":
        yield f"It gives the units of order {reading.order} to {address(args['to'])}, once."
    elif reading.function == "make":
        serials = ", ".join(printable(serial_text(serial)) for serial in args["serials"])
        yield f"It burns {len(args['serials'])} units of design 0x{args['listingId'].hex()}."
        yield f"It registers for good: {serials}."
        if reading.document.value_wei:
            yield f"It pays {reading.amount(reading.document.value_wei)}: exactly what the design asks, or it is refused."
        else:
            yield "No ETH goes along; a fee in a token is taken from what was allowed."
    else:
        yield f"It gives {args['value']} units of design 0x{args['id']:064x} to {address(args['to'])}, for good."


def serial_text(serial: bytes) -> str:
    """Give a serial as it is read."""
    return serial.rstrip(b"\0").decode("ascii", "replace")


def _credit(reading: Reading) -> Iterator[str]:
    args = reading.args
    if reading.function == "push":
        yield f"It sends the whole credit of {address(args['account'])} to that same account."
        return
    owner = args.get("account", reading.document.account)
    community = ids.community_of_account(owner)
    source = {"Claims": "what claim phases earned for", "Curves": "what the curve earned for"}
    of_what = source.get(reading.document["call"]["contract"], "the commission of")
    whose = (
        "your credit" if community is None else f"{of_what} {f'community {community}' if community else 'the platform'}"
    )
    yield f"It takes {reading.amount(args['amount'])} out of {whose} and sends it to {address(args['to'])}."


def _split_change(reading: Reading) -> Iterator[str]:
    args, wanted = reading.args, reading.args["wanted"]
    verb = "proposes a change of" if reading.function == "propose" else "changes"
    yield f"It {verb} split {args['splitId']}; older versions keep what they earned. Nobody else has a share then:"
    first_new = max(share["seat"] for share in wanted["shares"]) + 1 - len(wanted["newPayees"])
    for share in wanted["shares"]:
        new = share["seat"] - first_new
        is_new = 0 <= new < len(wanted["newPayees"])
        who = f"{address(wanted['newPayees'][new])}, new on seat" if is_new else "the payee on seat"
        locked = f", locked until {time_text(share['lockedUntil'])}" if share["lockedUntil"] else ""
        yield f"  {who} {share['seat'] + 1} gets {decimal(share['bps'], 2)} % of all income{locked}."
    yield f"It can be made until {time_text(wanted['deadline'])}."


def _split(reading: Reading) -> Iterator[str]:
    args = reading.args
    if "payees" in args:
        yield "It makes a split. Nobody owns it; a share falls only when its payee agrees."
        for payee, share in zip(args["payees"], args["shares"], strict=False):
            locked = f", locked until {time_text(share['lockedUntil'])}" if share["lockedUntil"] else ""
            yield f"  {address(payee)} gets {decimal(share['bps'], 2)} % of all income{locked}."
        return
    if "changeHash" in args:
        verb = "agrees to" if args["approved"] else "takes back the agreement to"
        yield f"It {verb} the change of a split whose hash is 0x{args['changeHash'].hex()}."
        return
    split_id = args["splitId"]
    if "wanted" in args:
        yield from _split_change(reading)
        return
    if "seat" in args:
        yield f"It moves seat {args['seat'] + 1} of split {split_id}, with all that is due to it, to {address(args['newPayee'])}."
        return
    what = "ETH" if reading.currency == ETH else f"the token {address(args['currency'])}"
    texts = {
        "collect": lambda: (
            f"It takes the credit in {what} at {address(args['ledger'])} into the books of split {split_id}, version {args['version']}."
        ),
        "sweep": lambda: (
            f"It takes all {what} at the deposit address of split {split_id} into the books of its current version."
        ),
        "claim": lambda: (
            f"It takes out all {what} that is due to payee {args['place'] + 1} of split {split_id}, version {args['version']}, "
            f"and sends it to {address(args['to'])}."
        ),
    }
    yield texts[reading.function]()


def _persona(reading: Reading) -> Iterator[str]:
    args, name = reading.args, printable(reading.nickname)
    texts: dict[str, Callable[[], str]] = {
        "personas.commit": lambda: (
            "It commits to a nickname that the call does not tell; the page that made the commitment knows it."
        ),
        "personas.claim": lambda: f"It claims the nickname {name} for that account.",
        "personas.set_profile": lambda: f"It says that the profile of {name} is at {printable(args['uri'])}.",
        "personas.offer": lambda: (
            f"It offers the nickname {name} to {address(args['to'])}, who can take it in three days."
        ),
        "personas.withdraw_offer": lambda: f"It withdraws the offer of the nickname {name}.",
        "personas.accept": lambda: f"It takes over the nickname {name}, with all that is told of it.",
        "personas.retire": lambda: f"It gives up the nickname {name} for ever: nobody can claim it again.",
    }
    yield texts[reading.action]()


def _phase(reading: Reading) -> Iterator[str]:
    args, phase = reading.args, reading.args["phase"]
    name = f"phase {phase['number']} of community {phase['communityId']}"

    def tokens(units: int) -> str:
        return f"{decimal(units, ETH_DECIMALS)} tokens"

    if reading.action == "claims.close":
        yield f"It closes {name}: nobody can claim in it any more."
        return
    if reading.action == "claims.claim":
        yield f"It claims exactly {tokens(args['amount'])} in {name}, for {address(args['to'])}."
        yield f"It pays exactly {reading.amount(args['maxCost'])}." if args["maxCost"] else "It costs nothing."
        if any(phase["merkleRoot"]):
            yield f"The phase's list gives that account {tokens(args['allowance'])} in all; the proof leads to its root."
        return
    yield f"It opens {name}, from {time_text(phase['start'])} to {time_text(phase['end'])}."
    yield f"It can give {tokens(phase['supply'])}, each for {reading.amount(phase['price'])}."
    if phase["limit"]:
        yield f"One account may claim {tokens(phase['limit'])} at most."
    if any(phase["merkleRoot"]):
        yield f"Only accounts on the list with the root 0x{phase['merkleRoot'].hex()} can claim; compare it with your own list's."
    else:
        yield "Everybody can claim."


def _curve(reading: Reading) -> Iterator[str]:
    args = reading.args

    def tokens(units: int, token: str) -> str:
        return f"{decimal(units, ETH_DECIMALS)} of the token {address(token)}"

    if reading.action == "curves.buy":
        yield f"It buys exactly {tokens(args['amount'], args['token'])} from its curve, for {address(args['to'])}."
        yield f"It pays at most {reading.amount(args['maxTotal'])}, fee included; what it costs less stays or comes back."
    elif reading.action == "curves.sell":
        yield f"It sells exactly {tokens(args['amount'], args['token'])} to its curve."
        yield f"At least {reading.amount(args['minProceeds'])} go to {address(args['to'])}, fee taken off."
    elif reading.action == "curves.swap":
        yield f"It sells exactly {tokens(args['amountIn'], args['from'])} to its curve,"
        yield f"  and buys exactly {tokens(args['amountOut'], args['to'])} with what that brings; both, or neither."
    else:
        yield from _curve_opening(reading)
    if "permit" in args:
        yield "You also sign an approval: Curves may take that amount, once."
    yield f"After {time_text(args['deadline'])} it does nothing."


def _curve_opening(reading: Reading) -> Iterator[str]:
    args = reading.args
    params = args["params"]
    yield f"It opens the curve of the token {address(args['token'])}; its price can never be changed."
    fee = decimal(params["feeBps"], 2)
    yield f"The community takes {fee} % of each purchase and each sale."
    if params["steps"]:
        for step in params["steps"]:
            yield f"  Up to a supply of {decimal(step['upTo'], ETH_DECIMALS)} a token costs {reading.amount(step['price'])}."
    else:
        yield f"The first token costs {reading.amount(params['basePrice'])}."
        yield f"With each token the price rises by {params['slope']} in 1e-18 of the currency's smallest unit."
    yield f"You pay at most {reading.amount(args['maxBacking'])} for the tokens that are not from the curve."
    if args["firstAmount"]:
        first = decimal(args["firstAmount"], ETH_DECIMALS)
        yield f"You buy {first} tokens at once, for at most {reading.amount(args['maxTotal'])}."


def _member(reading: Reading) -> Iterator[str]:
    args, community = reading.args, reading.document["subject"]
    texts: dict[str, Callable[[], str]] = {
        "members.open": lambda: f"It opens the membership of community {args['id']}; nothing else changes.",
        "members.set_tiers": lambda: (
            f"Tiers of community {community} begin at {', '.join(reading.amount(u) for u in args['thresholds']) or 'nothing'}."
        ),
        "members.lock": lambda: (
            f"It locks {reading.amount(args['amount'])} of yours; they come out 30 days after you ask."
        ),
        "members.request_unlock": lambda: (
            f"It asks for {reading.amount(args['amount'])} back: their votes end now, they come out in 30 days."
        ),
        "members.cancel_unlock": lambda: f"It takes your unlock number {args['number']} back; its tokens count again.",
        "members.withdraw": lambda: f"It sends the tokens of unlock {args['number']} to {address(args['account'])}.",
        "members.delegate": lambda: f"From now on {address(args['delegatee'])} votes with your locked tokens.",
    }
    yield texts[reading.action]()
    if reading.function == "lockWithPermit":
        yield f"You also sign an approval: the membership may take {reading.amount(args['amount'])}, once."


def _proposal(reading: Reading) -> Iterator[str]:
    args = reading.args
    if "params" in args:
        yield f"It opens a governor and a timelock for community {args['id']}. Their rules never change."
        return
    if "support" in args:
        choice = ("against", "for", "neither for nor against")[min(args["support"], 2)]
        yield f"It votes {choice} proposal {reading.document['subject']}, with all your votes, and cannot be changed."
        return
    verb = {"propose": "proposes", "queue": "queues", "execute": "carries out", "cancel": "ends"}[reading.function]
    yield f"It {verb} a proposal with {len(args['targets'])} calls by the governor's timelock:"
    for target, units, data in zip(args["targets"], args["values"], args["calldatas"], strict=False):
        name = reading.record.name_at(target) or "an address"
        yield f"  {name} {address(target)}, {decimal(units, ETH_DECIMALS)} ETH, data 0x{data.hex()}"
    if "description" in args:
        yield f"Its words are {printable(args['description'])}."


def _token(reading: Reading) -> Iterator[str]:
    args, subject = reading.args, reading.document["subject"]
    if reading.function == "mintBatch":
        yield f"It mints {reading.amount(sum(args['amounts']))} to {len(args['accounts'])} accounts:"
        for account, units in zip(args["accounts"], args["amounts"], strict=False):
            yield f"  {address(account)} gets {reading.amount(units)}."
        return
    units = args.get("amount", args.get("value", 0))
    texts = {
        "mint": lambda: f"It mints {reading.amount(units)} to {address(args['to'])}.",
        "transfer": lambda: f"It sends {reading.amount(units)} to {address(args['to'])}.",
        "burn": lambda: f"It destroys {reading.amount(units)} of yours.",
        "renounceMint": lambda: f"It ends minting of community {subject}'s token for ever.",
        "mintVested": lambda: (
            f"It mints what has vested of the founder's share of community {subject}, to the founder."
        ),
        "setContractURI": lambda: f"It changes the description of community {subject} to {printable(args['uri'])}.",
        "freezeContractURI": lambda: f"It makes the description of community {subject} final.",
    }
    yield texts[reading.function]()


def _community(reading: Reading) -> Iterator[str]:
    args = reading.args
    if "params" in args:
        params = args["params"]
        yield f"It opens a community named {printable(params['name'])} with a token {printable(params['symbol'])}."
        yield f"At most {decimal(params['cap'], ETH_DECIMALS)} tokens can ever exist; {decimal(params['founderAllocation'], ETH_DECIMALS)} are yours."
        yield f"Its commission is {decimal(params['feeBps'], 2)} %."
        for minter, amount in (("claims", "claimAllocation"), ("curve", "curveAllocation")):
            if params[amount]:
                name = reading.record.name_at(params[minter]) or "AN UNKNOWN CONTRACT"
                yield f"{decimal(params[amount], ETH_DECIMALS)} are set aside for {name} at {address(params[minter])}."
        return
    place = f"community {args['id']}" if args["id"] else "the platform"
    texts: dict[str, Callable[[], str]] = {
        "setFeeBps": lambda: f"It sets the commission of {place} to {decimal(args['newFeeBps'], 2)} %.",
        "setWaivers": lambda: (
            f"It waives {args['tokenWaiver']} % of the commission of {place} in sales in its own token, and "
            f"{args['memberWaiver']} % in its members' sales; less than now holds in seven days."
        ),
        "offerStewardship": lambda: f"It offers the stewardship of {place} to {address(args['to'])}.",
        "acceptStewardship": lambda: f"It takes over the stewardship of {place}.",
    }
    yield texts[reading.function]()


def printable(text: str) -> str:
    """Give somebody else's words so that they cannot play tricks on a terminal."""
    return ascii_quoted(text) if any(not sign.isprintable() for sign in text) else f"“{text}”"


def ascii_quoted(text: str) -> str:
    """Give a text with everything but plain letters spelled out."""
    return ascii(text)


TOLD: dict[str, Callable[[Reading], Iterator[str]]] = {
    "market.buy": _buy,
    "market.list": _list,
    "market.list_file": _list,
    **{f"keys.{verb}": _key_request for verb in ("ask", "answer")},
    **{f"reviews.{verb}": _review for verb in ("review", "reply")},
    **{f"designs.{verb}": _design for verb in ("publish", "claim", "make", "hand_on")},
    "market.buy_many": _cart,
    "market.deposit_bond": _bond,
    "market.withdraw_bond": _bond,
    "market.set_paused": _listing_change,
    "market.set_quantity_limit": _listing_change,
    "token.approve": _approve,
    "credits.withdraw": _credit,
    "credits.withdraw_claims": _credit,
    "credits.withdraw_curves": _credit,
    "credits.withdraw_blueprints": _credit,
    "credits.push": _credit,
    **{f"claims.{verb}": _phase for verb in ("open", "close", "claim")},
    **{f"splits.{verb}": _split for verb in ("create", "collect", "collect_makes", "sweep", "claim", "send", "move")},
    **{f"splits.{verb}": _split for verb in ("propose", "approve", "disapprove", "change")},
    **{f"personas.{verb}": _persona for verb in ("commit", "claim", "set_profile", "offer", "accept", "retire")},
    "personas.withdraw_offer": _persona,
    **{f"members.{verb}": _member for verb in ("open", "set_tiers", "lock", "request_unlock", "cancel_unlock")},
    **{f"members.{verb}": _member for verb in ("withdraw", "delegate")},
    **{f"proposals.{verb}": _proposal for verb in ("open_governor", "propose", "vote", "queue", "execute", "cancel")},
    **{f"tokens.{verb}": _token for verb in ("mint", "mint_batch", "renounce_mint", "mint_vested", "burn", "transfer")},
    **{f"tokens.{verb}": _token for verb in ("set_contract_uri", "freeze_contract_uri")},
    **{f"curves.{verb}": _curve for verb in ("buy", "sell", "swap", "open")},
    **{f"communities.{verb}": _community for verb in ("open", "set_fee", "set_waivers")},
    **{f"communities.{verb}": _community for verb in ("offer_stewardship", "accept_stewardship")},
}
