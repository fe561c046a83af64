"""Plays planned deals on a node, by plain JSON-RPC, and compares everything with the plan after each block.

Each step is two requests: one sends its transactions and asks what there is to ask after the step before, one mines them in
a block at exactly the step's second. After a deal the chain is put back, so that one seed makes one deal.

On Ganache a hundred reads take longer than a transaction. There they are made after a refused call and at the end only; events
and refusals are compared after each block on both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from faster_eth_abi import decode

from tests.deals.plan import Act, Plan, Read, Step
from tests.deals.world import World, through
from tests.helpers.raw import Raw, revert_of
from tests.helpers.terms import list_of, words_of

Request = tuple[str, list]


class Differs(AssertionError):
    """The contracts did something else than the books say."""


class Stage:
    """One node with a world on it."""

    def __init__(self, world: World, raw: Raw) -> None:
        self.world = world
        self.raw = raw
        self.selector = raw.functions[raw.reader.address, "read"][0]

    @contextmanager
    def open(self) -> Iterator[Stage]:
        """Keep the node from mining by itself as long as deals are played."""
        self.raw.ask(*(("evm_setAutomine", False) if self.raw.on_anvil else ("miner_stop",)))
        try:
            yield self
        finally:
            self.raw.ask(*(("evm_setAutomine", True) if self.raw.on_anvil else ("miner_start",)))

    def question(self, read: Read) -> bytes:
        """Give a read as ManyReads takes it: target, and the data, filled up to whole words."""
        target = self.raw.reader if read.contract == "eth" else self.world.contracts[read.contract]
        data = self.raw.functions[target.address, read.name][0] + words_of(*read.arguments)
        return words_of(target.address, 64, len(data)) + data.ljust(-(-len(data) // 32) * 32, b"\0")

    def play(self, plan: Plan) -> None:
        """Play a deal and put the chain back. Raises: Differs."""
        remembered = self.raw.snapshot()
        try:
            Performance(self, plan).run()
        except BaseException:
            self.raw.batch(("evm_mine", []))  # what waits is not to be in the next deal's first block
            raise
        finally:
            self.raw.revert(remembered)


class Performance:
    """One deal on the stage."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self.raw, self.world, self.plan, self.reads_each_block = stage.raw, stage.world, plan, stage.raw.on_anvil
        self.gas_wei: Counter = Counter()
        data = stage.selector + list_of([stage.question(read) for read in plan.reads])
        self.reading: Request = ("eth_call", [{"to": self.raw.reader.address, "data": "0x" + data.hex()}, "latest"])

    def run(self) -> None:
        """Send each step with the questions about the one before."""
        questions: list[Request] = []
        before: Step | None = None
        for step in (*self.plan.steps, None):
            sent = [self._transaction(act) for act in self._acts(step)]
            answers = (
                self.raw.batch(*questions, *(("eth_sendTransaction", [tx]) for tx in sent)) if questions or sent else []
            )
            if before is not None:
                self._compare(before, answers[: len(questions)])
            if step is None:
                return
            hashes = [self._result(answer, step) for answer in answers[len(questions) :]]
            self.raw.batch(("evm_mine", [step.timestamp]))  # Ganache answers with an error when a call has failed
            questions = [("eth_getTransactionReceipt", [hashed]) for hashed in hashes]
            if self._is_read(step):
                questions.append(self.reading)
            if step.refusal is not None:
                questions.append(("eth_call", [sent[0], "latest"]))
            before = step

    def _is_read(self, step: Step) -> bool:
        return self.reads_each_block or step.refusal is not None or step is self.plan.steps[-1]

    @staticmethod
    def _acts(step: Step | None) -> tuple[Act, ...]:
        if step is None:
            return ()
        return step.acts if step.refusal is None else (step.refusal.act,)

    def _transaction(self, act: Act) -> dict:
        call = through(self.raw, self.world.contracts, act.actor, act.contract, act.name, act.values(), act.value)
        return self.raw.transaction(*call, 0 if act.actor.is_wallet else act.value)

    def _compare(self, step: Step, answers: list[dict]) -> None:
        acts = self._acts(step)
        receipts = [self._result(answer, step) for answer in answers[: len(acts)]]
        for act, receipt in zip(acts, receipts, strict=True):
            if receipt is None or int(receipt["blockNumber"], 16) != int(receipts[0]["blockNumber"], 16):
                raise Differs(f"{act.name} is in no block, or in another one")
            self.gas_wei[act.actor.sender] += int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
        if step.refusal is not None:
            self._compare_refusal(step, receipts[0], answers[-1])
        else:
            for act, receipt, events in zip(acts, receipts, step.events, strict=True):
                self._compare_events(step, act, receipt, events)
        if self._is_read(step):
            self._compare_reads(step, bytes.fromhex(self._result(answers[len(acts)], step)[2:]))

    def _compare_refusal(self, step: Step, receipt: dict, answer: dict) -> None:
        refusal = step.refusal
        assert refusal is not None
        if int(receipt["status"], 16) or "error" not in answer:
            self._differ(step, f"{refusal.act.name} went through instead of {refusal.error}{refusal.arguments}")
        found, wanted = revert_of(answer), self.raw.error(refusal.error, refusal.arguments)
        if found != wanted:
            name = self.raw.errors.get(found[:10], found[:10])
            values: Any = found
            if name in self.raw.error_inputs:
                values = decode(self.raw.error_inputs[name][1], bytes.fromhex(found[10:]))
            self._differ(
                step, f"{refusal.act.name} fails with {name}{values} instead of {refusal.error}{refusal.arguments}"
            )

    def _compare_events(self, step: Step, act: Act, receipt: dict, events: tuple) -> None:
        if not int(receipt["status"], 16):
            self._differ(step, f"{act.name} was refused")
        market = self.world.address("market")
        wanted = [self.raw.log(event.source or market, event.name, event.values) for event in events]
        found = [(log["address"].lower(), tuple(log["topics"]), log["data"]) for log in receipt["logs"]]
        if found != wanted:
            names = {topic: name for name, (topic, _) in self.raw.events.items()}
            said = [(names.get(topics[0], topics[0]), data) for _, topics, data in found]
            self._differ(step, f"{act.name} announced\n{said}\ninstead of\n{events}\n{wanted}")

    def _compare_reads(self, step: Step, answer: bytes) -> None:
        wanted = [
            words_of(*_flat(values if read.contract != "eth" else (values[0] - self.gas_wei[read.arguments[0]],)))
            for read, values in zip(self.plan.reads, step.answers, strict=True)
        ]
        if answer == list_of([words_of(len(said)) + said for said in wanted]):
            return
        for read, said, found in zip(self.plan.reads, wanted, decode(["bytes[]"], answer)[0], strict=True):
            if said != found:
                self._differ(
                    step,
                    f"{read.name}{read.arguments} on {read.contract} is\n{_words(found)}\ninstead of\n{_words(said)}",
                )

    def _differ(self, step: Step, what: str) -> None:
        told = []
        for earlier in self.plan.steps[: self.plan.steps.index(step) + 1]:
            tried = "refused: " if earlier.refusal else ""
            told += [
                f"{earlier.timestamp} {tried}{act.actor.address} {act.name}({', '.join(map(str, list(act.arguments.values())[3:]))})"
                for act in self._acts(earlier)
            ]
        raise Differs(f"{what}\n\n" + "\n".join(told))

    def _result(self, answer: dict, step: Step) -> Any:
        if "error" in answer:
            self._differ(step, f"the node answers {answer['error']}")
        return answer["result"]


def _flat(values: tuple) -> Iterator[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from _flat(value)
        else:
            yield value


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 32]) for at in range(0, len(data), 32)]
