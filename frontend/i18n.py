"""Which language a page speaks: what the URL asks for, else what was chosen before, else what the browser prefers."""

from flask import Response, request
from flask_babel import get_locale

LANGUAGES = {"ko": "한국어", "en": "English"}
DEFAULT = "en"
COOKIE = "lang"
A_YEAR_S = 365 * 86400


def choose_language() -> str:
    """Give the language of this request: `?lang=`, the cookie, Accept-Language, English."""
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT


def spoken_language() -> str:
    """Give the language in which texts come out just now, "ko" or "en"."""
    locale = get_locale()
    return "ko" if locale is not None and locale.language == "ko" else "en"


def remember_language(response: Response, *, secure: bool) -> Response:
    """Keep the language that the URL asked for."""
    wanted = request.args.get("lang")
    if wanted in LANGUAGES:
        response.set_cookie(COOKIE, str(wanted), max_age=A_YEAR_S, secure=secure, httponly=True, samesite="Lax")
    response.vary.update(["Accept-Language", "Cookie"])
    return response
