"""A person's browser, without the window: follows pages, fills in forms as they stand in the HTML, keeps cookies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.test import TestResponse


class SeedProblem(RuntimeError):
    """The demo cannot be made; the text says what was wrong and what to do."""


@dataclass
class Form:
    """A form on a page: where it goes, and its fields with what they hold."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)  # boxes not ticked and buttons not pressed, with their values
    files: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        """Where it goes, without the query."""
        return urlsplit(self.action).path

    def filled(self, values: Mapping[str, str | bool | bytes]) -> dict[str, Any]:
        """Give what a browser would send after the values were typed in.

        Args: a name may leave out what stands before the dash ("text" for "evidence-text"); True ticks a box.
        Raises: SeedProblem when the form has no such field.
        """
        sent: dict[str, Any] = dict(self.fields)
        for name, value in values.items():
            found = self._field(name)
            if value is True:
                sent[found] = self.boxes.get(found, "y")
            elif value is False:
                sent.pop(found, None)
            elif isinstance(value, bytes):
                sent[found] = (BytesIO(value), f"{name}.png", "image/png")
            else:
                sent[found] = value
        return sent

    def _field(self, name: str) -> str:
        names = [*self.fields, *self.boxes, *self.files]
        if name in names:
            return name
        endings = [known for known in names if known.partition("-")[2] == name]
        if len(endings) != 1:
            raise SeedProblem(f"the form to {self.action} has no field {name}; it has: {', '.join(sorted(names))}.")
        return endings[0]


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.text_area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urlsplit(urljoin(self.url, given.get("action") or self.url))
            target = action.path + (f"?{action.query}" if action.query else "")
            self.form = Form(target, given.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None:
            self._field(self.form, tag, given)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "option" and self.select is not None:
            value = given.get("value", "")
            if "selected" in given or self.select not in form.fields:
                form.fields[self.select] = value
        elif not name or "disabled" in given:
            return
        elif tag == "textarea":
            self.text_area = name
            form.fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "button":
            form.boxes[name] = given.get("value", "")  # sent only if this button is the one that is pressed
        elif tag == "input":
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind == "file":
            form.files.add(name)
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
            else:
                form.boxes.setdefault(name, given.get("value", "on"))
        elif kind not in ("submit", "button", "image", "reset"):
            form.fields[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.text_area is not None and self.form is not None:
            self.form.fields[self.text_area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.text_area = None
        elif tag == "select":
            self.select = None


class Browser:
    """One person's browser on the market's site."""

    def __init__(self, app: Flask, origin: str) -> None:
        self.client = app.test_client()
        self.origin = origin

    def get(self, path: str) -> TestResponse:
        """Open a page. Raises: SeedProblem when it is not there."""
        answer = self.client.get(path, base_url=self.origin, follow_redirects=True)
        return self._fine(answer, f"GET {path}")

    def submit(
        self,
        path: str,
        action: str,
        values: Mapping[str, str | bool | bytes],
        then: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Open a page, fill in its form that goes to `action`, and send it.

        Args: then is what the form is sent with once more, as it comes back: a button behind a preview or a quote.
        Raises: SeedProblem when there is no such form, or the site refuses what was typed.
        """
        answer = self._send(self.get(path), path, action, values)
        return answer if then is None else self._send(answer, path, action, then)

    def _send(
        self, page: TestResponse, path: str, action: str, values: Mapping[str, str | bool | bytes]
    ) -> TestResponse:
        reader = _Reader(self.origin + path)
        reader.feed(page.get_data(as_text=True))
        form = next((form for form in reader.forms if form.method == "post" and form.path == action), None)
        if form is None:
            raise SeedProblem(f"the page {path} has no form to {action}; the account may not do this now.")
        answer = self.client.post(
            form.action,
            data=form.filled(values),
            base_url=self.origin,
            headers={"Origin": self.origin},
            content_type="multipart/form-data" if form.files else None,
            follow_redirects=True,
        )
        return self._fine(answer, f"POST {action}")

    def upload(self, method: str, path: str, data: bytes, csrf: str) -> None:
        """Send bytes as a page's script does."""
        headers = {"Origin": self.origin, "X-CSRFToken": csrf, "Accept": "application/json"}
        answer = self.client.open(path, method=method, data=data, base_url=self.origin, headers=headers)
        self._fine(answer, f"{method} {path}")

    def ask(self, path: str, body: Mapping[str, Any], csrf: str = "") -> Any:
        """Send JSON as a page's script does, and give the JSON that comes back."""
        headers = {"Origin": self.origin, "X-CSRFToken": csrf, "Accept": "application/json"}
        answer = self.client.post(path, json=dict(body), base_url=self.origin, headers=headers)
        return self._fine(answer, f"POST {path}").get_json()

    def read(self, path: str) -> Any:
        """Ask for JSON."""
        answer = self.client.get(path, base_url=self.origin, headers={"Accept": "application/json"})
        return self._fine(answer, f"GET {path}").get_json()

    def _fine(self, answer: TestResponse, what: str) -> TestResponse:
        if answer.status_code >= 400:
            raise SeedProblem(f"{what} was answered with {answer.status_code}: {_complaint(answer)}")
        return answer


class _Words(HTMLParser):
    """Collects the texts inside elements whose class or role tells of an error."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = " ".join(value or "" for name, value in attrs if name in ("class", "role", "id"))
        if self.depth or "error" in told or "alert" in told:
            self.depth += tag not in ("br", "img", "input", "hr", "meta", "link")

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        if self.depth and data.strip():
            self.found.append(data.strip())


def _complaint(answer: TestResponse) -> str:
    text = answer.get_data(as_text=True)
    words = _Words()
    words.feed(text)
    return " ".join(words.found)[:600] or text[:600]
