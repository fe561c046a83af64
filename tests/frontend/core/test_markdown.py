"""Texts of strangers as HTML: what is meant is shown, what is not is words."""

from __future__ import annotations

import time

import pytest

from frontend.content.markdown import ATTRIBUTES, TAGS, to_html, words_of
from tests.frontend.pages.page import Page

OWN = "/content/0x" + "ab" * 32


def test_marks_become_tags_when_text_is_written_well():
    made = to_html("# Lamp\n\nIt is **blue**,\nand *warm*.\n\n- one\n- two\n\n3. three\n\n> said\n\n`code`\n\n---\n")
    for part in (
        "<h2>Lamp</h2>", "<strong>blue</strong>,<br>", "<em>warm</em>", "<li>one</li>", '<ol start="3">',
        "<blockquote>", "<code>code</code>", "<hr>",
    ):  # fmt: skip
        assert part in made


@pytest.mark.parametrize(
    ("text", "level", "wanted"),
    [
        ("# a\n\n## b\n\n### c", 2, ["h2", "h3", "h4"]),
        ("### deep at once", 2, ["h2"]),
        ("# a\n\n###### b", 3, ["h3", "h4"]),
        ("# a\n" * 3 + "###### b\n" * 3, 2, ["h2", "h2", "h2", "h3", "h4", "h5"]),
        ("a\n===\n\nb\n---", 2, ["h2", "h3"]),
        ("# a\n\n## b", 6, ["h6", "h6"]),
    ],
)
def test_headings_fit_into_the_outline_of_the_page(text, level, wanted):
    assert [tag for tag, _ in Page(to_html(text, level)).tags if tag[0] == "h" and tag != "hr"] == wanted


def test_links_say_their_host_and_are_followed_by_no_search_engine():
    made = to_html("[my bank](https://evil.example/login)")
    assert Page(made).all("a") == [{"href": "https://evil.example/login", "rel": "nofollow noopener noreferrer"}]
    assert "(evil.example)" in made
    assert "(evil.example)" in to_html("[https://bank.example](https://evil.example)")
    assert "(evil.example)" in to_html("[x](https://bank.example@evil.example/)")
    assert "link-host" not in to_html("<https://bank.example/a>")
    assert "xn--" in to_html("[x](https://bаnk.example)"), "a Cyrillic letter in the name"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>", "data:image/png;base64,AAAA", "vbscript:x", "file:///etc/passwd",
        "mailto:somebody@example.org", "//evil.example/x", "/auth/sign-out", "ftp://evil.example", "blob:https://x/y",
        "\u0001javascript:alert(1)", "https:evil.example", "/content/0x12", "/content/../auth", "%6aavascript:alert(1)",
    ],
)  # fmt: skip
def test_no_link_and_no_picture_is_made_when_the_address_is_not_web_or_ours(url):
    for text in (
        f"[x]({url})",
        f"[x](<{url}>)",
        f"![x]({url})",
        f"<{url}>",
        f"[x][r]\n\n[r]: {url}",
        f"![x][r]\n\n[r]: <{url}>",
    ):
        page = Page(to_html(text))
        assert not page.all("a"), text
        assert not page.all("img"), text


def test_pictures_are_ours_alone_when_shown():
    assert Page(to_html(f"![a lamp]({OWN})")).all("img") == [
        {"src": f"{OWN}/640", "alt": "a lamp", "loading": "lazy", "decoding": "async"}
    ]
    remote = Page(to_html("![a lamp](https://evil.example/pixel.png)"))
    assert not remote.all("img")
    assert [link["href"] for link in remote.all("a")] == ["https://evil.example/pixel.png"]
    inside = Page(to_html("[![a lamp](http://evil.example/p.png)](https://shop.example)"))
    assert not inside.all("img")
    assert [link["href"] for link in inside.all("a")] == ["https://shop.example"]


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//x>",
    "<a href='javascript:alert(1)'>x</a>", "<style>*{display:none}</style>", "<base href=//evil.example>",
    "<form action=//evil.example><input name=csrf_token>", "<math><mtext><table><mglyph><style><img src=x onerror=a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;", "`<script>`", "    <script>",
    "```html\n<script>alert(1)</script>\n```", '```"><script>alert(1)</script>\nx\n```', '![" onerror="alert(1)](' + OWN + ")",
    '[x](https://a.example/"onmouseover="alert(1))', "[x](https://a.example 'title\" onmouseover=\"alert(1)')",
    "<!-- --><script>x</script>", "<![CDATA[<script>x</script>]]>", "<?php x ?>", "[<script>x</script>](https://a.example)",
    "<a\nhref=x\nonclick=y>", "\\<script>x</script>", "*<script>*x</script>", "{{ 7 * 7 }} {% raw %}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_only_listed_tags_and_attributes_come_out_when_text_is_hostile(text):
    page = Page(to_html(f"before\n\n{text}\n\nafter"))
    for tag, attributes in page.tags:
        assert tag in TAGS, text
        allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else {"class"} if tag == "span" else set())
        assert set(attributes) <= allowed, text
        for value in attributes.values():
            assert not str(value).strip().lower().startswith(("javascript:", "data:")), text
    assert "before" in page.words
    assert "after" in page.words or text.startswith("    ")


def test_unseen_characters_are_named_and_accents_cut_when_shown():
    made = to_html("safe\u202egnp.exe `a\u200bb`\n\n\u2066x\u2069\n\n    y\u2028\n\n" + "z" + "\u0301" * 50)
    for char in "\u202e\u200b\u2066\u2069\u2028":
        assert char not in made
        assert f"U+{ord(char):04X}" in made
    assert "\u0301" * 4 not in made


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000, "![" * 5_000, "*a " * 3_333, "**a *b " * 1_400, "_a__b" * 2_000, "`a" * 5_000, ">" * 10_000,
        "> - " * 2_500, "[a](b" * 2_000, "[a](<" * 2_000, "<a " * 3_333, "<http:" * 1_600, "&#0;&lt;" * 1_250,
        "".join("`" * n + " " for n in range(140)), "".join("  " * n + "- a\n" for n in range(140))[:10_000],
        "[a]: b\n" * 1_400 + "[a]" * 60, "z" + "\u0301" * 9_999, "\u200b" * 10_000, "ㅋ" * 10_000, "W" * 10_000,
        "![a](http://x/y) " * 588, "\\" * 10_000, "a\n===\n" * 1_600, "]" * 10_000, "[](" * 3_333, "<!--" * 2_500,
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_time_is_bounded_when_text_is_made_to_be_slow(text):
    began = time.process_time()
    made = to_html(text[:10_000])
    words_of(text[:10_000], 300)
    assert time.process_time() - began < 3.0
    assert len(made) < 600_000


def test_plain_words_are_left_when_marks_are_taken_away():
    text = f"# Lamp\n\nIt is **blue** and [warm](https://x.example).\n- one\n\n```\ncode\n```\n\n![own]({OWN})"
    assert words_of(text, 200) == "Lamp It is blue and warm. one code own"
    assert words_of("word " * 100, 12) == "word word wo…"
    assert words_of("", 10) == ""
