// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bonds} from "../../contracts/market/Bonds.sol";
import {Book} from "../../contracts/market/Book.sol";
import {LastOffers} from "../../contracts/market/LastOffers.sol";
import {Terms} from "../../contracts/market/MarketTypes.sol";
import {ShareLib} from "../../contracts/money/ShareLib.sol";

/// @dev What is due of a split's income. By induction over the payees, `together` bounds all dues by what the full 10 000
/// are due, which is all that was received.
contract ShareProofs {
    function check_due_is_rounded_down_once(uint240 received, uint16 bps) external pure {
        require(bps <= ShareLib.BPS);
        assert(ShareLib.dueDown(received, bps) == (uint256(received) * bps) / ShareLib.BPS);
    }

    function check_due_of_all_shares_is_all(uint256 received) external pure {
        assert(ShareLib.dueDown(received, ShareLib.BPS) == received);
    }

    function check_due_never_falls(uint256 received, uint256 more, uint16 bps) external pure {
        require(bps <= ShareLib.BPS && received <= more);
        assert(ShareLib.dueDown(received, bps) <= ShareLib.dueDown(more, bps));
    }

    function check_dues_together_are_within_the_due_of_both(uint256 received, uint16 one, uint16 other) external pure {
        require(one <= ShareLib.BPS && other <= ShareLib.BPS && uint256(one) + other <= ShareLib.BPS);
        uint256 apart = ShareLib.dueDown(received, one) + ShareLib.dueDown(received, other);
        assert(apart <= ShareLib.dueDown(received, uint256(one) + other));
    }
}

/// @dev What the terms lock of a bond.
contract BondProofs {
    function check_bond_is_rounded_down_and_within_the_price(Terms calldata terms, uint32 quantity) external pure {
        require(terms.rules.bondBps() <= 10_000);
        uint256 price = uint256(terms.unitPrice) * quantity;
        uint256 locked = Bonds.lockedFor(terms, quantity);
        assert(locked == (price * terms.rules.bondBps()) / 10_000);
        assert(locked <= price);
    }
}

/// @dev The ruling that picks one of the two last offers.
contract LastOfferProofs {
    Book private _book;

    function check_picked_offer_is_one_of_both_within_the_money(
        uint128 holders,
        uint128 sellers,
        uint128 amount,
        uint16 bpsToBuyer
    ) external {
        require(bpsToBuyer <= 10_000);
        _book.asides[0].holdersOffer = holders;
        _book.asides[0].sellersOffer = sellers;
        uint256 picked = LastOffers.nearer(_book.asides[0], amount, bpsToBuyer);
        assert(picked <= amount);
        assert(picked == amount || picked == holders || picked == sellers);
    }
}
