"""The commands that keep sealed files in order: what a listing names stays, whatever else goes after a week."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import insert, update

from frontend.content.__main__ import main
from frontend.content.upkeep import DAY_S
from frontend.extensions import bound
from frontend.index.models import sealed_files
from frontend.store.database import writing
from frontend.store.models import AppFile, AppFilePiece
from tests.frontend.pages.conftest import make_app
from tests.frontend.pages.story import SELLER, tell_all
from tests.helpers.sealed import PIECE, sealed


@pytest.fixture(params=["sqlite", "postgresql"])
def market(request, tmp_path):
    """A market with the whole story, on either database."""
    changes = {"database_url": request.getfixturevalue("new_postgres")()} if request.param == "postgresql" else {}
    app, story = make_app(tmp_path, tell_all, **changes)
    app.story = story
    yield app
    with app.app_context():
        bound().db.engine.dispose()
    story.engine.dispose()


@pytest.fixture
def files(market):
    with market.test_request_context("/"):
        yield bound().services.files


@pytest.fixture
def command(market, monkeypatch, capsys):
    """Run a command with the environment of the market; give exit code and what it said."""
    settings = market.extensions["dokkaebi"].settings
    for name, value in {
        "DATABASE_URL": settings.database_url, "RPC_URL": settings.rpc_url, "CHAIN_ID": str(settings.chain_id),
        "ORIGIN": settings.origin, "CONTENT_DIR": str(settings.content_dir), "SECRET_KEY": settings.secret_key,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    def run(*words):
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def kept(files, seed):
    cut = sealed(PIECE + 9, seed)
    for name, piece in zip(cut.names, cut.pieces, strict=True):
        files.keep_piece("0x" + name, piece, account=SELLER, network="203.0.113.7")
    files.keep(cut.piece_list, account=SELLER, network="203.0.113.7")
    return cut


def list_file(market, ciphertext_hash):
    """Let the index have read that a listing names a ciphertext."""
    hashes = {
        name: "0x" + pair * 32 for name, pair in (("listing_id", "44"), ("key_hash", "11"), ("plaintext_hash", "33"))
    }
    with writing(market.story.engine).begin() as connection:
        connection.execute(insert(sealed_files).values(**hashes, ciphertext_hash=ciphertext_hash, size_bytes=5))


def grow_old(files):
    with writing(files.db.engine).begin() as connection:
        for table in (AppFile, AppFilePiece):
            connection.execute(update(table).values(kept_at_ts=int(time.time()) - 7 * DAY_S - 60))


def test_what_no_listing_names_goes_a_week_after_it_came_when_told_to(market, files, command):
    listed, loose = kept(files, 1), kept(files, 2)
    list_file(market, listed.hash)
    assert command("prune-files", "--yes") == (0, "0 sealed files, 0 pieces, 0 bytes: removed\n")
    grow_old(files)
    code, said = command("prune-files")
    size = len(loose.data) + len(loose.piece_list)
    changes_nothing = f"1 sealed files, 3 pieces, {size} bytes: nothing was changed; add --yes to remove them\n"
    assert (code, said) == (0, f"file {loose.hash}\n{changes_nothing}")
    assert files.size_of(loose.hash) == len(loose.data)
    assert command("prune-files", "--yes")[1].endswith(f"3 pieces, {size} bytes: removed\n")
    assert files.size_of(loose.hash) is None
    assert files.missing(loose.piece_list) == [0, 1]
    assert b"".join(files.read(files.find(listed.hash), 0, len(listed.data) - 1)) == listed.data


def test_nothing_goes_when_the_index_does_not_know_all_listings(market, files, command):
    loose = kept(files, 1)
    grow_old(files)
    market.story.heard(int(time.time()) - DAY_S)
    code, said = command("prune-files", "--yes")
    assert code == 1
    assert "The index is not up to date" in said
    assert files.is_whole(loose.hash)


def test_a_listed_file_that_lost_a_piece_is_told_when_all_is_checked(market, files, command):
    listed, loose = kept(files, 1), kept(files, 2)
    list_file(market, listed.hash)
    assert listed.hash not in command("check")[1]
    for cut in (listed, loose):
        files.store.delete("0x" + cut.names[1])
    code, said = command("check")
    assert code == 1
    assert f"not whole    file       {listed.hash}" in said
    assert loose.hash not in said
