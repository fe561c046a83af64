"""What stops the work on a sealed file."""


class FileProblem(RuntimeError):
    """Something stops it; the text is one sentence saying what was wrong and what to do, and holds no secret."""


class WrongContent(FileProblem):
    """A file is another than the one whose hash is known."""
