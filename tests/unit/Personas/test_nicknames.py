"""personaOf: which bytes are a nickname, and at which byte the others fail."""

import string
import unicodedata

import pytest
from brownie.test import given
from eth_abi import decode, encode
from eth_utils import function_signature_to_4byte_selector as selector
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.helpers.nicknames import SYLLABLES, Refusal, persona_of, refusal
from tests.helpers.terms import DAY

ERRORS = {
    "PersonasBadLength": ["uint256", "uint256", "uint256"],
    "PersonasBadByte": ["uint256", "bytes1"],
    "PersonasBadHyphen": ["uint256"],
}
SELECTORS = {selector(f"{name}({','.join(types)})"): name for name, types in ERRORS.items()}
MANY_READINGS = pytest.mark.anvil_only("thousands of readings; bytes are the same on any node")
GOOD = b"ab"  # makes any single bad byte a text of lawful length


@pytest.fixture(scope="module")
def ask(personas, ManyVerdicts, owner):
    """Ask the contract about many texts in one call: the id, or the refusal with its arguments."""
    verdicts = ManyVerdicts.deploy({"from": owner})

    def asked(*texts: bytes) -> list[bytes | Refusal]:
        questions = [selector("personaOf(string)") + encode(["bytes"], [text]) for text in texts]
        return [
            bytes(answer) if went else told(bytes(answer))
            for went, answer in zip(*verdicts.ask(personas, questions), strict=True)
        ]

    return asked


def told(answer: bytes) -> Refusal:
    """Read a refusal."""
    name = SELECTORS[answer[:4]]
    return name, *decode(ERRORS[name], answer[4:])


def meant(text: bytes) -> bytes | Refusal:
    """Give what the contract should answer."""
    return refusal(text) or text.ljust(32, b"\0")


@pytest.mark.parametrize(
    "nickname",
    [
        "abc",
        "000",
        "가",
        "a-b",
        "1-2-3",
        "도깨비",
        "한밤의-라디오-1",
        "z" * 32,
        "가" * 10 + "ab",
        "a-" * 15 + "bc",
        "힣힣힣",
    ],
)
def test_nickname_is_its_own_id_when_it_is_lawful(personas, nickname):
    assert personas.personaOf(nickname).hex() == persona_of(nickname)[2:]
    assert refusal(nickname.encode()) is None


@pytest.mark.parametrize("length", [0, 1, 2, 33, 64, 300])
def test_nickname_is_refused_when_its_length_is_beyond_the_bounds(ask, length):
    assert ask(b"a" * length) == [("PersonasBadLength", length, 3, 32)]


def test_length_is_counted_in_bytes_when_characters_have_three(ask):
    assert ask("가".encode() * 11) == [("PersonasBadLength", 33, 3, 32)]
    assert ask("가".encode() * 10 + b"ab", "가".encode()) == [meant("가".encode() * 10 + b"ab"), meant("가".encode())]


@pytest.mark.parametrize(
    "text, index",
    [(b"-ab", 0), (b"ab-", 2), (b"a--b", 2), (b"---", 0), ("가-".encode(), 3), (b"a" * 31 + b"-", 31), (b"a-b--c", 4)],
)
def test_nickname_is_refused_when_a_hyphen_joins_nothing(ask, text, index):
    assert ask(text) == [("PersonasBadHyphen", index)]


@pytest.mark.parametrize(
    "bad, where",
    [
        pytest.param(b"\x80", 0, id="continuation alone"),
        pytest.param(b"\xbf", 0, id="last continuation alone"),
        pytest.param(b"\xc1\xa1", 0, id="overlong a in two bytes"),
        pytest.param(b"\xe0\x81\xa1", 0, id="overlong a in three bytes"),
        pytest.param(b"\xf0\x8a\xb0\x80", 0, id="overlong 가 in four bytes"),
        pytest.param(b"\xed\xa0\x80", 1, id="first surrogate"),
        pytest.param(b"\xed\xbf\xbf", 1, id="last surrogate"),
        pytest.param(b"\xf4\x90\x80\x80", 0, id="beyond Unicode"),
        pytest.param(b"\xf8\x88\x80\x80\x80", 0, id="five bytes"),
        pytest.param(b"\xfe", 0, id="never a byte of UTF-8"),
        pytest.param(b"\xff", 0, id="never one either"),
        pytest.param(b"\xea\xb0", 2, id="syllable cut after two"),
        pytest.param(b"\xea", 1, id="syllable cut after one"),
        pytest.param(b"\xea\xb0\xc0", 2, id="third is no continuation"),
        pytest.param(b"\xea\x7f\x80", 1, id="second is no continuation"),
        pytest.param("꯿".encode(), 1, id="before the first syllable"),
        pytest.param("\ud7a4".encode(), 2, id="behind the last syllable"),
        pytest.param("\u1100\u1161".encode(), 0, id="가 decomposed"),
        pytest.param("ㄱ".encode(), 0, id="compatibility jamo"),
        pytest.param("\uff41".encode(), 0, id="full width"),
        pytest.param("а".encode(), 0, id="Cyrillic a"),
        pytest.param("é".encode(), 0, id="accented"),
        pytest.param("漢".encode(), 0, id="Hanja"),
        pytest.param("\u200b".encode(), 0, id="zero width"),
        pytest.param("\u202e".encode(), 0, id="turns direction"),
        pytest.param("👹".encode(), 0, id="emoji"),
        pytest.param(b"A", 0, id="upper case"),
        pytest.param(b" ", 0, id="space"),
        pytest.param(b"_", 0, id="underscore"),
        pytest.param(b".", 0, id="dot"),
        pytest.param(b"\0", 0, id="NUL"),
        pytest.param(b"\x7f", 0, id="DEL"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [b"abc", "가".encode()])
def test_nickname_is_refused_at_the_byte_with_which_none_goes_on(ask, bad, where, before):
    text = before + bad
    at = len(before) + where
    assert ask(text) == [("PersonasBadByte", at, text[at : at + 1] or b"\0")]


def test_syllable_is_refused_when_the_longest_nickname_cuts_it(ask):
    for kept in (1, 2):
        text = b"a" * (32 - kept) + "가".encode()[:kept]
        assert ask(text) == [("PersonasBadByte", 32, b"\0")]


@MANY_READINGS
def test_every_byte_gets_the_right_answer_at_the_beginning_in_the_middle_and_at_the_end(ask):
    for texts in (
        [bytes([byte]) + GOOD for byte in range(256)],
        [b"a" + bytes([byte]) + b"b" for byte in range(256)],
        [GOOD + bytes([byte]) for byte in range(256)],
        [b"a" * 31 + bytes([byte]) for byte in range(256)],
    ):
        assert ask(*texts) == [meant(text) for text in texts]


@MANY_READINGS
def test_every_byte_gets_the_right_answer_within_a_syllable(ask):
    for lead in (0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE):
        texts = [bytes([lead, second, 0x80]) for second in range(256)]
        assert ask(*texts) == [meant(text) for text in texts]
    for head in (b"\xea\xb0", b"\xed\x9d", b"\xed\x9e", b"\xed\x9f"):
        texts = [head + bytes([third]) for third in range(256)]
        assert ask(*texts) == [meant(text) for text in texts]


@MANY_READINGS
def test_every_syllable_is_taken(ask):
    texts = [b"".join(SYLLABLES[start : start + 10]) for start in range(0, len(SYLLABLES), 10)]
    for start in range(0, len(texts), 300):
        part = texts[start : start + 300]
        assert ask(*part) == [text.ljust(32, b"\0") for text in part]


PARTS = st.one_of(
    st.sampled_from([b"a", b"z", b"0", b"9", b"-", b"-", b"/", b":", b"`", b"{", b"A", b"\0"]),
    st.sampled_from(SYLLABLES),
    st.sampled_from(SYLLABLES).map(lambda syllable: syllable[:2]),
    st.characters(blacklist_categories=("Cs",)).map(str.encode),
    st.binary(min_size=1, max_size=3),
)
TEXTS = st.lists(PARTS, min_size=1, max_size=16).map(b"".join)


@given(texts=st.lists(TEXTS, min_size=40, max_size=40))
@settings(max_examples=12, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_contract_agrees_with_the_list_of_syllables_when_the_text_is_any(ask, texts):
    assert ask(*texts) == [meant(text) for text in texts]


def test_no_two_nicknames_are_the_same_text_written_twice():
    """All characters are what Unicode's normal forms and case folding make of them, and no two join into another one."""
    for text in (string.ascii_lowercase + string.digits + "-", b"".join(SYLLABLES).decode()):
        assert text.casefold() == text.lower() == text
        assert all(unicodedata.normalize(form, text) == text for form in ("NFC", "NFKC"))


def test_clocks_are_what_the_pages_say(personas):
    assert (personas.MIN_COMMIT_AGE(), personas.MAX_COMMIT_AGE()) == (60, DAY)
    assert (personas.COOLING_OFF(), personas.ACCEPT_WINDOW()) == (3 * DAY, 14 * DAY)
