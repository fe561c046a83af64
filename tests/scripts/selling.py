"""A seller of sealed files and a buyer on a real chain, and the commands that they give."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from eth_abi.abi import encode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from frontend.services.terms import ZERO_ADDRESS, listing_id, order_key, ref_of
from tests.index.market import CHAIN_ID, ETHER, Market
from tests.scripts.sepolia import PASSWORD
from tools import chain
from tools.files import __main__ as command
from tools.files import wrap as curve
from tools.places import ROOT, tool_env

TIMEOUT_S = 60
SECRET = re.compile(r"AGE-SECRET-KEY-1", re.IGNORECASE)
ACCEPTED, DELIVERED, COMPLETED, REFUNDED = 2, 3, 6, 8
SELLER = 1  # of the test accounts
CONTENT = "".join(f"{number} 도깨비 시장\n" for number in range(90_000)).encode()  # two pieces


def new_identity() -> str:
    """Give a new note identity."""
    return str(pyrage.x25519.Identity.generate())


@dataclass
class Bought:
    """An order of a file."""

    terms: tuple[Any, ...]
    holder: str
    ref: str
    key: str

    @property
    def head(self) -> list[Any]:
        return [self.terms, self.holder, bytes.fromhex(self.ref[2:])]


@dataclass
class Shop:
    """A market with requests for keys, a seller's and a buyer's key files, and a folder."""

    market: Market
    community: int
    folder: Path

    def __post_init__(self) -> None:
        self.seller, self.buyer = new_identity(), new_identity()
        self.sellers_keys = self.key_file("seller-keys.txt", self.seller)
        self.buyers_keys = self.key_file("buyer-keys.txt", self.buyer)
        Account.enable_unaudited_hdwallet_features()
        path = f"m/44'/60'/0'/0/{SELLER}"
        self.account: LocalAccount = Account.from_mnemonic(chain.MNEMONIC, account_path=path)
        # few iterations: the file protects nothing
        locked = Account.encrypt(self.account.key, PASSWORD, kdf="pbkdf2", iterations=1000)
        self.keystore = self.secret_file("seller.json", json.dumps(locked))
        self.password = self.secret_file("password", f"{PASSWORD}\n")
        self.record = self.folder / f"{CHAIN_ID}.json"
        self.record.write_text(json.dumps(self.market.record))
        self.plain = self.folder / "song.flac"
        self.plain.write_bytes(CONTENT)

    # files

    def secret_file(self, name: str, text: str) -> Path:
        """Write a file that nobody else may read."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def key_file(self, name: str, *identities: str) -> Path:
        """Write a key file as the page saves it."""
        return self.secret_file(name, "".join(f"# created: 2026-12-01T00:00:00Z\n{found}\n" for found in identities))

    # commands

    def start(self, *words: object) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        command = [sys.executable, "-m", "tools.files", *map(str, words)]
        return subprocess.Popen(
            command, cwd=ROOT, env=tool_env(os.environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=chain.die_with_parent,
        )  # fmt: skip

    def run(self, *words: object) -> tuple[int, str]:
        """Give a command in this process; give its exit code and all that it said, which holds no secret."""
        heard = io.StringIO()
        with redirect_stdout(heard), redirect_stderr(heard):
            try:
                code = command.main([str(word) for word in words])
            except SystemExit as ended:
                code = int(ended.code or 0)
        said = heard.getvalue()
        assert not SECRET.search(said)
        assert PASSWORD not in said
        return code, said

    def delivery(
        self, *more: object, keys: Path | None = None, url: str = "", record: Path | None = None
    ) -> list[object]:
        """Give the words of `deliver`."""
        words: list[object] = ["deliver", "--keys", keys or self.sellers_keys, "--keystore", self.keystore]
        words += ["--password-file", self.password, "--rpc", url or self.market.url, "--record", record or self.record]
        return [*words, "--journal", self.journal, "--interval-s", 1, *more]

    @property
    def journal(self) -> Path:
        return self.folder / "deliveries.db"

    def about(self, order: Bought, keys: Path | None = None) -> list[object]:
        """Give the words of `open` and `key` that say which order is meant."""
        words: list[object] = ["--order", order.key, "--keys", keys or self.buyers_keys, "--rpc", self.market.url]
        return [*words, "--record", self.record]

    def sealed(self) -> dict[str, Any]:
        """Seal the file by the command, and give what it said."""
        code, said = self.run("seal", self.plain, "--keys", self.sellers_keys)
        assert code == 0, said
        return dict(json.loads(said))

    # what people do

    def list_file(self, sealed: dict[str, Any], **terms: Any) -> tuple[Any, ...]:
        """Put a sealed file on sale; give its terms."""
        names = ("keyHash", "ciphertextHash", "plaintextHash")
        file = (*(bytes.fromhex(sealed[name][2:]) for name in names), sealed["size"])
        made = self.market.terms(self.community, kind="file", salt=sealed["salt"], transit_for_s=0, **terms).to_abi()
        made = (*made[:-1], keccak(encode(["bytes32", "bytes32", "bytes32", "uint64"], list(file))))
        self.market.send("Market", self.market.market, "listFile", [made, 100, file], self.market.seller)
        return made

    def buy(self, terms: tuple[Any, ...], accepted: bool = True) -> Bought:
        """Buy a file with the buyer's secret; the seller accepts unless told otherwise."""
        market = self.market
        market.salts += 1
        salt = keccak(text=f"purchase {market.salts}")
        listing = listing_id(CHAIN_ID, market.market, terms)
        place = (CHAIN_ID, bytes.fromhex(market.market[2:]), bytes.fromhex(listing[2:]))
        x, y = words(curve.point_of(curve.derive_order_secret(self.buyer, salt, *place)))
        purchase = (salt, market.buyer, market.buyer, ZERO_ADDRESS, terms[5], x, y, bytes(32))
        market.send("Market", market.market, "buy", [terms, 1, ETHER, 2000, 2**40, purchase], market.buyer, ETHER)
        ref = ref_of(purchase)
        order = Bought(terms, market.buyer, ref, order_key(listing, market.buyer, ref))
        if accepted:
            self.on_order("accept", order, market.seller)
        return order

    def on_order(self, function: str, order: Bought, sender: str, *more: Any) -> None:
        """Call the Market about an order."""
        self.market.send("Market", self.market.market, function, [*order.head, *more], sender)

    def ask_again(self, order: Bought, identity: str, asker: str = "") -> None:
        """Ask for an order's key with the point of an identity."""
        key = bytes.fromhex(order.key[2:])
        args = [key, *words(curve.point_of(curve.derive_asked_secret(identity, key)))]
        self.market.send("KeyRequests", self.requests, "ask", args, asker or order.holder)

    # what stands there

    @property
    def requests(self) -> str:
        return str(self.market.record["contracts"]["KeyRequests"]["address"])

    def state(self, order: Bought) -> int:
        return int(self.market.ask("Market", self.market.market, "orderOf", bytes.fromhex(order.key[2:]))[0][5])

    def wait_for(self, order: Bought, state: int = DELIVERED) -> None:
        """Wait until an order has come to a state."""
        until = time.monotonic() + TIMEOUT_S
        while self.state(order) != state:
            assert time.monotonic() < until, f"the order is still in state {self.state(order)}"
            time.sleep(0.1)

    def sent(self) -> int:
        """How many transactions of the seller are mined or waiting."""
        return int(self.market.rpc("eth_getTransactionCount", self.market.seller, "pending"), 16)


def words(point: curve.Point) -> tuple[bytes, bytes]:
    """Give a point's coordinates as contracts take them."""
    return point.x.to_bytes(32), point.y.to_bytes(32)
