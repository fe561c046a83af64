// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ICourtArbiter} from "./ICourtArbiter.sol";
import {IMarket} from "./IMarket.sol";
import {Order, State, Terms} from "./MarketTypes.sol";

/// @title CourtArbiter
/// @notice Brings disputes before one ERC-792 court. Has no owner; holds no money but fees that the Market owes it.
contract CourtArbiter is ICourtArbiter {

    using SafeERC20 for IERC20;

    uint256 private constant CHOICES = 101;
    uint256 private constant BPS_PER_CHOICE = 100;

    IMarket public immutable MARKET;
    IArbitrator public immutable COURT;

    bytes private _extraData;
    mapping(bytes32 key => address payer) private _payers; // who brought it before the court; 0 = nobody yet
    mapping(uint256 disputeId => bytes32 key) private _keys;
    mapping(bytes32 key => uint256 ruling) private _rulings;
    mapping(address payer => mapping(address currency => uint256 amount)) private _owed;

    /// @param extraData What the court wants to know of its own settings, such as a subcourt.
    constructor(IMarket market, IArbitrator court, bytes memory extraData) {
        require(address(market).code.length != 0, CourtNoCode(address(market)));
        require(address(court).code.length != 0, CourtNoCode(address(court)));
        MARKET = market;
        COURT = court;
        _extraData = extraData;
    }

    /// @inheritdoc ICourtArbiter
    function escalate(
        Terms calldata terms,
        address holder,
        bytes32 ref
    ) external payable returns (uint256 disputeId) {
        require(terms.arbiter == address(this), CourtNotArbiter(terms.arbiter));
        bytes32 key = _keyOf(terms, holder, ref);
        Order memory order = MARKET.orderOf(key);
        require(order.state == State.DISPUTED && block.timestamp <= order.clock, CourtNotDisputed(key));
        require(_payers[key] == address(0), CourtEscalatedBefore(key));
        _payers[key] = msg.sender;
        uint256 asked = cost();
        require(msg.value == asked, CourtWrongCost(msg.value, asked));
        disputeId = COURT.createDispute{value: asked}(CHOICES, _extraData);
        _keys[disputeId] = key;
        emit CourtEscalated(key, disputeId, msg.sender, asked);
    }

    /// @inheritdoc ICourtArbiter
    function rule(uint256 disputeId, uint256 ruling) external {
        bytes32 key = _keys[disputeId];
        require(
            msg.sender == address(COURT) && key != 0 && ruling <= CHOICES,
            CourtNoRuling(msg.sender, disputeId)
        );
        delete _keys[disputeId];
        _rulings[key] = ruling;
        emit CourtRuled(key, disputeId, ruling);
    }

    /// @inheritdoc ICourtArbiter
    function execute(Terms calldata terms, address holder, bytes32 ref) external {
        bytes32 key = _keyOf(terms, holder, ref);
        uint256 ruling = _rulings[key];
        require(ruling != 0, CourtHasNotRuled(key));
        delete _rulings[key];
        uint256 before = MARKET.creditOf(address(this), terms.currency);
        MARKET.rule(terms, holder, ref, uint16((ruling - 1) * BPS_PER_CHOICE)); // at most 10 000
        uint256 fee = MARKET.creditOf(address(this), terms.currency) - before;
        _owed[_payers[key]][terms.currency] += fee;
    }

    /// @inheritdoc ICourtArbiter
    function withdraw(address currency, address to) external {
        uint256 amount = _owed[msg.sender][currency];
        require(amount != 0, CourtNothingOwed(msg.sender, currency));
        _owed[msg.sender][currency] = 0;
        // anybody may have pushed our credit in a token to this address
        uint256 credit = MARKET.creditOf(address(this), currency);
        uint256 there = credit < amount ? credit : amount;
        if (there != 0) MARKET.withdraw(currency, to, there);
        if (there != amount) IERC20(currency).safeTransfer(to, amount - there);
    }

    /// @inheritdoc ICourtArbiter
    function owedTo(address payer, address currency) external view returns (uint256 amount) {
        return _owed[payer][currency];
    }

    /// @inheritdoc ICourtArbiter
    function cost() public view returns (uint256 wei_) {
        return COURT.arbitrationCost(_extraData);
    }

    function _keyOf(Terms calldata terms, address holder, bytes32 ref) private view returns (bytes32) {
        return MARKET.keyOf(MARKET.listingIdOf(terms), holder, ref);
    }
}
