"""/content/<hash>: the bytes that people wrote or uploaded, under the hash that the chain knows; and help with writing them."""

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import sign_in_required
from frontend.blueprints.content.forms import RestoreForm
from frontend.content.documents import HASH, MAX_TEXT
from frontend.content.store import StoreDown
from frontend.errors import Refused, TooMany
from frontend.extensions import bound, queries, services
from frontend.pages.act import Answer, account, with_key

blueprint = Blueprint("content", __name__)

CSP = "default-src 'none'; frame-ancestors 'none'; sandbox"
PREVIEWS_A_MINUTE = 60
RETRY_AFTER_S = 10


@blueprint.get("/content/<content_hash>")
def show(content_hash: str) -> AnyResponse:
    """Serve stored bytes. They never change, so they may be kept for ever; they are never run or shown as a page."""
    try:
        part = _asked_part(content_hash)
        if part is not None:
            return part
        found = services.contents.load(content_hash)
    except Refused as problem:
        return _refused(problem)
    return _served(found.hash, found.media_type, found.data)


@blueprint.get("/content/<content_hash>/<int:width>")
def thumbnail(content_hash: str, width: int) -> AnyResponse:
    """Serve a picture 320 or 640 pixels wide."""
    try:
        found = services.contents.thumbnail(content_hash, width)
    except Refused as problem:
        return _refused(problem)
    return _served(found.hash, found.media_type, found.data)


@blueprint.post("/descriptions/preview")
@sign_in_required
def preview() -> Answer:
    """Show a text that is being written as it will be read. Nothing is kept."""
    bound().limiter.hit("preview", account(), PREVIEWS_A_MINUTE, 60)
    field = request.args.get("field", "text")
    level = min(max(request.args.get("level", 2, type=int), 2), 6)
    text = request.form.get(field, "").replace("\r\n", "\n")[: MAX_TEXT + 1]
    return render_template("content/preview.html", html=services.contents.html(text[:MAX_TEXT], level), text=text)


@blueprint.route("/descriptions/restore", methods=["GET", "POST"])
@sign_in_required
def restore() -> Answer:
    """Take a file that the chain names by its hash and that is missing here, from whoever has it."""
    form: RestoreForm = with_key(RestoreForm())
    wanted = request.args.get("hash", "")
    values: dict[str, Any] = {"form": form, "hash": wanted if HASH.fullmatch(wanted) else None}
    if request.method == "GET":
        return render_template("content/restore.html", **values)
    if not form.validate():
        return render_template("content/restore.html", **values), 422
    try:
        content_hash, found = services.contents.restore(form.file.data.read(), account=account())
    except TooMany:
        raise
    except Refused as problem:
        form.refuse(problem.text, problem.field)
        return render_template("content/restore.html", **values), problem.status
    listing = queries.listing(found.id) if found.kind == "listing" else None
    return render_template("content/restored.html", hash=content_hash, found=found, listing=listing)


def _asked_part(content_hash: str) -> AnyResponse | None:
    """Serve the one range of bytes that was asked for, out of an entry that is known to match; None: serve all of it."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or request.if_range.etag is not None:
        return None
    media_type = services.contents.media_type(content_hash)
    size = services.contents.findings.size_of_matching(content_hash) if media_type else None
    between = asked.range_for_length(size)
    if media_type is None or size is None or between is None:
        return None
    part = services.contents.part(content_hash, between[0], between[1] - 1)
    if part is None:
        return None
    response = _headed(make_response(part[1], 206), content_hash, media_type)
    response.content_range.set(between[0], between[1], part[0])
    return response


def _served(content_hash: str, media_type: str, data: bytes) -> AnyResponse:
    response = _headed(make_response(data), content_hash, media_type)
    return response.make_conditional(request, accept_ranges=True, complete_length=len(data))


def _headed(response: Any, content_hash: str, media_type: str) -> Any:
    response.mimetype = media_type
    if media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if media_type in ("application/json", "text/csv"):
        # metadata and lists are for everybody: wallets and other markets read and check it; there is no session here to misuse
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(content_hash)
    return response


def _refused(problem: Refused) -> AnyResponse:
    """Say why there are no bytes, in one line: whoever asks here is an image, a program, or somebody who looks closely."""
    response = make_response(f"{problem.text}\n", problem.status)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-store"
    if isinstance(problem, StoreDown):
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
