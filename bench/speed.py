"""Measures how fast index, pages and sealing are, on this machine, and writes bench/results/speed.json.

    python -m bench.speed                    all parts, five runs each
    python -m bench.speed index --runs 3     one part; the others' results stay as they are in the file
    python -m bench.speed pages --quick      little of everything, to see that it works; writes nothing

Each part is a module of this package with `measure(runs, quick)`, which gives what is to stand in the file under the
part's name, and under "figures" the numbers that have a target. A figure is the median of its runs.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from tools.places import ROOT, tool_env

RESULTS = ROOT / "bench" / "results" / "speed.json"
PARTS = ("index", "pages", "sealing")
# figure -> at least so many a second
TARGETS = {
    "decode_events_per_s": 50_000,
    "follow_sqlite_events_per_s": 10_000,
    "follow_postgres_events_per_s": 8_000,
    "listing_page_per_s": 400,
    "explore_10k_page_per_s": 200,
    "seal_1gb_mb_per_s": 40,
}
# figure -> at most so much
LIMITS = {
    "seal_1gb_server_peak_mb": 300,
    "seal_1gb_tab_peak_mb": 400,
}


def ran_on() -> dict[str, Any]:
    """Say what the numbers were measured on and with."""
    git = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, env=tool_env(os.environ))
    return {
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit.stdout.strip() or "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def merged(part: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Give the file's content with one part measured anew."""
    content: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    figures = {**content.get("figures", {}), **found["figures"]}
    rest = {name: value for name, value in found.items() if name != "figures"}
    return {
        "figures": dict(sorted(figures.items())),
        "targets": TARGETS,
        "limits": LIMITS,
        **{name: content[name] for name in PARTS if name in content and name != part},
        part: rest,
    }


def missed(figures: Mapping[str, float]) -> list[str]:
    """Give a line for each figure that does not reach its target, or is above its limit."""
    low = [
        f"{name} is {figures[name]:,}, less than {target:,}"
        for name, target in TARGETS.items()
        if name in figures and figures[name] < target
    ]
    high = [
        f"{name} is {figures[name]:,}, more than {limit:,}"
        for name, limit in LIMITS.items()
        if name in figures and figures[name] > limit
    ]
    return low + high


def main(argv: list[str] | None = None) -> int:
    """Measure, print and write; give 1 when a figure misses its target."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description="How fast index, pages and sealing are.")
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this part")
    parser.add_argument("--runs", type=int, default=5, help="how often each figure is measured")
    parser.add_argument("--quick", action="store_true", help="little of everything, once; writes nothing")
    options = parser.parse_args(argv)
    figures: dict[str, float] = {}
    for part in [options.part] if options.part else PARTS:
        before = ran_on()
        found = import_module(f"bench.{part}").measure(1 if options.quick else options.runs, options.quick)
        content = merged(part, {"ran_on": before, **found})
        print(json.dumps(content[part], indent=2, ensure_ascii=False))
        figures |= found["figures"]
        if not options.quick:
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, value in figures.items():
        print(f"{name}: {value:,}")
    problems = [] if options.quick else missed(figures)
    for problem in problems:
        print(f"✗ {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
