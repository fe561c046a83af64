"""Reading amounts, commissions, communities and addresses from a command line."""

import pytest

from scripts.lib.problems import BadArgument
from scripts.lib.units import bps_from, bps_text, percent_from, units_from, units_text
from scripts.lib.words import address_from, community_id_from


@pytest.mark.parametrize(("text", "bps"), (("0", 0), ("250", 250), ("2.5%", 250), ("2.05%", 205), ("100%", 10_000)))
def test_commission_is_read_when_it_is_basis_points_or_per_cent(text, bps):
    assert bps_from(text) == bps


@pytest.mark.parametrize("text", ("", "-1", "1.5", "2.555%", "101%", "10001", "%", "1e3", "٢", "2,5%", "NaN"))
def test_commission_is_refused_when_it_is_no_whole_number_of_basis_points(text):
    with pytest.raises(BadArgument):
        bps_from(text)


@pytest.mark.parametrize(("text", "percent"), (("0", 0), ("40%", 40), ("40", 40), ("100%", 100)))
def test_waiver_is_read_when_it_is_whole_per_cent(text, percent):
    assert percent_from(text) == percent


@pytest.mark.parametrize("text", ("", "-1", "101", "2.5%", "%", "1e1", "٢"))
def test_waiver_is_refused_when_it_is_no_whole_per_cent_of_a_commission(text):
    with pytest.raises(BadArgument):
        percent_from(text)


@pytest.mark.parametrize(("bps", "text"), ((0, "0%"), (1, "0.01%"), (250, "2.5%"), (10_000, "100%")))
def test_commission_is_written_as_per_cent(bps, text):
    assert bps_text(bps) == text


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    (("1", 18, 10**18), ("0.000000000000000001", 18, 1), ("1.50", 1, 15), ("7", 0, 7), ("7.0", 0, 7)),
)
def test_amount_is_read_exactly(text, decimals, units):
    assert units_from(text, decimals) == units


@pytest.mark.parametrize("text", ("", "-1", "1e18", ".5", "1.", "1,5", "NaN", "0.0000001", str(2**256), "９"))
def test_amount_is_refused_when_it_is_no_plain_number_of_this_currency(text):
    with pytest.raises(BadArgument):
        units_from(text, 6)


@pytest.mark.parametrize(("units", "decimals", "text"), ((1, 18, "0.000000000000000001"), (15, 1, "1.5"), (7, 0, "7")))
def test_amount_is_written_exactly(units, decimals, text):
    assert units_text(units, decimals) == text
    assert units_from(text, decimals) == units


def test_community_is_read_when_it_is_a_number_or_the_platform():
    assert (community_id_from("platform"), community_id_from("12")) == (0, 12)


@pytest.mark.parametrize("text", ("", "-1", "x", "1.0", str(2**64), "١"))
def test_community_is_refused_when_it_is_no_id(text):
    with pytest.raises(BadArgument):
        community_id_from(text)


@pytest.mark.parametrize("text", ("", "0x12", "0x70997970C51812dc3A010C7d01b50e0d17dc79c8"))
def test_address_is_refused_when_it_is_short_or_its_checksum_is_wrong(text):
    with pytest.raises(BadArgument, match="no address"):
        address_from(text)
