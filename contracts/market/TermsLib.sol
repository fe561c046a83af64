// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarket} from "./IMarket.sol";
import {Kind, Terms} from "./MarketTypes.sol";
import {Quotes} from "./Quotes.sol";
import {TermsClocks} from "./TermsClocks.sol";
import {TermsRules} from "./TermsRules.sol";

/// @title TermsLib
/// @notice What terms are called, and which terms may be listed.
library TermsLib {
    /// @dev Length of Terms in calldata: 13 words, no dynamic part.
    uint256 internal constant TERMS_BYTES = 13 * 32;

    uint256 internal constant MAX_BPS = 10_000;
    uint256 internal constant MIN_ACCEPT_FOR = 1 hours;
    uint256 internal constant MAX_ACCEPT_FOR = 30 days;
    uint256 internal constant MIN_DELIVER_FOR = 1 hours;
    uint256 internal constant MAX_DELIVER_FOR = 180 days;
    uint256 internal constant MAX_INSTANT_DELIVER_FOR = 48 hours;
    uint256 internal constant MAX_TRANSIT_FOR = 90 days;
    uint256 internal constant MIN_INSPECT_FOR = 1 days;
    uint256 internal constant MAX_INSPECT_FOR = 60 days;
    uint256 internal constant MIN_RULE_FOR = 3 days;
    uint256 internal constant MAX_RULE_FOR = 60 days;
    uint256 internal constant MAX_LEVEL = 9; // of a member; as Memberships has it
    uint256 internal constant MAX_MEMBER_DISCOUNT_BPS = MAX_BPS - 1; // so that no price is ever 0

    /// @dev The id of ABI-encoded terms: with chain and Market, so that no terms mean two things.
    function id(uint256 chainId, bytes calldata terms) internal view returns (bytes32) {
        return keccak256(bytes.concat(bytes32(chainId), bytes32(uint256(uint160(address(this)))), terms));
    }

    /// @dev Reverts with what is wrong first. Extras and split are checked by whoever knows them.
    function check(Terms calldata terms) internal view {
        _checkParties(terms);
        within("unitPrice", terms.unitPrice, 1, type(uint128).max);
        _checkMembers(terms.clocks);
        within("arbiterFee", terms.arbiterFee, 0, Quotes.memberPrice(terms)); // above the price, disputing would be senseless
        require(
            terms.currency == address(0) || terms.currency.code.length != 0,
            IMarket.MarketNoCode(terms.currency)
        );
        _checkRules(terms.rules);
        _checkClocks(terms.clocks, terms.rules);
        within("persona", uint256(terms.persona), 0, 0);
    }

    function _checkParties(Terms calldata terms) private view {
        require(terms.seller == msg.sender, IMarket.MarketNotParty(msg.sender, terms.seller));
        require(
            terms.arbiter != address(0) && terms.arbiter != terms.seller,
            IMarket.MarketBadArbiter(terms.arbiter)
        );
        require(
            terms.backupArbiter == address(0) ||
                (terms.backupArbiter != terms.seller && terms.backupArbiter != terms.arbiter),
            IMarket.MarketBadArbiter(terms.backupArbiter)
        );
    }

    function _checkRules(TermsRules rules) private pure {
        within("kind", uint8(TermsRules.unwrap(rules)), uint8(Kind.GOODS), uint8(Kind.SERVICE));
        within("instant", rules.instant(), 0, 1);
        within("maxFeeBps", rules.maxFeeBps(), 0, MAX_BPS);
        within("referralBps", rules.referralBps(), 0, rules.maxFeeBps());
        // a bond is locked at acceptance, which instant sales have not
        within("bondBps", rules.bondBps(), 0, rules.instant() != 0 ? 0 : MAX_BPS);
        within("splitVersion", rules.splitVersion(), 0, rules.splitId() == 0 ? 0 : type(uint32).max);
    }

    function _checkClocks(TermsClocks clocks, TermsRules rules) private view {
        if (rules.instant() != 0) {
            within("acceptFor", clocks.acceptFor(), 0, 0);
            within("deliverFor", clocks.deliverFor(), MIN_DELIVER_FOR, MAX_INSTANT_DELIVER_FOR);
        } else {
            within("acceptFor", clocks.acceptFor(), MIN_ACCEPT_FOR, MAX_ACCEPT_FOR);
            within("deliverFor", clocks.deliverFor(), MIN_DELIVER_FOR, MAX_DELIVER_FOR);
        }
        within("transitFor", clocks.transitFor(), 0, rules.kind() == Kind.GOODS ? MAX_TRANSIT_FOR : 0);
        within("inspectFor", clocks.inspectFor(), MIN_INSPECT_FOR, MAX_INSPECT_FOR);
        within("ruleFor", clocks.ruleFor(), MIN_RULE_FOR, MAX_RULE_FOR);
        if (clocks.validUntil() != 0) {
            within("validUntil", clocks.validUntil(), block.timestamp, type(uint40).max);
        }
        within("clocks", clocks.rest(), 0, 0);
    }

    /// @dev A discount and the level it begins at go together.
    function _checkMembers(TermsClocks clocks) private pure {
        bool discounted = clocks.memberLevel() != 0;
        within("buyerLevel", clocks.buyerLevel(), 0, MAX_LEVEL);
        within("memberLevel", clocks.memberLevel(), 0, MAX_LEVEL);
        within(
            "memberDiscountBps",
            clocks.memberDiscountBps(),
            discounted ? 1 : 0,
            discounted ? MAX_MEMBER_DISCOUNT_BPS : 0
        );
    }

    /// @dev Reverts with the field unless min <= found <= max.
    function within(bytes32 field, uint256 found, uint256 min, uint256 max) internal pure {
        require(found >= min && found <= max, IMarket.MarketBadTerm(field, found, min, max));
    }
}
