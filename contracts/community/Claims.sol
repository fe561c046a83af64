// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Credits} from "../money/Credits.sol";
import {Payout} from "../money/ICredits.sol";
import {CommunityAccount} from "./CommunityAccount.sol";
import {IClaims, Phase} from "./IClaims.sol";
import {ICommunityRegistry} from "./ICommunityRegistry.sol";
import {ICommunityToken} from "./ICommunityToken.sol";

/// @title Claims
/// @notice Hands out what communities reserved for claims, phase by phase. Has no owner and cannot be upgraded.
contract Claims is IClaims, Credits {
    /// @dev What changes about a phase, in one storage word.
    struct PhaseState {
        uint112 left; // what it can still give
        bool isOpen;
    }

    /// @dev What a token's phases hold of its reserve, in one storage word.
    struct Book {
        uint112 allotted; // what they have given, and open ones can still give
        uint32 phaseCount;
    }

    uint256 private constant WHOLE_TOKEN = 1e18;

    /// @inheritdoc IClaims
    uint256 public constant MAX_AHEAD = 366 days;

    /// @inheritdoc IClaims
    address public immutable REGISTRY;

    mapping(bytes32 key => PhaseState) private _states;
    mapping(bytes32 key => mapping(address account => uint256 amount)) private _claimed;
    mapping(address token => Book) private _books;

    /// @param registry The CommunityRegistry.
    constructor(address registry) {
        require(registry.code.length != 0, ClaimsNoCode(registry));
        REGISTRY = registry;
    }

    /// @inheritdoc IClaims
    function openPhase(Phase calldata phase) external returns (bytes32 key) {
        require(_isSteward(msg.sender, phase.communityId), ClaimsNotSteward(phase.communityId, msg.sender));
        _check(phase);
        Book memory book = _books[phase.token];
        require(phase.number == uint256(book.phaseCount) + 1, ClaimsWrongNumber(phase.number, book.phaseCount + 1));
        uint256 left = _reservedFor(phase.token) - book.allotted;
        require(phase.supply != 0 && phase.supply <= left, ClaimsReserveExceeded(phase.supply, left));
        key = keyOf(phase);
        _books[phase.token] = Book(book.allotted + phase.supply, phase.number);
        _states[key] = PhaseState(phase.supply, true);
        emit ClaimPhaseOpened(key, phase.token, msg.sender, phase);
    }

    /// @inheritdoc IClaims
    function closePhase(Phase calldata phase) external returns (uint256 left) {
        require(
            block.timestamp > phase.end || _isSteward(msg.sender, phase.communityId),
            ClaimsNotSteward(phase.communityId, msg.sender)
        );
        bytes32 key = keyOf(phase);
        left = _open(key).left;
        _states[key] = PhaseState(0, false);
        _books[phase.token].allotted -= uint112(left); // it was a uint112
        emit ClaimPhaseClosed(key, msg.sender, left);
    }

    /// @inheritdoc IClaims
    function claim(
        Phase calldata phase,
        uint256 amount,
        uint256 allowance,
        bytes32[] calldata proof,
        uint256 maxCost,
        address to
    ) external payable returns (uint256 cost) {
        bytes32 key = keyOf(phase);
        _takeOut(key, amount);
        require(
            phase.start <= block.timestamp && block.timestamp <= phase.end,
            ClaimsNotNow(phase.start, phase.end, block.timestamp)
        );
        _countFor(msg.sender, key, amount, _most(phase, allowance, proof));
        cost = costOf(amount, phase.price);
        require(cost <= maxCost, ClaimsCostTooHigh(cost, maxCost));
        emit TokensClaimed(key, msg.sender, to, amount, cost);
        if (cost != 0) _creditCommunity(key, phase, cost);
        ICommunityToken(phase.token).mintReserved(to, amount);
        _collect(phase.currency, cost);
    }

    /// @inheritdoc IClaims
    function stateOf(bytes32 key) external view returns (bool isOpen, uint256 left) {
        PhaseState memory state = _states[key];
        return (state.isOpen, state.left);
    }

    /// @inheritdoc IClaims
    function claimedOf(bytes32 key, address account) external view returns (uint256 amount) {
        return _claimed[key][account];
    }

    /// @inheritdoc IClaims
    function bookOf(address token) external view returns (uint32 phaseCount, uint256 allotted) {
        Book memory book = _books[token];
        return (book.phaseCount, book.allotted);
    }

    /// @inheritdoc IClaims
    function costOf(uint256 amount, uint128 price) public pure returns (uint256 cost) {
        return Math.ceilDiv(amount * price, WHOLE_TOKEN);
    }

    /// @inheritdoc IClaims
    function keyOf(Phase calldata phase) public pure returns (bytes32 key) {
        return keccak256(abi.encode(phase));
    }

    /// @inheritdoc IClaims
    function leafOf(
        address token,
        uint32 number,
        address account,
        uint256 allowance
    ) public pure returns (bytes32 leaf) {
        return keccak256(bytes.concat(keccak256(abi.encode(token, number, account, allowance))));
    }

    /// @dev A community's steward takes out what its phases have earned.
    function _answersFor(address caller, address account) internal view override returns (bool) {
        if (!CommunityAccount.isCommunity(account)) return super._answersFor(caller, account);
        return _isSteward(caller, CommunityAccount.idOf(account));
    }

    /// @dev Takes an amount out of what the phase has left.
    function _takeOut(bytes32 key, uint256 amount) private {
        uint256 left = _open(key).left;
        require(amount != 0 && amount <= left, ClaimsSoldOut(amount, left));
        _states[key].left = uint112(left - amount); // left is a uint112
    }

    /// @dev Counts an amount against the most that an account may claim in the phase.
    function _countFor(address account, bytes32 key, uint256 amount, uint256 most) private {
        uint256 claimed = _claimed[key][account];
        uint256 left = most > claimed ? most - claimed : 0; // less than was claimed, by a second line for the same account
        require(amount <= left, ClaimsTooMuch(account, amount, left));
        _claimed[key][account] = claimed + amount;
    }

    function _creditCommunity(bytes32 key, Phase calldata phase, uint256 amount) private {
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(CommunityAccount.forId(phase.communityId), amount);
        _addCredits(key, phase.currency, payouts);
    }

    /// @dev The most that the caller may claim in the phase in all, by its bound for everybody and by its list.
    function _most(
        Phase calldata phase,
        uint256 allowance,
        bytes32[] calldata proof
    ) private view returns (uint256 most) {
        most = phase.limit == 0 ? type(uint256).max : phase.limit;
        if (phase.merkleRoot == 0) return most;
        bytes32 leaf = leafOf(phase.token, phase.number, msg.sender, allowance);
        require(
            MerkleProof.verifyCalldata(proof, phase.merkleRoot, leaf),
            ClaimsNotListed(msg.sender, allowance)
        );
        if (allowance < most) most = allowance;
    }

    /// @dev Everything of a new phase but its number and its supply.
    function _check(Phase calldata phase) private view {
        address known = ICommunityRegistry(REGISTRY).tokenOf(phase.communityId);
        require(phase.token != address(0) && phase.token == known, ClaimsUnknownToken(phase.token, phase.communityId));
        uint256 latestEnd = block.timestamp + MAX_AHEAD;
        require(
            phase.start < phase.end && block.timestamp <= phase.end && phase.end <= latestEnd,
            ClaimsBadTimes(phase.start, phase.end, latestEnd)
        );
        address currency = phase.currency;
        require(
            currency == ETH || (currency != phase.token && currency.code.length != 0),
            ClaimsBadCurrency(currency)
        );
    }

    /// @dev All that the token's community reserved for claims, given or not.
    function _reservedFor(address token) private view returns (uint256 amount) {
        address claims;
        (claims, amount, , , , ) = ICommunityToken(token).reserves();
        require(claims == address(this), ClaimsNotNamed(token, claims));
    }

    function _open(bytes32 key) private view returns (PhaseState memory state) {
        state = _states[key];
        require(state.isOpen, ClaimsNotOpen(key));
    }

    function _isSteward(address caller, uint64 communityId) private view returns (bool) {
        return ICommunityRegistry(REGISTRY).stewardOf(communityId) == caller;
    }
}
