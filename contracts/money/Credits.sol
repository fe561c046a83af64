// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ICredits, Payout} from "./ICredits.sol";
import {Permit} from "./Permit.sol";
import {SplitAccount} from "./SplitAccount.sol";

/// @title Credits
/// @notice The pull-payment ledger that every contract of the market that holds money inherits.
abstract contract Credits is ICredits, ReentrancyGuard {
    using SafeERC20 for IERC20;

    /// @dev ETH, where a currency is named.
    address internal constant ETH = address(0);

    mapping(address account => mapping(address currency => uint256 amount)) private _credits;

    /// @inheritdoc ICredits
    function withdraw(address currency, address to, uint256 amount) external {
        _withdraw(msg.sender, currency, to, amount);
    }

    /// @inheritdoc ICredits
    function withdrawFrom(address account, address currency, address to, uint256 amount) external {
        require(_answersFor(msg.sender, account), CreditsNotOwner(msg.sender, account));
        _withdraw(account, currency, to, amount);
    }

    /// @inheritdoc ICredits
    function push(address account, address currency) external returns (uint256 amount) {
        bool keyless = CommunityAccount.isCommunity(account) || SplitAccount.isSplit(account);
        require(!keyless, CreditsNoPush(account));
        amount = _credits[account][currency];
        _withdraw(account, currency, account, amount);
    }

    /// @inheritdoc ICredits
    function creditOf(address account, address currency) external view returns (uint256 amount) {
        return _credits[account][currency];
    }

    /// @dev May `caller` take money out of `account`? A contract that knows stewards overrides it for communities' accounts.
    function _answersFor(address caller, address account) internal view virtual returns (bool) {
        return caller == account;
    }

    /// @dev Owes each account its amount and announces all of it in one event. Amounts of 0 must have been left out.
    function _addCredits(bytes32 source, address currency, Payout[] memory payouts) internal {
        for (uint256 i = 0; i < payouts.length; ++i) {
            _credits[payouts[i].account][currency] += payouts[i].amount;
        }
        emit CreditsAdded(source, currency, payouts);
    }

    /// @dev Money at neither of these addresses could be taken out again.
    function _checkRecipient(address to) internal view {
        require(to != address(0) && to != address(this), CreditsBadRecipient(to));
    }

    /// @dev Takes exactly `amount` of the currency from the caller into this contract. Call it last: a token may call back.
    function _collect(address currency, uint256 amount) internal {
        uint256 due = currency == ETH ? amount : 0;
        require(msg.value == due, CreditsWrongValue(msg.value, due));
        if (currency != ETH && amount != 0) _pull(IERC20(currency), amount);
    }

    /// @dev Tries a permit of the caller. Somebody may have submitted it before us; then it fails and the allowance stands
    /// all the same.
    function _permit(address token, Permit calldata permit) internal nonReentrant {
        try
            IERC20Permit(token).permit(
                msg.sender,
                address(this),
                permit.value,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {}
    }

    /// @dev Measures what arrives. The lock keeps a token's call-back from having one arrival counted twice.
    function _pull(IERC20 token, uint256 amount) internal nonReentrant {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 held = token.balanceOf(address(this));
        uint256 received = held > before ? held - before : 0;
        // slither-disable-next-line incorrect-equality what was asked, to the unit, or nothing
        require(received == amount, CreditsTokenDeliveredLess(address(token), received, amount));
    }

    /// @dev Sends money out of this contract. Call it last, when all is written: whoever receives may call back.
    function _give(address currency, address to, uint256 amount) internal {
        if (currency != ETH) return _send(IERC20(currency), to, amount);
        // ETH needs no lock: all is written, and whoever is called can only do what he could do anyway.
        // slither-disable-next-line low-level-calls a contract wallet may need more than 2 300 gas to receive
        (bool delivered, ) = to.call{value: amount}("");
        require(delivered, CreditsEthRefused(to, amount));
    }

    /// @dev Checks, writes, announces, and only then calls out.
    function _withdraw(address account, address currency, address to, uint256 amount) private {
        uint256 owed = _credits[account][currency];
        require(amount != 0 && amount <= owed, CreditsNotEnough(account, amount, owed));
        _checkRecipient(to);
        _credits[account][currency] = owed - amount;
        emit CreditWithdrawn(account, currency, to, amount);
        _give(currency, to, amount);
    }

    /// @dev Under the lock, so that no withdrawal happens while an arrival is measured.
    function _send(IERC20 token, address to, uint256 amount) private nonReentrant {
        token.safeTransfer(to, amount);
    }
}
