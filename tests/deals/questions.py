"""Everything that is asked after each block, and what the books answer."""

from collections.abc import Callable, Iterator
from functools import partial

from tests.deals.plan import Read
from tests.deals.world import World
from tests.helpers.books import Books, Entry
from tests.helpers.deal import Deal

Answer = Callable[[], tuple]
NOTHING = {Entry.word: (0,) * 8, Entry.aside: (0,) * 6, Entry.talks: (0, (0, 0), (0, 0))}


def questions(
    world: World, books: Books, deals: list[Deal]
) -> tuple[tuple[Read, ...], Callable[[], tuple[tuple, ...]]]:
    """Give the reads of a deal, and a function for their answers at this point of the books."""
    asked = [*_about_orders(books, deals), *_about_money(world, books, deals)]
    return tuple(read for read, _ in asked), lambda: tuple(answer() for _, answer in asked)


def _about_orders(books: Books, deals: list[Deal]) -> Iterator[tuple[Read, Answer]]:
    for listing_id in dict.fromkeys(deal.listing_id for deal in deals):
        yield Read("market", "listingOf", (listing_id,)), partial(_listing, books, listing_id)
    for number, deal in enumerate(deals):
        for name, getter in (("orderOf", Entry.word), ("asideOf", Entry.aside), ("talksOf", Entry.talks)):
            yield Read("market", name, (deal.key,)), partial(_order, books, number, getter)
        pair = (deal.listing_id, deal.purchase.holder)
        yield Read("market", "openQuantityOf", pair), partial(_open_quantity, books, deal)


def _about_money(world: World, books: Books, deals: list[Deal]) -> Iterator[tuple[Read, Answer]]:
    contracts = {"eth": "eth", "coin": "coin", "permit": "permit_coin"}
    used = {deal.terms.currency for deal in deals}
    for name, currency in world.currencies.items():
        for account in world.accounts if currency in used else ():
            pair = (account, currency)
            yield Read("market", "creditOf", pair), partial(_amount, books.credits, pair)
            yield Read("market", "bondOf", pair), partial(_amount, books.bonds, pair)
            yield Read(contracts[name], "balanceOf", (account,)), partial(_amount, books.balances, pair)


def _amount(amounts: dict[tuple[str, str], int], pair: tuple[str, str]) -> tuple:
    return (amounts[pair],)


def _listing(books: Books, listing_id: str) -> tuple:
    shelf = books.listings.get(listing_id)
    if shelf is None:
        return (0, 0, 0, 0, 0)
    return (1, int(shelf.paused), shelf.limit, books.sold[listing_id], shelf.flags)


def _order(books: Books, number: int, getter: Callable[[Entry], tuple]) -> tuple:
    return getter(books.orders[number]) if number < len(books.orders) else NOTHING[getter]


def _open_quantity(books: Books, deal: Deal) -> tuple:
    counted = deal.terms.rule("per_buyer_open_quantity")
    return (books.open_quantity(deal.listing_id, deal.purchase.holder) if counted else 0,)
