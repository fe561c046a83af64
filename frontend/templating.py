"""Templates as they are compiled: once for each language, with the words already in place.

`_("Buy")` and `url_for('explore.home')` say the same on every page of a language, so that they are asked for when a template
is compiled and not each time it is drawn. Whatever depends on the page is asked for on the page.
"""

from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask import Flask, has_request_context, url_for
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from frontend.i18n import spoken_language

PLAIN = (str, int)


class SpokenEnvironment(Environment):
    """Hands templates out in the language of the request; an overlay of it knows one language."""

    words: NullTranslations | None = None  # an overlay's, and its language
    language: str | None = None

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.folder = Path(app.root_path) / "translations"
        self.spoken: dict[str, SpokenEnvironment] = {}

    def get_template(self, name: Any, *more: Any, **others: Any) -> Template:
        """Give a template, compiled for the language that is spoken."""
        if self.words is not None:
            return super().get_template(name, *more, **others)
        return self._in(spoken_language()).get_template(name, *more, **others)

    def _in(self, language: str) -> "SpokenEnvironment":
        found = self.spoken.get(language)
        if found is None:
            found = self.overlay()
            found.language = language
            found.words = Translations.load(str(self.folder), [language])
            self.spoken[language] = found
        return found

    def _generate(self, source: nodes.Template, *more: Any, **others: Any) -> str:
        if self.words is not None:
            source = Settled(self.words).visit(source)
        return super()._generate(source, *more, **others)


class Settled(NodeTransformer):
    """Puts words and addresses that cannot change in place of the calls that ask for them."""

    def __init__(self, words: NullTranslations) -> None:
        self.words = words
        self.known: dict[str, Callable[[nodes.Call], nodes.Node]] = {
            "_": self.text,
            "ngettext": self.counted,
            "url_for": self.address,
        }

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        """Settle one call, if it is one of ours."""
        self.generic_visit(call)
        if not isinstance(call.node, nodes.Name) or call.dyn_args is not None or call.dyn_kwargs is not None:
            return call
        settle = self.known.get(call.node.name)
        return call if settle is None else settle(call)

    def text(self, call: nodes.Call) -> nodes.Node:
        """Settle a text; its %(values)s are still put in, and escaped, when the page is drawn."""
        said = _constants(call.args)
        return call if said is None else _filled(nodes.TemplateData(self.words.gettext(*said)), call.kwargs)

    def counted(self, call: nodes.Call) -> nodes.Node:
        """Settle a text about a number, in languages with one form, or with one form for 1 and one for the rest."""
        said = _constants(call.args[:2])
        if said is None or len(call.args) != 3:
            return call
        singular, plural = said
        one, two, many = (self.words.ngettext(singular, plural, count) for count in (1, 2, 5))
        if two != many:
            return call
        number = call.args[2]
        is_one = nodes.Compare(number, [nodes.Operand("eq", nodes.Const(1))])
        either: nodes.Expr = nodes.TemplateData(many)
        if one != many:
            either = nodes.CondExpr(is_one, nodes.TemplateData(one), either)
        return _filled(either, [nodes.Keyword("num", number), *call.kwargs])

    def address(self, call: nodes.Call) -> nodes.Node:
        """Settle an address in which nothing changes. Ours do not depend on the request: a market lies at its host's root."""
        at = _constants(call.args)
        values = {one.key: one.value.value for one in call.kwargs if isinstance(one.value, nodes.Const)}
        if at is None or len(values) < len(call.kwargs) or not has_request_context():
            return call
        return nodes.Const(url_for(*at, **values))


def _constants(found: list[nodes.Expr]) -> list[Any] | None:
    """Give the values of constants; None when one of them is none."""
    values = [one.value for one in found if isinstance(one, nodes.Const)]
    return values if len(values) == len(found) else None


def _filled(text: nodes.Expr, values: list[nodes.Keyword]) -> nodes.Expr:
    if not values and isinstance(text, nodes.TemplateData):
        return nodes.TemplateData(text.data % {})
    return nodes.Mod(text, nodes.Dict([nodes.Pair(nodes.Const(one.key), one.value) for one in values]))


class Addresses:
    """`url_for` for templates: an address with one plain word or number in it is put together from its two ends."""

    def __init__(self, app: Flask) -> None:
        self._ends: dict[tuple[str, str], tuple[str, str]] = {}
        rules = list(app.url_map.iter_rules())
        for rule in rules:
            simple = len(rule.arguments) == 1 and not rule.defaults and "GET" in (rule.methods or set())
            if simple and sum(one.endpoint == rule.endpoint for one in rules) == 1:
                self._add(rule.endpoint, next(iter(rule.arguments)), rule.rule)

    def _add(self, endpoint: str, name: str, path: str) -> None:
        before, _, rest = path.partition("<")
        kind, _, after = rest.partition(">")
        if kind in (name, f"int:{name}", f"string:{name}"):
            self._ends[endpoint, name] = before, after

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Give an address as Flask's url_for does."""
        if len(values) == 1:
            ((name, value),) = values.items()
            ends = self._ends.get((endpoint, name))
            if ends is not None and isinstance(value, PLAIN) and str(value).isalnum() and str(value).isascii():
                return f"{ends[0]}{value}{ends[1]}"
        return url_for(endpoint, **values)


def register(app: Flask) -> None:
    """Let templates use the quick `url_for`; to be called when all blueprints are known."""
    app.jinja_env.globals["url_for"] = Addresses(app).url_for
