"""The app on a story of its own, people with keys, and our scripts in Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import bound
from frontend.services.notes import PrivateNotes, stamp, statement_of
from tests.frontend.pages.conftest import ORIGIN, asked, make_app, sign_in  # noqa: F401 asked keeps the node away
from tests.frontend.pages.story import CHAIN_ID, Story

STATIC = Path(__file__).parents[3] / "frontend" / "static"
SELLER, BUYER, STRANGER = (Account.from_key(bytes([number]) * 32) for number in (1, 2, 3))
ISSUED_AT_TS = int(time.time())
SALT = "0x" + "5a" * 32

RUNNER = """
import { createInterface } from "node:readline";
import * as messages from "./js/messages.js";
import * as notes from "./js/notes.js";
import * as picking from "./js/messages-pick.js";
import * as proving from "./js/messages-proof.js";
const bytes = text => Uint8Array.from(Buffer.from(text, "base64"));
const jobs = {
  hash: ({ salt, sealed }) => notes.noteHash(salt, bytes(sealed)),
  key: ({ listing, purchase }) => notes.orderKey(listing, purchase),
  statement: args => notes.statementOf(args),
  signer: ({ text, signature }) => notes.signerOf(text, signature),
  padded: note => notes.padded(note).length,
  seal: async ({ note, recipients }) => {
    const found = await notes.seal(note, recipients);
    return { ...found, sealed: Buffer.from(found.sealed).toString("base64") };
  },
  open: args => notes.open({ ...args, sealed: bytes(args.sealed) }),
  file: keys => notes.identityFile(keys),
  keys: text => notes.keysInFile(text),
  signer_for: identity => messages.signerFor(identity),
  words: ({ blind, text }) => messages.wordsHash(blind, text),
  letter: facts => messages.letterOf(facts),
  letter_hash: letter => messages.letterHash(letter),
  sign: ({ letter, identity }) => messages.signLetter(letter, identity),
  picked: facts => picking.pickedText(facts),
  seal_message: async ({ place, to, recipients, text }) => {
    const found = await messages.sealMessage(place, to, recipients, text);
    return { ...found, sealed: Buffer.from(found.sealed).toString("base64") };
  },
  open_message: ({ place, told, keys }) => {
    globalThis.localStorage = { getItem: () => JSON.stringify(keys) };
    return messages.openMessage(place, { ...told, bytes: bytes(told.sealed) });
  },
  escaped: text => messages.escaped(text),
  unescaped: text => proving.unescaped(text),
  proof: ({ raw, place }) => proving.proofOf(raw, place),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { job, args } = JSON.parse(line);
  let answer;
  try { answer = { result: await jobs[job](args) }; } catch (error) { answer = { error: error.key || error.message }; }
  console.log(JSON.stringify(answer));
}
"""


class Script:
    """A Node that has loaded the pages' own modules and answers line by line."""

    def __init__(self, folder: Path) -> None:
        for part in ("js", "vendor"):
            shutil.copytree(STATIC / part, folder / part)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "run.js").write_text(RUNNER)
        self.process = subprocess.Popen(
            ["node", "run.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, job: str, args: Any) -> dict[str, Any]:
        """Give the answer: a result, or the error's key."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"job": job, "args": args}) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def result(self, job: str, args: Any) -> Any:
        """Give the result of what must work."""
        answer = self.ask(job, args)
        assert "error" not in answer, answer
        return answer["result"]


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    found = Script(tmp_path_factory.mktemp("scripts"))
    yield found
    found.process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
    found.process.wait(10)
    found.process.stdout.close()  # type: ignore[union-attr]  # it is a pipe


@dataclass
class Market:
    """An app whose seller and buyer have keys of their own."""

    app: Flask
    story: Story

    @property
    def notes(self) -> PrivateNotes:
        """The service; to be used within `app.test_request_context`."""
        return bound().services.notes

    def person(self, account: LocalAccount) -> Visitor:
        """Give a signed-in browser of an account."""
        client = self.app.test_client()
        return Visitor(client, sign_in(self.app, client, account.address))


@dataclass
class Visitor:
    """A browser with its CSRF token."""

    client: FlaskClient
    csrf: str

    def post(self, path: str, body: Any) -> Any:
        """Send JSON as the scripts do."""
        return self.client.post(path, json=body, headers={"X-CSRFToken": self.csrf})

    def get(self, path: str) -> Any:
        """Ask as the scripts do."""
        return self.client.get(path, headers={"Accept": "application/json"})


@pytest.fixture
def market(tmp_path: Path) -> Market:
    """A market with one community and one listing of the seller's, "jar"."""

    def tell(story: Story) -> None:
        story.platform(SELLER.address, 100)
        story.community("Night Kiln", "KILN", None, founder=SELLER.address)
        about = {"title": "Moon jar", "text": "Round.", "lang": "en", "picture": None, "kind": "goods", "tags": []}
        story.list("jar", about, seller=SELLER.address)

    app, story = make_app(tmp_path, tell)
    return Market(app, story)


@pytest.fixture
def tell(market: Market) -> Callable[[], None]:
    """Bring what the story has told since into the index anew."""
    from sqlalchemy import delete

    from frontend.index.models import chain_metadata
    from frontend.store.database import writing

    def again() -> None:
        with writing(market.story.engine).begin() as connection:
            for table in chain_metadata.sorted_tables:
                connection.execute(delete(table))
        market.story.tell()

    return again


def identity() -> tuple[Any, str]:
    """Give an age identity and its recipient."""
    made = pyrage.x25519.Identity.generate()
    return made, str(made.to_public())


def sealed_for(*recipients: str, size: int = 1024) -> bytes:
    """Seal something to recipients, without the lines that other programs add at random."""
    text = b'{"v":1}'.ljust(size)
    return bytes(pyrage.encrypt(text, [pyrage.x25519.Recipient.from_str(one) for one in recipients]))


def statement(account: LocalAccount, recipient: str, market: str, /, **changes: Any) -> str:
    """Give what an account signs to publish a key."""
    facts: dict[str, Any] = {
        "origin": ORIGIN, "account": account.address, "chain_id": CHAIN_ID, "market": market,
        "recipient": recipient, "issued_at": stamp(ISSUED_AT_TS), **changes,
    }  # fmt: skip
    return statement_of(**facts)


@dataclass
class Writer:
    """An account with a key of private notes, and what signs its messages."""

    account: LocalAccount
    recipient: str
    signer: LocalAccount
    issued_at: str
    key_signature: str


def writer(market: Market, account: LocalAccount, number: int, ago_s: int = 0) -> Writer:
    """Publish a key that signs messages, as the page does."""
    recipient, signer = identity()[1], Account.from_key(bytes([number]) * 32)
    issued_at = stamp(int(time.time()) - ago_s)
    with market.app.app_context():
        where = market.notes.market
    text = statement(account, recipient, where, issued_at=issued_at, signer=signer.address)
    found = Writer(account, recipient, signer, issued_at, signature_of(account, text))
    body = {"recipient": recipient, "issuedAt": issued_at, "signature": found.key_signature, "signer": signer.address}
    assert market.person(account).post("/notes/keys", body).status_code == 200
    return found


def signature_of(account: LocalAccount, text: str) -> str:
    """Sign a text as a wallet does."""
    return "0x" + account.sign_message(encode_defunct(text=text)).signature.hex().removeprefix("0x")
