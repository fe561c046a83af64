// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title SplitDeposit
/// @notice The address of one split where a royalty or anybody's plain transfer can arrive. Keeps no books and knows nobody but
/// the Splits contract that made it.
contract SplitDeposit {
    /// @notice Raised when anybody but the Splits contract calls.
    error SplitDepositNotSplits(address caller);

    /// @notice Raised when the token refused to move, or Splits did not take the ETH.
    error SplitDepositRefused(address currency, uint256 amount);

    /// @notice The contract that made this one, and the only one to which anything goes.
    address public immutable SPLITS = msg.sender;

    /// @dev Empty, so that 2 300 gas are enough: some still pay royalties by `transfer`.
    receive() external payable {}

    /// @notice Hand an amount over to Splits, which measures what arrives: what a token answers is of no interest.
    /// @param currency Token address, or 0 for ETH.
    /// @param amount Smallest unit of the currency.
    function release(address currency, uint256 amount) external {
        require(msg.sender == SPLITS, SplitDepositNotSplits(msg.sender));
        // slither-disable-next-line low-level-calls the money goes to the contract that made this one, and is measured there
        (bool moved, ) = currency == address(0)
            ? SPLITS.call{value: amount}("")
            : currency.call(abi.encodeCall(IERC20.transfer, (SPLITS, amount)));
        require(moved, SplitDepositRefused(currency, amount));
    }
}
