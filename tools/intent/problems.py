"""The one exception for input that cannot be judged at all: exit code 2."""


class BadInput(ValueError):
    """The document, a file it needs, or the command line cannot be used; the text says what to do."""
