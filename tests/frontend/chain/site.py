"""The whole frontend on a real chain: its app, its index, and people who use it with a wallet of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from frontend import create_app
from frontend.extensions import bound
from tests.helpers.receipts import receipt_of
from tests.index.market import Index, Market

ORIGIN = "http://127.0.0.1:8000"
GAS_PRICE = 3 * 10**9
Account.enable_unaudited_hdwallet_features()
MNEMONIC = "test test test test test test test test test test test junk"


@cache
def key_of(index: int) -> LocalAccount:
    """Give one of the local chain's well-known keys; each takes a tenth of a second to derive."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


class Site:
    """One market with everything it needs."""

    def __init__(self, folder: Path, market: Market) -> None:
        self.market = market
        self.people: dict[int, Person] = {}
        self.mines = True  # False while the node mines only when told
        self.index = Index(folder, market)
        # these people type faster than any
        self.app: Flask = create_app(replace(self.index.settings, writes_a_minute=10_000))
        self.index.follow()

    @property
    def bound(self) -> Any:
        with self.app.app_context():
            return bound()

    def follow(self) -> None:
        """What the follower does in one round."""
        self.index.follow()
        self.index.follower.step()
        with self.app.app_context():
            bound().services.watch.step()

    def person(self, index: int) -> Person:
        """Give a signed-in person."""
        if index not in self.people:
            self.people[index] = Person(self, key_of(index))
            self.people[index].sign_in()
        return self.people[index]

    def rpc(self, method: str, *params: Any) -> Any:
        return self.market.rpc(method, *params)


class Person:
    """A browser with a wallet."""

    def __init__(self, site: Site, key: LocalAccount) -> None:
        self.site = site
        self.key = key
        self.address: str = key.address
        self.browser: FlaskClient = site.app.test_client()

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.browser.get(path, base_url=ORIGIN, **kwargs)

    def token(self) -> str:
        return str(self.get("/auth/session").get_json()["csrfToken"])

    def post_json(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.browser.post(path, json=body, base_url=ORIGIN, headers={"X-CSRFToken": self.token(), **headers})

    def post_form(self, path: str, data: dict[str, Any]) -> TestResponse:
        return self.browser.post(path, data={"csrf_token": self.token(), **data}, base_url=ORIGIN)

    def sign(self, message: str) -> str:
        return "0x" + self.key.sign_message(encode_defunct(text=message)).signature.hex().removeprefix("0x")

    def sign_in(self) -> TestResponse:
        told = self.post_json("/auth/message", {"account": self.address}).get_json()
        answer = self.post_json("/auth/verify", {"message": told["message"], "signature": self.sign(told["message"])})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer

    def built(self, answer: TestResponse) -> dict[str, Any]:
        """Give the intent that a form has led to."""
        assert answer.status_code == 303, problems(answer)
        return self.intent(answer.headers["Location"].rsplit("/", 1)[1])

    def intent(self, intent_id: str) -> dict[str, Any]:
        return dict(self.get(f"/intents/{intent_id}.json").get_json())

    def send(self, intent: dict[str, Any], *, report: bool = True, **changes: Any) -> str:
        """Sign what an intent wants signed, send it, and report the hash as the browser does."""
        if intent["permit"]:
            signed = self.key.sign_message(encode_typed_data(full_message=intent["permit"]))
            answer = self.post_json(
                f"/intents/{intent['id']}/permit", {"signature": "0x" + signed.signature.hex().removeprefix("0x")}
            )
            assert answer.status_code == 200, answer.get_data(as_text=True)
            intent = answer.get_json()
        fields = {
            "chainId": intent["chainId"],
            "nonce": int(self.site.rpc("eth_getTransactionCount", self.address, "pending"), 16),
            "to": intent["to"],
            "data": intent["data"],
            "value": int(intent["value"], 16),
            "gas": int(intent["gas"], 16),
            "gasPrice": GAS_PRICE,
            **changes,
        }
        raw = self.key.sign_transaction(fields).raw_transaction.hex()
        tx_hash = str(self.site.rpc("eth_sendRawTransaction", "0x" + raw.removeprefix("0x")))
        if self.site.mines:
            receipt_of(self.site.rpc, tx_hash)
        if report:
            self.report(intent, tx_hash)
        return tx_hash

    def report(self, intent: dict[str, Any], tx_hash: str) -> TestResponse:
        answer = self.post_json(f"/intents/{intent['id']}/wallet", {"hash": tx_hash})
        assert answer.status_code == 200, problems(answer)
        return answer

    def do(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Post a form, sign, send, and wait for the index; give the finished intent."""
        intent = self.built(self.post_form(path, data))
        self.send(intent)
        self.site.follow()
        done = self.intent(intent["id"])
        assert done["status"] == "final", (done["action"], done["status"])
        return done


def problems(answer: TestResponse) -> str:
    """Give what a page complains of."""
    text = answer.get_data(as_text=True)
    found = re.findall(r'role="alert"[^>]*>(.*?)</(?:div|p)>', text, re.S)
    return f"{answer.status_code} {' '.join(re.sub(r'<[^>]+>', ' ', part) for part in found)[:1000] or text[:500]}"


__all__ = ["ORIGIN", "Person", "Site", "key_of", "problems"]
