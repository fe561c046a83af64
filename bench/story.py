"""The fixed order of calls that the gas benchmark measures.

Everything that can change a receipt is fixed: mnemonic, nonces and so addresses, block times, salts and hashes (keccak
of a counter, so that they have as many zero bytes as real ones), prices. Steady state: platform, community and seller
have a credit in use, the Market holds ETH and tokens, holders keep a balance.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from eth_account import Account
from web3 import Web3
from web3.contract import Contract
from web3.types import Wei

from bench.life import rest_of_life
from bench.terms import ETH, Clocks, Purchase, Rules, Terms
from scripts.deploy import everything
from scripts.lib.artifacts import artifact
from scripts.lib.params import load
from scripts.lib.registry import Registry
from scripts.lib.senders import NodeSender
from tests.helpers.terms import NO_RESERVES
from tools.chain import MNEMONIC

STEWARD, SELLER, BUYER, ARBITER, BACKUP, OTHER_BUYER, HELPER = 1, 2, 3, 4, 5, 6, 7
CHAIN_ID = 31337
BLOCK_S = 12
DAY_S = 86_400
PRICE_WEI = 37_400_000_000_000_123
PRICE_UNITS = 12_500_000_000_000_000_321
ARBITER_FEE_WEI = 2_150_000_000_000_007
UNIT = 10**18


@dataclass
class Story:
    """A chain under measurement, and what each call cost."""

    w3: Web3
    time_s: int
    gas: dict[str, int] = field(default_factory=dict)
    counter: int = 0

    def __post_init__(self) -> None:
        self.accounts = self.w3.eth.accounts
        registry = Registry(CHAIN_ID, Web3.to_hex(self.w3.eth.get_block(0)["hash"]))
        sender = NodeSender(self.w3, self.accounts[0])
        everything.deploy(everything.plan(load(CHAIN_ID), registry), sender)
        self.registry = self.contract("CommunityRegistry", registry.address("CommunityRegistry"))
        self.market = self.contract("Market", registry.address("Market"))
        self.splits = self.contract("Splits", registry.address("Splits"))
        self.curves = self.contract("Curves", registry.address("Curves"))
        self.personas = self.contract("Personas", registry.address("Personas"))
        self.memberships = self.contract("Memberships", registry.address("Memberships"))
        self.governors = self.contract("Governors", registry.address("Governors"))
        self.claims = self.contract("Claims", registry.address("Claims"))
        self.key_requests = self.contract("KeyRequests", registry.address("KeyRequests"))
        self.reviews = self.contract("Reviews", registry.address("Reviews"))
        self.blueprints = self.contract("Blueprints", registry.address("Blueprints"))

    def contract(self, name: str, address: Any) -> Contract:
        """Bind a compiled contract to an address."""
        return self.w3.eth.contract(address=address, abi=artifact(name).abi)

    def hash(self) -> bytes:
        """Give the next fixed hash, with the look of a random one."""
        self.counter += 1
        return Web3.keccak(text=f"dokkaebi bench {self.counter}")

    def call(self, sender: int, function: Any, *, key: str | None = None, value_wei: int = 0) -> int:
        """Send one transaction in a block of its own at the next fixed time; keep its gas under a key."""
        self.time_s += BLOCK_S
        self.w3.provider.make_request("evm_setNextBlockTimestamp", [self.time_s])  # type: ignore[arg-type]  # a method of Anvil, unknown to web3
        sent = function.transact({"from": self.accounts[sender], "value": value_wei, "gas": 2_000_000})
        receipt = self.w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)
        if receipt["status"] != 1:
            raise RuntimeError(f"{function.fn_name} reverted; the story of the benchmark no longer fits the contracts")
        if key is not None:
            self.gas[key] = receipt["gasUsed"]
        return int(receipt["gasUsed"])

    def pay(self, sender: int, to: str, amount_wei: int) -> None:
        """Send ETH by a plain transfer, in a block of its own."""
        self.time_s += BLOCK_S
        self.w3.provider.make_request("evm_setNextBlockTimestamp", [self.time_s])  # type: ignore[arg-type]  # a method of Anvil, unknown to web3
        sent = self.w3.eth.send_transaction(
            {"from": self.accounts[sender], "to": Web3.to_checksum_address(to), "value": Wei(amount_wei)}
        )
        if self.w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)["status"] != 1:
            raise RuntimeError(
                f"{to} refused {amount_wei} wei; the story of the benchmark no longer fits the contracts"
            )

    def wait(self, seconds: int) -> None:
        """Let time pass before the next call."""
        self.time_s += seconds

    # ---- communities and tokens

    def open_communities(self) -> None:
        """Open two; the second is measured, as most are not the first."""
        for key in (None, "open_community"):
            params = (
                "한밤의 라디오 수리 모임",
                "RADIO",
                21_000_000 * UNIT,
                2_100_000 * UNIT,
                180 * DAY_S,
                730 * DAY_S,
                250,
                "https://dokkaebi.example/content/" + self.hash().hex(),
                self.hash(),
                *NO_RESERVES,
            )
            self.call(STEWARD, self.registry.functions.openCommunity(params), key=key)
        self.token = self.contract("CommunityToken", self.registry.functions.tokenOf(1).call())
        self.second_token = self.contract("CommunityToken", self.registry.functions.tokenOf(2).call())

    def use_tokens(self) -> None:
        """Mint, transfer and burn; afterwards both buyers hold plenty."""
        token = self.token.functions
        accounts = self.accounts
        self.call(STEWARD, token.mint(accounts[BUYER], 5_000 * UNIT), key="mint_new_holder")
        self.call(STEWARD, token.mint(accounts[BUYER], 5_000 * UNIT + 7), key="mint")
        amount = 1_250 * UNIT + 3
        self.call(BUYER, token.transfer(accounts[OTHER_BUYER], amount), key="token_transfer_new_holder")
        self.call(BUYER, token.transfer(accounts[OTHER_BUYER], amount), key="token_transfer")
        self.call(BUYER, token.burn(17 * UNIT), key="burn")
        crowd = [Web3.to_checksum_address(self.hash()[12:]) for _ in range(20)]
        amounts = [(100 + place) * UNIT for place in range(20)]
        self.call(STEWARD, token.mintBatch(crowd, amounts), key="mint_batch_20")

    def change_office(self) -> None:
        """Raise a commission and hand over a stewardship, of the community that sells nothing."""
        registry = self.registry.functions
        self.call(STEWARD, registry.setFeeBps(2, 400), key="set_fee")
        self.call(STEWARD, registry.offerStewardship(2, self.accounts[HELPER]), key="offer_stewardship")
        self.call(HELPER, registry.acceptStewardship(2), key="accept_stewardship")

    # ---- orders

    def terms(self, **changes: Any) -> Terms:
        """Give terms of an instant service for ETH, with a backup arbiter and free arbitration, unless changed."""
        common = Terms(
            seller=self.accounts[SELLER],
            unit_price=PRICE_WEI,
            arbiter=self.accounts[ARBITER],
            backup_arbiter=self.accounts[BACKUP],
            rules=Rules(kind=3, instant=True, max_fee_bps=1_000, community_id=1),
            clocks=Clocks(deliver_for=2 * DAY_S, inspect_for=7 * DAY_S, rule_for=7 * DAY_S),
            content_hash=self.hash(),
            salt=self.hash(),
        )
        return replace(common, **changes)

    def goods(self, **changes: Any) -> Terms:
        """Give the same for goods."""
        rules = Rules(kind=0, instant=False, max_fee_bps=1_000, community_id=1)
        clocks = Clocks(3 * DAY_S, 5 * DAY_S, 4 * DAY_S, 7 * DAY_S, 7 * DAY_S)
        return self.terms(rules=rules, clocks=clocks, **changes)

    def list(self, terms: Terms, key: str | None = None) -> Terms:
        """Put terms on sale."""
        self.call(SELLER, self.market.functions.list(terms.words(), 240), key=key)
        return terms

    def purchase(self, buyer: int = BUYER) -> Purchase:
        """Give a purchase by somebody for himself, with the hash of a wish."""
        account = self.accounts[buyer]
        return Purchase(self.hash(), account, account, self.accounts[ARBITER], self.hash())

    def buy(self, terms: Terms, key: str | None = None, buyer: int = BUYER, price_units: int | None = None) -> bytes:
        """Buy one unit, for another price than all others if one is given, and give the order's ref."""
        purchase = self.purchase(buyer).words()
        price = terms.unit_price if price_units is None else price_units
        bound = self.market.functions.buy(terms.words(), 1, price, 350, self.time_s + 1_800, purchase)
        self.call(buyer, bound, key=key, value_wei=price if terms.currency == ETH else 0)
        return bytes(self.market.functions.refOf(purchase).call())

    def step(
        self, name: str, who: int, terms: Terms, ref: bytes, *more: Any, key: str | None = None, **how: Any
    ) -> int:
        """Call a function of the Market on an order of the buyer's."""
        bound = self.market.get_function_by_name(name)
        return self.call(who, bound(terms.words(), self.accounts[BUYER], ref, *more), key=key, **how)

    def deliver(self, terms: Terms, ref: bytes, key: str | None = None) -> int:
        """Deliver with the hash of a note."""
        return self.step("deliver", SELLER, terms, ref, self.hash(), key=key)

    def happy_orders(self) -> None:
        """Sell instantly and as goods: once to fill every slot, then measured."""
        instant, goods = self.list(self.terms()), self.list(self.terms(), "list")
        ref = self.buy(instant)
        self.deliver(instant, ref)
        self.step("confirm", BUYER, instant, ref)
        ref = self.buy(goods, "buy")
        self.deliver(goods, ref, "deliver")
        self.step("confirm", BUYER, goods, ref, key="confirm")
        self.gas["happy_path"] = sum(self.gas[key] for key in ("buy", "deliver", "confirm"))
        shipped = self.list(self.goods())
        ref = self.buy(shipped, "buy_goods")
        self.step("accept", SELLER, shipped, ref, key="accept")
        later = self.deliver(shipped, ref) + self.step("confirm", BUYER, shipped, ref)
        self.gas["happy_path_goods"] = self.gas["buy_goods"] + self.gas["accept"] + later

    def ways_out(self) -> None:
        """Cancel, decline, refund, expire, pause."""
        goods = self.list(self.goods())
        self.step("cancel", BUYER, goods, self.buy(goods))
        self.step("cancel", BUYER, goods, self.buy(goods), key="cancel")
        self.step("decline", SELLER, goods, self.buy(goods), key="decline")
        ref = self.buy(goods)
        self.step("accept", SELLER, goods, ref)
        self.step("refund", SELLER, goods, ref, key="refund")
        instant = self.list(self.terms())
        ref = self.buy(instant)
        self.deliver(instant, ref)
        self.wait(8 * DAY_S)
        self.step("expire", HELPER, instant, ref, key="expire")
        market = self.market.functions
        self.call(SELLER, market.setPaused(instant.words(), True), key="set_paused")
        self.call(SELLER, market.setQuantityLimit(instant.words(), 240, 36), key="set_quantity_limit")

    def disputes(self) -> None:
        """Dispute without and with an arbiter's fee; ruled half and half."""
        free = self.list(self.terms())
        for measured in (False, True):
            ref = self.buy(free)
            self.deliver(free, ref)
            uri = "https://dokkaebi.example/content/" + self.hash().hex()
            self.step("dispute", BUYER, free, ref, uri, self.hash(), key="dispute" if measured else None)
            if measured:
                self.step("submitEvidence", SELLER, free, ref, uri, self.hash(), key="submit_evidence")
            self.step("rule", ARBITER, free, ref, 5_000, key="rule" if measured else None)
        self.gas["dispute_path"] = sum(self.gas[key] for key in ("buy", "deliver", "dispute", "rule"))
        paid = self.list(self.terms(arbiter_fee=ARBITER_FEE_WEI))
        for measured in (False, True):
            ref = self.buy(paid)
            self.deliver(paid, ref)
            keys = ("dispute_stake", "stake", "rule_stake") if measured else (None, None, None)
            uri = "https://dokkaebi.example/content/" + self.hash().hex()
            self.step("dispute", BUYER, paid, ref, uri, self.hash(), key=keys[0], value_wei=ARBITER_FEE_WEI)
            self.step("stake", SELLER, paid, ref, key=keys[1], value_wei=ARBITER_FEE_WEI)
            self.step("rule", ARBITER, paid, ref, 5_000, key=keys[2])

    def withdrawals(self) -> None:
        """Take credits out, then confirm into an empty one."""
        market = self.market.functions
        seller = self.accounts[SELLER]
        credit_wei = market.creditOf(seller, ETH).call()
        self.call(SELLER, market.withdraw(ETH, seller, credit_wei // 3), key="withdraw_part")
        self.call(SELLER, market.withdraw(ETH, seller, credit_wei - credit_wei // 3), key="withdraw")
        commission = self.registry.functions.accountOf(1).call()
        owed_wei = market.creditOf(commission, ETH).call()
        bound = market.withdrawFrom(commission, ETH, self.accounts[STEWARD], owed_wei)
        self.call(STEWARD, bound, key="withdraw_commission")
        self.call(HELPER, market.push(self.accounts[ARBITER], ETH), key="push")
        instant = self.list(self.terms())
        # the community's credit is in use again before the seller's first one is measured
        for seller_empty in (False, True):
            if seller_empty:
                self.call(SELLER, market.withdraw(ETH, seller, market.creditOf(seller, ETH).call()))
            ref = self.buy(instant)
            self.deliver(instant, ref)
            self.step("confirm", BUYER, instant, ref, key="confirm_first_credit" if seller_empty else None)

    def token_orders(self) -> None:
        """Sell for the community's token: by allowance, and by the first permit of another buyer."""
        terms = self.list(self.terms(currency=self.token.address, unit_price=PRICE_UNITS))
        self.call(BUYER, self.token.functions.approve(self.market.address, 100 * PRICE_UNITS))
        ref = self.buy(terms)
        self.deliver(terms, ref)
        self.step("confirm", BUYER, terms, ref)
        ref = self.buy(terms, "buy_token")
        self.deliver(terms, ref)
        self.step("confirm", BUYER, terms, ref, key="confirm_token")
        purchase = self.purchase(OTHER_BUYER).words()
        until = self.time_s + 1_800
        bound = self.market.functions.buyWithPermit(
            terms.words(), 1, PRICE_UNITS, 350, until, purchase, self.permit(OTHER_BUYER, PRICE_UNITS, until)
        )
        self.call(OTHER_BUYER, bound, key="buy_permit")
        seller = self.accounts[SELLER]
        owed_units = self.market.functions.creditOf(seller, self.token.address).call()
        self.call(STEWARD, self.token.functions.mint(seller, UNIT))  # a seller who holds some already
        self.call(SELLER, self.market.functions.withdraw(self.token.address, seller, owed_units), key="withdraw_token")

    def permit(self, owner: int, value_units: int, until_ts: int) -> tuple[int, int, int, bytes, bytes]:
        """Sign an ERC-2612 permit for the Market with a test key."""
        Account.enable_unaudited_hdwallet_features()
        signer = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{owner}")
        token = self.token.functions
        domain = {
            "name": token.name().call(),
            "version": "1",
            "chainId": CHAIN_ID,
            "verifyingContract": self.token.address,
        }
        types = {
            "Permit": [
                {"name": "owner", "type": "address"},
                {"name": "spender", "type": "address"},
                {"name": "value", "type": "uint256"},
                {"name": "nonce", "type": "uint256"},
                {"name": "deadline", "type": "uint256"},
            ]
        }
        message = {
            "owner": signer.address,
            "spender": self.market.address,
            "value": value_units,
            "nonce": token.nonces(signer.address).call(),
            "deadline": until_ts,
        }
        signed = signer.sign_typed_data(domain, types, message)
        return value_units, until_ts, signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")

    def tell(self) -> dict[str, int]:
        """Do it all in its fixed order and give gas by key."""
        self.open_communities()
        self.use_tokens()
        self.change_office()
        self.happy_orders()
        self.ways_out()
        self.disputes()
        self.token_orders()
        self.withdrawals()
        rest_of_life(self)
        return self.gas
