// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

/// @dev Tokens on their way back to a member, in one storage word.
struct Unlock {
    uint112 amount; // smallest unit; 0 once it was withdrawn or taken back
    uint40 availableAt; // unix time
}

/// @title IMembership
/// @notice A community's members: who locks its tokens holds a badge (ERC-5192), a tier, and votes (ERC-5805, ERC-6372 by time).
/// @dev A clone of one implementation for each community, made by Memberships; its constants stand behind its code. Votes are the
/// member's own until he delegates them. Badge, tier and votes end when an unlock is asked for, the tokens come after NOTICE:
/// nobody votes with tokens that he can already sell.
interface IMembership is IERC5805, IERC721 {
    /// @notice Raised on the implementation itself, which belongs to no community.
    error MembershipIsImplementation();

    /// @notice Raised when nothing would be locked, or nothing unlocked.
    error MembershipNothing();

    /// @notice Raised when more would be unlocked than the account has locked.
    /// @param amount What was asked for, smallest unit.
    /// @param active What is locked and counts, smallest unit.
    error MembershipNotLocked(address account, uint256 amount, uint256 active);

    /// @notice Raised when there is no such unlock, or it was withdrawn or taken back.
    error MembershipNoUnlock(address account, uint256 number);

    /// @notice Raised when the notice has not run out.
    /// @param availableAt Unix time.
    error MembershipTooEarly(uint256 availableAt);

    /// @notice Raised at every attempt to hand a badge on, or to allow somebody to.
    error MembershipNotTransferable();

    /// @notice Raised when nobody holds this badge.
    error MembershipNoBadge(uint256 badge);

    /// @notice Raised when the caller is not the steward of the community.
    error MembershipNotSteward(address caller);

    /// @notice Raised when the thresholds of tiers are more than MAX_TIERS, or do not rise from above 0.
    error MembershipBadTiers();

    /// @notice A badge can never be handed on (ERC-5192). Emitted with the Transfer that makes it.
    event Locked(uint256 badge);

    /// @notice Tokens were locked.
    /// @param amount Smallest unit.
    /// @param active All that this account has locked and that counts, smallest unit.
    event TokensLocked(address indexed account, uint256 amount, uint256 active);

    /// @notice An unlock was asked for; votes and tier have fallen.
    /// @param number Counts from 0 for each account.
    /// @param availableAt Unix time from which the tokens can be withdrawn.
    event UnlockRequested(
        address indexed account,
        uint256 indexed number,
        uint256 amount,
        uint256 active,
        uint256 availableAt
    );

    /// @notice An unlock was taken back; the tokens count again.
    event UnlockCancelled(address indexed account, uint256 indexed number, uint256 amount, uint256 active);

    /// @notice Tokens went back to a member.
    event TokensWithdrawn(address indexed account, uint256 indexed number, uint256 amount);

    /// @notice The thresholds of the tiers, smallest unit, from the first tier on.
    event TiersSet(uint112[] thresholds);

    /// @notice Lock tokens: a badge with the first ones, and as many votes. This contract must have been allowed to take them.
    /// @param amount Smallest unit; not 0.
    function lock(uint256 amount) external;

    /// @notice The same with an ERC-2612 permit instead of an allowance. A permit that was used already does no harm.
    /// @param amount Smallest unit; the permit's value too.
    /// @param deadline Unix time.
    function lockWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Ask for tokens back. They stop counting now, and can be withdrawn after NOTICE.
    /// @param amount Smallest unit; not 0.
    /// @return number Of this unlock, from 0 for each account.
    function requestUnlock(uint256 amount) external returns (uint256 number);

    /// @notice Take an unlock back before it was withdrawn; the tokens count again from now.
    /// @param number Own unlock.
    function cancelUnlock(uint256 number) external;

    /// @notice Send unlocked tokens to their member. Anyone may call it.
    /// @param account Whose.
    /// @param number Which unlock.
    function withdraw(address account, uint256 number) external;

    /// @notice Set the thresholds of the tiers. Steward only.
    /// @param thresholds Smallest unit, strictly rising, above 0, at most MAX_TIERS; none = everybody is in tier 0.
    function setTiers(uint112[] calldata thresholds) external;

    /// @notice What an account has locked and counts, smallest unit.
    function activeOf(address account) external view returns (uint256 amount);

    /// @notice How many thresholds an account's locked tokens reach; 0 for everybody else.
    function tierOf(address account) external view returns (uint256 tier);

    /// @notice The thresholds of the tiers, smallest unit.
    function tiers() external view returns (uint112[] memory thresholds);

    /// @notice An unlock. Reverts when there never was one of this number.
    function unlockOf(address account, uint256 number) external view returns (Unlock memory unlock);

    /// @notice How many unlocks an account has ever asked for.
    function unlockCount(address account) external view returns (uint256 count);

    /// @notice How many accounts hold a badge.
    function memberCount() external view returns (uint256 count);

    /// @notice All that is locked and counts, smallest unit.
    function totalActive() external view returns (uint256 amount);

    /// @notice The badge that an account holds, or would hold: its address as a number.
    function badgeOf(address account) external pure returns (uint256 badge);

    /// @notice Is this badge bound to its holder? Always true (ERC-5192). Reverts when nobody holds it.
    function locked(uint256 badge) external view returns (bool);

    /// @notice The community whose members these are.
    function communityId() external view returns (uint64 id);

    /// @notice The community's token.
    function token() external view returns (address found);

    /// @notice Seconds from an unlock's request until its tokens can be withdrawn.
    function NOTICE() external view returns (uint256 duration);

    /// @notice Most tiers that a community can have.
    function MAX_TIERS() external view returns (uint256 count);
}
