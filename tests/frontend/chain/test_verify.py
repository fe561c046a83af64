"""The independent checker says yes to every intent that the frontend can build, and no to each altered one."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.frontend.chain.every_intent import Tour
from tests.frontend.chain.site import Site
from tests.index.market import running_market
from tools.chain import ANVIL, throw_away
from tools.intent import checks, codec, document, record, story, typed_data
from tools.intent.__main__ import main
from tools.intent.problems import BadInput
from tools.intent.reading import ACTIONS
from tools.places import ROOT

# nothing that is signed follows from these: the server's own bookkeeping, and what the index alone knows
FREE = ("id", "status", "gas", "txHash", "next", "hasNext", "expiresAt", "title")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A market of this file's own: its clock is moved far."""
    with running_market() as market:
        yield Site(tmp_path_factory.mktemp("verify"), market)


@pytest.fixture(scope="module")
def documents(site: Site) -> dict[str, dict[str, Any]]:
    return Tour(site).go()


@pytest.fixture
def judge(site, tmp_path, capsys):
    """Give the exit code and what was said about a document."""
    place = tmp_path / "intent.json"

    def run(document: Any, *words: str) -> tuple[int, str]:
        place.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        code = main(["verify", str(place), "--deployments", str(site.index.settings.deployments_dir), *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_every_action_that_can_be_built_is_among_the_documents(documents):
    assert {document["action"] for document in documents.values()} == set(ACTIONS)


@pytest.fixture(scope="module")
def known(site):
    """The record and the ABIs, read once."""
    return record.load(31337, site.index.settings.deployments_dir, ROOT / "frontend" / "contracts" / "abi")


def test_every_intent_of_the_frontend_is_found_true(documents, known):
    for name, honest in documents.items():
        found = checks.check(document.read(json.dumps(honest)), known)
        assert found.differences == [], name
        assert [text for text in found.warnings if "does not know that line" in text] == [], name
        assert len(list(story.told(found.reading))) >= 4, name


@pytest.mark.parametrize("name", ["buy", "buy_with_permit", "buy_with_permit_signed", "list", "rule", "open"])
def test_the_command_says_yes_to_an_honest_intent(documents, judge, name):
    code, said = judge(documents[name])
    assert code == 0, said
    assert "✓ It is what it claims to be" in said


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Give every value in a document with the way to it."""
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def other_values(value: Any) -> list[Any]:
    """Give what somebody might put in a value's place."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, dict | list):
        return [{"x": "y"}]
    if value is None:
        return [1, "1"]
    if value.startswith("0x") and len(value) > 2:
        digits = [
            value[:at] + ("1" if value[at] != "1" else "2") + value[at + 1 :]
            for at in (2, len(value) // 2, -1)
            if at != -1
        ]
        return [*digits, value[:-1] + ("1" if value[-1] != "1" else "2")]
    if value.isdigit():
        return [str(int(value) + 1)]
    return [value + "x"]


def altered(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    found = copy.deepcopy(document)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return found


def is_free(document: dict[str, Any], path: tuple[Any, ...]) -> bool:
    """Tell whether a value is one that nothing signed depends on."""
    from tools.intent.lines import BEHIND_THE_HASH, FROM_THE_INDEX

    if path[0] in FREE:
        return True
    if path[0] == "summary" and len(path) == 3:
        line = document["summary"][path[1]]
        # a label that nobody knows is warned of; how a line is drawn is no claim; a symbol is somebody's word
        return (
            path[2] in ("kind", "label")
            or line["label"] in FROM_THE_INDEX
            or (document["action"] in ("splits.approve", "splits.disapprove") and line["label"] in BEHIND_THE_HASH)
            or (line["kind"] == "tokens" and path[2] == "more")
        )
    if path[0] == "bounds" and path[-1] == "text":
        return True  # its number is compared, see the test below; the symbol behind it is somebody's word
    # who may mint, lower a commission or send a token is for the chain to say; --account and --rpc ask
    return path == ("from",) and document["action"] not in SIGNER_KNOWN


SIGNER_KNOWN = (
    "market.list", "market.list_file", "market.deliver_file", "market.set_paused", "market.set_quantity_limit", "market.buy", "market.accept", "market.decline",
    "market.deliver", "market.refund", "market.refund_part", "market.rule", "market.buy_many",
)  # fmt: skip


@pytest.fixture(scope="module")
def differs(known):
    """Give what the rules behind the command find wrong."""

    def run(found: dict[str, Any]) -> list[str]:
        try:
            read = document.read(json.dumps(found))
            if read["chainId"] != 31337:
                return ["chainId"]  # another chain's record would be read: here there is none
            return checks.check(read, known).differences
        except BadInput as problem:
            return [str(problem)]

    return run


def test_every_single_alteration_is_refused(documents, differs):
    count, seen = 0, set()
    for name, honest in documents.items():
        kind = (honest["action"], honest["call"]["function"], honest["permit"] is None, honest["to"])
        if kind in seen:
            continue
        seen.add(kind)
        assert differs(honest) == [], name
        for path, value in leaves(honest):
            if is_free(honest, path):
                continue
            others = other_values(value)
            for other in others if len(path) == 1 else [others[count % len(others)]]:
                assert differs(altered(honest, path, other)) != [], (name, path, value, other)
                count += 1
    assert count > 1500, count


def test_every_missing_or_doubled_field_is_refused(documents, judge):
    honest = documents["buy_with_permit"]
    for name in honest:
        if name in FREE and name != "expiresAt":
            continue
        code, said = judge({key: value for key, value in honest.items() if key != name})
        assert code == 2, (name, said)
    code, said = judge(json.dumps(honest)[:-1] + f', "to": "{honest["to"]}"}}')
    assert (code, "stands in it twice" in said) == (2, True)


# --- a server that lies in a consistent way -----------------------------------------------------------------------------


def rewritten(honest: dict[str, Any], known: record.Record, change: Callable[[list[Any]], None]) -> dict[str, Any]:
    """Give a document whose call was changed, with calldata and names that fit the change."""
    found = copy.deepcopy(honest)
    values = found["call"]["values"]
    change(values)
    entry = known.function(found["call"]["contract"], found["call"]["function"])
    whole = {"type": "tuple", "name": "all", "components": entry["inputs"]}
    found["data"] = "0x" + codec.encode_call(entry, codec.from_json(whole, values)).hex()
    found["call"]["arguments"] = checks.arguments(entry["inputs"], values)
    return found


THIEF = "0x" + "99" * 20


@pytest.mark.parametrize(
    ("name", "change", "what"),
    [
        ("buy", lambda v: v.__setitem__(2, str(10**30)), "maxTotal"),
        ("buy", lambda v: v.__setitem__(1, "3"), "value"),
        ("buy", lambda v: v[5].__setitem__(1, THIEF), "payer"),
        ("buy", lambda v: v[5].__setitem__(2, THIEF), "subject"),
        ("buy", lambda v: v[5].__setitem__(4, THIEF), "arbiter of the purchase"),
        ("buy", lambda v: v[0].__setitem__(3, "1"), "value"),
        ("buy_with_permit", lambda v: v[6].__setitem__(0, str(2**256 - 1)), "permit value in the call"),
        ("buy_with_permit", lambda v: v[6].__setitem__(1, str(2**256 - 1)), "permit deadline in the call"),
        ("approve", lambda v: v.__setitem__(0, THIEF), "spender"),
        ("approve", lambda v: v.__setitem__(1, str(2**256 - 1)), "an approval without limit"),
        ("list", lambda v: v[0].__setitem__(0, THIEF), "seller"),
        ("withdraw", lambda v: v.__setitem__(1, THIEF), "bounds.to"),
        ("transfer", lambda v: v.__setitem__(1, "99"), "summary, 'You send'"),
        ("confirm", lambda v: v.__setitem__(1, THIEF), "subject"),
        ("rule", lambda v: v.__setitem__(3, "10000"), "bounds.bpsToBuyer"),
        ("curve_buy", lambda v: v.__setitem__(2, str(10**30)), "value"),
        ("curve_buy", lambda v: v.__setitem__(0, THIEF), "token"),
        ("curve_buy", lambda v: v.__setitem__(4, THIEF), "bounds.to"),
        ("curve_buy_with_permit", lambda v: v[5].__setitem__(0, str(2**256 - 1)), "permit value in the call"),
        ("curve_sell", lambda v: v.__setitem__(2, "0"), "bounds.minProceeds"),
        ("curve_sell", lambda v: v[5].__setitem__(1, str(2**256 - 1)), "permit deadline in the call"),
        ("curve_swap", lambda v: v.__setitem__(3, "1"), "bounds.amountOut"),
        ("open_phase", lambda v: v[0].__setitem__(9, "0x" + "11" * 32), "summary, 'Root of the list'"),
        ("open_phase", lambda v: v[0].__setitem__(5, "1"), "bounds.supply"),
        ("open_phase", lambda v: v[0].__setitem__(0, THIEF), "token"),
        ("claim_tokens", lambda v: v.__setitem__(4, str(10**30)), "maxCost"),
        ("claim_tokens", lambda v: v.__setitem__(5, THIEF), "bounds.to"),
        ("claim_tokens", lambda v: v.__setitem__(2, str(10**30)), "root of the proof"),
        ("claim_tokens", lambda v: v[0].__setitem__(7, "1"), "maxCost"),
        ("close_phase", lambda v: v[0].__setitem__(1, "1"), "subject"),
        ("withdraw_claims", lambda v: v.__setitem__(2, THIEF), "bounds.to"),
        ("open_curve", lambda v: v[1].__setitem__(2, "1"), "summary, 'Price of the first token'"),
        ("open_curve", lambda v: v.__setitem__(2, str(10**30)), "value"),
        ("open_curve_community", lambda v: v[0].__setitem__(11, THIEF), "curve"),
        ("buy_as_member", lambda v: v.__setitem__(2, str(int(v[2]) - 2)), "maxTotal"),
        ("buy_as_member", lambda v: v.__setitem__(1, "1"), "maxTotal"),
        ("cart_as_member", lambda v: v[0][0].__setitem__(2, str(int(v[0][0][2]) - 1)), "maxTotal of item 1"),
        ("list_for_members", lambda v: v[0].__setitem__(9, str(int(v[0][9]) + (1 << 200))), "summary, 'Who may buy'"),
        (
            "list_for_members",
            lambda v: v[0].__setitem__(9, str(int(v[0][9]) + (1 << 208))),
            "They are members from tier",
        ),
        ("list_for_members", lambda v: v[0].__setitem__(9, str(int(v[0][9]) + (1 << 216))), "Members pay less, by"),
        ("list_for_tiers", lambda v: v[0].__setitem__(9, str(int(v[0][9]) + (1 << 200))), "Only members may buy"),
        ("list_file", lambda v: v[2].__setitem__(3, "1"), "extras"),
        ("list_file", lambda v: v[0].__setitem__(8, str(int(v[0][8]) + 2)), "a file is sold"),
        ("deliver_file", lambda v: v[3].__setitem__(2, "0x" + "11" * 32), "Hash of the wrapped key"),
        ("claim_bad_key", lambda v: v[3].__setitem__(0, "0x" + "11" * 32), "file"),
        ("claim_bad_key", lambda v: v[4].__setitem__(5, "0x" + "11" * 32), "purchase"),
        ("claim_bad_key", lambda v: v[5].__setitem__(2, "0x" + "11" * 32), "Hash of the wrapped key"),
        ("ask_key", lambda v: v.__setitem__(0, "0x" + "11" * 32), "subject"),
        ("ask_key", lambda v: v.__setitem__(2, "0x" + "11" * 32), "summary, 'and y'"),
        ("answer_key", lambda v: v[3].__setitem__(0, "0x" + "11" * 32), "Hash of the wrapped key"),
        ("review", lambda v: v.__setitem__(3, "1"), "bounds.rating"),
        ("review", lambda v: v.__setitem__(4, "0x" + "11" * 32), "Your review's hash"),
        ("review", lambda v: v.__setitem__(2, "0x" + "11" * 32), "subject"),
        ("reply", lambda v: v.__setitem__(3, "0x" + "11" * 32), "Your reply's hash"),
        ("collect_makes", lambda v: v.__setitem__(0, "0x" + "11" * 20), "ledger"),
        ("publish", lambda v: v[1].__setitem__(1, "1"), "salt"),
        ("publish", lambda v: v[1].__setitem__(2, "0x" + "11" * 20), "salt"),
        ("publish", lambda v: v[0].__setitem__(3, "7"), "subject"),
        ("claim_of_drawing", lambda v: v.__setitem__(3, "0x" + "11" * 20), "bounds.to"),
        ("claim_of_drawing", lambda v: v.__setitem__(2, "0x" + "11" * 32), "subject"),
        ("make", lambda v: v[1].pop(), "Units that are burned"),
        ("make", lambda v: v[1].__setitem__(0, "0x" + "41" * 32), "Serial that is registered"),
        ("make", lambda v: v.__setitem__(0, "0x" + "11" * 32), "subject"),
        ("hand_on", lambda v: v.__setitem__(0, "0x" + "11" * 20), "from"),
        ("hand_on", lambda v: v.__setitem__(1, "0x" + "11" * 20), "bounds.to"),
        ("hand_on", lambda v: v.__setitem__(2, "7"), "subject"),
        ("hand_on", lambda v: v.__setitem__(3, "9"), "Licence units"),
        ("hand_on", lambda v: v.__setitem__(4, "0x11"), "data"),
        ("set_waivers", lambda v: v.__setitem__(1, "0"), "bounds.tokenWaiver"),
        ("set_waivers", lambda v: v.__setitem__(2, "0"), 'summary, "Not taken of members\' sales, to be"'),
    ],
)
def test_a_consistent_lie_is_named(documents, known, differs, name, change, what):
    lie = rewritten(documents[name], known, change)
    assert any(difference.startswith(what) or what in difference for difference in differs(lie)), differs(lie)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("list_for_members", "Only the community's members can buy it."),
        ("list_for_members", "For the community's members of tier 1 and above it costs 15.01 % less."),
        ("buy_as_member", "It pays 0.42495 ETH into the Market's escrow, and never more than that."),
        ("buy_as_member", "That is the price for the community's members of tier 1 and above; unless"),
        ("cart_as_member", "It is bought at the members' price; unless you are such a member then"),
        ("list_file", "It sells the key of the sealed file 0xc1c1"),
        ("buy_file", "The file's key is to be wrapped to a point whose secret your browser alone has."),
        ("claim_bad_key", "It proves that the delivered key is not the one that was sold"),
        ("ask_key", "It asks the seller of order 0x"),
        ("answer_key", "No deadline and no money moves by it."),
        ("review", "It gives the seller 4 of 5 about order 0x"),
        ("review_buyer", "There is no text with it."),
        ("reply", "It answers what was said about order 0x"),
        ("publish", "Each make costs 100000000000003 smallest units of 0x"),
        ("claim_of_drawing", "It gives the units of order 0x"),
        ("make", "It registers for good: “DKB-1”, “%/2”."),
        ("make", "It pays 0.000200000000000006 ETH: exactly what the design asks"),
        ("make_in_tokens", "No ETH goes along; a fee in a token is taken from what was allowed."),
        ("hand_on", "It gives 1 units of design 0x"),
        ("set_waivers", "It waives 40 % of the commission of community"),
    ],
)
def test_what_members_get_is_told_in_words(documents, known, name, sentence):
    found = checks.check(document.read(json.dumps(documents[name])), known)
    assert any(text.startswith(sentence) for text in story.told(found.reading))


def test_another_contract_is_named_when_all_references_to_it_agree(documents, differs):
    for name in ("buy", "transfer", "open"):
        assert any(text.startswith("to:") for text in differs({**documents[name], "to": THIEF})), name


def test_calldata_with_a_byte_behind_it_is_refused(documents, differs):
    for name in ("buy", "dispute"):
        assert differs({**documents[name], "data": documents[name]["data"] + "00"}), name


# --- the command ----------------------------------------------------------------------------------------------------------


def test_the_command_needs_nothing_but_python(site, documents, tmp_path):
    place = tmp_path / "intent.json"
    place.write_text(json.dumps(documents["buy_with_permit"]))
    words = ["verify", "-", "--deployments", str(site.index.settings.deployments_dir)]
    # -S: no site-packages, so neither eth_abi nor web3 nor Flask could be there
    command = [sys.executable, "-S", "-m", "tools.intent", *words]
    with place.open() as document_text:
        done = subprocess.run(command, cwd=ROOT, stdin=document_text, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It pays 6 tokens of community 1 into the Market's escrow, and never more than that." in done.stdout
    assert "Hashes of the approval, as a hardware wallet shows them: domain 0x" in done.stdout


def test_the_command_shares_no_code_with_the_frontend():
    for path in (ROOT / "tools" / "intent").glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.M)
        allowed = {"tools.intent", *sys.stdlib_module_names}
        assert [name for name in imported if not any(name == a or name.startswith(f"{a}.") for a in allowed)] == [], (
            path
        )


def test_expectations_are_compared_when_they_are_given(site, documents, judge):
    honest = documents["buy"]
    buyer, other = honest["from"], site.person(3).address
    listing = honest["call"]["values"][0]
    assert listing
    assert judge(honest, "--account", buyer, "--max-total", "0.5", "--expect", f"order={honest['subject']}")[0] == 0
    for words, what in (
        (("--account", other), "from:"),
        (("--max-total", "0.49"), "maximum: it costs 0.5 ETH, more than your 0.49"),
        (("--expect", "listing=0x" + "11" * 32), "listing: you expect 0x1111"),
        (("--expect", "quantity=3"), "quantity: you expect 3, the call says 2"),
        (("--expect", "to=0x" + "11" * 20), "this call has no to"),
    ):
        code, said = judge(honest, *words)
        assert (code, what in said) == (1, True), (words, said)
    for words in (
        ("--expect", "nonsense=1"),
        ("--account", "0x12"),
        ("--max-total", "much"),
        ("--account", "0x" + buyer[2:].swapcase()),
    ):
        assert judge(honest, *words)[0] == 2, words


def test_list_of_a_phase_is_compared_when_it_is_given(site, documents, judge, tmp_path):
    buyer, stranger = site.person(2).address, site.person(4).address
    place = tmp_path / "list.csv"
    lines = ["\ufeffaddress;amount", f"{stranger};0.000000000000000005", "", "# first of all", f'"{buyer.lower()}",7.0']
    place.write_text("\r\n".join(lines), encoding="utf-8")
    assert judge(documents["open_phase"], "--list", str(place))[0] == 0
    place.write_text(place.read_text(encoding="utf-8").replace("7.0", "7.1"), encoding="utf-8")
    code, said = judge(documents["open_phase"], "--list", str(place))
    assert (code, "root of the list" in said) == (1, True), said
    assert judge(documents["buy"], "--list", str(place))[0] == 2
    for wrong in ("", f"{buyer}", f"{buyer},x", f"{buyer},1\n{buyer},2", f"{buyer},1.0000000000000000001"):
        place.write_text(wrong, encoding="utf-8")
        assert judge(documents["open_phase"], "--list", str(place))[0] == 2, wrong


def test_money_for_somebody_else_is_warned_of(documents, judge):
    code, said = judge(documents["withdraw_to_another"])
    assert (code, "! The money goes to" in said) == (0, True), said
    code, said = judge(documents["gift"])
    assert (code, "! The order will belong to" in said) == (0, True), said
    assert "! The order will belong to" not in judge(documents["buy"])[1]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no JSON"),
        ("[]", "one JSON object"),
        ("{}", "format"),
        ('{"format": "dokkaebi-intent/1"}', 'no usable "action"'),
        ('{"format": "dokkaebi-intent/1", "x": NaN}', "no whole number"),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=["nothing", "a list", "an empty object", "a format alone", "not a number", "too deep"],
)
def test_what_is_no_document_is_told_in_a_sentence(judge, text, what):
    code, said = judge(text)
    assert (code, what in said) == (2, True), said
    assert "Traceback" not in said


def test_a_chain_without_a_record_is_not_judged(documents, judge, tmp_path):
    code, said = judge({**documents["buy"], "chainId": 1})
    assert (code, "the contracts of this chain are unknown here" in said) == (2, True), said


# --- with a node -----------------------------------------------------------------------------------------------------------


def test_a_node_confirms_chain_code_and_outcome(site, documents, judge):
    fresh = rebuilt_purchase(site)
    code, said = judge(fresh, "--rpc", site.market.url)
    assert code == 0, said
    assert "simulated: it would go through now" in said
    assert re.search(r"node: Market 0x\w{40}: \d+ bytes of code, hash 0x[0-9a-f]{64}", said)
    site.person(2).send(fresh)
    code, said = judge(fresh, "--rpc", site.market.url)  # paid already
    assert (code, "would be refused now: MarketOrderExists(bytes32)" in said) == (1, True), said


def rebuilt_purchase(site) -> dict[str, Any]:
    """Give a purchase that nobody has sent, of a new listing."""
    from tests.frontend.chain.conftest import buy_form, listing_form

    form = listing_form(site.person(3).address)
    listing = site.person(1).do("/listings/new?community=1", form)["subject"]
    buyer = site.person(2)
    return buyer.built(buyer.post_form(f"/l/{listing}/buy", buy_form()))


def test_a_node_of_another_chain_is_refused(site, documents, judge):
    with throw_away(ANVIL) as other:  # the same chain id, another first block, and nothing on it
        code, said = judge(documents["buy"], "--rpc", other.url)
    assert code == 1
    assert "✗ genesis hash of the node" in said
    assert "✗ code: there is no contract at" in said


@pytest.mark.parametrize(("place", "name", "value"), [("domain", "name", "Another"), ("message", "nonce", "7")])
def test_a_permit_that_does_not_fit_the_token_is_refused_by_the_node(site, documents, judge, place, name, value):
    lie = copy.deepcopy(documents["buy_with_permit"])
    lie["permit"][place][name] = value
    lie["permitHashes"] = typed_data.hashes(lie["permit"])
    assert judge(lie)[0] == 0  # nothing but the chain can know it
    code, said = judge(lie, "--rpc", site.market.url)
    assert (code, f"✗ permit.{place}.{name}" in said) == (1, True), said


def test_a_dead_node_is_no_verdict_and_its_url_is_not_shown(documents, judge):
    code, said = judge(documents["buy"], "--rpc", "http://127.0.0.1:9/secret-key")
    assert (code, "the node does not answer eth_chainId" in said) == (2, True), said
    assert "secret-key" not in said
