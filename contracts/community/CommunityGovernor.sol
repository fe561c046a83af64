// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {GovernorUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/GovernorUpgradeable.sol";
import {TimelockControllerUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {GovernorCountingSimpleUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorCountingSimpleUpgradeable.sol";
import {GovernorPreventLateQuorumUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorPreventLateQuorumUpgradeable.sol";
import {GovernorTimelockControlUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorTimelockControlUpgradeable.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {GovernorArgs} from "./IGovernors.sol";
import {IMembership} from "./IMembership.sol";

/// @title CommunityGovernor
/// @notice The members of a community decide by votes; what they decide its timelock carries out.
/// @dev A clone whose constants stand behind its code. No proposal lives longer than a membership's NOTICE: whoever votes has
/// tokens at stake until all is done. Nothing about the rules can be changed, not even by a vote; members who want others open
/// another governor and hand it the stewardship.
contract CommunityGovernor is
    GovernorCountingSimpleUpgradeable,
    GovernorPreventLateQuorumUpgradeable,
    GovernorTimelockControlUpgradeable
{
    /// @notice Raised at every attempt to change the rules, or to act through the governor itself.
    error GovernorFixed();

    /// @notice Raised when too few have locked tokens for anything to be proposed.
    error GovernorTooFewMembers(uint256 members, uint256 min);

    /// @notice How much longer is voted when the quorum is reached at the end, seconds.
    uint48 public constant LATE_QUORUM_EXTENSION = 2 days;

    /// @notice How long a vote that was won can be queued, seconds.
    uint48 public constant QUEUE_WINDOW = 3 days;

    /// @notice How long what was queued can be executed after its delay, seconds.
    uint48 public constant EXECUTE_WINDOW = 5 days;

    uint256 private constant BPS = 10_000;

    address private immutable IMPLEMENTATION;

    /// @dev Keeps anybody from setting the implementation up.
    constructor() {
        IMPLEMENTATION = address(this);
        _disableInitializers();
    }

    /// @notice Name the timelock. Once.
    function initialize(TimelockControllerUpgradeable timelockAddress) external initializer {
        __GovernorTimelockControl_init(timelockAddress);
    }

    /// @notice Propose calls that the timelock shall make. Needs enough members, and enough votes of the caller.
    function propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description
    ) public override returns (uint256 proposalId) {
        GovernorArgs memory args = arguments();
        uint256 members = IMembership(args.membership).memberCount();
        require(members >= args.params.minMembers, GovernorTooFewMembers(members, args.params.minMembers));
        return super.propose(targets, values, calldatas, description);
    }

    /// @notice Always refused.
    function relay(address, uint256, bytes calldata) external payable override {
        revert GovernorFixed();
    }

    /// @notice Always refused.
    function updateTimelock(TimelockControllerUpgradeable) external pure override {
        revert GovernorFixed();
    }

    /// @notice Always refused.
    function setLateQuorumVoteExtension(uint48) public pure override {
        revert GovernorFixed();
    }

    /// @notice What was fixed when the governor was opened.
    function arguments() public view returns (GovernorArgs memory args) {
        require(address(this) != IMPLEMENTATION, GovernorFixed());
        return abi.decode(Clones.fetchCloneArgs(address(this)), (GovernorArgs));
    }

    /// @notice The name in the domain of signed votes.
    function name() public pure override returns (string memory) {
        return "CommunityGovernor";
    }

    /// @notice Whose votes count: the community's membership.
    function token() external view returns (address membership) {
        return arguments().membership;
    }

    /// @notice Time by which votes are counted: seconds.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp); // fits for nine million years
    }

    /// @notice How to read clock (ERC-6372).
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice From the proposal to the second at which votes are counted, seconds.
    function votingDelay() public view override returns (uint256) {
        return arguments().params.votingDelay;
    }

    /// @notice From then to the end of voting, seconds.
    function votingPeriod() public view override returns (uint256) {
        return arguments().params.votingPeriod;
    }

    /// @notice Least votes of whoever proposes, smallest unit.
    function proposalThreshold() public view override returns (uint256) {
        return arguments().params.proposalThreshold;
    }

    /// @notice How much longer is voted when the quorum is reached at the end, seconds.
    function lateQuorumVoteExtension() public pure override returns (uint48) {
        return LATE_QUORUM_EXTENSION;
    }

    /// @notice Votes for and abstentions that a proposal needs: a share of all that was locked, and never less than the floor.
    /// @param timepoint Unix time, past.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        GovernorArgs memory args = arguments();
        uint256 locked = IMembership(args.membership).getPastTotalSupply(timepoint);
        uint256 share = Math.mulDiv(locked, args.params.quorumBps, BPS, Math.Rounding.Ceil);
        return Math.max(share, args.params.quorumFloor);
    }

    /// @notice Where a proposal stands; it expires when nobody queues or executes it in time.
    function state(
        uint256 proposalId
    ) public view override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) returns (ProposalState current) {
        current = super.state(proposalId);
        bool expired = (current == ProposalState.Succeeded && clock() > proposalDeadline(proposalId) + QUEUE_WINDOW) ||
            (current == ProposalState.Queued && clock() > proposalEta(proposalId) + EXECUTE_WINDOW);
        if (expired) return ProposalState.Expired;
    }

    /// @notice When voting ends, unix time; a late quorum puts it off.
    function proposalDeadline(
        uint256 proposalId
    ) public view override(GovernorPreventLateQuorumUpgradeable, GovernorUpgradeable) returns (uint256) {
        return super.proposalDeadline(proposalId);
    }

    /// @notice Always: what is won waits in the timelock.
    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    function _getVotes(address account, uint256 timepoint, bytes memory) internal view override returns (uint256) {
        return IMembership(arguments().membership).getPastVotes(account, timepoint);
    }

    /// @dev Whoever proposed may cancel before votes are counted; the founder any time, until his veto ends.
    function _validateCancel(uint256 proposalId, address caller) internal view override returns (bool) {
        GovernorArgs memory args = arguments();
        bool vetoed = caller == args.founder && block.timestamp < args.params.vetoUntil;
        return vetoed || super._validateCancel(proposalId, caller);
    }

    function _tallyUpdated(
        uint256 proposalId
    ) internal override(GovernorPreventLateQuorumUpgradeable, GovernorUpgradeable) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(GovernorTimelockControlUpgradeable, GovernorUpgradeable) returns (address) {
        return super._executor();
    }

    /// @dev Of signed votes; a clone has no storage for it.
    function _EIP712Name() internal pure override returns (string memory) {
        return name();
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return "1";
    }
}
