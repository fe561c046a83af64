"""A wallet for browser tests: it speaks EIP-1193 and EIP-6963 to the page and really signs, with keys of the local chain.

The page talks to a small script; the script hands each request to Python, which decides what a person would do (confirm,
reject, leave it open), signs with eth_account and sends to the node. Error codes are MetaMask's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import requests
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_account.signers.local import LocalAccount
from playwright.sync_api import BrowserContext, Page

REJECTED = 4001
NOT_AUTHORISED = 4100
UNKNOWN_CHAIN = 4902
REQUEST_OPEN = -32002

Account.enable_unaudited_hdwallet_features()
MNEMONIC = "test test test test test test test test test test test junk"


@cache
def test_account(index: int) -> LocalAccount:
    """Give one of the local chain's well-known accounts."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


class Refusal(Exception):
    """What the wallet answers instead of a result."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


@dataclass
class Wallet:
    """One person's wallet. Change its fields between steps to change what the person does."""

    rpc_url: str
    chain_id: int
    accounts: list[LocalAccount]
    known_chains: set[int] = field(default_factory=set)
    connected: bool = False
    locked: bool = False
    announce: bool = True
    legacy: bool = False
    name: str = "MetaMask"
    rdns: str = "io.metamask"
    switch_lies: bool = False
    uuid: str = "350670db-19fa-4704-a166-e52e178b59d2"
    nonces_ahead: int = 0  # leaves a gap, so that what is sent waits until the gap is filled
    answers: dict[str, Refusal] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)  # happens while a request is open
    sent: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.current_chain = self.chain_id
        self.known_chains |= {self.chain_id, 1}

    # --- what a person does -------------------------------------------------------------------------------------------
    def reject(self, method: str) -> None:
        self.answers[method] = Refusal(REJECTED, "User rejected the request.")

    def leave_open(self, method: str) -> None:
        self.answers[method] = Refusal(REQUEST_OPEN, "Request already pending.")

    def agree(self, method: str) -> None:
        self.answers.pop(method, None)

    def use_chain(self, page: Page, chain_id: int) -> None:
        self.current_chain = chain_id
        self._emit(page, "chainChanged", hex(chain_id))

    def use_account(self, page: Page, account: LocalAccount) -> None:
        self.accounts = [account, *(a for a in self.accounts if a.address != account.address)]
        self._emit(page, "accountsChanged", self.addresses())

    def _emit(self, page: Page, name: str, value: Any) -> None:
        page.evaluate("([emit, name, value]) => window[emit](name, value)", [f"__emit_{self.uuid[:8]}", name, value])

    def addresses(self) -> list[str]:
        return [a.address.lower() for a in self.accounts] if self.connected and not self.locked else []

    # --- how it is put into a page ------------------------------------------------------------------------------------
    def attach(self, context: BrowserContext) -> None:
        options = {"announce": self.announce, "legacy": self.legacy, "name": self.name, "rdns": self.rdns}
        options |= {"uuid": self.uuid, "request": f"__request_{self.uuid[:8]}", "emit": f"__emit_{self.uuid[:8]}"}
        context.expose_function(options["request"], self.answer)
        context.add_init_script(PROVIDER_SCRIPT.replace("OPTIONS", json.dumps(options)))

    def answer(self, method: str, params: Any) -> dict[str, Any]:
        self.asked[method] += 1
        try:
            refusal = self.answers.get(method)
            if refusal:
                raise refusal
            self.meanwhile.pop(method, lambda: None)()
            return {"result": self.request(method, params or [])}
        except Refusal as refused:
            return {"error": {"code": refused.code, "message": str(refused), "data": refused.data}}

    # --- EIP-1193 -----------------------------------------------------------------------------------------------------
    def request(self, method: str, params: Any) -> Any:
        if method == "eth_requestAccounts":
            self.connected, self.locked = True, False
            return self.addresses()
        if method == "eth_accounts":
            return self.addresses()
        if method == "eth_chainId":
            return hex(self.current_chain)
        if method == "wallet_switchEthereumChain":
            return self._switch(int(params[0]["chainId"], 16))
        if method == "wallet_addEthereumChain":
            self.known_chains.add(int(params[0]["chainId"], 16))
            return self._switch(int(params[0]["chainId"], 16))
        if method == "personal_sign":
            message = encode_defunct(hexstr=params[0])
            return "0x" + self._signer(params[1]).sign_message(message).signature.hex().removeprefix("0x")
        if method == "eth_signTypedData_v4":
            message = encode_typed_data(full_message=json.loads(params[1]))
            return "0x" + self._signer(params[0]).sign_message(message).signature.hex().removeprefix("0x")
        if method in ("eth_call", "eth_getTransactionReceipt"):
            return self.rpc(method, params)
        if method == "eth_sendTransaction":
            return self._send(params[0])
        raise Refusal(4200, f"{method} is not supported")

    def _switch(self, chain_id: int) -> None:
        if chain_id not in self.known_chains:
            raise Refusal(UNKNOWN_CHAIN, "Unrecognized chain ID.")
        if not self.switch_lies:
            self.current_chain = chain_id

    def _signer(self, address: str) -> LocalAccount:
        for account in self.accounts:
            if account.address.lower() == address.lower():
                return account
        raise Refusal(NOT_AUTHORISED, "The requested account has not been authorized by the user.")

    def _send(self, wanted: dict[str, str]) -> str:
        signer = self._signer(wanted["from"])
        if "chainId" in wanted and int(wanted["chainId"], 16) != self.current_chain:
            raise Refusal(-32602, "Invalid transaction: chainId mismatch.")
        return self.send_raw(
            signer,
            nonce=int(self.rpc("eth_getTransactionCount", [signer.address, "pending"]), 16) + self.nonces_ahead,
            to=wanted["to"],
            data=wanted.get("data", "0x"),
            value=int(wanted.get("value", "0x0"), 16),
            gas=int(wanted["gas"], 16),
        )

    def send_raw(
        self,
        signer: LocalAccount,
        *,
        nonce: int,
        to: str,
        data: str,
        value: int,
        gas: int = 1_500_000,
        gas_price: int = 0,
    ) -> str:
        """Sign a transaction as it stands, and send it."""
        fields = {"chainId": self.current_chain, "nonce": nonce, "to": to, "data": data, "value": value, "gas": gas}
        fields["gasPrice"] = gas_price or max(int(self.rpc("eth_gasPrice", []), 16), 2 * 10**9)
        raw = "0x" + signer.sign_transaction(fields).raw_transaction.hex().removeprefix("0x")
        self.sent.append(str(self.rpc("eth_sendRawTransaction", [raw])))
        return self.sent[-1]

    def rpc(self, method: str, params: list[Any]) -> Any:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = requests.post(self.rpc_url, json=body, timeout=20).json()
        if "error" in answer:
            raise Refusal(
                -32603, answer["error"].get("message", "Internal JSON-RPC error."), answer["error"].get("data")
            )
        return answer["result"]


PROVIDER_SCRIPT = """
(() => {
  const options = OPTIONS;
  const listeners = {};
  const provider = {
    isMetaMask: true,
    async request({method, params}) {
      const answer = await window[options.request](method, params ?? []);
      if (answer.error) throw Object.assign(new Error(answer.error.message), {code: answer.error.code, data: answer.error.data});
      return answer.result;
    },
    on(name, listener) { (listeners[name] ??= []).push(listener); return provider; },
    removeListener(name, listener) { listeners[name] = (listeners[name] ?? []).filter(l => l !== listener); return provider; },
  };
  window[options.emit] = (name, value) => { for (const listener of listeners[name] ?? []) listener(value); };
  if (options.legacy) window.ethereum = provider;
  if (!options.announce) return;
  const icon = 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5NiIgaGVpZ2h0PSI5NiIvPg==';
  const info = Object.freeze({uuid: options.uuid, name: options.name, icon, rdns: options.rdns});
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', {detail: Object.freeze({info, provider})}));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
})();
"""
