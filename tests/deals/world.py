"""Where deals take place: contracts, accounts and contract wallets with money, a community, a split, on any node."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from eth_account import Account
from eth_utils import to_checksum_address
from faster_eth_abi import decode, encode

from scripts.lib.artifacts import artifact
from tests.helpers.accounts import community_account, split_account
from tests.helpers.raw import Raw
from tests.helpers.receipts import receipt_of
from tests.helpers.terms import DAY, NO_RESERVES, ZERO
from tools.chain import MNEMONIC

ROLES = ("owner", "seller", "buyer", "arbiter", "backup", "payer", "stranger", "steward", "referrer", "friend")
PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS = 125, 777
WALLET_WEI = 10**20
UNITS = 10**30
HONEST = 0
SHARES = ((0, 6_000, 0), (1, 4_000, 0))


@dataclass(frozen=True)
class Actor:
    """An account that acts: by itself, or, where it is a contract wallet, through its owner."""

    address: str
    sender: str
    number: int  # of the key, in the node's mnemonic

    @property
    def is_wallet(self) -> bool:
        """Whether it is a contract."""
        return self.address != self.sender

    @cached_property
    def key(self) -> Any:
        """The key that signs for it."""
        Account.enable_unaudited_hdwallet_features()
        return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{self.number}")


@dataclass(frozen=True)
class World:
    """What a plan must know; nothing of it changes."""

    chain_id: int
    began_ts: int
    contracts: dict[str, Any]  # by the name they have in a plan: address and ABI
    people: dict[str, Actor]
    community_id: int
    split: tuple[int, int]
    balances: Counter

    def address(self, name: str) -> str:
        """Give a contract's address."""
        return str(self.contracts[name].address)

    @property
    def currencies(self) -> dict[str, str]:
        """The currencies by name; the coin can block accounts, the other one takes permits."""
        return {"eth": ZERO, "coin": self.address("coin"), "permit": self.address("permit_coin")}

    @cached_property
    def by_address(self) -> dict[str, Actor]:
        """Give who acts for an address."""
        return {actor.address: actor for actor in self.people.values()}

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Every account that money can be with."""
        contracts = (self.address("market"), self.address("splits"))
        derived = (community_account(0), community_account(self.community_id), split_account(*self.split))
        return (*self.by_address, *contracts, *derived)


def contract(name: str, address: str) -> Any:
    """Give a contract by its compiled name, as Raw takes it."""
    return SimpleNamespace(address=to_checksum_address(address), abi=artifact(name).abi)


def make_world(url: str, registry: str, splits: str, market: str) -> tuple[World, Raw]:
    """Furnish a node on which the Market is deployed, its registry's platform commission being PLATFORM_FEE_BPS."""
    asking = Raw(SimpleNamespace(abi=[]), url=url)
    accounts = [to_checksum_address(account) for account in asking.ask("eth_accounts")]
    people = {role: Actor(accounts[number], accounts[number], number) for number, role in enumerate(ROLES)}

    def create(name: str, types: tuple = (), values: tuple = ()) -> Any:
        data = artifact(name).bytecode + encode(types, values).hex()
        sent = asking.ask("eth_sendTransaction", {"from": people["owner"].address, "data": data, "gas": hex(5_000_000)})
        return contract(name, receipt_of(asking.ask, sent)["contractAddress"])

    for role in ("seller", "buyer"):
        wallet = create("SigningWallet", ("address", "uint8"), (people[role].address, HONEST))
        people[f"{role}'s wallet"] = Actor(wallet.address, people[role].address, people[role].number)
    contracts = {
        "market": contract("Market", market),
        "registry": contract("CommunityRegistry", registry),
        "splits": contract("Splits", splits),
        "coin": create("BlocklistingToken"),
        "permit_coin": create("PermitToken"),
        "wallet": wallet,
    }
    raw = Raw(create("ManyReads"), *contracts.values(), url=url)
    _give_money(raw, contracts, people)
    community_id = _open_community(raw, contracts["registry"], people["steward"].address)
    payees = [people["seller"].address, people["friend"].address]
    split_id = _done(raw, people["owner"].address, contracts["splits"], "create", (payees, SHARES))
    began_ts, balances = raw.now(), Counter()
    world = World(int(raw.ask("eth_chainId"), 16), began_ts, contracts, people, community_id, (split_id, 1), balances)
    for name, currency in world.currencies.items():
        book = {"eth": raw.reader, "coin": contracts["coin"], "permit": contracts["permit_coin"]}[name]
        found = raw.reads(*((book, "balanceOf", (account,)) for account in world.accounts))
        balances.update({(account, currency): owned for account, (owned,) in zip(world.accounts, found, strict=True)})
    return world, raw


def _give_money(raw: Raw, contracts: dict[str, Any], people: dict[str, Actor]) -> None:
    """Give everybody both tokens, and approve them to the Market. The arbiter has none, the payer approves by permits."""
    for role, actor in people.items():
        if actor.is_wallet:
            sent = {"from": actor.sender, "to": actor.address, "value": hex(WALLET_WEI), "gas": hex(100_000)}
            receipt_of(raw.ask, raw.ask("eth_sendTransaction", sent))
        for name in ("coin", "permit_coin"):
            if role != "arbiter":
                _done(raw, actor.sender, contracts[name], "mint", (actor.address, UNITS))
            if (role, name) != ("payer", "permit_coin"):
                approve = (contracts["market"].address, 2**256 - 1)
                _done(raw, *through(raw, contracts, actor, name, "approve", approve))


def through(
    raw: Raw, contracts: dict[str, Any], actor: Actor, name: str, function: str, arguments: tuple, value: int = 0
) -> tuple:
    """Give a call as its sender makes it: sender, contract, function, arguments. A wallet's goes through the wallet, with
    the wallet's own ETH."""
    if not actor.is_wallet:
        return actor.sender, contracts[name], function, arguments
    inner = bytes.fromhex(raw.data(contracts[name], function, arguments)[2:])
    wallet = SimpleNamespace(address=actor.address)
    raw.functions[actor.address, "act"] = raw.functions[contracts["wallet"].address, "act"]
    return actor.sender, wallet, "act", (contracts[name].address, value, inner)


def _open_community(raw: Raw, registry: Any, steward: str) -> int:
    params = ("도깨비 시장", "DKB", 10**24, 0, 0, DAY, COMMUNITY_FEE_BPS, "https://market.example/x", "0x" + "a1" * 32)
    params += NO_RESERVES
    return int(_done(raw, steward, registry, "openCommunity", (params,)))


def _done(raw: Raw, sender: str, called: Any, name: str, arguments: tuple) -> Any:
    """Make a call that must go through, and give the first thing that it returns."""
    call = raw.transaction(sender, called, name, arguments)
    answer = bytes.fromhex(raw.ask("eth_call", call, "latest")[2:])
    assert raw.send(sender, called, name, arguments)[0], name
    outputs = raw.functions[called.address, name][2]
    return decode(outputs, answer)[0] if outputs else None
