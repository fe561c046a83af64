// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Terms} from "./MarketTypes.sol";

/// @title ICourtArbiter
/// @notice An arbiter for terms that brings disputes before an ERC-792 court and carries its ruling to the Market.
/// @dev It is an arbiter like any other: the Market neither knows nor calls it, and holds every clock against it. A court that
/// is dead, dearer than thought, or calls back in between can only be late; then the backup rules, or the holder is refunded.
/// @dev The court chooses among 101 answers: n means that (n - 1) % goes to the buyer; 0 means that it rules nothing.
/// @dev Trusts the court with its rulings, and with nothing else.
interface ICourtArbiter {
    /// @notice Raised when there is no contract at an address where there must be one.
    error CourtNoCode(address account);

    /// @notice Raised when the terms name another arbiter.
    error CourtNotArbiter(address arbiter);

    /// @notice Raised when the order is not before the arbiter, or his time is over.
    error CourtNotDisputed(bytes32 key);

    /// @notice Raised when the dispute is before the court already.
    error CourtEscalatedBefore(bytes32 key);

    /// @notice Raised when the ETH sent is not exactly what the court asks now, wei.
    error CourtWrongCost(uint256 sent, uint256 cost);

    /// @notice Raised when somebody else than the court rules, or it rules on a dispute that is not open here.
    error CourtNoRuling(address caller, uint256 disputeId);

    /// @notice Raised when the court has not ruled on an order, or refused to.
    error CourtHasNotRuled(bytes32 key);

    /// @notice Raised when nothing is owed.
    error CourtNothingOwed(address payer, address currency);

    /// @notice A dispute is before the court.
    /// @param payer Who paid the court and gets the arbiter's fee in return, once the ruling is carried out.
    event CourtEscalated(bytes32 indexed key, uint256 indexed disputeId, address indexed payer, uint256 cost);

    /// @notice The court has ruled; `execute` carries it out.
    /// @param ruling 0 = nothing, n = (n - 1) % to the buyer.
    event CourtRuled(bytes32 indexed key, uint256 indexed disputeId, uint256 ruling);

    /// @notice Bring a dispute before the court. Anyone may, and pays it; DISPUTED, until ruleBy.
    /// @return disputeId As the court calls it.
    function escalate(
        Terms calldata terms,
        address holder,
        bytes32 ref
    ) external payable returns (uint256 disputeId);

    /// @notice Hear the court's ruling. Court only; ERC-792.
    function rule(uint256 disputeId, uint256 ruling) external;

    /// @notice Carry a ruling to the Market. Anyone may; within the arbiter's time.
    /// @dev The arbiter's fee is owed to whoever paid the court. A side that gives in before this call has saved its stake, and
    /// the payer goes without the fee: call it with the ruling.
    function execute(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Take out what is owed to you for paying the court, to any address.
    function withdraw(address currency, address to) external;

    /// @notice What is owed to a payer, smallest unit of the currency.
    function owedTo(address payer, address currency) external view returns (uint256 amount);

    /// @notice What a dispute costs now, wei.
    function cost() external view returns (uint256 wei_);
}
