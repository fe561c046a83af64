"""`make keep` finds the running market, or says what to do."""

import os

import pytest

from tools import chain, keep


def test_keep_says_what_to_do_when_the_chain_does_not_run(monkeypatch, capsys):
    idle = chain.Kind("anvil", 31337, chain.free_port())
    monkeypatch.setattr(chain, "KINDS", {"anvil": idle})
    assert keep.main(["anvil"]) == 1
    assert "Start it first: make run CHAIN=anvil" in capsys.readouterr().err
    assert keep.main(["sepolia"]) == 1
    assert "there is no chain sepolia; there are: anvil" in capsys.readouterr().err


def test_keep_becomes_the_keeper_of_the_market_that_runs(monkeypatch):
    class Became(Exception):
        pass

    def become(program: str, words: list[str], env: dict[str, str]) -> None:
        raise Became(words[1:], env)

    with chain.throw_away(chain.ANVIL) as node:
        monkeypatch.setattr(chain, "KINDS", {"anvil": chain.Kind("anvil", 31337, node.port)})
        monkeypatch.setattr(os, "execve", become)
        with pytest.raises(Became) as caught:
            keep.main(["anvil", "--dry-run"])
    words, env = caught.value.args
    assert words == ["-m", "scripts.operate.keep", "--once", "--dry-run"]
    assert env["RPC_URL"] == node.url
    assert env["DATABASE_URL"].endswith("/data/31337/dokkaebi.db")
    assert (env["CHAIN_ID"], env["DEPLOYMENTS_DIR"].endswith("/deployments")) == ("31337", True)
