"""Mutants of the contracts: which faults are made up, how they are woven in, and when the committed results are out of date."""

from tools.mutation import results
from tools.mutation.campaign import named, sampled
from tools.mutation.operators import Mutant
from tools.mutation.results import FileResult, complaints, page
from tools.mutation.trials import groups_of
from tools.mutation.weaving import coinbase_for, without_pure
from tools.mutation.workshop import Workshop, all_mutants, code_hash
from tools.places import ROOT

BONDS = "contracts/market/Bonds.sol"


def mutant(file: str = BONDS, original: str = "a < b", replacement: str = "a <= b") -> Mutant:
    return Mutant(file, 0, 5, 1, "Bonds.take", "relation changed", original, replacement, "expression")


def result(**changes) -> FileResult:
    said = {
        "code": code_hash((ROOT / BONDS).read_bytes()),
        "percent": 100,
        "seed": 1,
        "tried": 2,
        "killers": {"one": "test_x", "two": "test_y"},
        "survivors": [],
    }
    return FileResult(**{**said, **changes})


def test_faults_are_made_up_where_money_is_taken():
    found, _ = all_mutants([BONDS])
    made = {(one.function, one.original, one.replacement) for one in found}
    assert ("Bonds.take", "amount <= free", "amount < free") in made
    assert ("Bonds.take", "free - amount", "(free + amount)") in made
    assert any(one.operator == "check removed" and one.function == "Bonds.take" for one in found)
    assert any(one.operator == "event removed" and one.function == "Bonds.add" for one in found)


def test_every_mutant_is_woven_in_behind_its_own_switch(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.mutation.workshop.CHECKOUT", tmp_path)
    shop = Workshop([BONDS])
    for path in (ROOT / "contracts").rglob("*.sol"):
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
    shop._weave()
    woven = (tmp_path / BONDS).read_text()
    assert all(woven.count(f"MutationSwitch.on({number})") == 1 for number in shop.mutants)
    assert "MutationSwitch" not in (tmp_path / "contracts/market/Endings.sol").read_text()


def test_coinbase_names_the_mutants_that_are_on():
    assert int(coinbase_for([]), 16) == 0
    assert int(coinbase_for([7, 1700]), 16) == 7 + (1700 << 16)


def test_comments_keep_their_words_when_functions_become_views():
    assert without_pure(b"// pure\nfunction f() pure {}") == b"// pure\nfunction f() view {}"


def test_hash_of_the_code_changes_with_the_code_alone():
    assert code_hash(b"a = 1; // one") == code_hash(b"a = 1;\n/* two\nlines */")
    assert code_hash(b"a = 1;") != code_hash(b"a = 2;")


def test_sample_takes_a_share_of_every_file_and_is_the_same_for_a_seed():
    mutants = {number: mutant(file=file) for number, file in enumerate(["a"] * 40 + ["b"] * 3, 1)}
    drawn = sampled(mutants, 10, 5)
    assert drawn == sampled(mutants, 10, 5) != sampled(mutants, 10, 6)
    assert sorted(mutants[number].file for number in drawn) == ["a", "a", "a", "a", "b"]
    assert sampled(mutants, 100, 5) == set(mutants)


def test_mutants_of_one_name_are_told_apart():
    assert named([mutant(), mutant()]) == ["Bonds.take: a < b -> a <= b", "Bonds.take: a < b -> a <= b (2)"]


def test_record_is_well_when_it_speaks_of_these_contracts():
    assert complaints({BONDS: result()}, {}, [BONDS]) == []


def test_record_is_refused_when_the_contract_has_changed_or_was_never_tried():
    assert complaints({BONDS: result(code="0" * 64)}, {}, [BONDS]) == [
        f"{BONDS} has changed since its mutants were tried"
    ]
    assert complaints({}, {}, [BONDS]) == [f"{BONDS} has changed since its mutants were tried"]


def test_record_is_refused_when_a_survivor_has_no_reason():
    known = {BONDS: result(tried=12, killers={str(number): "test" for number in range(11)}, survivors=["x"])}
    assert complaints(known, {}, [BONDS]) == [f"{BONDS} has a survivor without a reason: x"]
    assert complaints(known, {BONDS: {"x": "the same code"}}, [BONDS]) == []


def test_record_is_refused_when_too_few_were_killed():
    known = {BONDS: result(killers={"one": "test"}, survivors=["two"])}
    assert "1 of 2 mutants were killed, less than 90 %" in complaints(known, {BONDS: {"two": "why"}}, [BONDS])


def test_only_changed_files_are_tried_again(monkeypatch):
    monkeypatch.setattr(results, "recorded", lambda: {BONDS: result()})
    assert results.to_try([BONDS, "contracts/market/Book.sol"], 100) == ["contracts/market/Book.sol"]
    monkeypatch.setattr(results, "recorded", lambda: {BONDS: result(percent=10)})
    assert results.to_try([BONDS], 10) == []
    assert results.to_try([BONDS], 100) == [BONDS]


def test_page_says_why_a_survivor_is_none_of_a_fault():
    said = page({BONDS: result(tried=3, survivors=["z"])}, {BONDS: {"z": "nobody sees it"}})
    assert "2 of 3 were killed." in said
    assert "* `z`: nobody sees it" in said


def test_mutants_within_one_another_are_never_tried_together():
    places = {
        1: ("A.sol", 0, 50),
        2: ("A.sol", 10, 20),
        3: ("A.sol", 20, 30),
        4: ("B.sol", 10, 20),
        5: ("A.sol", 60, 70),
    }
    assert groups_of([1, 2, 3, 4, 5], places) == [[1, 4, 5], [2, 3]]
    many = {number: ("A.sol", number, number + 1) for number in range(20)}
    assert [len(group) for group in groups_of(list(many), many)] == [4, 4, 4, 4, 4]
