// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ICommunityRegistry} from "./ICommunityRegistry.sol";
import {IMembership, Unlock} from "./IMembership.sol";

/// @title Membership
/// @notice Locked community tokens, and the badge, tier and votes that they give.
/// @dev It only ever holds the token of its own community, of which every transfer is exact and calls nobody.
contract Membership is IMembership, Votes {
    using SafeERC20 for IERC20;

    /// @inheritdoc IMembership
    uint256 public constant NOTICE = 30 days;

    /// @inheritdoc IMembership
    uint256 public constant MAX_TIERS = 8;

    bytes4 private constant ERC5192 = 0xb45a3c0e;

    ICommunityRegistry private immutable REGISTRY;
    address private immutable IMPLEMENTATION;

    /// @inheritdoc IMembership
    uint256 public memberCount;

    mapping(address account => uint256 amount) private _active;
    mapping(address account => Unlock[] unlocks) private _unlocks;
    uint112[] private _tiers;

    /// @dev Whoever makes the implementation makes the clones; see Memberships.
    constructor(ICommunityRegistry registry) EIP712("Membership", "1") {
        REGISTRY = registry;
        IMPLEMENTATION = address(this);
    }

    /// @inheritdoc IMembership
    function lock(uint256 amount) external {
        _lock(amount);
    }

    /// @inheritdoc IMembership
    function lockWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external {
        // Somebody may have sent the permit before us: then the allowance is there, and if not, the transfer fails.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(token()).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _lock(amount);
    }

    /// @inheritdoc IMembership
    function requestUnlock(uint256 amount) external returns (uint256 number) {
        require(amount != 0, MembershipNothing());
        uint256 active = _active[msg.sender];
        require(amount <= active, MembershipNotLocked(msg.sender, amount, active));
        number = _unlocks[msg.sender].length;
        uint256 availableAt = block.timestamp + NOTICE;
        // amount was locked, so it is within the token's cap, a uint112; the time fits until the year 36 812
        _unlocks[msg.sender].push(Unlock(uint112(amount), uint40(availableAt)));
        _transferVotingUnits(msg.sender, address(0), amount);
        _setActive(msg.sender, active, active - amount);
        emit UnlockRequested(msg.sender, number, amount, active - amount, availableAt);
    }

    /// @inheritdoc IMembership
    function cancelUnlock(uint256 number) external {
        uint256 amount = _takeUnlock(msg.sender, number).amount;
        uint256 active = _activate(msg.sender, amount);
        emit UnlockCancelled(msg.sender, number, amount, active);
    }

    /// @inheritdoc IMembership
    function withdraw(address account, uint256 number) external {
        Unlock memory unlock = _takeUnlock(account, number);
        require(block.timestamp >= unlock.availableAt, MembershipTooEarly(unlock.availableAt));
        emit TokensWithdrawn(account, number, unlock.amount);
        IERC20(token()).safeTransfer(account, unlock.amount);
    }

    /// @inheritdoc IMembership
    function setTiers(uint112[] calldata thresholds) external {
        require(REGISTRY.stewardOf(communityId()) == msg.sender, MembershipNotSteward(msg.sender));
        require(thresholds.length <= MAX_TIERS, MembershipBadTiers());
        for (uint256 i = 0; i < thresholds.length; ++i) {
            require(thresholds[i] > (i == 0 ? 0 : thresholds[i - 1]), MembershipBadTiers());
        }
        _tiers = thresholds;
        emit TiersSet(thresholds);
    }

    /// @inheritdoc IERC721
    function transferFrom(address, address, uint256) external pure {
        revert MembershipNotTransferable();
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256) external pure {
        revert MembershipNotTransferable();
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address, address, uint256, bytes calldata) external pure {
        revert MembershipNotTransferable();
    }

    /// @inheritdoc IERC721
    function approve(address, uint256) external pure {
        revert MembershipNotTransferable();
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address, bool) external pure {
        revert MembershipNotTransferable();
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 badge) external view returns (address) {
        ownerOf(badge);
        return address(0);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address, address) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IMembership
    function locked(uint256 badge) external view returns (bool) {
        ownerOf(badge);
        return true;
    }

    /// @inheritdoc IERC721
    function balanceOf(address account) external view returns (uint256) {
        return _active[account] == 0 ? 0 : 1;
    }

    /// @inheritdoc IMembership
    function activeOf(address account) external view returns (uint256) {
        return _active[account];
    }

    /// @inheritdoc IMembership
    function tierOf(address account) external view returns (uint256 tier) {
        uint256 active = _active[account];
        while (tier < _tiers.length && active >= _tiers[tier]) ++tier;
    }

    /// @inheritdoc IMembership
    function tiers() external view returns (uint112[] memory) {
        return _tiers;
    }

    /// @inheritdoc IMembership
    function unlockOf(address account, uint256 number) external view returns (Unlock memory) {
        require(number < _unlocks[account].length, MembershipNoUnlock(account, number));
        return _unlocks[account][number];
    }

    /// @inheritdoc IMembership
    function unlockCount(address account) external view returns (uint256) {
        return _unlocks[account].length;
    }

    /// @inheritdoc IMembership
    function totalActive() external view returns (uint256) {
        return _getTotalSupply();
    }

    /// @inheritdoc IMembership
    function badgeOf(address account) public pure returns (uint256) {
        return uint160(account);
    }

    /// @inheritdoc IMembership
    function communityId() public view returns (uint64 id) {
        (id, ) = _args();
    }

    /// @inheritdoc IMembership
    function token() public view returns (address found) {
        (, found) = _args();
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 badge) public view returns (address) {
        address account = address(uint160(badge));
        require(badge >> 160 == 0 && _active[account] != 0, MembershipNoBadge(badge));
        return account;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return
            interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC721).interfaceId || interfaceId == ERC5192;
    }

    /// @notice Time by which votes are counted: seconds.
    function clock() public view override(IERC6372, Votes) returns (uint48) {
        return uint48(block.timestamp); // fits for nine million years
    }

    /// @notice How to read clock (ERC-6372).
    function CLOCK_MODE() public pure override(IERC6372, Votes) returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice Who votes with an account's locked tokens: itself, until it says otherwise.
    function delegates(address account) public view override(IVotes, Votes) returns (address delegatee) {
        delegatee = super.delegates(account);
        if (delegatee == address(0)) delegatee = account;
    }

    /// @dev Delegating to nobody is taking the votes back.
    function _delegate(address account, address delegatee) internal override {
        super._delegate(account, delegatee == address(0) ? account : delegatee);
    }

    function _getVotingUnits(address account) internal view override returns (uint256) {
        return _active[account];
    }

    function _lock(uint256 amount) private {
        require(amount != 0, MembershipNothing());
        uint256 active = _activate(msg.sender, amount);
        emit TokensLocked(msg.sender, amount, active);
        IERC20(token()).safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev Has tokens count: votes for the delegate, and a badge if they are the first.
    function _activate(address account, uint256 amount) private returns (uint256 active) {
        uint256 before = _active[account];
        active = before + amount;
        _setActive(account, before, active);
        _transferVotingUnits(address(0), account, amount);
    }

    /// @dev Makes the badge with the first tokens, and burns it with the last.
    function _setActive(address account, uint256 before, uint256 active) private {
        _active[account] = active;
        if (before == 0) {
            ++memberCount;
            emit Transfer(address(0), account, badgeOf(account));
            emit Locked(badgeOf(account));
            if (super.delegates(account) == address(0)) emit DelegateChanged(account, address(0), account);
        } else if (active == 0) {
            --memberCount;
            emit Transfer(account, address(0), badgeOf(account));
        }
    }

    /// @dev Gives an unlock and forgets it.
    function _takeUnlock(address account, uint256 number) private returns (Unlock memory unlock) {
        if (number < _unlocks[account].length) {
            unlock = _unlocks[account][number];
            delete _unlocks[account][number];
        }
        require(unlock.amount != 0, MembershipNoUnlock(account, number));
    }

    /// @dev Behind the implementation's own code there are no arguments, only code.
    function _args() private view returns (uint64 id, address found) {
        require(address(this) != IMPLEMENTATION, MembershipIsImplementation());
        uint256 word = uint256(bytes32(Clones.fetchCloneArgs(address(this))));
        return (uint64(word), address(uint160(word >> 64))); // packed so by Memberships: 0 (32) · token (160) · id (64)
    }
}
