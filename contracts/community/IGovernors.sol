// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev How a community decides, fixed when its governor is opened. Times in seconds, votes in the token's smallest unit.
struct GovernorParams {
    uint32 votingDelay; // from the proposal to the second at which votes are counted
    uint32 votingPeriod; // from then to the end of voting
    uint32 timelockDelay; // from a vote that was won to the first second in which it can be carried out
    uint16 quorumBps; // least share of all locked tokens that must vote for or abstain, basis points, rounded up
    uint112 quorumFloor; // least votes that must vote for or abstain, however little is locked; not 0
    uint112 proposalThreshold; // least votes of whoever proposes
    uint32 minMembers; // least members that there must be when something is proposed; not 0
    uint40 vetoUntil; // unix time from which the founder can no longer cancel proposals
}

/// @dev What stands behind a governor's code.
struct GovernorArgs {
    uint64 communityId;
    address membership;
    address founder; // the steward who opened it: may cancel proposals until vetoUntil, and nothing else
    GovernorParams params;
}

/// @title IGovernors
/// @notice Opens a governor and its timelock for a community: two clones that decide and hold for it, once it is handed over.
interface IGovernors {
    /// @notice Raised when the caller is not the community's steward.
    error GovernorsNotSteward(uint64 id, address caller);

    /// @notice Raised when the community has no membership yet, so that nobody could vote.
    error GovernorsNoMembership(uint64 id);

    /// @notice Raised when a parameter is outside of its bounds.
    /// @param field Its name, left-aligned.
    error GovernorsBadParam(bytes32 field, uint256 value, uint256 min, uint256 max);

    /// @notice A governor is open. The newest one of a community is the one that counts; the stewardship tells who rules.
    event GovernorOpened(
        uint64 indexed id,
        address indexed governor,
        address indexed timelock,
        address founder,
        GovernorParams params
    );

    /// @notice Open a governor and its timelock. Steward only; a governed community does it by a proposal.
    /// @param id Of the community; its membership must be open.
    /// @param params See GovernorParams; nobody can change them.
    function open(uint64 id, GovernorParams calldata params) external returns (address governor, address timelock);

    /// @notice A community's newest governor; 0 if it has none.
    function governorOf(uint64 id) external view returns (address governor);

    /// @notice The timelock of a community's newest governor; 0 if it has none.
    function timelockOf(uint64 id) external view returns (address timelock);

    /// @notice The contract that every governor is a clone of.
    function GOVERNOR_IMPLEMENTATION() external view returns (address implementation);

    /// @notice The contract that every timelock is a clone of.
    function TIMELOCK_IMPLEMENTATION() external view returns (address implementation);
}
