// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICredits} from "../money/ICredits.sol";

/// @dev What a steward says to open a claim phase. Every later call passes it again and is checked by its hash, the phase's
/// key: nothing of it can change. Token amounts are in the token's smallest unit (18 decimals).
struct Phase {
    address token; // the community's
    uint64 communityId;
    uint32 number; // the community's phases count from 1, in the order in which they are opened
    uint40 start; // unix time: the first second of claiming
    uint40 end; // unix time: the last second of claiming; > start, at most MAX_AHEAD from the opening
    uint112 supply; // set aside for this phase out of what the community reserved for claims; not 0
    uint112 limit; // most that one account may claim; 0 = no bound but the supply and the list
    uint128 price; // smallest unit of the currency for a whole token (1e18 smallest units); 0 = free
    address currency; // token address, or 0 for ETH; not the community's own token
    bytes32 merkleRoot; // root of the list of who may claim how much; 0 = open to everybody
}

/// @title IClaims
/// @notice Hands out the tokens that a community reserved for claims, phase by phase: to a list or to everybody, free or for
/// a price.
/// @dev One contract for all communities; a community names it at its opening. What a phase can still give is set aside for
/// it when it opens, so no claim fails because another phase was faster. Proceeds are credited to the community's account.
/// @dev The list is a Merkle tree in OpenZeppelin's standard form, its leaf types being (address token, uint32 number,
/// address account, uint256 allowance): a proof fits one phase of one community.
/// @dev Trusts the registry and the tokens that it made. A currency may be any ERC-20: it is called last, measured, and can
/// harm nobody but who chose it.
interface IClaims is ICredits {
    /// @notice Raised when the registry's address holds no contract.
    error ClaimsNoCode(address registry);

    /// @notice Raised when the caller is not the steward of the phase's community.
    error ClaimsNotSteward(uint64 communityId, address caller);

    /// @notice Raised when the token is not the community's.
    error ClaimsUnknownToken(address token, uint64 communityId);

    /// @notice Raised when the community named another contract for claims, or none (0).
    error ClaimsNotNamed(address token, address claims);

    /// @notice Raised when a phase is not opened under the community's next number.
    error ClaimsWrongNumber(uint256 number, uint256 next);

    /// @notice Raised when a phase would end before it starts or before now, or later than allowed. Unix times.
    error ClaimsBadTimes(uint256 start, uint256 end, uint256 latestEnd);

    /// @notice Raised when a currency is the community's own token, or no contract.
    error ClaimsBadCurrency(address currency);

    /// @notice Raised when a phase asks for nothing, or for more than is left of what the community reserved for claims.
    /// @param supply What it asks for, smallest unit.
    /// @param left What no phase has, smallest unit.
    error ClaimsReserveExceeded(uint256 supply, uint256 left);

    /// @notice Raised when no phase with this key is open: it never was, or it is closed.
    error ClaimsNotOpen(bytes32 key);

    /// @notice Raised when it is too early or too late to claim. Unix times.
    error ClaimsNotNow(uint256 start, uint256 end, uint256 timestamp);

    /// @notice Raised when the proof does not show that the phase's list gives the account this allowance.
    error ClaimsNotListed(address account, uint256 allowance);

    /// @notice Raised when an account would claim more in a phase than it may.
    /// @param amount What it asks for, smallest unit.
    /// @param left What it may still claim, smallest unit.
    error ClaimsTooMuch(address account, uint256 amount, uint256 left);

    /// @notice Raised when nothing is claimed, or more than the phase has left.
    error ClaimsSoldOut(uint256 amount, uint256 left);

    /// @notice Raised when a claim costs more than the caller's bound, smallest unit of the currency.
    error ClaimsCostTooHigh(uint256 cost, uint256 maxCost);

    /// @notice A phase is open: its supply is set aside for it.
    /// @param key keccak256 of the phase; every claim and the closing carry it.
    /// @param token The community's token.
    /// @param steward Who opened it.
    /// @param phase All that the steward said.
    event ClaimPhaseOpened(bytes32 indexed key, address indexed token, address indexed steward, Phase phase);

    /// @notice A phase is closed; what it did not give can be used by later ones.
    /// @param key The phase's.
    /// @param caller Who closed it.
    /// @param left What goes back, smallest unit; may be 0.
    event ClaimPhaseClosed(bytes32 indexed key, address indexed caller, uint256 left);

    /// @notice An account has claimed tokens. The token's Transfer from 0 stands beside it.
    /// @param key The phase's.
    /// @param account Whose claim: it counts against this account's bound.
    /// @param to Who received the tokens.
    /// @param amount Smallest unit of the token; not 0.
    /// @param cost What was paid, smallest unit of the phase's currency.
    event TokensClaimed(bytes32 indexed key, address indexed account, address to, uint256 amount, uint256 cost);

    /// @notice Open a phase. Only the community's steward, for the community's own token, out of what was reserved for
    /// claims when the community was opened.
    /// @dev The number is part of each leaf of the list, and makes a second opening of the same phase fail.
    /// @param phase See Phase.
    /// @return key keccak256 of the phase.
    function openPhase(Phase calldata phase) external returns (bytes32 key);

    /// @notice Close a phase and give back what it has left. The steward at any time, anyone after its end.
    /// @param phase As it was opened.
    /// @return left What goes back, smallest unit.
    function closePhase(Phase calldata phase) external returns (uint256 left);

    /// @notice Claim tokens in a phase, for the caller's own account.
    /// @dev With a price in ETH the value sent must be exactly the cost, otherwise 0; a token is taken by allowance.
    /// @param phase As it was opened.
    /// @param amount Smallest unit of the token; not 0.
    /// @param allowance What the list says that the caller may claim in all; not looked at in a phase without a list.
    /// @param proof That the list says so; not looked at in a phase without a list.
    /// @param maxCost Most that the caller pays, smallest unit of the currency.
    /// @param to Who receives the tokens; not 0.
    /// @return cost What was paid, smallest unit of the currency.
    function claim(
        Phase calldata phase,
        uint256 amount,
        uint256 allowance,
        bytes32[] calldata proof,
        uint256 maxCost,
        address to
    ) external payable returns (uint256 cost);

    /// @notice What an open phase can still give, smallest unit.
    /// @param key The phase's.
    /// @return isOpen Was it opened and not closed? It may be before its start or after its end.
    /// @return left Smallest unit; 0 if it is not open.
    function stateOf(bytes32 key) external view returns (bool isOpen, uint256 left);

    /// @notice What an account has claimed in a phase, smallest unit.
    function claimedOf(bytes32 key, address account) external view returns (uint256 amount);

    /// @notice How many phases a community's token has had, and what they hold of its reserve.
    /// @return phaseCount The newest has this number.
    /// @return allotted What open phases can still give and all phases have given, smallest unit.
    function bookOf(address token) external view returns (uint32 phaseCount, uint256 allotted);

    /// @notice What a claim costs, smallest unit of the currency. Rounds up, so that no amount is free by its smallness.
    /// @param amount Smallest unit of the token, at most 2^112 - 1.
    /// @param price Smallest unit of the currency for a whole token.
    function costOf(uint256 amount, uint128 price) external pure returns (uint256 cost);

    /// @notice The key of a phase, open or not.
    function keyOf(Phase calldata phase) external pure returns (bytes32 key);

    /// @notice The leaf of a phase's list that gives an account an allowance; hashed twice.
    function leafOf(
        address token,
        uint32 number,
        address account,
        uint256 allowance
    ) external pure returns (bytes32 leaf);

    /// @notice How far ahead a phase may end, seconds.
    function MAX_AHEAD() external view returns (uint256);

    /// @notice The registry whose communities this contract serves.
    function REGISTRY() external view returns (address);
}
