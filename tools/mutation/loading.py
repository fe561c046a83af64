"""Lets brownie compile the checkout: `python -m tools.mutation.loading` there, where `make compile` runs brownie itself."""

from __future__ import annotations

from typing import Any

from brownie import project
from brownie.project import main


def load() -> None:
    """Load, and where needed compile, the project in this folder."""
    dump = main.ujson_dump

    def dump_without_nameless(data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        # nearly unoptimised code has statements of which brownie does not know the function, and then cannot sort them
        for functions in (by_file for kind in data.get("coverageMap", {}).values() for by_file in kind.values()):
            functions.pop(None, None)
        dump(data, *args, **kwargs)

    main.ujson_dump = dump_without_nameless  # type: ignore[misc,assignment]  # brownie has no hook here
    project.load(".")


if __name__ == "__main__":
    load()
