// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev One account's share of a payout.
struct Payout {
    address account; // who is owed; a community's account is derived from its id
    uint256 amount; // smallest unit of the currency; never 0
}

/// @title ICredits
/// @notice A ledger of money that a contract owes, which each owner takes out by itself.
/// @dev Every contract that holds money inherits the implementation. Nobody is paid by a call in the middle of somebody
/// else's business, so a recipient that reverts, burns gas or is blocklisted hurts only itself.
/// @dev Warning: a currency whose balances move without transfers (rebasing) can leave fewer units than credits. That
/// harms holders of credits in this one currency, first come first served, and no other currency.
interface ICredits {
    /// @notice Raised when more is asked than is owed.
    /// @param account Whose credit was asked for.
    /// @param asked Smallest unit of the currency.
    /// @param owed Smallest unit of the currency.
    error CreditsNotEnough(address account, uint256 asked, uint256 owed);

    /// @notice Raised when the caller may not take money out of this account.
    error CreditsNotOwner(address caller, address account);

    /// @notice Raised when ETH could not be delivered; name another address that can receive it.
    error CreditsEthRefused(address to, uint256 amount);

    /// @notice Raised when a token moved less (or more) than was asked: taxed and rebasing tokens are not taken.
    error CreditsTokenDeliveredLess(address currency, uint256 received, uint256 asked);

    /// @notice Raised when the ETH sent is not exactly what is due; with a token it must be 0.
    error CreditsWrongValue(uint256 sent, uint256 due);

    /// @notice Raised when a push names an account that no key controls: a community's or a split's.
    error CreditsNoPush(address account);

    /// @notice Raised when money would go to the zero address or to this contract itself.
    error CreditsBadRecipient(address to);

    /// @notice Money has become withdrawable. Every increase of a credit is announced by this event and no other.
    /// @param source What it comes from: an order's key, for instance.
    /// @param currency Token address, or 0 for ETH.
    /// @param payouts Accounts and amounts; an account may appear more than once.
    event CreditsAdded(bytes32 indexed source, address indexed currency, Payout[] payouts);

    /// @notice Money has left the ledger. Every decrease of a credit is announced by this event and no other.
    /// @param account Whose credit shrank.
    /// @param currency Token address, or 0 for ETH.
    /// @param to Who received it.
    /// @param amount Smallest unit of the currency.
    event CreditWithdrawn(address indexed account, address indexed currency, address indexed to, uint256 amount);

    /// @notice Take out your own credit, to any address.
    /// @param currency Token address, or 0 for ETH.
    /// @param to Who receives it.
    /// @param amount Smallest unit of the currency; at most what is owed.
    function withdraw(address currency, address to, uint256 amount) external;

    /// @notice Take out the credit of an account that you answer for: your own, or your community's commission.
    /// @param account Whose credit.
    /// @param currency Token address, or 0 for ETH.
    /// @param to Who receives it.
    /// @param amount Smallest unit of the currency; at most what is owed.
    function withdrawFrom(address account, address currency, address to, uint256 amount) external;

    /// @notice Send somebody's whole credit to that same account. Anyone may call it.
    /// @dev Reverts if the account refuses the money; the credit stays.
    /// @param account Whose credit; not a community's or a split's account, since no key controls those addresses.
    /// @param currency Token address, or 0 for ETH.
    /// @return amount What was sent, smallest unit of the currency; not 0.
    function push(address account, address currency) external returns (uint256 amount);

    /// @notice What is owed to an account.
    /// @param account Whose credit.
    /// @param currency Token address, or 0 for ETH.
    /// @return amount Smallest unit of the currency.
    function creditOf(address account, address currency) external view returns (uint256 amount);
}
