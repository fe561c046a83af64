"""The words of intents: what each action is called, and what the browser says when the wallet does not do its part."""

from flask_babel import gettext, lazy_gettext

ACTIONS = {
    "communities.open": lazy_gettext("Open a community"),
    "communities.set_fee": lazy_gettext("Change the commission"),
    "communities.set_waivers": lazy_gettext("Change what is waived of the commission"),
    "communities.offer_stewardship": lazy_gettext("Offer the stewardship"),
    "communities.accept_stewardship": lazy_gettext("Accept the stewardship"),
    "tokens.mint": lazy_gettext("Mint tokens"),
    "tokens.mint_batch": lazy_gettext("Mint tokens to several"),
    "tokens.renounce_mint": lazy_gettext("Give up minting for ever"),
    "tokens.mint_vested": lazy_gettext("Mint the founder's vested share"),
    "tokens.burn": lazy_gettext("Burn tokens"),
    "tokens.transfer": lazy_gettext("Send tokens"),
    "tokens.set_contract_uri": lazy_gettext("Change the description"),
    "tokens.freeze_contract_uri": lazy_gettext("Freeze the description"),
    "token.approve": lazy_gettext("Allow the payment (step 1 of 2)"),
    "market.list": lazy_gettext("Put on sale"),
    "market.list_file": lazy_gettext("Put a sealed file on sale"),
    "market.deliver_file": lazy_gettext("Deliver the file's key"),
    "market.claim_bad_key": lazy_gettext("Prove that the key is wrong, and get all back"),
    "keys.ask": lazy_gettext("Ask for the file's key again"),
    "keys.answer": lazy_gettext("Answer with the file's key"),
    "reviews.review": lazy_gettext("Review the other side"),
    "reviews.reply": lazy_gettext("Answer a review"),
    "designs.publish": lazy_gettext("Publish the make conditions"),
    "designs.claim": lazy_gettext("Claim the units"),
    "designs.make": lazy_gettext("Make pieces"),
    "designs.hand_on": lazy_gettext("Hand units on"),
    "market.set_paused": lazy_gettext("Pause or resume a listing"),
    "market.set_quantity_limit": lazy_gettext("Change the quantity"),
    "market.buy": lazy_gettext("Buy"),
    "market.accept": lazy_gettext("Accept the order"),
    "market.decline": lazy_gettext("Decline the order"),
    "market.cancel": lazy_gettext("Cancel the order"),
    "market.deliver": lazy_gettext("Say that it is delivered"),
    "market.confirm": lazy_gettext("Confirm, and pay the seller"),
    "market.refund": lazy_gettext("Refund the buyer"),
    "market.dispute": lazy_gettext("Dispute the delivery"),
    "market.stake": lazy_gettext("Answer the dispute"),
    "market.submit_evidence": lazy_gettext("Show evidence"),
    "market.rule": lazy_gettext("Rule on the dispute"),
    "market.expire": lazy_gettext("Apply the deadline"),
    "market.release": lazy_gettext("Pay a part of the order"),
    "market.refund_part": lazy_gettext("Give a part back"),
    "market.extend": lazy_gettext("Give more time"),
    "market.transfer": lazy_gettext("Hand the order over"),
    "market.offer": lazy_gettext("Offer to end the order"),
    "market.withdraw_offer": lazy_gettext("Withdraw what was offered"),
    "market.accept_offer": lazy_gettext("Accept the offer, and end the order"),
    "market.settle_signed": lazy_gettext("Accept the signed offer, and end the order"),
    "market.deposit_bond": lazy_gettext("Put a bond aside"),
    "market.withdraw_bond": lazy_gettext("Take a bond out"),
    "splits.create": lazy_gettext("Make a split"),
    "splits.collect": lazy_gettext("Take income into the split's books"),
    "splits.collect_makes": lazy_gettext("Take in what makes earned"),
    "splits.sweep": lazy_gettext("Take in what lies at the deposit address"),
    "splits.claim": lazy_gettext("Claim your part of a split"),
    "splits.send": lazy_gettext("Send a payee its part of a split"),
    "splits.move": lazy_gettext("Move your seat in a split"),
    "splits.propose": lazy_gettext("Propose a change of a split"),
    "splits.approve": lazy_gettext("Agree to a change of a split"),
    "splits.disapprove": lazy_gettext("Take back your agreement to a change"),
    "splits.change": lazy_gettext("Change a split"),
    "members.open": lazy_gettext("Open the membership"),
    "members.set_tiers": lazy_gettext("Set the tiers"),
    "members.lock": lazy_gettext("Lock tokens"),
    "members.request_unlock": lazy_gettext("Ask for locked tokens back"),
    "members.cancel_unlock": lazy_gettext("Take an unlock back"),
    "members.withdraw": lazy_gettext("Take unlocked tokens out"),
    "members.delegate": lazy_gettext("Let somebody vote with your tokens"),
    "proposals.open_governor": lazy_gettext("Open a governor"),
    "proposals.propose": lazy_gettext("Make a proposal"),
    "proposals.vote": lazy_gettext("Vote on a proposal"),
    "proposals.queue": lazy_gettext("Queue a proposal"),
    "proposals.execute": lazy_gettext("Carry out a proposal"),
    "proposals.cancel": lazy_gettext("End a proposal"),
    "personas.commit": lazy_gettext("Commit to a nickname (step 1 of 2)"),
    "personas.claim": lazy_gettext("Claim the nickname (step 2 of 2)"),
    "personas.set_profile": lazy_gettext("Publish your profile"),
    "personas.offer": lazy_gettext("Offer your nickname to another account"),
    "personas.withdraw_offer": lazy_gettext("Withdraw the offer of your nickname"),
    "personas.accept": lazy_gettext("Take a nickname over"),
    "personas.retire": lazy_gettext("Give your nickname up for ever"),
    "market.buy_many": lazy_gettext("Buy the cart"),
    "curves.buy": lazy_gettext("Buy tokens from the curve"),
    "curves.sell": lazy_gettext("Sell tokens to the curve"),
    "curves.swap": lazy_gettext("Change tokens into others"),
    "curves.open": lazy_gettext("Open the curve"),
    "claims.open": lazy_gettext("Open a claim phase"),
    "claims.close": lazy_gettext("Close a claim phase"),
    "claims.claim": lazy_gettext("Claim tokens"),
    "credits.withdraw": lazy_gettext("Withdraw"),
    "credits.withdraw_claims": lazy_gettext("Withdraw what claim phases earned"),
    "credits.withdraw_curves": lazy_gettext("Withdraw what the curve earned"),
    "credits.withdraw_blueprints": lazy_gettext("Withdraw what makes earned"),
    "credits.push": lazy_gettext("Send a credit to its owner"),
}


def action_text(action: str) -> str:
    """Name an action."""
    return str(ACTIONS.get(action, action))


def wallet_texts() -> dict[str, str]:
    """Give what the script may say, in the reader's language; they go to the page as data attributes."""
    return {
        "no_wallet": gettext(
            "No wallet was found in this browser. You need one, MetaMask for instance; reading works without."
        ),
        "choose": gettext("Several wallets are here. Which one?"),
        "asking_accounts": gettext("Your wallet asks whether this page may see your account. Please look there."),
        "asking_signature": gettext("Your wallet shows a message to sign. It costs nothing. Please look there."),
        "asking_permit": gettext(
            "First of two questions: your wallet shows an approval of exactly this amount. It costs nothing."
        ),
        "asking_transaction": gettext("Your wallet shows the transaction. Please compare, and confirm there."),
        "asking_switch": gettext("Your wallet is on another network. It now asks to switch; please agree there."),
        "asking_add": gettext("Your wallet does not know this network. It now asks to add it; please agree there."),
        "rejected": gettext("Cancelled in the wallet. Nothing was sent. You can try again."),
        "pending": gettext("Your wallet has a request open already. Please open it, answer there, and then try again."),
        "unauthorized": gettext(
            "Your wallet has not connected this account to this page. Connect it there, and then try again."
        ),
        "disconnected": gettext(
            "Your wallet is not connected to its network. Wait a moment, or check its network settings, and try again."
        ),
        "insufficient": gettext(
            "The wallet says that this account cannot pay amount and network fee. Nothing was sent."
        ),
        "nonce": gettext(
            "The wallet counts transactions of an older local chain. In MetaMask: Settings → Advanced → Clear activity tab data. Then try again."
        ),
        "wrong_account": gettext(
            "Your wallet is on another account than the one signed in here. Switch it in the wallet, or sign in again:"
        ),
        "wrong_chain": gettext("Your wallet is still on another network. Nothing was sent. Switch it by hand to:"),
        "add_failed": gettext(
            "The network could not be added. Nothing was sent. Add it by hand; the values are on the page “First steps”."
        ),
        "expired": gettext(
            "This transaction is too old to be signed. Nothing was sent. Please go back and send the form again."
        ),
        "mismatch": gettext(
            "STOP. The server's transaction is not what this page computed from your form, the contract's interface and its address. "
            "Nothing was sent. Please tell the operator what stands below."
        ),
        "other": gettext("The wallet did not do it. Nothing was sent, as far as this page knows. It said:"),
        "server": gettext(
            "The server does not answer. If you confirmed in the wallet, the transaction is on its way all the same."
        ),
        "sent": gettext("Sent. The page follows it."),
        "verified": gettext(
            "Checked by this page itself: the call below is what your form, the interface and the registry give."
        ),
        "verified_no_form": gettext(
            "Checked by this page itself: the call below is what the interface and the registry give. The form was not filled in "
            "in this tab, so compare the amounts yourself."
        ),
        "signed_in": gettext("Signed in."),
    }
