// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {CommunityGovernor} from "./CommunityGovernor.sol";
import {CommunityTimelock} from "./CommunityTimelock.sol";
import {ICommunityRegistry} from "./ICommunityRegistry.sol";
import {GovernorArgs, GovernorParams, IGovernors} from "./IGovernors.sol";
import {IMemberships} from "./IMemberships.sol";

/// @title Governors
/// @notice Clones a governor and a timelock for a community. Holds no money and cannot be upgraded.
/// @dev The longest times together, with the governor's own, are a membership's NOTICE: 3 + 10 + 2 + 3 + 7 + 5 = 30 days.
contract Governors is IGovernors {
    /// @notice Shortest and longest time before votes are counted.
    uint32 public constant MIN_VOTING_DELAY = 1 days;
    uint32 public constant MAX_VOTING_DELAY = 3 days;

    /// @notice Shortest and longest time of voting, without an extension.
    uint32 public constant MIN_VOTING_PERIOD = 2 days;
    uint32 public constant MAX_VOTING_PERIOD = 10 days;

    /// @notice Shortest and longest wait before what was won is carried out.
    uint32 public constant MIN_TIMELOCK_DELAY = 1 days;
    uint32 public constant MAX_TIMELOCK_DELAY = 7 days;

    /// @notice Largest share of all locked tokens that a quorum can ask for, basis points.
    uint16 public constant MAX_QUORUM_BPS = 5_000;

    /// @notice Longest veto of a founder, from the opening.
    uint40 public constant MAX_VETO = 730 days;

    ICommunityRegistry private immutable REGISTRY;
    IMemberships private immutable MEMBERSHIPS;

    /// @inheritdoc IGovernors
    address public immutable GOVERNOR_IMPLEMENTATION;

    /// @inheritdoc IGovernors
    address public immutable TIMELOCK_IMPLEMENTATION;

    /// @inheritdoc IGovernors
    mapping(uint64 id => address governor) public governorOf;

    /// @inheritdoc IGovernors
    mapping(uint64 id => address timelock) public timelockOf;

    /// @param registry Knows the communities' stewards.
    /// @param memberships Knows who votes in them.
    constructor(ICommunityRegistry registry, IMemberships memberships) {
        REGISTRY = registry;
        MEMBERSHIPS = memberships;
        GOVERNOR_IMPLEMENTATION = address(new CommunityGovernor());
        TIMELOCK_IMPLEMENTATION = address(new CommunityTimelock());
    }

    /// @inheritdoc IGovernors
    function open(uint64 id, GovernorParams calldata params) external returns (address governor, address timelock) {
        require(REGISTRY.stewardOf(id) == msg.sender, GovernorsNotSteward(id, msg.sender));
        require(MEMBERSHIPS.isOpen(id), GovernorsNoMembership(id));
        _check(params);
        GovernorArgs memory args = GovernorArgs(id, MEMBERSHIPS.membershipOf(id), msg.sender, params);
        governor = Clones.cloneWithImmutableArgs(GOVERNOR_IMPLEMENTATION, abi.encode(args));
        timelock = Clones.clone(TIMELOCK_IMPLEMENTATION);
        governorOf[id] = governor;
        timelockOf[id] = timelock;
        emit GovernorOpened(id, governor, timelock, msg.sender, params);
        CommunityTimelock(payable(timelock)).initialize(governor, params.timelockDelay);
        CommunityGovernor(payable(governor)).initialize(CommunityTimelock(payable(timelock)));
    }

    function _check(GovernorParams calldata params) private view {
        _within("votingDelay", params.votingDelay, MIN_VOTING_DELAY, MAX_VOTING_DELAY);
        _within("votingPeriod", params.votingPeriod, MIN_VOTING_PERIOD, MAX_VOTING_PERIOD);
        _within("timelockDelay", params.timelockDelay, MIN_TIMELOCK_DELAY, MAX_TIMELOCK_DELAY);
        _within("quorumBps", params.quorumBps, 0, MAX_QUORUM_BPS);
        _within("quorumFloor", params.quorumFloor, 1, type(uint112).max);
        _within("minMembers", params.minMembers, 1, type(uint32).max);
        _within("vetoUntil", params.vetoUntil, 0, block.timestamp + MAX_VETO);
    }

    function _within(bytes32 field, uint256 value, uint256 min, uint256 max) private pure {
        require(value >= min && value <= max, GovernorsBadParam(field, value, min, max));
    }
}
