"""A pytest plug-in that runs the contract tests under mutants: `pytest -p tools.mutation.trials --mutation-plan plan.json`.

Each test first runs without mutants, and shows which switches it asks. Then it runs again for each mutant that it reaches
and that no test has killed yet, on the module's fixtures that are already there. A mutant that several tests let live is tried
together with others like it; only if the test fails for the group is it found out for which.
"""

from __future__ import annotations

import json
import random
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tools import chain
from tools.mutation.weaving import PROBE_BASE, PROBING, coinbase_for

EXECUTED = ("eth_call", "eth_sendTransaction", "eth_estimateGas")
ALONE = 6  # tests that a mutant faces by itself before it is tried together with others
TOGETHER = 4
LONGEST_RUN_S = 240
Place = tuple[str, int, int]  # file, first byte, end
NOBODY = "0x" + "00" * 20
TRACER = {"tracer": "prestateTracer", "tracerConfig": {"disableCode": True}}


class RunTooLong(Exception):
    """A test did not end under a mutant."""


class Siblings:
    """Stands for a next test of the same module, so that the module's fixtures stay and the test's own do not."""

    def __init__(self, item: pytest.Item) -> None:
        self.item = item

    def listchain(self) -> list[Any]:
        return self.item.listchain()[:-1]


class Trial:
    """What both kinds of run have in common: the node's coinbase, and lines that are written at once."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.done = set(plan["done"])
        self.report = Path(plan["report"])

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.done]

    def set_coinbase(self, address: str) -> None:
        """Say which mutants are on."""
        import brownie

        url: str = brownie.web3.provider.endpoint_uri  # type: ignore[attr-defined]  # ours is HTTP
        chain.rpc(url, "anvil_setCoinbase", [address])
        chain.mine(url)  # a call at the newest block sees that block's coinbase

    def write(self, **line: Any) -> None:
        """Add a line to the report at once, so that a run that is stopped can be gone on with."""
        with self.report.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")


class Trying(Trial):
    """Runs each test under the mutants that it reaches."""

    def __init__(self, plan: dict[str, Any]) -> None:
        super().__init__(plan)
        self.alive: set[int] = set(plan["alive"])
        self.survived = Counter({int(number): count for number, count in plan["survived"].items()})
        self.places = {int(number): tuple(place) for number, place in plan["places"].items()}
        self.killed: dict[int, str] = {}
        self.probing = False
        self.reached: set[int] = set()

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        self.killed, self.reached = {}, set()
        self.probing = True
        fit = self.how_it_fails(item, f"0x{PROBING:040x}") is None
        self.probing = False
        numbers = sorted(self.reached & self.alive)
        sound = True
        if numbers:
            # probing costs gas of which some tests have not enough; one that measures gas fails here all the same
            fit = fit or self.how_it_fails(item, NOBODY) is None
            if fit:
                self.try_all(item, numbers)
                sound = not self.killed or self.how_it_fails(item, NOBODY) is None
        try:
            item.session._setupstate.teardown_exact(nextitem)
        except Exception:  # noqa: BLE001 a teardown that fails spoils the chain for the next test
            sound = False
        self.note(item, numbers if fit else [], fit, sound)
        return True

    def note(self, item: pytest.Item, numbers: list[int], fit: bool, sound: bool) -> None:
        """Write what became of the mutants that a test was tried on; what an unsound run said counts for nothing."""
        killed = self.killed if sound else {}
        self.alive -= set(killed)
        passed = [number for number in numbers if number in self.alive] if sound else []
        self.survived.update(passed)
        self.write(test=item.nodeid, fit=fit, sound=sound, reached=len(self.reached), killed=killed, passed=passed)
        if not sound:
            item.session.shouldstop = "a test fails without mutants: begin anew with a fresh chain"

    def try_all(self, item: pytest.Item, numbers: list[int]) -> None:
        """Run a test under each of these mutants: new ones by themselves, stubborn ones together."""
        stubborn = [number for number in numbers if self.survived[number] >= ALONE]
        for number in numbers:
            if self.survived[number] < ALONE:
                self.try_together(item, [number])
        # other companions in each test, since a mutant that ends a call early hides those beside it
        random.Random(item.nodeid).shuffle(stubborn)  # noqa: S311 an order, no secret
        for group in groups_of(stubborn, self.places):
            self.try_together(item, group)

    def try_together(self, item: pytest.Item, numbers: list[int]) -> None:
        """Run a test with these mutants on; when it fails, find out for which of them it does."""
        how = self.how_it_fails(item, coinbase_for(numbers))
        if how is None:
            return
        if len(numbers) == 1:
            self.killed[numbers[0]] = how
            return
        half = len(numbers) // 2
        self.try_together(item, numbers[:half])
        self.try_together(item, numbers[half:])

    def how_it_fails(self, item: pytest.Item, coinbase: str) -> str | None:
        """Run a test with this coinbase; give the kind of its failure, or None when it passes."""
        self.set_coinbase(coinbase)
        try:
            with time_limit(LONGEST_RUN_S):
                reports = runtestprotocol(item, nextitem=Siblings(item), log=False)  # type: ignore[arg-type]  # only asked for its parents
        finally:
            self.set_coinbase(NOBODY)
        failed = [report for report in reports if report.failed]
        return f"{failed[0].when}: {kind_of(failed[0])}" if failed else None

    def pytest_collection_finish(self) -> None:
        """Have each call traced beforehand while probing, by whichever way the tests make it."""
        from web3 import HTTPProvider

        Raw = import_module("tests.helpers.raw").Raw  # the tests are not typed throughout
        request, batch = HTTPProvider.make_request, Raw.batch

        def make_request(provider: HTTPProvider, method: Any, params: Any) -> Any:
            if self.probing and method in EXECUTED:
                traced: Any = request(provider, "debug_traceCall", [params[0], "latest", TRACER])
                self.see(traced)
            return request(provider, method, params)

        def make_batch(raw: Any, *requested: tuple[str, list[Any]]) -> list[dict[str, Any]]:
            calls = [params[0] for method, params in requested if self.probing and method in EXECUTED]
            if calls:
                for traced in batch(raw, *(("debug_traceCall", [call, "latest", TRACER]) for call in calls)):
                    self.see(traced)
            return batch(raw, *requested)

        HTTPProvider.make_request = make_request  # type: ignore[method-assign]  # every call, whoever makes it
        Raw.batch = make_batch

    def see(self, traced: dict[str, Any]) -> None:
        """Note the switches that a traced call has asked: each leaves an address in the trace."""
        touched = (int(address, 16) - PROBE_BASE for address in traced.get("result", ()))
        self.reached |= {number for number in touched if 0 < number < 2**16}


def groups_of(numbers: list[int], places: dict[int, Place]) -> list[list[int]]:
    """Put mutants together of which none stands within another: the outer one would hide what the inner one does."""
    groups: list[list[int]] = []
    for number in numbers:
        file, start, end = places[number]
        for group in groups:
            others = (places[other] for other in group)
            if len(group) < TOGETHER and all(name != file or end <= a or b <= start for name, a, b in others):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def kind_of(report: pytest.TestReport) -> str:
    """Give the last line of a failure, without what differs from run to run."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).splitlines()[0][:100]


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise in what runs within, when it takes longer. Raises: RunTooLong."""

    def ring(*_: object) -> None:
        raise RunTooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class FromTheStart(Trial):
    """Has one mutant on before anything is deployed: one of a constructor."""

    killed: str = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> None:
        self.set_coinbase(coinbase_for([self.plan["on"]]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.killed = self.killed or report.nodeid

    def pytest_sessionfinish(self) -> None:
        killed = [self.plan["on"]] if self.killed else []
        self.write(number=self.plan["on"], test=self.killed, killed=killed)


KINDS = {kind.__name__: kind for kind in (Trying, FromTheStart)}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutation-plan", help="file that says what to try, and where to write what became of it")


def pytest_configure(config: pytest.Config) -> None:
    plan = json.loads(Path(config.getoption("--mutation-plan")).read_text())
    config.pluginmanager.register(KINDS[plan["kind"]](plan), "mutation-trials")
    options = chain._anvil_options

    def without_size_limit(*args: Any) -> list[str]:
        return [*options(*args), "--disable-code-size-limit"]

    chain._anvil_options = without_size_limit  # type: ignore[assignment]  # the same but for its parameters' names
