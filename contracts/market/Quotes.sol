// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityRegistry, Rates} from "../community/ICommunityRegistry.sol";
import {IMemberships} from "../community/IMemberships.sol";
import {IMarket} from "./IMarket.sol";
import {Quote, Terms} from "./MarketTypes.sol";

/// @title Quotes
/// @notice What one unit costs whom now, and what is taken of it. Members are asked for only where terms or rates name them.
library Quotes {
    /// @dev Whom to ask.
    struct Sources {
        address registry; // the CommunityRegistry
        address memberships; // the Memberships
    }

    uint256 private constant BPS = 10_000;
    uint256 private constant PERCENT = 100;

    /// @dev Is the price the same for everybody, and all of the commission taken? So it is with most sales.
    function isPlain(Terms calldata terms, Rates memory rates) internal pure returns (bool) {
        return
            terms.clocks.buyerLevel() | terms.clocks.memberLevel() | rates.tokenWaiver | rates.memberWaiver == 0;
    }

    /// @dev What a plain sale costs.
    function plain(Terms calldata terms, Rates memory rates) internal pure returns (Quote memory) {
        return Quote(terms.unitPrice, rates.platformFeeBps, rates.communityFeeBps);
    }

    /// @dev See IMarket.quoteFor. The rates are those of the terms' community.
    function quote(
        Sources memory sources,
        Terms calldata terms,
        address holder,
        Rates memory rates
    ) internal view returns (Quote memory) {
        return
            Quote(
                _unitPrice(sources, terms, holder),
                rates.platformFeeBps,
                rates.communityFeeBps - _waivedBps(sources, terms, rates)
            );
    }

    /// @dev The rates of a community's market, as the registry says now.
    function ratesOf(Sources memory sources, uint64 communityId) internal view returns (Rates memory) {
        return ICommunityRegistry(sources.registry).ratesOf(communityId);
    }

    /// @dev The price of one unit for members, rounded up and never 0; the full one where there is no discount.
    function memberPrice(Terms calldata terms) internal pure returns (uint256) {
        return terms.unitPrice - (uint256(terms.unitPrice) * terms.clocks.memberDiscountBps()) / BPS;
    }

    /// @dev What this holder pays for one unit. Reverts when he may not buy at all.
    function _unitPrice(
        Sources memory sources,
        Terms calldata terms,
        address holder
    ) private view returns (uint256) {
        (uint8 buyerLevel, uint8 memberLevel) = (terms.clocks.buyerLevel(), terms.clocks.memberLevel());
        if (buyerLevel | memberLevel == 0) return terms.unitPrice;
        uint256 level = IMemberships(sources.memberships).levelOf(terms.rules.communityId(), holder);
        require(level >= buyerLevel, IMarket.MarketMembersOnly(holder, level, buyerLevel));
        return level >= memberLevel ? memberPrice(terms) : terms.unitPrice; // without a level there is no discount
    }

    /// @dev What is waived of the community's commission, rounded down. Of two waivers the larger one counts.
    function _waivedBps(
        Sources memory sources,
        Terms calldata terms,
        Rates memory rates
    ) private view returns (uint16) {
        uint64 communityId = terms.rules.communityId();
        uint256 waiver = 0;
        if (rates.tokenWaiver != 0 && terms.currency == ICommunityRegistry(sources.registry).tokenOf(communityId)) {
            waiver = rates.tokenWaiver;
        }
        if (rates.memberWaiver > waiver && IMemberships(sources.memberships).levelOf(communityId, terms.seller) != 0) {
            waiver = rates.memberWaiver;
        }
        return uint16((rates.communityFeeBps * waiver) / PERCENT); // at most all of it
    }
}
