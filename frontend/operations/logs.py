"""Logs: one JSON object a line, and nothing about a person in it.

What an exception says may hold anything that somebody typed, so only our own errors are quoted; of all others the kind and
the places in the code are kept. On a developer's own chain the words are kept as well. Every line is swept in the end:
addresses, hashes, network and mail addresses, URLs, paths and long tokens are left out, whoever wrote them.
"""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import orjson
from sqlalchemy.exc import DBAPIError

from frontend.config import ROOT, Settings
from frontend.errors import MarketError, Refused

MAX_TEXT = 500
MAX_FRAMES = 40
OWN = "frontend"
SWEPT = (
    (re.compile(r"https?://\S+"), "[url]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[mail]"),
    (re.compile(r"(?:0x)?[0-9a-fA-F]{16,}"), "[hex]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[ip]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:.]+|(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:.]*"), "[ip]"),
    (re.compile(r"(?<![\w.\]])/[^\s\"']+"), "[path]"),
    (re.compile(r"[A-Za-z0-9_-]{32,}"), "[token]"),
)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class Lines(logging.Formatter):
    """Writes a record as one line. Args: with_texts keeps what foreign exceptions say."""

    def __init__(self, *, as_json: bool, with_texts: bool) -> None:
        super().__init__()
        self._as_json = as_json
        self._with_texts = with_texts

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, without its end."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
            "worker": record.process,
        }
        told |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = self._error(record.exc_info[1])
        if self._as_json:
            return orjson.dumps(told, default=str).decode()
        return _as_text(told)

    def _message(self, record: logging.LogRecord) -> str:
        said = record.getMessage()
        if not record.name.startswith(OWN) and not self._with_texts:
            said = QUOTED.sub("…", said)
        return swept(said)

    def _error(self, problem: BaseException) -> dict[str, Any]:
        told: dict[str, Any] = {"kind": type(problem).__qualname__, "stack": stack_of(problem)}
        text = self._text(problem)
        if text:
            told["text"] = text
        cause = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
        if cause is not None:
            told["cause"] = {"kind": type(cause).__qualname__, "stack": stack_of(cause)}
        return told

    def _text(self, problem: BaseException) -> str:
        if isinstance(problem, DBAPIError):  # its own text quotes the statement and what was put in
            return QUOTED.sub("…", swept(str(problem.orig).partition("\n")[0]))
        if self._with_texts or (isinstance(problem, MarketError) and not isinstance(problem, Refused)):
            return swept(str(problem))
        return ""


def swept(text: str) -> str:
    """Leave out whatever may tell of a person or open a door."""
    text = text[: 4 * MAX_TEXT]
    for pattern, instead in SWEPT:
        text = pattern.sub(instead, text)
    return text[:MAX_TEXT]


def stack_of(problem: BaseException) -> list[str]:
    """Give where an exception came from, the innermost place last: file, line and function, no values."""
    frames = traceback.extract_tb(problem.__traceback__)[-MAX_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    return "/".join(path.parts[-3:])


def _as_text(told: dict[str, Any]) -> str:
    rest = {name: value for name, value in told.items() if name not in ("time", "level", "message", "error")}
    line = f"{told['time'][11:19]} {told['level']:7} {told['message']} "
    line += " ".join(f"{name}={value}" for name, value in rest.items())
    if "error" in told:
        error = told["error"]
        line += f"\n    {error['kind']}: {error.get('text', '')}"
        line += "".join(f"\n      {place}" for place in error["stack"])
    return line


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all that is logged in this process to one stream, standard error unless another is named."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(as_json=settings.log_format == "json", with_texts=settings.is_local))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
