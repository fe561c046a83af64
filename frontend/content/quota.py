"""How much one account may upload in a day: descriptions and pictures, and apart from these sealed files."""

from flask_babel import gettext

from frontend.errors import TooMany
from frontend.limits import Limiter

DAY_S = 86_400
MEGABYTE = 1024 * 1024
NETWORK_FACTOR = 5  # many people may share one network address
LEAST_FILE_KB = 64  # of each piece, however small, so that their number is limited too


class UploadsSpent(TooMany):
    """The account's bytes of this day are used up."""

    key = "uploads_spent"

    def __init__(self, retry_after_s: int, most_bytes: int) -> None:
        super().__init__(retry_after_s)
        self.text = gettext(
            "One account can upload %(most)s MB a day, and this would be more. It is counted anew at midnight UTC.",
            most=most_bytes // MEGABYTE,
        )


class Quota:
    """Counts uploaded bytes per account and day, in the database; the accounts stand there as hashes only."""

    def __init__(self, limiter: Limiter, most_bytes: int) -> None:
        self._limiter = limiter
        self._most_bytes = most_bytes

    def spend(self, account: str | None, size_bytes: int) -> None:
        """Count an upload. Args: account None for what the server itself keeps. Raises: UploadsSpent; then nothing counts."""
        if account is None:
            return
        try:
            self._limiter.hit("upload bytes", account.lower(), self._most_bytes, DAY_S, cost=size_bytes)
        except TooMany as full:
            raise UploadsSpent(full.retry_after_s, self._most_bytes) from None


class FilesSpent(TooMany):
    """The bytes of sealed files of this day are used up."""

    key = "files_spent"

    def __init__(self, retry_after_s: int, most_bytes: int) -> None:
        super().__init__(retry_after_s)
        self.text = gettext(
            "One account can upload %(most)s GB of sealed files a day, and one network address five times as much. This would "
            "be more. What was sent stays here; the count begins anew at midnight UTC.",
            most=most_bytes // MEGABYTE // 1024,
        )


class FileQuota:
    """Counts bytes of sealed files per day, of an account and of a network address, since accounts cost nothing."""

    def __init__(self, limiter: Limiter, most_bytes: int) -> None:
        self._limiter = limiter
        self._most_bytes = most_bytes

    def spend(self, account: str, network: str, size_bytes: int) -> None:
        """Count an upload, also one that is then refused. Raises: FilesSpent; then nothing counts."""
        # in kB, rounded up: a count of bytes would not fit into the database's column
        most = self._most_bytes // 1024
        hits = [("file kB", account.lower(), most), ("file kB of network", network, NETWORK_FACTOR * most)]
        try:
            self._limiter.hit_all(hits, DAY_S, cost=max(LEAST_FILE_KB, -(-size_bytes // 1024)))
        except TooMany as full:
            raise FilesSpent(full.retry_after_s, self._most_bytes) from None
