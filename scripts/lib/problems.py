"""What the scripts say when they stop.

ScriptProblem
├── UnknownNetwork        no such network in our list, or no params/<chain id>.toml for it
├── WrongChain            the node answers for another chain than the one meant
├── BadParams             params/<chain id>.toml holds a value that cannot be right
├── MissingArtifact       build/contracts has no such contract
├── UnlinkedLibrary       a contract calls a library of which no address is known
├── MissingDeployment     deployments/<chain id>.json has no such contract
├── BrokenRecord          deployments/<chain id>.json cannot be read, or speaks of another chain
├── UnsettledTransaction  a transaction of an interrupted run is still waiting
├── FailedTransaction     a transaction was refused or reverted
├── FailedCheck           what stands on the chain is not what was meant
├── NotEnoughMoney        the account cannot pay for what is planned
├── UnknownAccount        no account was named, or there is none with this name
├── BadArgument           a word on the command line cannot be used
├── NotConfirmed          nobody said yes
├── BadSetting            a setting of the environment is missing or cannot be used
├── UnusableIndex         the index cannot be read, or is about another chain or other contracts
│   └── IndexNotReady     it is away, or not where the chain is yet; that passes
└── UnusableJournal       the keeper's journal is in use, or was kept for another account or chain
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class ScriptProblem(RuntimeError):
    """Something stops a script; the text is one sentence saying what was wrong and what to do."""


class UnknownNetwork(ScriptProblem, LookupError):
    """No such network in our list, or no parameters for its chain."""


class WrongChain(ScriptProblem, ValueError):
    """The node answers for another chain than the one meant."""


class BadParams(ScriptProblem, ValueError):
    """A parameter file holds a value that cannot be right."""


class MissingArtifact(ScriptProblem, LookupError):
    """There is no compiled contract with this name."""


class UnlinkedLibrary(ScriptProblem, LookupError):
    """A contract calls a library at an address, and none is known."""


class MissingDeployment(ScriptProblem, LookupError):
    """The record of a chain does not have this contract."""


class BrokenRecord(ScriptProblem, ValueError):
    """A deployment record cannot be read, or speaks of another chain."""


class UnsettledTransaction(ScriptProblem):
    """A transaction of an interrupted run is still waiting to be mined."""


class FailedTransaction(ScriptProblem):
    """A transaction was refused by the node or reverted."""


class FailedCheck(ScriptProblem, AssertionError):
    """What stands on the chain is not what was meant."""


class NotEnoughMoney(ScriptProblem):
    """The account cannot pay for what is planned."""


class UnknownAccount(ScriptProblem, LookupError):
    """No account was named, or there is none with this name."""


class BadArgument(ScriptProblem, ValueError):
    """A word on the command line cannot be used."""


class NotConfirmed(ScriptProblem):
    """Nobody said yes to sending on a live network."""


class BadSetting(ScriptProblem, ValueError):
    """A setting of the environment is missing or cannot be used."""


class UnusableIndex(ScriptProblem):
    """The index cannot be read, or is about another chain or other contracts."""


class IndexNotReady(UnusableIndex):
    """The index is away, or not where the chain is yet; that passes when database and follower run."""


class UnusableJournal(ScriptProblem):
    """The keeper's journal is in use, or was kept for another account or chain."""


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """End the program with exit code 1 and the sentence of a ScriptProblem, without a trace."""
    try:
        yield
    except ScriptProblem as problem:
        print(f"✗ {problem}", file=sys.stderr, flush=True)
        sys.exit(1)
