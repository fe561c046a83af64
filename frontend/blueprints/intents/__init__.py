"""What the write routes of the pages need: a form's key, and the answer that leads to an intent's page."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from frontend.services.intents import Intent, new_form_key

__all__ = ["intent_page", "new_form_key"]


def intent_page(intent: Intent) -> AnyResponse:
    """Lead to an intent's own page, so that reloading it sends no form again."""
    target = url_for("intents.show", intent_id=intent.id)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, code=303)
