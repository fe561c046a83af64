"""Reviews as pages show them: with their texts, where these match their hashes, and since when the writer has his name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from frontend.extensions import queries, services
from frontend.index.review_views import Review


@dataclass(frozen=True)
class Said:
    """A review and its reply. A text is None where it is not kept here or does not match its hash."""

    review: Review
    text: str | None
    reply: str | None
    named_since_ts: int  # when the writer has got his nickname after he wrote; else 0


def said_of(reviews: Iterable[Review]) -> list[Said]:
    """Give reviews with all that is shown of them."""
    found = list(reviews)
    since = queries.named_since([review.reviewer for review in found])
    return [
        Said(
            review,
            services.contents.text_of(review.hash) if review.hash else None,
            services.contents.text_of(review.reply_hash) if review.reply_hash else None,
            named_ts if (named_ts := since.get(review.reviewer, 0)) > review.said_at_ts else 0,
        )
        for review in found
    ]
