"""Files sealed, sold, delivered and opened by the command line, on a real chain, with processes that are killed."""

from __future__ import annotations

import json
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from frontend import create_app
from frontend.config import Settings
from frontend.extensions import bound
from scripts.lib.files import book
from scripts.lib.files.book import Book
from scripts.lib.files.logs import Logs
from scripts.lib.files.orders import order_from
from scripts.lib.files.place import open_chain
from scripts.lib.keep import run as run_rounds
from tests.browser.shelf import PIECE, Shelf
from tests.helpers.sealed import Cut
from tests.helpers.tables import make_tables
from tests.index import proxy as bad_node
from tests.index.market import ETHER, Market
from tests.index.proxy import Rule, running_proxy
from tests.scripts.selling import COMPLETED, CONTENT, DELIVERED, TIMEOUT_S, Shop, new_identity, words
from tools import chain
from tools.files import wrap as curve


@pytest.fixture
def shop(market_with_community: tuple[Market, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The market as it was at first."""
    monkeypatch.setattr(run_rounds.signal, "signal", lambda *_: None)  # pytest needs its own
    found, community = market_with_community
    snapshot = found.rpc("evm_snapshot")
    yield Shop(found, community, tmp_path)
    found.rpc("evm_setAutomine", True)
    assert found.rpc("evm_revert", snapshot)


def line_with(process: subprocess.Popen[str], words: str) -> str:
    """Give the first line that has these words; the process ending before, or saying nothing for long, is a failure."""
    assert process.stdout is not None
    impatience = threading.Timer(TIMEOUT_S, process.kill)
    impatience.start()
    told = []
    for line in process.stdout:
        told.append(line)
        if words in line:
            impatience.cancel()
            return line
    raise AssertionError(f"it ended without saying {words!r}: {told}")


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def cut_on(*methods: str) -> Rule:
    def rule(method: str, params: list, answer: dict) -> dict:
        if not methods or method in methods:
            raise bad_node.Cut
        return answer

    return rule


def test_file_is_sealed_sold_delivered_by_a_process_that_is_killed_and_opened_by_the_buyer(shop):
    sealed = shop.sealed()
    terms = shop.list_file(sealed)
    waiting, first = shop.buy(terms, accepted=False), shop.buy(terms)
    with running_proxy(shop.market.url) as proxy:
        watching = shop.start(*shop.delivery("--watch", url=proxy.url))
        line_with(watching, f"→ 0x{first.key[2:]}: its key, wrapped for the buyer alone; sent")
        shop.wait_for(first)
        proxy.rule = cut_on()  # the node dies
        line_with(watching, "the node does not do what it should")
        second = shop.buy(terms)
        proxy.rule = None  # and lives again
        line_with(watching, f"→ {second.key}")
        shop.wait_for(second)
        kill(watching)
    sent = shop.sent()
    code, said = shop.run(*shop.delivery())
    assert code == 0, said
    assert f"… {waiting.key}: waits for your acceptance until" in said
    assert shop.sent() == sent
    opened = shop.folder / "opened.flac"
    code, said = shop.run("open", sealed["file"], *shop.about(second), "-o", opened)
    assert code == 0, said
    assert opened.read_bytes() == CONTENT
    assert [path for path in shop.folder.iterdir() if ".part" in path.name] == []
    code, said = shop.run("open", sealed["file"], *shop.about(waiting), "-o", shop.folder / "early")
    assert (code, "has not delivered the key yet" in said) == (1, True)


@pytest.mark.parametrize(
    "method", ["eth_estimateGas", "eth_sendRawTransaction"], ids=["before storing", "before sending"]
)
def test_key_is_sent_once_when_the_process_is_killed_at_the_worst_instant(shop, method):
    order = shop.buy(shop.list_file(shop.sealed()))
    before = shop.sent()
    with running_proxy(shop.market.url) as proxy:
        proxy.rule = cut_on(method)
        process = shop.start(*shop.delivery("--watch", url=proxy.url))
        line_with(process, "the node does not do what it should")
        kill(process)
    # the proxy has passed the transaction on before it cut the answer, if there was one
    code, said = shop.run(*shop.delivery())
    assert code == 0, said
    assert (shop.state(order), shop.sent()) == (DELIVERED, before + 1)


def test_pending_delivery_is_not_sent_again_when_it_is_started_anew(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    before = shop.sent()
    shop.market.rpc("evm_setAutomine", False)
    for _ in range(2):
        code, said = shop.run(*shop.delivery("--wait-s", 1))
        assert code == 3, said
        assert shop.sent() == before + 1
    shop.market.rpc("evm_setAutomine", True)
    shop.market.mine()
    code, said = shop.run(*shop.delivery())
    assert (code, shop.state(order), shop.sent()) == (0, DELIVERED, before + 1), said


def test_undone_delivery_is_made_again(shop):
    terms = shop.list_file(shop.sealed())
    order = shop.buy(terms)
    snapshot = shop.market.rpc("evm_snapshot")
    process = shop.start(*shop.delivery("--watch"))
    line_with(process, "✓")
    assert shop.state(order) == DELIVERED
    assert shop.market.rpc("evm_revert", snapshot)
    shop.market.mine(3)
    shop.wait_for(order)
    kill(process)


def test_order_waits_until_its_acceptance_is_deep_and_no_offer_of_the_seller_stands(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    code, said = shop.run(*shop.delivery("--deep", 5))
    assert (code, f"… {order.key}: waits until its acceptance is 5 blocks deep" in said) == (3, True), said
    shop.market.mine(6)
    shop.on_order("offerSettlement", order, shop.market.seller, ETHER, 1)
    code, said = shop.run(*shop.delivery("--deep", 5))
    assert (code, "an offer of yours stands, which the buyer could accept" in said) == (3, True), said
    shop.on_order("withdrawSettlement", order, shop.market.seller)
    code, said = shop.run(*shop.delivery("--deep", 1))
    assert (code, shop.state(order)) == (0, DELIVERED), said


def test_order_is_left_when_its_time_is_nearly_over(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    code, said = shop.run(*shop.delivery("--least-left-s", 3 * 86_400 + 1))
    assert (code, "a key that comes late is given away" in said) == (3, True), said
    assert shop.state(order) != DELIVERED


def test_dry_run_says_what_is_due_and_signs_nothing(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    before = shop.sent()
    code, said = shop.run(*shop.delivery("--dry-run"))
    assert code == 0, said
    assert f"{order.key}: its key, wrapped for the buyer alone; would be sent\n" in said
    assert said.endswith("1 ready to send; this was a dry run\n")
    assert shop.sent() == before


def test_key_file_that_fits_no_listing_is_refused_and_listings_are_named(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    code, said = shop.run(*shop.delivery(keys=shop.key_file("other.txt", new_identity())))
    assert code == 1
    assert "no key in the key file is that of a listing of this account (0x" in said
    assert shop.state(order) != DELIVERED


def test_older_key_in_the_file_delivers_and_a_listing_without_its_key_is_left(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    keys = shop.key_file("two.txt", new_identity(), shop.seller)
    strange = {"salt": "0x" + "77" * 32, "keyHash": "0x" + "11" * 32, "ciphertextHash": "0x" + "22" * 32}
    other = shop.buy(shop.list_file({**strange, "plaintextHash": "0x" + "33" * 32, "size": 5}))
    keys.chmod(0o644)
    code, said = shop.run(*shop.delivery(keys=keys))
    assert code == 3, said
    assert f"! other users of this machine can read {keys}; protect it: chmod 600 {keys}" in said
    assert "no key in the key file is this listing's; its orders are left" in said
    assert (shop.state(order), shop.state(other)) == (DELIVERED, 2)


def test_delivery_stops_with_a_sentence_when_something_is_wrong(shop):
    shop.buy(shop.list_file(shop.sealed()))
    before = shop.sent()
    elsewhere = shop.folder / "1337.json"
    elsewhere.write_text(shop.record.read_text())
    forged = shop.folder / "forged" / shop.record.name
    forged.parent.mkdir()
    forged.write_text(json.dumps({**shop.market.record, "genesisHash": "0x" + "66" * 32}))
    wrong = shop.secret_file("wrong", "not it\n")
    open_ = shop.secret_file("open", "not it\n")
    open_.chmod(0o604)
    for command, told in (
        (
            shop.delivery(record=elsewhere),
            "the node answers for chain 31337, but 1337.json is the record of chain 1337",
        ),
        (shop.delivery(record=forged), "was written for a chain with another first block"),
        (shop.delivery(url="http://127.0.0.1:9/secret"), "the node does not answer (ConnectionError)."),
        (shop.delivery("--password-file", wrong), "the keystore does not open: its password is wrong"),
        (shop.delivery("--password-file", open_), "other users of this machine can read"),
        (shop.delivery("--keystore", shop.password), "is no keystore"),
        (shop.delivery(keys=shop.plain), "is no key"),
    ):
        code, said = shop.run(*command)
        assert (code, told in said) == (1, True), said
        assert "secret" not in said
        assert "Traceback" not in said
    assert shop.sent() == before


def test_buyer_who_lost_his_key_asks_and_is_answered_once_when_the_seller_wants_it(shop):
    sealed = shop.sealed()
    order = shop.buy(shop.list_file(sealed))
    assert shop.run(*shop.delivery())[0] == 0
    fresh = new_identity()
    keys = shop.key_file("fresh.txt", fresh)
    opened = shop.folder / "opened"
    code, said = shop.run("open", sealed["file"], *shop.about(order, keys), "-o", opened)
    assert (code, "ask the seller for the key once more" in said) == (1, True), said
    shop.ask_again(order, new_identity(), asker=shop.market.stranger)
    shop.ask_again(order, fresh)
    shop.on_order("confirm", order, shop.market.buyer)
    before = shop.sent()
    assert shop.run(*shop.delivery())[0] == 0
    assert shop.sent() == before
    for _ in range(2):
        code, said = shop.run(*shop.delivery("--answer"))
        assert (code, shop.sent(), shop.state(order)) == (0, before + 1, COMPLETED), said
    code, said = shop.run("open", sealed["file"], *shop.about(order, keys), "-o", opened)
    assert (code, opened.read_bytes()) == (0, CONTENT), said


def test_request_is_not_answered_when_the_order_was_refunded(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    shop.on_order("refund", order, shop.market.seller)
    shop.ask_again(order, new_identity())
    before = shop.sent()
    code, said = shop.run(*shop.delivery("--answer"))
    assert (code, shop.sent(), "not answered" in said) == (0, before, True), said


def test_buyer_saves_the_key_and_fetches_the_file_in_pieces_that_break_off(shop):
    sealed = shop.sealed()
    order = shop.buy(shop.list_file(sealed))
    assert shop.run(*shop.delivery())[0] == 0
    key_file = shop.folder / "bought.key"
    code, said = shop.run("key", *shop.about(order), "--to", key_file)
    assert code == 0, said
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.read_text().startswith("AGE-SECRET-KEY-1")
    assert shop.run("key", *shop.about(order), "--to", key_file)[0] == 1
    shelf = Shelf()
    shelf.put(Path(sealed["file"]).read_bytes())
    fetched = shop.folder / "fetched.flac"
    try:
        shelf.damaged = {1}
        code, said = shop.run("open", "--from", shelf.origin, *shop.about(order), "-o", fetched)
        assert (code, "piece 1 of the file is not the one that was sealed" in said) == (1, True), said
        assert (shop.folder / "fetched.flac.age.part").stat().st_size == PIECE
        shelf.damaged = set()
        code, said = shop.run("open", "--from", shelf.origin, *shop.about(order), "-o", fetched)
        assert (code, fetched.read_bytes()) == (0, CONTENT), said
        assert shelf.fetched().count(0) == 1
        code, said = shop.run("open", "--from", shelf.origin, *shop.about(order), "-o", fetched)
        assert (code, "is there already" in said) == (1, True)
    finally:
        shelf.close()


def test_buyer_is_told_to_claim_when_the_delivered_key_is_wrong(shop):
    sealed = shop.sealed()
    order = shop.buy(shop.list_file(sealed))
    rubbish = curve.wrap(bytes(32), bytes.fromhex(order.key[2:]), curve.point_of(5))
    point = (rubbish.point.x.to_bytes(32), rubbish.point.y.to_bytes(32))
    shop.on_order("deliverFile", order, shop.market.seller, (*point, rubbish.masked))
    code, said = shop.run("open", sealed["file"], *shop.about(order), "-o", shop.folder / "opened")
    assert (code, "Claim your money back on the order's page" in said) == (1, True), said
    assert not (shop.folder / "opened").exists()


def test_watching_ends_gently_when_a_signal_comes(shop):
    shop.buy(shop.list_file(shop.sealed()))
    process = shop.start(*shop.delivery("--watch"))
    line_with(process, "✓")
    process.terminate()
    said, _ = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, "1 sent, 1 done" in said) == (0, True), said


def test_events_are_read_in_smaller_portions_when_the_node_gives_no_more(shop):
    order = shop.buy(shop.list_file(shop.sealed()))
    shop.market.mine(200)
    asked: list[int] = []

    def rule(method: str, params: list, answer: dict) -> dict:
        if method != "eth_getLogs":
            return answer
        asked.append(int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1)
        if asked[-1] <= 60:
            return answer
        return {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": -32005, "message": "too many blocks"}}

    with running_proxy(shop.market.url) as proxy:
        proxy.rule = rule
        w3, registry = open_chain(proxy.url, shop.record, ("Market", "KeyRequests"))
        read = Book(Logs(w3, registry), shop.market.seller, registry.entry("Market").block)
        assert read.catch_up(int(w3.eth.block_number))
        assert not read.catch_up(int(w3.eth.block_number))
    assert [f"0x{key.hex()}" for key in read.orders] == [order.key]
    assert max(asked) > 60 >= min(asked)


def test_second_process_with_the_same_journal_is_refused_and_a_dry_run_is_not(shop):
    shop.buy(shop.list_file(shop.sealed()))
    process = shop.start(*shop.delivery("--watch"))
    line_with(process, "✓")
    code, said = shop.run(*shop.delivery())
    assert (code, "another keeper runs with this account and journal" in said) == (1, True), said
    assert shop.run(*shop.delivery("--dry-run"))[0] == 0
    kill(process)


@contextmanager
def running_server(shop: Shop) -> Iterator[tuple[Flask, str]]:
    """Give the market's own web server, and its address."""
    port = chain.free_port()
    folder = shop.folder / "web"
    folder.mkdir()
    settings = Settings.for_tests(folder, rpc_url=shop.market.url, origin=f"http://127.0.0.1:{port}")
    settings.deployments_dir.mkdir()
    (settings.deployments_dir / shop.record.name).write_text(shop.record.read_text())
    make_tables(settings.database_url)
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield app, settings.origin
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def test_buyer_fetches_the_file_from_the_markets_own_server(shop):
    sealed = shop.sealed()
    order = shop.buy(shop.list_file(sealed))
    assert shop.run(*shop.delivery())[0] == 0
    cut = Cut(Path(sealed["file"]).read_bytes())
    opened = shop.folder / "opened"
    with running_server(shop) as (app, origin):
        command = ["open", "--from", origin, *shop.about(order), "-o", opened]
        code, said = shop.run(*command)
        assert (code, "the server does not have this file" in said) == (1, True), said
        with app.test_request_context("/"):
            files, who = bound().services.files, {"account": shop.market.seller, "network": "127.0.0.0"}
            for name, piece in zip(cut.names, cut.pieces, strict=True):
                files.keep_piece(f"0x{name}", piece, **who)
            assert files.keep(cut.piece_list, **who).hash == sealed["ciphertextHash"]
        code, said = shop.run(*command)
    assert (code, opened.read_bytes()) == (0, CONTENT), said


def test_order_without_a_point_is_left(shop, monkeypatch):
    order = shop.buy(shop.list_file(shop.sealed()))

    # the Market takes no such purchase, so that only a faulty one could have it
    def pointless(*found: Any) -> Any:
        return replace(order_from(*found), point=curve.Point(1, 1))

    monkeypatch.setattr(book, "order_from", pointless)
    before = shop.sent()
    code, said = shop.run(*shop.delivery())
    assert (code, f"{order.key}: left: its purchase carries no point of the curve" in said) == (3, True), said
    assert shop.sent() == before


def test_nothing_is_sent_when_the_node_tells_of_another_point_than_the_purchases(shop):
    shop.buy(shop.list_file(shop.sealed()))
    before = shop.sent()
    own = b"".join(word for word in words(curve.point_of(7))).hex()

    def change(logs: list[dict]) -> list[dict]:
        for log in logs:
            if log["topics"][0] == topic:
                at = 2 + 64 * 5  # after salt, payer, holder, referrer and arbiter
                log["data"] = log["data"][:at] + own + log["data"][at + 128 :]
        return logs

    with running_proxy(shop.market.url) as proxy:
        w3, registry = open_chain(shop.market.url, shop.record, ("Market", "KeyRequests"))
        topic = Logs(w3, registry).topic("OrderFunded")
        proxy.rule = bad_node.changed_logs(change)
        code, said = shop.run(*shop.delivery(url=proxy.url))
    assert (code, "the node tells of an order whose key is not that of its purchase" in said) == (1, True), said
    assert shop.sent() == before
