"""Makes the checkout in which mutants are tried: a copy of the project whose contracts hold them all behind switches."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tools.mutation import weaving
from tools.mutation.operators import Constants, Finder, Mutant, Node
from tools.places import NODE_MODULES, ROOT, VENV, tool_env
from tools.problems import SetupProblem

WORK = ROOT / "reports" / "mutation"
CHECKOUT = WORK / "checkout"
REMAPPING = "@openzeppelin=node_modules/@openzeppelin"
FOLDERS = ("contracts/market", "contracts/money")
TRIED_WITH = ("scripts", "tests", "tools")
COPIED = ("contracts", "brownie-config.yaml", "pyproject.toml")
LINKED = (".venv", ".local", "node_modules")
# what switches every function uses must neither be inlined nor moved about: nearly no optimizer, which is also the fastest
OPTIMIZER = """    optimizer:
      enabled: true
      runs: 1
      details:
        yul: true
        yulDetails:
          stackAllocation: true
          optimizerSteps: "u:"
"""
CONFIGURED = re.compile(r"    optimizer:\n(?:      .*\n)+")
CODE = re.compile(r"^\s*(?:function|modifier|constructor)\b[^;{]*\{", re.MULTILINE)


def mutated_files() -> list[str]:
    """Give the files that are mutated: all of the market's and the money's that hold code."""
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.sol"))]
    return [path.relative_to(ROOT).as_posix() for path in paths if CODE.search(path.read_text())]


def code_hash(source: bytes) -> str:
    """Hash what a file says apart from comments and spacing, so that a better comment asks for no new trial."""
    bare = weaving.COMMENT.sub(b" ", source)
    return hashlib.sha256(b" ".join(bare.split())).hexdigest()


def compiler(sources: dict[str, str], outputs: dict[str, Any], cwd: Path) -> dict[str, Any]:
    """Ask the compiler for something that needs no code."""
    asked = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {"remappings": [REMAPPING], "evmVersion": "shanghai", "outputSelection": outputs},
    }
    words = ["node", str(ROOT / "tools" / "solcjs.js"), "--standard-json", "-"]
    done = subprocess.run(
        words, cwd=cwd, env=tool_env(os.environ), input=json.dumps(asked).encode(), capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def syntax_trees(files: list[str]) -> dict[str, Node]:
    """Give the syntax trees of files, and of all that they import."""
    sources = {file: (ROOT / file).read_text() for file in files}
    answer = compiler(sources, {"*": {"": ["ast"]}}, ROOT)
    wrong = [problem for problem in answer.get("errors", []) if problem["severity"] == "error"]
    if wrong:
        raise SetupProblem(f"the contracts do not compile: {wrong[0]['formattedMessage']}")
    return {name: found["ast"] for name, found in answer["sources"].items()}


def all_mutants(files: list[str]) -> tuple[list[Mutant], dict[str, Node]]:
    """Give the mutants of files, in their order, and the syntax trees."""
    trees = syntax_trees(mutated_files())
    constants = Constants.of(list(trees.values()))
    found = []
    for file in files:
        found += Finder(file, (ROOT / file).read_bytes(), constants).find(trees[file])
    return found, trees


def copy(name: str) -> None:
    """Put a file or a folder of the project into the checkout, in place of what was there."""
    source, target = ROOT / name, CHECKOUT / name
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


class Workshop:
    """The checkout and the mutants in it, by number."""

    def __init__(self, files: list[str]) -> None:
        found, self.trees = all_mutants(files)
        self.files = files
        self.mutants = dict(enumerate(found, 1))

    def build(self) -> list[int]:
        """Copy the project, weave the mutants in, leave out what the compiler refuses, and compile; give those left out."""
        self._copy()
        self._weave()
        left_out: list[int] = []
        while refused := self._refused():
            self.leave_out(sorted(refused))
            left_out += sorted(refused)
            self._weave()
        for _ in range(2):  # the second time brownie throws away what no contract of ours uses
            words = [str(VENV / "bin" / "python"), "-m", "tools.mutation.loading"]
            done = subprocess.run(words, cwd=CHECKOUT, env=tool_env(os.environ), capture_output=True, text=True)
            if done.returncode != 0:
                raise SetupProblem(f"the contracts with mutants do not compile: {done.stderr[-500:]}")
        return left_out

    def leave_out(self, numbers: list[int]) -> None:
        """Forget mutants that the compiler does not take."""
        for number in numbers:
            del self.mutants[number]

    def _copy(self) -> None:
        shutil.rmtree(CHECKOUT, ignore_errors=True)
        CHECKOUT.mkdir(parents=True)
        for name in (*COPIED, *TRIED_WITH):
            copy(name)
        (CHECKOUT / "interfaces").mkdir()  # brownie asks for one
        for name in LINKED:
            (CHECKOUT / name).symlink_to(ROOT / name)
        config = CHECKOUT / "brownie-config.yaml"
        config.write_text(CONFIGURED.sub(OPTIMIZER, config.read_text()))
        (CHECKOUT / weaving.SWITCH_FILE).write_text(weaving.SWITCH)
        guard = NODE_MODULES / weaving.GUARD_IMPORT
        (CHECKOUT / weaving.GUARD_FILE).write_text(weaving.guard_with_switch(guard.read_text()))

    def _weave(self) -> None:
        for path in sorted((ROOT / "contracts").rglob("*.sol")):
            file = path.relative_to(ROOT).as_posix()
            source = path.read_bytes()
            ours = {number: mutant for number, mutant in self.mutants.items() if mutant.file == file}
            woven = weaving.Weaver(source, ours).weave(self.trees[file]) if ours else weaving.without_pure(source)
            (CHECKOUT / file).write_bytes(woven)

    def _refused(self) -> set[int]:
        """Give the mutants that the compiler does not take, as far as it tells now."""
        paths = sorted((CHECKOUT / "contracts").rglob("*.sol"))
        sources = {path.relative_to(CHECKOUT).as_posix(): path.read_text() for path in paths}
        answer = compiler(sources, {"*": {"": ["ast"]}}, CHECKOUT)
        refused: set[int] = set()
        for problem in answer.get("errors", []):
            if problem["severity"] != "error":
                continue
            place = problem.get("sourceLocation") or {}
            text = sources.get(place.get("file", ""), "").encode()
            within = self._switched_in(text, place["start"], place["end"])
            before = self._switched_in(text, 0, place["start"])
            if not within and not before:
                raise SetupProblem(f"no mutant is to blame for: {problem['formattedMessage']}")
            literals = [mutant for mutant in within if mutant.operator == "literal changed"]
            blamed = (literals or within or before[-1:])[0]
            at = (blamed.file, blamed.start, blamed.length, blamed.form)
            refused |= {n for n, m in self.mutants.items() if (m.file, m.start, m.length, m.form) == at}
        return refused

    def _switched_in(self, text: bytes, start: int, end: int) -> list[Mutant]:
        return [self.mutants[int(found[1] or found[2])] for found in weaving.ON.finditer(text, start, end)]
