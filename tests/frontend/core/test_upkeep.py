"""Clean-up and check of the content store: what is needed stays, whatever else goes."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from frontend.content.__main__ import main
from frontend.content.documents import canonical, clean_document, hash_of
from frontend.content.upkeep import DAY_S, orphans, remove, troubles
from frontend.content.wanted import Wanted
from frontend.extensions import bound
from frontend.services.claim_lists import root_of
from frontend.services.intents import Call
from frontend.store.database import writing
from frontend.store.models import AppContent, AppDraft
from tests.frontend.pages.assembly import GOVERNOR
from tests.frontend.pages.conftest import make_app, make_copy
from tests.frontend.pages.story import CLAIM_LIST, SELLER, Story, tell_all

LONG_AGO = int(time.time()) - 40 * DAY_S
MONTH_S = 30 * DAY_S
PROPOSED = {"name": "Star Chart Smugglers", "text": "Said anew.", "lang": "en"}


def noise(size=(700, 500)):
    """Give a picture like no other; soft, since sharp noise takes long to pack."""
    out = io.BytesIO()
    Image.effect_noise((7, 5), 90).resize(size).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def told(request, tmp_path_factory):
    """A market whose listings show a picture, whose lamp community has changed its description since, and whose star
    chart smugglers have a proposal for another one.
    """
    pictures = []

    def tell(story: Story) -> None:
        pictures.append(story.contents.store_picture(noise()))
        tell_all(story, pictures[0])
        new = story.contents.store_description({"name": "도깨비불 공방", "text": "Newer.", "lang": "en"})
        story.emit(
            "CommunityToken", story.token(1), "ContractMetadataChanged", uri="x", hash=bytes.fromhex(new[2:])
        )  # fmt: skip
        proposed = story.contents.store_description(PROPOSED)
        call = Call("CommunityToken", story.token(2), "setContractURI", ("x", bytes.fromhex(proposed[2:])))
        assert story.assembly is not None
        what = (call.address, 0, bytes.fromhex(call.data[2:]))
        story.assembly.propose(SELLER, "Say it anew", what, story.at_ts + DAY_S)

    folder, server, database, changes = tmp_path_factory.mktemp("told"), None, None, {}
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        database = server.create("blank")
        changes = {"database_url": server.url(database)}
    app, story = make_app(folder, tell, **changes)
    close(app, story)
    yield folder, story, pictures[0], database
    if server is not None:
        server.drop(database)


def close(app, story):
    with app.app_context():
        bound().db.engine.dispose()
    story.engine.dispose()


@pytest.fixture
def market(request, told, tmp_path):
    """A copy of that market."""
    kept, original, picture, database = told
    changes = {} if database is None else {"database_url": request.getfixturevalue("new_postgres")(database)}
    app, story = make_copy(kept, original, tmp_path, **changes)
    app.story, app.picture = story, picture
    yield app
    close(app, story)


@pytest.fixture
def contents(market):
    with market.test_request_context("/"):
        yield bound().services.contents


def grow_old(contents, names=None):
    """Let everything, or what is named, have been given long ago."""
    rows = update(AppContent).values(created_at_ts=LONG_AGO)
    with writing(contents.db.engine).begin() as connection:
        connection.execute(rows if names is None else rows.where(AppContent.hash.in_(names)))
    for name, _ in list(contents.store.marks()):
        if names is None or name in names:
            os.utime(contents.store.path(name), (LONG_AGO, LONG_AGO))


def found(contents):
    return {orphan.hash for orphan in orphans(contents.db, contents.store, MONTH_S)}


def test_nothing_is_an_orphan_when_the_chain_names_it_or_once_did(contents):
    grow_old(contents)
    assert found(contents) == set()


def test_description_that_a_proposal_names_can_be_brought_back(contents):
    data = canonical(clean_document(PROPOSED))
    contents.store.delete(hash_of(data))
    content_hash, wanted = contents.restore(data)
    assert (content_hash, wanted) == (hash_of(data), Wanted("proposal", GOVERNOR))
    assert contents.load(content_hash).data == data


def test_old_uploads_are_orphans_with_their_thumbnails_when_nothing_names_them(contents):
    lost = contents.store_picture(noise((900, 900)))
    thumbs = {hash_of(contents.thumbnail(lost, width).data) for width in (320, 640)}
    stray = hash_of(b"a file without a row")
    contents.store.put(stray, b"a file without a row")
    text = contents.store_text("never said")
    assert found(contents) == set(), "they are young"
    grow_old(contents)
    assert found(contents) == {lost, stray, text, *thumbs}


def test_list_is_kept_while_the_chain_or_an_intent_names_its_root(contents):
    roots = ["0x" + digit * 64 for digit in "abc"]
    named, lost = (contents.store_list(f"# {root}".encode(), root=root) for root in roots[:2])
    called = contents.store_list(b"# called", root=roots[2])
    for_airdrop, forgotten = contents.store_list(b"# airdrop"), contents.store_list(b"# another")
    grow_old(contents)
    with contents.db.session() as session:
        session.add(intent("0x1", roots[0], "0x"))
        session.add(intent("0x2", "", "0x12345678" + "00" * 32 + roots[2][2:]))
        session.add(intent("0x3", f"/c/1/airdrop/{for_airdrop}", "0x"))
    assert named != called
    assert found(contents) == {lost, forgotten}


def test_a_young_description_keeps_its_old_pictures(contents):
    shown, inline = contents.store_picture(noise((900, 900))), contents.store_picture(noise((300, 100)))
    grow_old(contents)
    text = f"See ![it](/content/{inline})"
    contents.store_description({"title": "Young", "text": text, "lang": "en", "picture": shown})
    assert found(contents) == set()


def test_what_drafts_and_intents_hold_is_kept(contents):
    draft, told = contents.store_picture(noise((310, 310))), contents.store_text("prepared, not signed")
    packed = contents.store_text("in the call only")
    grow_old(contents)
    with contents.db.session() as session:
        session.add(
            AppDraft(
                id="0x1", account=SELLER, area="listings", fields=f'{{"picture":"{draft}"}}', updated_at_ts=LONG_AGO
            )
        )
        session.add(intent("0x1", told, "0x"))
        session.add(intent("0x2", "", "0x12345678" + "00" * 32 + packed[2:]))
    assert found(contents) == set()


def intent(name, told, data):
    from frontend.store.models import AppIntent

    return AppIntent(
        id=name, idempotency_key=name, account=SELLER, chain_id=1, genesis_hash="0x", action="x", to="0x", data=data,
        value_wei=0, gas=0, args=f'["{told}"]', summary="{}", status="built", created_at_ts=LONG_AGO,
        expires_at_ts=LONG_AGO,
    )  # fmt: skip


def test_an_orphan_stays_when_it_is_given_again_before_it_is_removed(contents):
    text = contents.store_text("changed my mind")
    grow_old(contents)
    (orphan,) = orphans(contents.db, contents.store, MONTH_S)
    contents.store_text("changed my mind")
    assert not remove(contents.db, contents.store, orphan, MONTH_S)
    assert contents.text_of(text) == "changed my mind"


def test_row_and_bytes_agree_when_giving_and_removing_race(contents):
    name = hash_of(b"contended")
    problems = []

    def give() -> None:
        try:
            for _ in range(30):
                contents.store_text("contended")
        except Exception as problem:  # noqa: BLE001 whatever a thread dies of belongs to the test
            problems.append(problem)

    def take() -> None:
        try:
            for _ in range(30):
                grow_old(contents, {name})
                for orphan in orphans(contents.db, contents.store, MONTH_S):
                    remove(contents.db, contents.store, orphan, MONTH_S)
        except Exception as problem:  # noqa: BLE001 told by the test that waits for this thread
            if not isinstance(problem, FileNotFoundError):
                problems.append(problem)

    threads = [threading.Thread(target=give), threading.Thread(target=take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert (contents.media_type(name) is not None) <= (contents.store.get(name) == b"contended"), "a row without bytes"


# ---- the commands


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


def files(contents):
    return {path.name for path in Path(contents.store.folder).rglob("*") if path.is_file()}


def test_prune_changes_nothing_unless_it_is_told_to(contents, command):
    lost = contents.store_text("never said")
    grow_old(contents)
    before = files(contents)
    code, said = command("prune", "--older-than-days", "30")
    assert (code, files(contents)) == (0, before)
    assert lost in said
    assert "nothing was changed" in said
    code, said = command("prune", "--older-than-days", "30", "--yes")
    assert (code, files(contents)) == (0, before - {lost})
    assert contents.media_type(lost) is None
    assert command("prune", "--older-than-days", "30", "--yes")[1].startswith("0 files")


@pytest.mark.parametrize("trouble", ["silent", "node away", "empty"])
def test_prune_refuses_when_the_index_does_not_know_the_whole_chain(market, contents, command, trouble):
    contents.store_text("never said")
    grow_old(contents)
    before = files(contents)
    if trouble == "empty":
        from sqlalchemy import text

        with writing(contents.db.engine).begin() as connection:
            connection.execute(text("DELETE FROM chain_cursor"))
    else:
        market.story.heard(int(time.time()) - (700 if trouble == "silent" else 0), node_ok=trouble != "node away")
    code, said = command("prune", "--older-than-days", "30", "--yes")
    assert code == 1
    assert "The index is not up to date" in said
    assert files(contents) == before


def test_prune_refuses_less_than_a_day(command):
    with pytest.raises(SystemExit):
        command("prune", "--older-than-days", "0")


def test_check_names_what_cannot_be_shown(market, contents, command):
    code, said = command("check")
    # the story itself has one listing and one community without a description, and a claim phase whose list nobody has
    known = {(trouble.kind, trouble.state.value) for trouble in troubles(contents.db, contents.store)}
    assert (code, known) == (1, {("listing", "missing"), ("community", "missing"), ("list", "missing")})
    lamp = market.story.listings["lamp"][1].content_hash
    contents.store.path(lamp).write_bytes(b"x")
    contents.store.path(market.picture).write_bytes(b"x")
    contents.store.path(market.story.claim_list).write_bytes(b"x")
    _code, said = command("check")
    assert f"altered      list       {root_of(CLAIM_LIST, market.story.token(2), 5)}" in said
    assert f"altered      listing    {lamp}" in said
    assert f"altered      picture    {market.picture}" in said
    assert "with trouble" in said
