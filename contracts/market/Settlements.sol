// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Payout} from "../money/ICredits.sol";
import {SignatureLib} from "../money/SignatureLib.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {Endings} from "./Endings.sol";
import {IMarket} from "./IMarket.sol";
import {Aside, Offer, State, Talks, Terms} from "./MarketTypes.sol";

/// @title Settlements
/// @notice Holder and seller agree how an open order's money is divided: by an offer that the other side accepts, or by
/// the other side's signature.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Settlements {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Dokkaebi Market");
    bytes32 private constant VERSION = keccak256("1");
    bytes32 private constant SETTLEMENT_TYPE =
        keccak256(
            "Settlement(bytes32 order,address holder,uint256 remaining,uint256 toHolder,bytes32 basis,uint256 sequence,uint256 deadline)"
        );

    /// @dev See IMarket.offerSettlement.
    function offer(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 expectedAmount,
        uint128 toHolder
    ) external {
        uint128 amount = Checks.expectedAmount(Checks.openOrder(book, at), expectedAmount);
        require(toHolder <= amount, IMarket.MarketBadAmount(toHolder, amount));
        Talks storage talks = book.talks[at.key];
        Offer storage own = Checks.isHolder(book, at, terms) ? talks.ofHolder : talks.ofSeller;
        own.basis = basisOf(book, at);
        own.toHolder = toHolder;
        emit IMarket.SettlementOffered(at.key, msg.sender, toHolder, ++talks.sequence);
    }

    /// @dev See IMarket.withdrawSettlement.
    function withdraw(Book storage book, Place memory at, Terms calldata terms) external {
        Checks.openOrder(book, at);
        Talks storage talks = book.talks[at.key];
        if (Checks.isHolder(book, at, terms)) delete talks.ofHolder;
        else delete talks.ofSeller;
        emit IMarket.SettlementWithdrawn(at.key, msg.sender, ++talks.sequence);
    }

    /// @dev See IMarket.acceptSettlement.
    function accept(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 toHolder
    ) external returns (Payout[] memory) {
        Checks.openOrder(book, at);
        Talks storage talks = book.talks[at.key];
        Offer storage other = Checks.isHolder(book, at, terms) ? talks.ofSeller : talks.ofHolder;
        require(
            other.basis == basisOf(book, at) && other.toHolder == toHolder,
            IMarket.MarketNoSuchOffer(at.key, toHolder)
        );
        return _settle(book, at, terms, toHolder);
    }

    /// @dev See IMarket.settleBySignature.
    function acceptSigned(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 toHolder,
        uint256 deadline,
        bytes calldata signature
    ) external returns (Payout[] memory) {
        uint128 amount = Checks.openOrder(book, at).amount;
        address holder = Checks.holderOf(book, at);
        address signer = Checks.isHolder(book, at, terms) ? terms.seller : holder;
        require(block.timestamp <= deadline, IMarket.MarketTooLate(deadline, block.timestamp));
        require(toHolder <= amount, IMarket.MarketBadAmount(toHolder, amount));
        bytes32 said = keccak256(
            abi.encode(
                SETTLEMENT_TYPE,
                at.key,
                holder,
                amount,
                toHolder,
                basisOf(book, at),
                book.talks[at.key].sequence,
                deadline
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _domain(), said));
        require(SignatureLib.isSignedBy(signer, digest, signature), IMarket.MarketBadSignature(signer));
        return _settle(book, at, terms, toHolder);
    }

    /// @dev Names the order as it is: no order is ever the same again after a change of state, clock, money or holder.
    function basisOf(Book storage book, Place memory at) public view returns (bytes32) {
        Aside storage aside = book.asides[at.key];
        return keccak256(abi.encode(at.key, book.orders[at.key], Checks.holderOf(book, at), aside.handovers));
    }

    function _settle(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 toHolder
    ) private returns (Payout[] memory) {
        Endings.Division memory division;
        (division.toHolder, division.toSeller) = Endings.stakes(terms, book.orders[at.key].state);
        division.toHolder += toHolder;
        division.gross = Endings.finish(book, at, terms, State.RESOLVED, false) - toHolder;
        emit IMarket.OrderSettled(at.key, msg.sender, toHolder);
        return Endings.payouts(book, at, terms, division);
    }

    /// @dev Made anew each time: were the chain's id of today kept, a chain that splits would accept the other's signatures.
    function _domain() private view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, NAME, VERSION, block.chainid, address(this)));
    }
}
