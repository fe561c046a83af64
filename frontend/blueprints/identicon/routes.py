"""/identicon/<address>.svg: an address's picture, drawn from the address itself."""

import re

from flask import Blueprint, Response, abort, make_response
from markupsafe import escape

from frontend.blueprints.identicon.drawing import draw

blueprint = Blueprint("identicon", __name__, url_prefix="/identicon")

ADDRESS = re.compile(r"0x[0-9a-f]{40}")


@blueprint.get("/<address>.svg")
def show(address: str) -> Response:
    """Serve the picture; it is the same for ever."""
    if not ADDRESS.fullmatch(address):
        abort(404)
    response = make_response(draw(str(escape(address))))
    response.mimetype = "image/svg+xml"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'none'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
