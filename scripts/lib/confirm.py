"""Asking before anything is sent on a live network."""

from collections.abc import Callable

from scripts.lib.networks import is_local
from scripts.lib.params import NetworkProfile
from scripts.lib.problems import NotConfirmed


def confirm(network: NetworkProfile, question: str, ask: Callable[[str], str] = input) -> None:
    """Ask for the chain id in full on every chain but our local ones.

    A chain whose parameters forget to call it live is asked for all the same: only the two local ids pass.
    Raises: NotConfirmed when the answer differs, or nobody can answer.
    """
    if is_local(network.chain_id) and not network.live:
        return
    try:
        answer = ask(f"{question}\nThis is {network.name}, a live network. Type its chain id to send: ")
    except EOFError:
        raise NotConfirmed(f"nobody can answer here, so nothing was sent to {network.name}.") from None
    if answer.strip() != str(network.chain_id):
        raise NotConfirmed(f"the answer was not {network.chain_id}, so nothing was sent to {network.name}.")
