"""/content/<hash>: the bytes that people wrote or uploaded, under the hash that the chain knows."""

from flask import Blueprint, abort, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from frontend.errors import NotFound
from frontend.extensions import services

blueprint = Blueprint("content", __name__, url_prefix="/content")

CSP = "default-src 'none'; frame-ancestors 'none'; sandbox"


@blueprint.get("/<content_hash>")
def show(content_hash: str) -> AnyResponse:
    """Serve stored bytes. They never change, so they may be kept for ever; they are never run or shown as a page."""
    try:
        found = services.contents.load(content_hash)
    except NotFound:
        abort(404)
    response = make_response(found.data)
    response.mimetype = found.media_type
    if found.media_type == "text/plain":
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.set_etag(content_hash)
    return response.make_conditional(request)
