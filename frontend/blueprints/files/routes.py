"""/files: ciphertexts that browsers have sealed. Whatever is in them, it goes out as bytes to be saved and as nothing else."""

import re
from itertools import chain

from flask import Blueprint, Response, jsonify, make_response, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import sign_in_required
from frontend.blueprints.content.routes import CSP
from frontend.content.documents import HASH
from frontend.errors import NotFound, Refused, tell_refused
from frontend.extensions import bound, services
from frontend.limits import network_of
from frontend.pages.act import account
from frontend.services.files import SealedFile

blueprint = Blueprint("files", __name__, url_prefix="/files")

LISTS_AN_HOUR = 60
LOOKS_A_MINUTE = 60
RANGE = re.compile(r"bytes=([0-9]{0,100})-([0-9]{0,100})", re.ASCII | re.IGNORECASE)


class NoSuchRange(Refused):
    """The file ends before the first byte that was asked for."""

    status = 416
    key = "no_such_range"


@blueprint.put("/pieces/<sha256>")
@sign_in_required
def keep_piece(sha256: str) -> tuple[Response, int]:
    """Take a piece under its SHA-256, 64 hex digits in lower case."""
    name = _name(f"0x{sha256}")
    data = request.get_data(cache=False)
    is_new = services.files.keep_piece(name, data, account=account(), network=network_of(request.remote_addr))
    return jsonify(hash=name, size=len(data)), 201 if is_new else 200


@blueprint.post("/missing")
@sign_in_required
def missing() -> Response:
    """Tell which pieces of a list are not here, by their places in it."""
    bound().limiter.hit("files missing", account(), LOOKS_A_MINUTE, 60)
    return jsonify(missing=services.files.missing(request.get_data(cache=False)))


@blueprint.post("")
@sign_in_required
def keep() -> tuple[Response, int]:
    """Take the list of a file whose pieces are all here."""
    bound().limiter.hit("files", account(), LISTS_AN_HOUR, 3600)
    piece_list = request.get_data(cache=False)
    made = services.files.keep(piece_list, account=account(), network=network_of(request.remote_addr))
    return jsonify(hash=made.hash, size=made.size_bytes), 201


@blueprint.get("/<name>")
def show(name: str) -> AnyResponse:
    """Serve a file, or the one range of its bytes that was asked for."""
    file = services.files.find(_name(name))
    response = _headed(make_response(), file.hash, f"{file.hash}.age")
    response.content_length = file.size_bytes
    response.make_conditional(request)
    if response.status_code != 200 or request.method == "HEAD":
        return response
    try:
        between = _asked(file)
    except NoSuchRange as problem:
        refused = tell_refused(problem)
        refused.headers["Content-Range"] = f"bytes */{file.size_bytes}"
        return refused
    if between is None:
        return _streamed(response, file, 0, file.size_bytes - 1)
    first, last = between
    response.status_code = 206
    response.headers["Content-Range"] = f"bytes {first}-{last}/{file.size_bytes}"
    response.content_length = last - first + 1
    return _streamed(response, file, first, last)


@blueprint.get("/<name>/pieces")
def show_pieces(name: str) -> AnyResponse:
    """Serve the list of a file's pieces."""
    file_hash = _name(name)
    response = make_response(services.files.piece_list(file_hash))
    return _headed(response, file_hash, f"{file_hash}.pieces").make_conditional(request)


def _streamed(response: Response, file: SealedFile, first: int, last: int) -> Response:
    """Let a response give a file's bytes as they are read. The first are read at once, so that what fails can be told."""
    services.files.begin_download()
    try:
        slices = services.files.read(file, first, last)
        response.response = chain((next(slices),), slices)
    except BaseException:
        services.files.end_download()
        raise
    response.call_on_close(services.files.end_download)
    return response


def _asked(file: SealedFile) -> tuple[int, int] | None:
    """Give first and last byte of the range that was asked for; None for all: no range, several, or none that we understand.

    Raises: NoSuchRange.
    """
    told = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if told is None or not (told[1] or told[2]):
        return None
    if "If-Range" in request.headers and request.if_range.etag != file.hash:
        return None
    end = file.size_bytes
    if told[1]:
        first, last = int(told[1]), min(int(told[2] or end), end - 1)
        if told[2] and int(told[2]) < first:
            return None
    else:
        first, last = max(0, end - int(told[2])), end - 1
    if first >= end:
        text = gettext("The file has %(size)s bytes, and the part that was asked for lies behind them.", size=end)
        raise NoSuchRange(text)
    return first, last


def _name(text: str) -> str:
    if not HASH.fullmatch(text):
        raise NotFound(gettext("This is no hash: 64 hex digits in lower case."), key="bad_hash")
    return text


def _headed(response: Response, file_hash: str, filename: str) -> Response:
    response.mimetype = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(file_hash)
    return response
