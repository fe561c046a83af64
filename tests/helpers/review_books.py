"""What Reviews keeps, said again in plain Python: the whole list of reviews, added up anew each time."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Review:
    """One side's word about the other; `as_seller` tells the side of whom it is about."""

    about: str
    as_seller: bool
    by: str
    rating: int
    weight_wei: int


@dataclass
class ReviewBooks:
    """All reviews so far, the oldest first."""

    said: list[Review] = field(default_factory=list)

    def tally(self, account: str, as_seller: bool) -> tuple[int, int, int, int, int]:
        """Give number, reviewers, sum of ratings, weight and weighted sum, as `tallyOf` does."""
        found = [one for one in self.said if (one.about, one.as_seller) == (account, as_seller)]
        last = {one.by: one.rating for one in found}
        weight_wei = {by: max(one.weight_wei for one in found if one.by == by) for by in last}
        weighted = sum(rating * weight_wei[by] for by, rating in last.items())
        return len(found), len(last), sum(one.rating for one in found), sum(weight_wei.values()), weighted
