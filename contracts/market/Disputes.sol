// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Payout} from "../money/ICredits.sol";
import {Bonds} from "./Bonds.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {Endings} from "./Endings.sol";
import {IMarket} from "./IMarket.sol";
import {LastOffers} from "./LastOffers.sol";
import {Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Disputes
/// @notice The way to the arbiter, and his ruling.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Disputes {
    using OrderFlags for uint8;

    /// @dev Time for the seller to answer a dispute.
    uint40 internal constant STAKE_FOR = 3 days;

    uint256 private constant MAX_EVIDENCE_URI_BYTES = 256;

    /// @dev See IMarket.dispute. Gives what the caller has to pay.
    function dispute(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        string calldata uri,
        bytes32 hash
    ) external returns (uint256 due) {
        address holder = Checks.holderOf(book, at);
        Checks.only(holder);
        Order storage order = Checks.orderIn(book, at, State.DELIVERED);
        Checks.inTime(order.clock);
        _announceEvidence(terms, at.key, uri, hash);
        if (order.flags.has(OrderFlags.FINAL_OFFER)) {
            (uint128 holders, uint128 sellers) = LastOffers.freeze(book, at.key, order.amount);
            emit IMarket.FinalOffersFrozen(at.key, holders, sellers);
        }
        uint256 fee = terms.arbiterFee;
        // who sends ETH with the call means to pay with it
        if (msg.value != 0 || !Bonds.takeIfEnough(book, holder, terms.currency, at.key, fee)) due = fee;
        if (Bonds.takeIfEnough(book, terms.seller, terms.currency, at.key, fee)) {
            _open(terms, at.key, order);
        } else {
            uint40 stakeBy = Checks.fromNow(STAKE_FOR);
            order.state = State.CONTESTED;
            order.clock = stakeBy;
            emit IMarket.OrderContested(at.key, stakeBy);
        }
    }

    /// @dev See IMarket.stake. Gives what the caller has to pay.
    function stake(Book storage book, Place memory at, Terms calldata terms) external returns (uint256 due) {
        Order storage order = Checks.orderIn(book, at, State.CONTESTED);
        Checks.inTime(order.clock);
        uint256 fee = terms.arbiterFee;
        bool fromBond = msg.sender == terms.seller && msg.value == 0;
        if (!fromBond || !Bonds.takeIfEnough(book, terms.seller, terms.currency, at.key, fee)) due = fee;
        _open(terms, at.key, order);
    }

    /// @dev See IMarket.submitEvidence.
    function submitEvidence(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        string calldata uri,
        bytes32 hash
    ) external {
        Checks.isHolder(book, at, terms);
        State state = book.orders[at.key].state;
        require(state == State.CONTESTED || state == State.DISPUTED, IMarket.MarketWrongState(at.key, state));
        _announceEvidence(terms, at.key, uri, hash);
    }

    /// @dev See IMarket.rule. Gives no payouts for a finished order.
    function rule(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint16 bpsToBuyer
    ) external returns (Payout[] memory) {
        if (msg.sender != terms.backupArbiter) Checks.only(terms.arbiter);
        require(bpsToBuyer <= Endings.BPS, IMarket.MarketBadRuling(bpsToBuyer));
        Order storage order = book.orders[at.key];
        State state = order.state;
        if (state >= State.COMPLETED) return new Payout[](0);
        require(state == State.DISPUTED, IMarket.MarketWrongState(at.key, state));
        if (msg.sender == terms.arbiter) {
            Checks.inTime(order.clock);
        } else {
            Checks.overdue(order.clock);
            Checks.inTime(Checks.lastRuleBy(terms, order.clock));
        }
        return _resolve(book, at, terms, bpsToBuyer);
    }

    /// @dev The money is divided; the arbiter's fee comes out of both stakes as each side lost, the rest goes back.
    function _resolve(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint16 bpsToBuyer
    ) private returns (Payout[] memory) {
        Order storage order = book.orders[at.key];
        uint256 amount = order.amount;
        uint256 toHolder = (amount * bpsToBuyer) / Endings.BPS;
        uint256 holderStake = (uint256(terms.arbiterFee) * bpsToBuyer) / Endings.BPS;
        Endings.finish(book, at, terms, State.RESOLVED, false);
        emit IMarket.OrderResolved(at.key, msg.sender, bpsToBuyer);
        if (order.flags.has(OrderFlags.FINAL_OFFER)) {
            toHolder = LastOffers.nearer(book.asides[at.key], amount, bpsToBuyer);
            holderStake = (uint256(terms.arbiterFee) * toHolder) / amount; // an open order holds money
            emit IMarket.FinalOfferPicked(at.key, uint128(toHolder)); // at most the amount
        }
        Endings.Division memory division = Endings.Division({
            toHolder: toHolder + holderStake,
            gross: amount - toHolder,
            toSeller: terms.arbiterFee - holderStake,
            toArbiter: terms.arbiterFee,
            arbiter: msg.sender
        });
        return Endings.payouts(book, at, terms, division);
    }

    /// @dev A dispute is for the arbiter now.
    function _open(Terms calldata terms, bytes32 key, Order storage order) private {
        uint40 ruleBy = Checks.fromNow(terms.clocks.ruleFor());
        order.state = State.DISPUTED;
        order.clock = ruleBy;
        emit IMarket.OrderDisputed(key, ruleBy);
    }

    function _announceEvidence(Terms calldata terms, bytes32 key, string calldata uri, bytes32 hash) private {
        uint256 length = bytes(uri).length;
        require(
            length <= MAX_EVIDENCE_URI_BYTES,
            IMarket.MarketEvidenceTooLong(length, MAX_EVIDENCE_URI_BYTES)
        );
        emit IMarket.Evidence(terms.arbiter, uint256(key), msg.sender, uri, hash);
    }
}
