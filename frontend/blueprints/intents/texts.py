"""The words of intents: what each action is called, and what the browser says when the wallet does not do its part."""

from flask_babel import gettext


def action_text(action: str) -> str:
    """Name an action."""
    texts = {
        "communities.open": gettext("Open a community"),
        "communities.set_fee": gettext("Change the commission"),
        "communities.offer_stewardship": gettext("Offer the stewardship"),
        "communities.accept_stewardship": gettext("Accept the stewardship"),
        "tokens.mint": gettext("Mint tokens"),
        "tokens.mint_batch": gettext("Mint tokens to several"),
        "tokens.renounce_mint": gettext("Give up minting for ever"),
        "tokens.mint_vested": gettext("Mint the founder's vested share"),
        "tokens.burn": gettext("Burn tokens"),
        "tokens.transfer": gettext("Send tokens"),
        "tokens.set_contract_uri": gettext("Change the description"),
        "tokens.freeze_contract_uri": gettext("Freeze the description"),
        "token.approve": gettext("Allow the payment (step 1 of 2)"),
        "market.list": gettext("Put on sale"),
        "market.set_paused": gettext("Pause or resume a listing"),
        "market.set_quantity_limit": gettext("Change the quantity"),
        "market.buy": gettext("Buy"),
        "market.accept": gettext("Accept the order"),
        "market.decline": gettext("Decline the order"),
        "market.cancel": gettext("Cancel the order"),
        "market.deliver": gettext("Say that it is delivered"),
        "market.confirm": gettext("Confirm, and pay the seller"),
        "market.refund": gettext("Refund the buyer"),
        "market.dispute": gettext("Dispute the delivery"),
        "market.stake": gettext("Answer the dispute"),
        "market.submit_evidence": gettext("Show evidence"),
        "market.rule": gettext("Rule on the dispute"),
        "market.expire": gettext("Apply the deadline"),
        "market.release": gettext("Pay a part of the order"),
        "market.refund_part": gettext("Give a part back"),
        "market.extend": gettext("Give more time"),
        "market.transfer": gettext("Hand the order over"),
        "market.offer": gettext("Offer to end the order"),
        "market.withdraw_offer": gettext("Withdraw what was offered"),
        "market.accept_offer": gettext("Accept the offer, and end the order"),
        "market.settle_signed": gettext("Accept the signed offer, and end the order"),
        "market.deposit_bond": gettext("Put a bond aside"),
        "market.withdraw_bond": gettext("Take a bond out"),
        "splits.create": gettext("Make a split"),
        "splits.collect": gettext("Take income into the split's books"),
        "splits.sweep": gettext("Take in what lies at the deposit address"),
        "splits.claim": gettext("Claim your part of a split"),
        "splits.send": gettext("Send a payee its part of a split"),
        "splits.move": gettext("Move your seat in a split"),
        "splits.propose": gettext("Propose a change of a split"),
        "splits.approve": gettext("Agree to a change of a split"),
        "splits.disapprove": gettext("Take back your agreement to a change"),
        "splits.change": gettext("Change a split"),
        "members.open": gettext("Open the membership"),
        "members.set_tiers": gettext("Set the tiers"),
        "members.lock": gettext("Lock tokens"),
        "members.request_unlock": gettext("Ask for locked tokens back"),
        "members.cancel_unlock": gettext("Take an unlock back"),
        "members.withdraw": gettext("Take unlocked tokens out"),
        "members.delegate": gettext("Let somebody vote with your tokens"),
        "proposals.open_governor": gettext("Open a governor"),
        "proposals.propose": gettext("Make a proposal"),
        "proposals.vote": gettext("Vote on a proposal"),
        "proposals.queue": gettext("Queue a proposal"),
        "proposals.execute": gettext("Carry out a proposal"),
        "proposals.cancel": gettext("End a proposal"),
        "personas.commit": gettext("Commit to a nickname (step 1 of 2)"),
        "personas.claim": gettext("Claim the nickname (step 2 of 2)"),
        "personas.set_profile": gettext("Publish your profile"),
        "personas.offer": gettext("Offer your nickname to another account"),
        "personas.withdraw_offer": gettext("Withdraw the offer of your nickname"),
        "personas.accept": gettext("Take a nickname over"),
        "personas.retire": gettext("Give your nickname up for ever"),
        "market.buy_many": gettext("Buy the cart"),
        "curves.buy": gettext("Buy tokens from the curve"),
        "curves.sell": gettext("Sell tokens to the curve"),
        "curves.swap": gettext("Change tokens into others"),
        "curves.open": gettext("Open the curve"),
        "credits.withdraw": gettext("Withdraw"),
        "claims.open": gettext("Open a claim phase"),
        "claims.close": gettext("Close a claim phase"),
        "claims.claim": gettext("Claim tokens"),
        "credits.withdraw_claims": gettext("Withdraw what claim phases earned"),
        "credits.withdraw_curves": gettext("Withdraw what the curve earned"),
        "credits.push": gettext("Send a credit to its owner"),
    }
    return texts.get(action, action)


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
