"""The settings of one market's web server. The only place of the frontend that reads the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

from frontend.errors import BadSetting
from frontend.fiat import read_rates

ROOT = Path(__file__).resolve().parent.parent
LOCAL_CHAINS = {1337: "Ganache 1337", 31337: "Anvil 31337"}
CHAIN_NAMES = LOCAL_CHAINS | {1: "Ethereum", 11155111: "Sepolia", 10: "OP Mainnet", 8453: "Base", 42161: "Arbitrum One"}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
MIN_SECRET_LENGTH = 32
MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE
# each may come as NAME_FILE, the path of a file that holds it
BY_FILE = ("DATABASE_URL", "RPC_URL", "SECRET_KEY", "CONTENT_S3_SECRET")


@dataclass(frozen=True)
class Bucket:
    """Where the bucket of an S3-compatible store is, and who we are there. endpoint None: Amazon's own."""

    name: str
    endpoint: str | None
    region: str
    key_id: str
    secret: str = field(repr=False)
    prefix: str = ""


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
    trusted_proxies: int = 0  # how many reverse proxies of ours stand in front
    writes_a_minute: int = 120  # of one account; a network address may write NETWORK_FACTOR times as much
    log_format: str = "json"
    web_bind: str = "127.0.0.1:8000"
    web_workers: int = 2
    web_threads: int = 4
    metrics_bind: str | None = None  # host:port of the figures for Prometheus; None: nowhere
    content_bucket: Bucket | None = None  # where descriptions and pictures are kept instead of content_dir
    content_bytes_a_day: int = 50 * MEGABYTE  # what one account may upload
    files_dir: Path | None = None  # of sealed files; None: the folder "sealed" in content_dir
    files_bytes_a_day: int = 5 * GIGABYTE  # of sealed files, what one account may upload
    files_bytes: int = 50 * GIGABYTE  # of sealed files, in all
    files_gateway: str | None = None  # an IPFS gateway that is asked for pieces missing here
    review_weights: tuple[tuple[str, Fraction], ...] = ()  # by currency, wei that its smallest unit weighs in reviews
    fiat_rates: Path | None = None  # a file of rates to fiat money, for hints beside prices
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
        environ = with_files(environ)
        return checked(
            Settings(
                database_url=_needed(environ, "DATABASE_URL"),
                rpc_url=_needed(environ, "RPC_URL"),
                chain_id=_number(environ, "CHAIN_ID"),
                origin=_needed(environ, "ORIGIN").rstrip("/"),
                content_dir=_content_dir(environ),
                content_bucket=_content_bucket(environ),
                content_bytes_a_day=_number_or(environ, "CONTENT_MB_A_DAY", 50, least=1, most=1_000) * MEGABYTE,
                files_dir=Path(environ["FILES_DIR"]) if environ.get("FILES_DIR") else None,
                files_bytes_a_day=_number_or(environ, "FILES_GB_A_DAY", 5, least=1, most=400) * GIGABYTE,
                files_bytes=_number_or(environ, "FILES_GB", 50, least=1) * GIGABYTE,
                files_gateway=_gateway(environ),
                review_weights=_review_weights(environ),
                fiat_rates=_fiat_rates(environ),
                secret_key=_needed(environ, "SECRET_KEY"),
                deployments_dir=Path(environ.get("DEPLOYMENTS_DIR") or ROOT / "deployments"),
                currencies=tuple(word.lower() for word in environ.get("CURRENCIES", "").replace(",", " ").split()),
                trusted_proxies=_number_or(environ, "TRUSTED_PROXIES", 0, most=5),
                writes_a_minute=_number_or(environ, "WRITES_A_MINUTE", 120, least=1),
                log_format=environ.get("LOG_FORMAT") or "json",
                web_bind=environ.get("WEB_BIND") or "127.0.0.1:8000",
                web_workers=_number_or(environ, "WEB_WORKERS", 2, least=1, most=64),
                web_threads=_number_or(environ, "WEB_THREADS", 4, least=1, most=64),
                metrics_bind=environ.get("METRICS_BIND") or None,
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
            "writes_a_minute": 100_000,
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
    if settings.log_format not in ("json", "text"):
        raise BadSetting("LOG_FORMAT must be json or text.")
    for name, bind in (("WEB_BIND", settings.web_bind), ("METRICS_BIND", settings.metrics_bind)):
        if bind is not None and not re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5}", bind):
            raise BadSetting(f"{name} must be like 127.0.0.1:8000.")
    for address in settings.currencies:
        if not re.fullmatch(r"0x[0-9a-f]{40}", address):
            raise BadSetting("CURRENCIES must be token addresses, separated by commas.")
    return settings


def with_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment with the secrets that it names by file: SECRET_KEY_FILE stands for SECRET_KEY, and so on.

    Raises: BadSetting when the file cannot be read, or both are set.
    """
    found = dict(environ)
    for name in BY_FILE:
        path = environ.get(f"{name}_FILE")
        if not path:
            continue
        if environ.get(name):
            raise BadSetting(f"{name} and {name}_FILE are both set; keep one of them.")
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise BadSetting(f"{name}_FILE names a file that cannot be read.") from None
    return found


def _content_dir(environ: Mapping[str, str]) -> Path:
    store = environ.get("CONTENT_STORE") or "folder"
    if store not in ("folder", "s3"):
        raise BadSetting("CONTENT_STORE must be folder or s3.")
    return Path(_needed(environ, "CONTENT_DIR") if store == "folder" else environ.get("CONTENT_DIR") or "content")


def _content_bucket(environ: Mapping[str, str]) -> Bucket | None:
    if environ.get("CONTENT_STORE") != "s3":
        return None
    endpoint = environ.get("CONTENT_S3_ENDPOINT", "").strip().rstrip("/") or None
    if endpoint is not None and (not endpoint.startswith(("http://", "https://")) or "@" in endpoint):
        raise BadSetting("CONTENT_S3_ENDPOINT must begin with http:// or https:// and hold no name or password.")
    prefix = environ.get("CONTENT_S3_PREFIX", "").strip().strip("/")
    return Bucket(
        name=_needed(environ, "CONTENT_S3_BUCKET"),
        endpoint=endpoint,
        region=environ.get("CONTENT_S3_REGION") or "us-east-1",
        key_id=_needed(environ, "CONTENT_S3_KEY_ID"),
        secret=_needed(environ, "CONTENT_S3_SECRET"),
        prefix=f"{prefix}/" if prefix else "",
    )


def _gateway(environ: Mapping[str, str]) -> str | None:
    address = environ.get("FILES_GATEWAY", "").strip().rstrip("/")
    if not address:
        return None
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_plain = False
    if not is_plain or "@" in parts.netloc or not re.fullmatch(r"[!-~]+", address) or set("?#") & set(address):
        raise BadSetting(
            "FILES_GATEWAY must be like https://ipfs.example, without a name, a password or a question mark."
        )
    return address


def _review_weights(environ: Mapping[str, str]) -> tuple[tuple[str, Fraction], ...]:
    """Read pairs like 0x…=1000000000000, or a ratio 0x…=1/3: how many wei a currency's smallest unit weighs."""
    found: dict[str, Fraction] = {}
    for pair in environ.get("REVIEW_WEIGHTS", "").replace(",", " ").split():
        parts = re.fullmatch(r"(0x[0-9a-f]{40})=([0-9]{1,30})(?:/([0-9]{1,30}))?", pair.lower())
        if parts is None or parts[1] in found or int(parts[3] or 1) == 0:
            raise BadSetting(
                "REVIEW_WEIGHTS must be pairs like 0x…=1000000000000 or 0x…=1/3, separated by commas: a token once, and how"
                " many wei its smallest unit weighs."
            )
        found[parts[1]] = Fraction(int(parts[2]), int(parts[3] or 1))
    return tuple(found.items())


def _fiat_rates(environ: Mapping[str, str]) -> Path | None:
    """Give the file of rates, once it was found to be right. Raises: BadSetting."""
    name = environ.get("FIAT_RATES", "").strip()
    if not name:
        return None
    read_rates(Path(name))
    return Path(name)


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


def _number_or(environ: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    if not environ.get(name, "").strip():
        return default
    value = _number(environ, name)
    if not least <= value <= most:
        raise BadSetting(f"{name} must lie between {least} and {most}.")
    return value
