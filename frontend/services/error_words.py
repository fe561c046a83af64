"""How the sentences about errors write times and amounts."""

from frontend.formatters import decimal_text, when

TOKEN_DECIMALS = 18


def moment(timestamp: int) -> str:
    """Give a unix time for a person, without tags."""
    return when(int(timestamp)).striptags()


def tokens(units: int) -> str:
    """Give an amount of a community's token, which has 18 decimals."""
    return decimal_text(int(units), TOKEN_DECIMALS)
