"""How a level in a community is said: 0 is nobody's, 1 any member's, 1 + n that of members of tier n (Memberships.levelOf)."""

from flask_babel import gettext

from frontend.formatters import short


def audience(level: int) -> str:
    """Name all who have at least a level, which is above 0."""
    if level == 1:
        return gettext("members of the community")
    return gettext("members of tier %(tier)s and above", tier=level - 1)


def rank(level: int) -> str:
    """Name what an account with exactly this level is."""
    if level == 0:
        return gettext("no member")
    return gettext("a member") if level == 1 else gettext("a member of tier %(tier)s", tier=level - 1)


def members_only(holder: str, level: int, needed: int) -> str:
    """Say that an account may not buy, and what to do about it."""
    return gettext(
        "This is only for %(audience)s; %(holder)s is %(rank)s now. Lock tokens on the community's page “Members”, or buy "
        "for an account that may.",
        audience=audience(needed),
        holder=short(holder),
        rank=rank(level),
    )
