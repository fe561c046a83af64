"""What tokens that are no community's say of themselves: asked once by the follower, so that pages need not ask."""

import time
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from sqlalchemy import Engine, insert, select, update

from frontend.config import Settings
from frontend.index.decode import text_of
from frontend.index.models import claim_phases, communities, curves, listings
from frontend.index.node import Node, RpcRefused
from frontend.store.database import writing
from frontend.store.models import AppCurrency

ETH = "0x" + "0" * 40
NAME, SYMBOL, DECIMALS = "0x06fdde03", "0x95d89b41", "0x313ce567"
MAX_LETTERS = 32
MAX_DECIMALS = 77
ASK_AGAIN_S = 600
MAX_AT_ONCE = 20


class Currencies:
    """Fills the table of foreign tokens."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._configured = frozenset(settings.currencies)
        self._engine = engine
        self._node = Node(settings.rpc_url, settings.rpc_timeout_s)
        self._failed: dict[str, float] = {}
        self._listing_seen = (-1, -1)

    def look_up(self) -> int:
        """Ask every token that listings name, or the settings, and that was not asked yet; give how many that was."""
        wanted = [address for address in self._missing() if self._failed.get(address, 0) < time.monotonic()]
        for address in wanted:
            try:
                self._keep(address)
            except RpcRefused:
                self._failed[address] = time.monotonic() + ASK_AGAIN_S
        return len(wanted)

    def _missing(self) -> list[str]:
        """List tokens that have no row yet. Cheap when no listing came since."""
        newest = select(listings.c.opened_block, listings.c.opened_log_index)
        newest = newest.order_by(listings.c.opened_block.desc(), listings.c.opened_log_index.desc()).limit(1)
        known = select(AppCurrency.address)
        with self._engine.connect() as connection:
            row = connection.execute(newest).one_or_none()
            seen = (row.opened_block, row.opened_log_index) if row is not None else (-1, -1)
            found = set(self._configured) - set(
                connection.execute(known.where(AppCurrency.address.in_(self._configured))).scalars()
            )
            if seen != self._listing_seen or self._failed:
                named = (
                    select(listings.c.currency)
                    .where(
                        listings.c.currency != ETH,
                        listings.c.currency.not_in(select(communities.c.token).where(communities.c.token.is_not(None))),
                        listings.c.currency.not_in(known),
                    )
                    .distinct()
                    .limit(MAX_AT_ONCE)
                )
                found |= set(connection.execute(named).scalars())
                if len(found) < MAX_AT_ONCE:
                    self._listing_seen = seen
            for column in (curves.c.currency, claim_phases.c.currency):
                paid = select(column).where(
                    column != ETH,
                    column.not_in(select(communities.c.token).where(communities.c.token.is_not(None))),
                    column.not_in(known),
                )
                found |= set(connection.execute(paid.distinct().limit(MAX_AT_ONCE)).scalars())
        return sorted(found)

    def _keep(self, address: str) -> None:
        name, symbol, decimals = self._node.ask_all(
            [("eth_call", [{"to": address, "data": data}, "latest"]) for data in (NAME, SYMBOL, DECIMALS)]
        )
        number = decimals_of(decimals)
        if number is None:
            self._failed[address] = time.monotonic() + ASK_AGAIN_S
            return
        values = {
            "name": name_of(name),
            "symbol": name_of(symbol) or f"{address[:6]}…{address[-4:]}",
            "decimals": number,
            "configured": address in self._configured,
            "asked_at_ts": int(time.time()),
        }
        with writing(self._engine).begin() as connection:
            changed = connection.execute(update(AppCurrency).where(AppCurrency.address == address).values(**values))
            if changed.rowcount == 0:
                connection.execute(insert(AppCurrency).values(address=address, **values))
        self._failed.pop(address, None)


def _bytes(answer: Any) -> bytes:
    try:
        return bytes.fromhex(str(answer).removeprefix("0x"))[:4096]
    except ValueError:
        return b""


def decimals_of(answer: Any) -> int | None:
    """Read decimals from what a token answered, in hex; None for anything that cannot be."""
    found = _bytes(answer)
    number = int.from_bytes(found[:32]) if len(found) >= 32 else -1
    return number if 0 <= number <= MAX_DECIMALS else None


def name_of(answer: Any) -> str:
    """Read a name from what a token answered, in hex: a string, or 32 bytes as the oldest tokens have it; never long."""
    found = _bytes(answer)
    try:
        text = decode(["bytes"], found)[0] if len(found) > 32 else found.rstrip(b"\0")
    except (DecodingError, OverflowError, ValueError):
        return ""
    return text_of(text)[:MAX_LETTERS]
