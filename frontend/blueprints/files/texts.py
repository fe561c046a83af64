"""What the scripts say about sealed files, in the reader's language; it goes to the page as data attributes."""

from flask_babel import gettext


def file_texts() -> dict[str, str]:
    """Give the sentences under the names that the scripts know them by."""
    return _steps() | _lacks() | _server() | _keys() | _sealed_elsewhere()


def _steps() -> dict[str, str]:
    return {
        "step_sealing": gettext("The file is being sealed in this browser, and sent meanwhile."),
        "step_sending": gettext("The sealed file is being sent."),
        "step_reading": gettext("The sealed file is being read."),
        "step_fetching": gettext("The sealed file is being fetched; each piece is checked."),
        "step_opening": gettext("The file is being opened in this browser."),
        "sent": gettext("All of it has been sent."),
        "opened": gettext("The file was handed to your browser's downloads."),
        "closed": gettext("This browser has removed its copy of the open file."),
        "keys_saved": gettext(
            "The key file was handed to your browser's downloads. Keep it where only you can read it."
        ),
        "key_saved": gettext("The file's key was handed to your browser's downloads."),
        "cancelled": gettext(
            "Stopped. What was already sent or fetched is kept for the next try; a file that was being sealed is sealed anew."
        ),
        "failed": gettext(
            "Something failed in this browser. Please reload the page and try again; tell the operator what stands below."
        ),
    }


def _lacks() -> dict[str, str]:
    return {
        "empty": gettext("This file is empty, so there is nothing to sell."),
        "too_large": gettext("This file is larger than 1 GiB. Please make it smaller, or sell it in parts."),
        "unreadable": gettext(
            "This file cannot be read any more: it was changed or moved meanwhile. Please choose it again."
        ),
        "no_opfs": gettext(
            "This window does not let the page keep files. Private windows of some browsers do not; please use an ordinary one."
        ),
        "no_x25519": gettext("This browser cannot seal files. Newer versions of Chrome, Firefox and Safari can."),
        "no_worker": gettext(
            "This browser did not start the page's helper. Please reload the page; newer versions of Chrome, Firefox and Safari can."
        ),
        "disk_full": gettext("There is not enough room on this device. Please free some, and try again."),
        "busy": gettext("Another tab is at work on this file. Please wait for it, or close it."),
        "gone": gettext("What was sealed is not in this browser any more. Please choose the file again."),
    }


def _server() -> dict[str, str]:
    return {
        "offline": gettext("The server does not answer. What was sent is kept; please try again in a while."),
        "signed_out": gettext(
            "You are not signed in any more, so nothing more was sent. Sign in again, and choose the file once more."
        ),
        "missing": gettext(
            "The sealed file cannot be fetched here. Nothing was paid or sent. Please ask the seller to send it again."
        ),
        "refused": gettext("The server refused it:"),
        "hash_differs": gettext(
            "STOP. What the server gave is not the sealed file of this listing: its hash differs. It was not opened. Please tell the operator."
        ),
    }


def _keys() -> dict[str, str]:
    return {
        "bad_identity": gettext("The key of this browser is damaged. Bring your saved key file."),
        "bad_word": gettext("The page is incomplete. Please reload it."),
        "bad_point": gettext(
            "This order carries no point to which a key could be wrapped. Do not deliver; give the money back."
        ),
        "bad_secret": gettext("The secret of this order is none. Bring your saved key file."),
        "cannot_unwrap": gettext(
            "This browser could not keep the secret, so nothing was bought. Allow the page to store something, or use another window."
        ),
        "other_order": gettext(
            "STOP. What this server shows is not the order in the address bar. Nothing was done. Please tell the operator."
        ),
        "wrong_key": gettext(
            "The seller delivered a wrong key: its hash is not the promised one. You can prove that below, and get everything back."
        ),
        "wrong_key_late": gettext(
            "The seller delivered a wrong key, but the time to prove it to the contract is over, or the order has gone on. Ask the seller once more below, and write to the arbiter if there is a dispute."
        ),
        "key_is_right": gettext(
            "The key that was delivered is the right one, so no claim was made and no secret was shown."
        ),
        "damaged": gettext(
            "The key is right, but what the seller sealed is damaged. That is for the arbiter: open a dispute and name the hash of the sealed file."
        ),
        "plaintext_differs": gettext(
            "The key is right, but in the sealed file is another file than was listed. That is for the arbiter: open a dispute; whoever has the key can check it."
        ),
        "lost": gettext(
            "None of the keys in this browser opens this order. Bring your saved key file, or ask the seller once more below."
        ),
        "asked": gettext("You have asked for the key once more; the seller has not answered yet."),
        "wrong_answer": gettext(
            "The seller answered, but with a wrong key. You can ask once more; a wrong answer cannot be claimed."
        ),
        "not_paid": gettext(
            "STOP. The chain knows no such order that waits for its key. Nothing was wrapped or sent. If you have just accepted it, wait a little; otherwise tell the operator."
        ),
        "not_asked": gettext(
            "STOP. The chain knows no such request of this order's holder. Nothing was wrapped or sent. If it was made just now, wait a little; otherwise tell the operator."
        ),
        "unchecked": gettext(
            "Your wallet could not be asked what the chain says of this order, so nothing was wrapped or sent. Connect it to this network and try again."
        ),
        "no_sold_key": gettext(
            "None of the keys in this browser is the one with which this file was sealed. Bring the key file that you saved when you listed it, under Keys for private notes; then come back."
        ),
    }


def _sealed_elsewhere() -> dict[str, str]:
    return {
        "bad_hashes": gettext(
            "Choose the sealed file and the JSON with its hashes: salt, keyHash, ciphertextHash, plaintextHash, size."
        ),
        "not_own_key": gettext(
            "The key hash in that JSON fits none of the keys in this browser. Bring the key file with which you sealed it first."
        ),
        "sealed_to_another": gettext("The sealed file does not open with the key of that JSON. Nothing was sent."),
        "other_ciphertext": gettext(
            "The sealed file is not the one of that JSON: their hashes differ. Nothing was sent."
        ),
    }
