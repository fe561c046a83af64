"""What the scripts say about messages, in the reader's language; it goes to the page as data attributes."""

from flask_babel import gettext


def message_texts() -> dict[str, str]:
    """Give the sentences under the names that the scripts know them by."""
    return {
        "message_sealing": gettext("The message is being sealed in this browser."),
        "message_sent": gettext("Sent."),
        "message_opening": gettext("The messages are being opened in this browser."),
        "message_none": gettext("Nothing has been written yet."),
        "message_you": gettext("You"),
        "message_seller": gettext("Seller"),
        "message_buyer": gettext("Buyer"),
        "message_long": gettext("The message is too long. Please shorten it."),
        "message_other_key": gettext(
            "Your published key is not in this browser, so nothing was sent. Bring the saved copy of the key here, or "
            "publish a new key, on the page “Keys for private notes”."
        ),
        "message_bad_statement": gettext(
            "STOP. The key that this server shows for the other side is not signed by that account. Your message was not "
            "sealed and not sent. Please tell the operator."
        ),
        "message_unchecked": gettext(
            "The other side uses a contract wallet, and your wallet could not be asked whether the key is its own. So nothing "
            "was sealed or sent. Connect your wallet to this network and try again."
        ),
        "message_unsigned": gettext(
            "STOP. This message is not signed by the account that it is said to be from, or something of it was changed. It is "
            "not shown."
        ),
        "message_not_asked": gettext(
            "Its author uses a contract wallet, which was not asked: that the key is its own is this server's word alone."
        ),
        "message_closed": gettext(
            "This message was sealed to a key that is not in this browser. Bring the saved copy of that key here; without it "
            "nobody can open the message."
        ),
        "message_malformed": gettext("This message is signed, but damaged or not written as our messages are."),
        "message_broken_order": gettext(
            "STOP. What follows does not continue what stands above: a message in between is missing or was exchanged. Please "
            "tell the other side and the operator."
        ),
        "message_behind": gettext("Another message came meanwhile. Please look at it, and send yours again."),
        "message_pick": gettext("Put it into my statement"),
        "message_picked": gettext("It stands in your statement now, where everybody will be able to read it."),
        "message_no_room": gettext("It does not fit any more: a statement may have 10,000 characters."),
        "message_number": gettext("message %(number)s", number="%(number)s"),
        "proof_checked": gettext("This browser has checked it too."),
        "proof_differs": gettext(
            "STOP. This browser has found something else about this message than the server says. Please tell the operator."
        ),
    }
