"""What the scripts say about private notes, in the reader's language; it goes to the page as data attributes."""

from flask_babel import gettext


def note_texts() -> dict[str, str]:
    """Give the sentences under the names that the scripts know them by."""
    return {
        "sealing": gettext("The note is being sealed in this browser."),
        "opening": gettext("The note is being opened in this browser."),
        "saved": gettext("The copy was handed to your browser's downloads. Keep it where only you can read it."),
        "imported": gettext("The keys of the file are in this browser now."),
        "removed": gettext("This browser has no key of this account any more."),
        "copied": gettext("Copied."),
        "server": gettext("The server does not answer. Nothing was sent; please try again."),
        "too_long": gettext("The note is too long. Please shorten it."),
        "cannot_seal": gettext(
            "This browser could not seal the note, so nothing was sent. Newer versions of Chrome, Firefox and Safari can."
        ),
        "bad_statement": gettext(
            "STOP. The key that this server shows is not signed by the seller. Your note was not sealed and not sent. "
            "Please tell the operator, and do not write an address here."
        ),
        "unchecked": gettext(
            "The seller uses a contract wallet, and your wallet could not be asked whether the key is the seller's. "
            "So nothing was sealed or sent. Connect your wallet to this network and try again, or leave the note empty."
        ),
        "no_key": gettext(
            "This browser has no key of yours for private notes. Open this page in the browser where you made it, or "
            "bring the saved copy of the key here first."
        ),
        "wrong_key": gettext(
            "The note was sealed to another key than those in this browser. Bring the saved copy of the older key here, "
            "or open this page in the browser where you made it."
        ),
        "missing": gettext(
            "The sealed note is not stored on this server; only its hash is on the chain. Ask the other side for it."
        ),
        "not_the_same": gettext(
            "STOP. What this server gave is not the note of this order: its hash differs from the one on the chain. "
            "It was not opened. Please tell the operator."
        ),
        "malformed": gettext("The note is damaged or not written as our notes are, so it cannot be shown."),
        "other_order": gettext(
            "STOP. This note was written for another order or by somebody else, so it is not shown. Do not ship by it."
        ),
        "no_reply": gettext("The buyer's note names no key to answer to, so your note cannot be sealed."),
        "bad_file": gettext(
            "This file holds no key for private notes. It has a line that begins with AGE-SECRET-KEY-1."
        ),
        "storage": gettext(
            "This browser does not let this page store anything, so a key would be lost at once. Allow it, or use another window."
        ),
        "sure_remove": gettext(
            "Remove the keys from this browser? Without a saved copy nobody can ever open the notes sealed to them."
        ),
    }
