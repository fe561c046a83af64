"""Several small forms on one page: all fresh, but the one that was just refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend.pages.act import with_key
from frontend.pages.fields import PageForm


def forms_of(kinds: Mapping[str, type[PageForm]], posted: Mapping[str, PageForm], **values: Any) -> dict[str, PageForm]:
    """Give each form of a page under its name; names are also what stands before its fields.

    Args: values stand in the unsent ones' fields of that name.
    """
    return {name: posted[name] if name in posted else fresh(kind, name, **values) for name, kind in kinds.items()}


def fresh(kind: type[PageForm], name: str, **values: Any) -> Any:
    """Give an unsent form with a key of its own."""
    return with_key(kind(formdata=None, prefix=f"{name}-", data=values))


def posted(kind: type[PageForm], name: str) -> Any:
    """Give a form as it was just sent."""
    return with_key(kind(prefix=f"{name}-"))
