"""Reviews of an account: facts of the chain, so everyone may read them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from frontend.extensions import queries, services
from frontend.index.review_views import Side
from frontend.pages.numbers import address_or_404, page_number
from frontend.pages.reviews import said_of

blueprint = Blueprint("reviews", __name__)

PER_PAGE = 12


@blueprint.get("/a/<account>/reviews")
def show(account: str) -> str:
    """List what is said about an account, as a seller or (as=buyer) as a buyer."""
    address = address_or_404(account)
    role = "buyer" if request.args.get("as") == "buyer" else "seller"
    page = queries.reviews_about(address, role, page_number(request.args), PER_PAGE)
    return render_template(
        "reviews/show.html",
        address=address,
        role=role,
        side=services.reviews.side(address, role),
        page=page,
        said=said_of(page),
        persona=queries.persona_held_by(address),
    )


@blueprint.get("/a/<account>/reputation.json")
def figures(account: str) -> Response:
    """Give the same as whole numbers, for programs: docs/reviews.md says what each is."""
    found = services.reviews.reputation(address_or_404(account))
    return jsonify(account=found.account, asSeller=_side(found.as_seller), asBuyer=_side(found.as_buyer))


def _side(side: Side) -> dict[str, Any]:
    rating = side.rating
    return {
        "reviews": rating.reviews,
        "ratingsSum": rating.ratings_sum,
        "replies": rating.replies,
        "reviewers": rating.reviewers,
        "weighing": rating.weighing,
        "weightWei": str(rating.weight_wei),
        "weightedSum": str(rating.weighted_sum),
        "capped": rating.capped,
        "orders": {_camel(name): count for name, count in asdict(side.orders).items()},
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
