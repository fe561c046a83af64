"""Every named way to fail, by what it is about."""

from tests.deals.mutation import MUTATIONS
from tests.deals.mutations import listing, money, order, purchase, settlement

__all__ = ["MUTATIONS", "listing", "money", "order", "purchase", "settlement"]
