"""The operator's rates of now. The file is read again when it has changed, so that no server needs a restart for a new rate."""

import logging
import time

from frontend.config import Settings
from frontend.errors import BadSetting
from frontend.fiat import Rate, read_rates

log = logging.getLogger(__name__)


class Fiat:
    """Gives rates that may be shown. A file that went missing or wrong gives none, and says so in the log, once."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.fiat_rates
        self._rates: dict[str, Rate] = {}
        self._mark: tuple[int, ...] | None = None

    def rate(self, currency: str) -> Rate | None:
        """Give a currency's rate; None where there is none, or it is older than the operator allows. Args: currency is an
        address in lower case.
        """
        if self.path is None:
            return None
        self._look()
        found = self._rates.get(currency)
        return found if found is not None and found.is_good(int(time.time())) else None

    def _look(self) -> None:
        assert self.path is not None
        try:
            about = self.path.stat()
            mark: tuple[int, ...] = (about.st_ino, about.st_size, about.st_mtime_ns)
        except OSError:
            mark = ()
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._rates = read_rates(self.path)
        except BadSetting as problem:
            self._rates = {}
            log.warning("no fiat hints are shown: %s", problem)
