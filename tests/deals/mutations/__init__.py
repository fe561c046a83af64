"""Every named way to fail, by what it is about."""

from tests.deals.mutation import MUTATIONS
from tests.deals.mutations import file, listing, money, order, purchase, settlement

__all__ = ["MUTATIONS", "file", "listing", "money", "order", "purchase", "settlement"]
