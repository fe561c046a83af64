"""Lists of accounts and amounts as people paste and upload them: what is read, and what each bad line is told."""

import random

import pytest
from eth_utils.address import to_checksum_address

from frontend.account_lists import MOST_LINES, UnreadableList, read_bytes, read_text, written

ETHER = 10**18
ONE, TWO, THREE = (to_checksum_address("0x" + digit * 40) for digit in "abc")


@pytest.fixture(autouse=True)
def _speaking(app):
    with app.test_request_context("/"):
        yield


def accounts(count):
    return [to_checksum_address(f"0x{number:040x}") for number in range(1, count + 1)]


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE},1.5\n{TWO},2",
        f"{ONE}, 1.5\r\n{TWO}, 2\r\n",
        f"\ufeff{ONE},1.5\r{TWO},2",
        f"{TWO}\t2\n\n\n  {ONE} ; 1.50  \n",
        f'address,amount\n"{ONE}","1.5"\n{TWO},2.000',
        f"# founders, 2\nAccount;How many (tokens)\n{ONE.lower()},1.5\n{'0x' + TWO[2:].upper()},2",
        f"주소,수량\n{ONE},1.5\n{TWO},2",
    ],
)
def test_same_list_is_read_from_every_spelling(text):
    found = read_text(text)
    assert found.is_whole
    assert found.entries == ((ONE, 3 * ETHER // 2), (TWO, 2 * ETHER))
    assert found.total_units == 7 * ETHER // 2
    assert read_bytes(text.encode()) == found


def test_bad_lines_are_named_by_their_number_with_their_reason():
    lines = [
        "", f"{ONE},1", "nobody,3", f"{ONE[:-1]},3", f"{ONE.swapcase().replace('0X', '0x')},3", f"{TWO},0", f"{TWO},0.0",
        f"{TWO},-1", f"{TWO},1e5", f"{TWO},1,5", f"{TWO},1.0000000000000000001", f"{ONE.lower()},7", f"{TWO}", f"{TWO},{2**112}",
        "0x" + "0" * 40 + ",1", "<script>alert(1)</script>,<b>1</b>", f"{TWO},٣", f"{TWO},2", "address,amount",
    ]  # fmt: skip
    found = read_text("\n".join(lines))
    assert found.entries == ((ONE, ETHER), (TWO, 2 * ETHER))
    told = {bad.number: bad.problem for bad in found.bad_lines}
    assert list(told) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19]
    assert "typing mistake" in told[5]
    assert "more than 0" in told[6]
    assert "Too many decimals" in told[11]
    assert told[12] == "This account stands in line 2 already."
    assert "too large" in told[14]
    assert "belongs to nobody" in told[15]
    assert found.repeated == 1
    assert not found.is_whole
    assert found.bad_lines[13].text == "<script>alert(1)</script>,<b>1</b>"


def test_ten_thousand_lines_are_read_and_one_more_is_too_many():
    lines = [f"{account},{number}.25" for number, account in enumerate(accounts(MOST_LINES), start=1)]
    found = read_text("\r\n".join(lines))
    assert (len(found.entries), found.is_whole) == (MOST_LINES, True)
    with pytest.raises(UnreadableList, match="at most 10000 lines"):
        read_text("\n".join([*lines, f"{ONE},1"]))


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0", f"{ONE},1".encode("utf-16"), b"\xff\xfe\xff", b"0x\0"], ids=str
)
def test_file_that_is_no_text_is_refused(data):
    with pytest.raises(UnreadableList, match="CSV in UTF-8"):
        read_bytes(data)


def test_large_file_is_refused():
    with pytest.raises(UnreadableList, match="too large"):
        read_bytes(b"#" * 1_000_001)


@pytest.mark.parametrize("text", ["", "\n \n", "# nobody", "address,amount"])
def test_list_without_lines_has_nobody_on_it(text):
    found = read_text(text)
    assert (found.entries, found.bad_lines, found.is_whole) == ((), (), False)


def test_list_has_one_spelling_whatever_its_order_and_reads_back():
    entries = [(account, number**18 + 1) for number, account in enumerate(accounts(50), start=1)]
    mixed = random.Random(5).sample(entries, len(entries))
    assert written(entries, "for whom") == written(mixed, "for whom")
    assert read_bytes(written(mixed, "for whom")).entries == tuple(entries)
