"""The settings of one market's web server. The only place of the frontend that reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from frontend.errors import BadSetting

ROOT = Path(__file__).resolve().parent.parent
LOCAL_CHAINS = {1337: "Ganache 1337", 31337: "Anvil 31337"}
CHAIN_NAMES = LOCAL_CHAINS | {1: "Ethereum", 11155111: "Sepolia", 10: "OP Mainnet", 8453: "Base", 42161: "Arbitrum One"}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MIN_SECRET_LENGTH = 32


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two markets."""

    database_url: str
    rpc_url: str
    chain_id: int
    origin: str  # scheme and host as the browser shows them, no slash behind
    content_dir: Path
    secret_key: str
    deployments_dir: Path
    currencies: tuple[str, ...] = ()  # further ERC-20 offered in forms, lower-case addresses
    rpc_timeout_s: int = 10
    testing: bool = False

    @property
    def is_local(self) -> bool:
        """Tell whether the chain is a developer's own, with a faucet."""
        return self.chain_id in LOCAL_CHAINS

    @property
    def chain_name(self) -> str:
        """Give the chain's name for people."""
        return CHAIN_NAMES.get(self.chain_id, f"chain {self.chain_id}")

    @property
    def host(self) -> str:
        """Give host and port as the Host header must say them."""
        return urlsplit(self.origin).netloc

    @property
    def is_secure(self) -> bool:
        """Tell whether cookies are Secure: always, unless the origin is http on this very machine."""
        return self.origin.startswith("https://")

    @property
    def confirmations(self) -> int:
        """Give how many blocks make a transaction final for the pages."""
        return 1 if self.is_local else 3

    @staticmethod
    def from_env(environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings from the environment.

        Raises: BadSetting naming the variable that is missing or wrong.
        """
        return checked(
            Settings(
                database_url=_needed(environ, "DATABASE_URL"),
                rpc_url=_needed(environ, "RPC_URL"),
                chain_id=_number(environ, "CHAIN_ID"),
                origin=_needed(environ, "ORIGIN").rstrip("/"),
                content_dir=Path(_needed(environ, "CONTENT_DIR")),
                secret_key=_needed(environ, "SECRET_KEY"),
                deployments_dir=Path(environ.get("DEPLOYMENTS_DIR") or ROOT / "deployments"),
                currencies=tuple(word.lower() for word in environ.get("CURRENCIES", "").replace(",", " ").split()),
            )
        )

    @staticmethod
    def for_tests(folder: Path, **changes: object) -> "Settings":
        """Give settings whose files all lie in one folder, for a chain that nobody is connected to."""
        values: dict[str, object] = {
            "database_url": f"sqlite:///{folder / 'test.db'}",
            "rpc_url": "http://127.0.0.1:9",  # the discard port: no node answers there
            "chain_id": 31337,
            "origin": "http://127.0.0.1:8000",
            "content_dir": folder / "content",
            "secret_key": "a secret for tests only, long enough",
            "deployments_dir": folder / "deployments",
            "testing": True,
        }
        return checked(Settings(**{**values, **changes}))  # type: ignore[arg-type]  # tests name the fields they change


def checked(settings: Settings) -> Settings:
    """Give the settings back if they can be used. Raises: BadSetting."""
    origin = urlsplit(settings.origin)
    if (
        origin.scheme not in ("http", "https")
        or not origin.netloc
        or origin.path
        or origin.query
        or "@" in origin.netloc
    ):
        raise BadSetting("ORIGIN must be like https://market.example, without a path.")
    if origin.scheme == "http" and (origin.hostname or "") not in ("127.0.0.1", "localhost", "::1"):
        raise BadSetting("ORIGIN may be http only on this machine (127.0.0.1 or localhost); use https.")
    if len(settings.secret_key) < MIN_SECRET_LENGTH:
        raise BadSetting(f"SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters.")
    if not settings.rpc_url.startswith(("http://", "https://")):
        raise BadSetting("RPC_URL must begin with http:// or https://.")
    for address in settings.currencies:
        if not re.fullmatch(r"0x[0-9a-f]{40}", address):
            raise BadSetting("CURRENCIES must be token addresses, separated by commas.")
    return settings


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise BadSetting(f"{name} is not set; see the table of settings in the README.")
    return value


def _number(environ: Mapping[str, str], name: str) -> int:
    value = _needed(environ, name)
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise BadSetting(f"{name} must be a whole number.")
    return int(value)
