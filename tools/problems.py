"""The one exception that set-up and local operation raise to the person at the terminal (standard library only)."""


class SetupProblem(RuntimeError):
    """Something on this machine stands in the way; the text is one line: what is wrong and what to do."""
