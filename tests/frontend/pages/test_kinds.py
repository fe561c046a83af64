"""Every kind that can be listed has its name, in both languages, on cards and among the filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.index.file_views import SealedFile
from frontend.services.terms import KINDS_ON_SALE
from tests.frontend.pages.conftest import make_app
from tests.frontend.pages.story import DAY, FOUNDER, Story

FILE = SealedFile("0x" + "a1" * 32, "0x" + "a2" * 32, "0x" + "a3" * 32, 1_234)
NAMES = {
    "en": {"goods": "Goods", "service": "Service", "file": "Sealed file", "blueprint": "Blueprint"},
    "ko": {"goods": "물건", "service": "서비스", "file": "봉인된 파일", "blueprint": "설계도"},
}


def tell(story: Story) -> None:
    story.platform(FOUNDER, 100)
    story.community("Bakery", "BREAD", None, fee_bps=500)
    common = {"transit_for_s": 0, "instant": True, "accept_for_s": 0, "deliver_for_s": DAY}
    for kind in KINDS_ON_SALE:
        own = {"kind": kind} if kind == "goods" else {"kind": kind, **common}
        words = {"title": f"Thing of the kind {kind}", "text": "", "lang": "en", "picture": None, "tags": []}
        story.list(kind, words, **own, **({"file": FILE} if kind == "file" else {}))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("kinds")
    app, _ = make_app(folder, tell)
    return app.test_client()


@pytest.mark.parametrize("language", sorted(NAMES))
@pytest.mark.parametrize("kind", KINDS_ON_SALE)
def test_kind_alone_is_found_under_its_name_when_it_is_filtered_for(client, language, kind):
    source = client.get("/explore", query_string={"kind": kind, "lang": language}).get_data(as_text=True)
    name = NAMES[language][kind]
    assert f'<option value="{kind}" selected>{name}</option>' in source
    titles = [one for one in KINDS_ON_SALE if f"Thing of the kind {one}" in source]
    assert titles == [kind]
    tag = source.partition(f"Thing of the kind {kind}")[2].partition("</article>")[0]
    assert f"{name}</span>" in tag
