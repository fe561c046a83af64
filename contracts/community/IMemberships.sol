// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IMemberships
/// @notice Opens the membership of a community, one for each, at an address that can be told beforehand.
interface IMemberships {
    /// @notice Raised when no community has this id.
    error MembershipsUnknownCommunity(uint64 id);

    /// @notice Raised when the community's membership is open.
    error MembershipsOpenAlready(uint64 id);

    /// @notice A community's membership is open.
    event MembershipOpened(uint64 indexed id, address indexed membership, address indexed token);

    /// @notice Open a community's membership. Anyone may call it: there is nothing to choose.
    /// @param id Of the community.
    /// @return membership Its address.
    function open(uint64 id) external returns (address membership);

    /// @notice Where a community's membership is, or will be. Reverts with MembershipsUnknownCommunity.
    function membershipOf(uint64 id) external view returns (address membership);

    /// @notice Is a community's membership open?
    function isOpen(uint64 id) external view returns (bool);

    /// @notice An account's level in a community now: 0 for who is no member, 1 for a member, 1 + n for one of tier n.
    /// @dev 0 while no membership is open. Reverts with MembershipsUnknownCommunity.
    /// @param id Of the community.
    /// @param account Whose.
    /// @return level At most MAX_LEVEL.
    function levelOf(uint64 id, address account) external view returns (uint256 level);

    /// @notice The highest level there can be.
    function MAX_LEVEL() external view returns (uint256 level);

    /// @notice The contract that every membership is a clone of.
    function MEMBERSHIP_IMPLEMENTATION() external view returns (address implementation);
}
