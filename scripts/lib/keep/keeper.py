"""A keeper's rounds: check that all speaks of the same chain, settle what was sent, send what is due."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event

from web3.exceptions import Web3Exception

from scripts.lib.keep.due import DueCall
from scripts.lib.keep.index import Index
from scripts.lib.keep.node import Head, without_persons
from scripts.lib.keep.place import expect_chain, expect_index
from scripts.lib.keep.send import Refused, all_due, send_due
from scripts.lib.keep.settle import Desk, settle
from scripts.lib.networks import is_local
from scripts.lib.problems import IndexNotReady

POLL_S, LOCAL_POLL_S = 3.0, 0.2  # a public node is not to be asked all the time


@dataclass
class Rounds(ABC):
    """Works at a desk until it is stopped."""

    desk: Desk
    stop: Event = field(default_factory=Event, kw_only=True)
    _refused: Refused = field(default_factory=Refused, kw_only=True)

    @abstractmethod
    def due(self, head: Head) -> Iterable[DueCall]:
        """Give the calls that are due at the newest block. Raises: what `round` raises."""

    def round(self) -> Head:
        """Do all that can be done at the newest block; give that block.

        Raises: WrongChain, UnusableIndex (IndexNotReady where waiting helps), OSError or Web3Exception when the node fails.
        Chain: reads, and sends.
        """
        head = self._settled()
        send_due(self.desk, self.due(head), head, self._refused)
        return head

    def once(self, wait_s: float) -> None:
        """Do one round, and wait until what was sent is mined deep enough, or the time is over.

        Raises: what `round` raises; IndexNotReady only when it lasts.
        """
        end = time.monotonic() + wait_s
        poll_s = LOCAL_POLL_S if is_local(self.desk.node.registry.chain_id) else POLL_S
        while True:
            try:
                self.round()
                break
            except IndexNotReady:
                if time.monotonic() > end or self.stop.wait(poll_s):
                    raise
        waiting = {about: why for about, why in self.desk.report.left.items() if not self._is_under_way(about)}
        while self.desk.journal.unfinished():
            self._settled()
            if not self.desk.journal.unfinished() or time.monotonic() > end or self.stop.wait(poll_s):
                break
        self.desk.report.left.update(waiting)

    def watch(self, interval_s: float) -> None:
        """Do rounds until it is stopped; wait while node or index are away.

        Raises: WrongChain, UnusableIndex.
        """
        while not self.stop.is_set():
            self._try(self.round)
            self.stop.wait(interval_s)

    def _settled(self) -> Head:
        node = self.desk.node
        expect_chain(node.w3, node.registry)
        self.desk.report.left.clear()
        head = node.head()
        settle(self.desk, head)
        return head

    def _is_under_way(self, subject: str) -> bool:
        return any(call.subject == subject for call in self.desk.journal.unfinished())

    def _try(self, work: Callable[[], object]) -> None:
        report = self.desk.report
        try:
            work()
        except IndexNotReady as problem:
            report.tell("trouble", f"… {problem} Waiting for it.")
        except (OSError, Web3Exception) as problem:
            # the words of a broken connection hold the node's address
            words = type(problem).__name__ if isinstance(problem, OSError) else without_persons(str(problem))
            report.tell("trouble", f"… the node does not do what it should ({words}). Trying again.")
        else:
            report.forget("trouble")


@dataclass
class Keeper(Rounds):
    """Makes every call that anyone may make and that the index says is due."""

    index: Index

    def due(self, head: Head) -> Iterable[DueCall]:
        """Give the calls that are due at the newest block, sure of the index. Raises: UnusableIndex."""
        node = self.desk.node
        expect_index(node.w3, node.registry, self.index, self.desk.limits.max_lag_blocks)
        return all_due(self.index, head)
