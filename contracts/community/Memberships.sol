// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {ICommunityRegistry} from "./ICommunityRegistry.sol";
import {IMemberships} from "./IMemberships.sol";
import {Membership} from "./Membership.sol";

/// @title Memberships
/// @notice Clones a membership for each community that wants one. Holds no money and cannot be upgraded.
contract Memberships is IMemberships {
    ICommunityRegistry private immutable REGISTRY;

    /// @inheritdoc IMemberships
    uint256 public constant MAX_LEVEL = 9;

    /// @inheritdoc IMemberships
    address public immutable MEMBERSHIP_IMPLEMENTATION;

    /// @param registry Knows the communities' tokens and stewards.
    constructor(ICommunityRegistry registry) {
        REGISTRY = registry;
        MEMBERSHIP_IMPLEMENTATION = address(new Membership(registry));
    }

    /// @inheritdoc IMemberships
    function open(uint64 id) external returns (address membership) {
        require(!isOpen(id), MembershipsOpenAlready(id));
        address token = _tokenOf(id);
        membership = Clones.cloneDeterministicWithImmutableArgs(MEMBERSHIP_IMPLEMENTATION, _args(id, token), 0);
        emit MembershipOpened(id, membership, token);
    }

    /// @inheritdoc IMemberships
    function membershipOf(uint64 id) public view returns (address) {
        bytes memory args = _args(id, _tokenOf(id));
        return Clones.predictDeterministicAddressWithImmutableArgs(MEMBERSHIP_IMPLEMENTATION, args, 0);
    }

    /// @inheritdoc IMemberships
    function isOpen(uint64 id) public view returns (bool) {
        return membershipOf(id).code.length != 0;
    }

    /// @inheritdoc IMemberships
    function levelOf(uint64 id, address account) external view returns (uint256) {
        Membership membership = Membership(membershipOf(id));
        if (address(membership).code.length == 0 || membership.activeOf(account) == 0) return 0;
        return 1 + membership.tierOf(account);
    }

    function _tokenOf(uint64 id) private view returns (address token) {
        token = REGISTRY.tokenOf(id);
        require(token != address(0), MembershipsUnknownCommunity(id));
    }

    /// @dev Read back by Membership._args.
    function _args(uint64 id, address token) private pure returns (bytes memory) {
        return abi.encode((uint256(uint160(token)) << 64) | id);
    }
}
