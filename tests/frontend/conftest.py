"""Frontend tests run without a network. Only those in chain/ may talk to a node, which they started themselves."""

from __future__ import annotations

import socket
from typing import Any

import pytest


class NetworkUsed(AssertionError):
    """A test without a chain has opened a connection."""


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections: all of them, or for tests on a chain those that leave the machine."""
    on_chain = "chain" in request.node.path.parts[request.node.path.parts.index("frontend") :]
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX or (on_chain and address[0] == "127.0.0.1"):
            return connect(self, address)
        raise NetworkUsed(str(address))

    monkeypatch.setattr(socket.socket, "connect", guarded)
