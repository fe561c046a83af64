"""Numbers, addresses and times as people read them; registered as template filters. Exact: nothing is rounded away."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak
from flask import Flask, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from frontend.i18n import spoken_language

if TYPE_CHECKING:
    from frontend.index.views import Currency

ETH = "0x" + "0" * 40
ETH_DECIMALS = 18
MAX_UINT256 = 2**256 - 1
MAX_DECIMALS = 77
MANY = 4096  # addresses whose name and spelling are remembered
DAY_S = 86_400
READABLE_DECIMALS = 4
# placeholder names until accounts choose their own: mood and creature, in both languages
MOODS = (
    ("Sleepy", "졸린"), ("Brisk", "날랜"), ("Quiet", "조용한"), ("Merry", "신난"), ("Shy", "수줍은"), ("Bold", "당찬"),
    ("Mossy", "이끼 낀"), ("Moonlit", "달밝은"), ("Salty", "짭짤한"), ("Curious", "궁금한"), ("Gentle", "순한"),
    ("Hungry", "배고픈"), ("Lucky", "운 좋은"), ("Misty", "안개 낀"), ("Patient", "느긋한"), ("Wandering", "떠도는"),
)  # fmt: skip
CREATURES = (
    ("Otter", "수달"), ("Magpie", "까치"), ("Toad", "두꺼비"), ("Tiger", "호랑이"), ("Squirrel", "다람쥐"), ("Crane", "두루미"),
    ("Badger", "오소리"), ("Carp", "잉어"), ("Owl", "부엉이"), ("Weasel", "족제비"), ("Cricket", "귀뚜라미"), ("Turtle", "거북"),
    ("Hare", "산토끼"), ("Raccoon", "너구리"), ("Heron", "왜가리"), ("Hedgehog", "고슴도치"),
)  # fmt: skip


def decimal_text(amount_units: int, decimals: int) -> str:
    """Give an amount in whole tokens: grouped by thousands, no zeros at the end. 1234500000 with 6 → 1,234.5"""
    whole, part = divmod(abs(amount_units), 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0") if decimals else ""
    return f"{'-' if amount_units < 0 else ''}{whole:,}{'.' + fraction if fraction else ''}"


def units(amount_units: int, currency: "Currency | str") -> str:
    """Give an amount with its currency's symbol; a currency may be given by address."""
    found = _currency(currency)
    return f"{decimal_text(amount_units, found.decimals)} {visible(found.symbol)}"


def rounded_units(amount_units: int, currency: "Currency | str") -> str:
    """Give an amount for reading, not for paying: cut after four decimals, and then marked as not exact."""
    found = _currency(currency)
    step = 10 ** max(0, found.decimals - READABLE_DECIMALS)
    cut_units = amount_units // step * step
    mark = "" if cut_units == amount_units else "≈ "
    return f"{mark}{units(cut_units, found)}"


def priced_units(amount_units: int, currency: "Currency | str") -> str:
    """Give a price for reading: cut after four decimals, or after its first four digits where it is smaller."""
    found = _currency(currency)
    step = 10 ** max(0, min(found.decimals, len(str(amount_units))) - READABLE_DECIMALS)
    cut_units = amount_units // step * step
    mark = "" if cut_units == amount_units else "≈ "
    return f"{mark}{units(cut_units, found)}"


def token_units(amount_units: int, symbol: str) -> str:
    """Give an amount of a community's token, whose symbol may not be on the chain yet."""
    return f"{decimal_text(amount_units, ETH_DECIMALS)} {visible(symbol)}"


def eth(amount_wei: int) -> str:
    """Give wei as ETH."""
    return f"{decimal_text(amount_wei, ETH_DECIMALS)} ETH"


def plain_units(amount_units: int, decimals: int = 18) -> str:
    """Give an amount as a form field wants it: no grouping."""
    return decimal_text(amount_units, decimals).replace(",", "")


def mean(total: int, count: int) -> str:
    """Give a mean with one digit behind the point, cut and not rounded. 43 of 10 → 4.3"""
    tenths = total * 10 // count
    return f"{tenths // 10}.{tenths % 10}"


def short(address: str) -> str:
    """Give an address's ends; hashes too."""
    return _ends(str(address))


@lru_cache(MANY)
def _ends(address: str) -> str:
    text = to_checksum_address(address) if is_address(address) else address
    return f"{text[:6]}…{text[-4:]}"


@lru_cache(MANY)
def checksum(address: str) -> str:
    """Give an address with checksum letters."""
    return to_checksum_address(address)


def when(timestamp_ts: int) -> Markup:
    """Give a moment of chain time as a time element, in UTC; the script puts it into local time."""
    try:
        moment = datetime.fromtimestamp(timestamp_ts, UTC)
    except (OverflowError, ValueError, OSError):
        return Markup("<span>{}</span>").format(gettext("far in the future"))
    text = f"{moment:%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}" data-ts="{}">{}</time>').format(moment.isoformat(), int(timestamp_ts), text)


def day_text(day: int) -> str:
    """Give a unix day (UTC) as a date: 20000 → 2024-10-04"""
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()


def duration(seconds: int) -> str:
    """Give a length of time in its largest units: 9 d 12 h."""
    days, rest = divmod(int(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("%(num)d day", "%(num)d days", days))
    if hours:
        parts.append(ngettext("%(num)d hour", "%(num)d hours", hours))
    if minutes and not days:
        parts.append(ngettext("%(num)d minute", "%(num)d minutes", minutes))
    if (rest and not days and not hours and not minutes) or not parts:
        parts.append(ngettext("%(num)d second", "%(num)d seconds", rest))
    return " ".join(parts)


def bps(found_bps: int) -> str:
    """Give basis points as per cent: 250 → 2.5 %"""
    return f"{decimal_text(found_bps, 2)} %"


def identicon(address: str) -> str:
    """Give the URL of an address's picture."""
    return url_for("identicon.show", address=address.lower())


def persona(address: str) -> str:
    """Give an account's placeholder name: the same account has the same name everywhere; two accounts may share one."""
    return _named(address.lower(), spoken_language() == "ko")


@lru_cache(MANY)
def _named(address: str, korean: bool) -> str:
    digest = keccak(text=address)
    mood, creature = MOODS[digest[0] % len(MOODS)][korean], CREATURES[digest[1] % len(CREATURES)][korean]
    return f"{mood} {creature} {digest[2] % 90 + 10}"


def visible(text: str) -> str:
    """Give a text that somebody else chose with its invisible and direction-changing signs shown as ␣-like marks."""
    return "".join("�" if _is_hidden(sign) else sign for sign in text)


def _is_hidden(sign: str) -> bool:
    code = ord(sign)
    if sign in "\n\t":
        return False
    return (
        code < 0x20
        or 0x7F <= code <= 0x9F
        or code == 0xAD
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x2069
        or code == 0xFEFF
        or 0xD800 <= code <= 0xDFFF
        or 0xE0000 <= code <= 0xE007F
    )


def action_name(action: str) -> str:
    """Name an intent's action."""
    from frontend.blueprints.intents.texts import action_text

    return action_text(action)


def file_size(size_bytes: int) -> str:
    """Give a file's size: exact in bytes, and from 1 MiB on cut to a tenth of those as well."""
    grouped = f"{size_bytes:,}"
    exact = gettext("%(count)s bytes", count=grouped)
    tenths = size_bytes * 10 // 2**20
    return exact if tenths < 10 else f"{tenths // 10:,}.{tenths % 10} MiB ({exact})"


def paragraphs(text: str) -> Markup:
    """Give plain text as escaped paragraphs; single line ends stay."""
    blocks = [block.strip() for block in visible(text).replace("\r\n", "\n").split("\n\n")]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )


def _currency(found: "Currency | str") -> "Currency":
    if not isinstance(found, str):
        return found
    from frontend.extensions import queries

    return queries.currency(found)


FILTERS = {
    "units": units,
    "rounded_units": rounded_units,
    "priced_units": priced_units,
    "token_units": token_units,
    "eth": eth,
    "plain_units": plain_units,
    "mean": mean,
    "short": short,
    "checksum": checksum,
    "when": when,
    "day_text": day_text,
    "long_duration": duration,
    "duration": duration,
    "bps": bps,
    "identicon": identicon,
    "persona": persona,
    "marked": visible,
    "visible": visible,
    "action_name": action_name,
    "paragraphs": paragraphs,
    "file_size": file_size,
}


def register(app: Flask) -> None:
    """Make the filters known to templates."""
    app.jinja_env.filters.update(FILTERS)
