"""Wiring that every suite shares. What needs brownie lies in fixtures/ and is loaded only where brownie's plug-in is."""

import os
from pathlib import Path

import pytest

PLUGINS = ("tests.fixtures.postgres",)

FIXTURES = ("brownie_pace", "brownie_chain", "market", "splits", "lives", "personas", "claims", "curves", "self_rule")
BROWNIE_PLUGINS = tuple(f"tests.fixtures.{name}" for name in FIXTURES)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(NoSkipsInCI(), "no-skips-in-ci")
    for name in (*PLUGINS, *(BROWNIE_PLUGINS if config.pluginmanager.has_plugin("pytest-brownie") else ())):
        if Path(__file__).parent.joinpath("fixtures", f"{name.rsplit('.', 1)[1]}.py").exists():
            config.pluginmanager.import_plugin(name)


class NoSkipsInCI:
    """In CI a skipped test fails the run: a suite that quietly runs less than it says is worse than a red one."""

    def __init__(self) -> None:
        self.skipped: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped and os.environ.get("CI") == "true":
            terminalreporter.section("skipped tests fail the run in CI", red=True, bold=True)
            for nodeid in sorted(self.skipped):
                terminalreporter.line(nodeid)
