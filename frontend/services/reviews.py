"""Reviews of finished orders: what one side says of the other, and the answer. Texts are public and kept by their hash.

The contract checks all of it; what the index already knows is said here first, so that nobody is sent to the wallet in vain.
"""

from collections.abc import Sequence
from fractions import Fraction

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.config import Settings
from frontend.errors import Refused
from frontend.index.persona_views import PersonaHolding
from frontend.index.review_state import OTHER_SIDE, RATINGS, REVIEWED_STATES
from frontend.index.review_views import ETH_ONLY, Rating, Reputation, Side
from frontend.index.views import Order
from frontend.marks import N_
from frontend.services.intents import Intent, Line
from frontend.services.market import Market
from frontend.services.terms import ZERO_HASH

ABI = "Reviews"


class Reviews:
    """Builds the intents of reviews, and gives what they add up to."""

    def __init__(self, settings: Settings, market: Market) -> None:
        self.market = market
        self.contents = market.contents
        self.queries = market.queries
        self.weights: dict[str, Fraction] = {**ETH_ONLY, **dict(settings.review_weights)}

    def reputation(self, account: str) -> Reputation:
        """Give what others say about an account, and what became of its orders."""
        return self.queries.reputation(account, self.weights)

    def side(self, account: str, role: str) -> Side:
        """Give the same for its sales alone, or its purchases."""
        return self.queries.side(account, role, self.weights)

    def ratings_in(self, holding: PersonaHolding) -> dict[str, Rating]:
        """Give what others said about a persona's holder in his time, by the side it is about."""
        return self.queries.ratings_in(holding, self.weights)

    def may(self, account: str | None, order: Order) -> list[str]:
        """List what an account may still say about an order: review, reply."""
        side = _side_of(account or "", order)
        if side is None or order.state not in REVIEWED_STATES:
            return []
        said = self.queries.reviews_of_order(order.key)
        found = [] if OTHER_SIDE[side] in said else ["review"]
        return found + (["reply"] if side in said and not said[side].replied_at_ts else [])

    def prepare_review(self, account: str, key: str, rating: int, text: str, form_key: str = "") -> Intent:
        """Give a side's intent to say what it thinks of the other.

        Args: rating is 1 to 5; text may be empty.
        Raises: Refused when the order is not finished, the account is no side of it, or has said it before; StoreDown.
        """
        order, side = self._order(account, key)
        if order.state not in REVIEWED_STATES:
            raise Refused(
                gettext(
                    "Only orders that are finished can be reviewed, and not those cancelled before they were accepted."
                ),
                key="not_finished",
            )
        if rating not in RATINGS:
            raise Refused(gettext("A rating is 1 to 5."), key="bad_rating", field="rating")
        if OTHER_SIDE[side] in self.queries.reviews_of_order(order.key):
            raise _said_before()
        lines = [Line(N_("Your rating, of 5"), "number", str(rating))]
        if side == "buyer":
            lines.append(Line(N_("You review the seller"), "account", to_checksum_address(order.listing.seller)))
        else:
            lines.append(Line(N_("You review the buyer"), "account", to_checksum_address(order.holder)))
        words = ZERO_HASH
        if text.strip():
            words = self.contents.store_text(text, account=account)
            lines.append(Line(N_("Your review's hash; the text is public"), "hash", words))
        lines.append(_for_good())
        return self._step(account, "reviews.review", "review", order, lines, form_key, (rating, _bytes(words)))

    def prepare_reply(self, account: str, key: str, text: str, form_key: str = "") -> Intent:
        """Give the intent to answer what the other side has said.

        Raises: Refused when nothing was said, or it was answered before; StoreDown.
        """
        order, side = self._order(account, key)
        found = self.queries.reviews_of_order(order.key).get(side)
        if found is None:
            raise Refused(gettext("The other side has said nothing yet that could be answered."), key="nothing_said")
        if found.replied_at_ts:
            raise _said_before()
        words = self.contents.store_text(text, account=account)
        lines = [Line(N_("Your reply's hash; the text is public"), "hash", words), _for_good()]
        return self._step(account, "reviews.reply", "reply", order, lines, form_key, (_bytes(words),))

    def _order(self, account: str, key: str) -> tuple[Order, str]:
        order = self.market.order(key)
        side = _side_of(account, order)
        if side is None:
            raise Refused(
                gettext("Only the buyer and the seller of an order can speak about each other."), key="not_a_side"
            )
        return order, side

    def _step(
        self,
        account: str,
        action: str,
        function: str,
        order: Order,
        lines: Sequence[Line],
        form_key: str,
        extra: tuple[int | bytes, ...],
    ) -> Intent:
        return self.market.step(account, action, function, order, lines, form_key, extra=extra, contract=ABI)


def _side_of(account: str, order: Order) -> str | None:
    """Say which side of an order an account is: the order's holder of now, or its seller."""
    return {order.holder: "buyer", order.listing.seller: "seller"}.get(account.lower())


def _for_good() -> Line:
    return Line(N_("Effect"), "note", N_("Everyone can read it for ever, and it is said once: nobody can change it."))


def _said_before() -> Refused:
    return Refused(gettext("You have said this about the order already, and it stands for good."), key="said_before")


def _bytes(words: str) -> bytes:
    return bytes.fromhex(words[2:])
