// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ICredits} from "./ICredits.sol";
import {Change, ISplits, Share} from "./ISplits.sol";
import {MOST_PAYEES, PackedShare, ShareLib} from "./ShareLib.sol";
import {SignatureLib} from "./SignatureLib.sol";
import {SplitAccount} from "./SplitAccount.sol";
import {SplitDeposit} from "./SplitDeposit.sol";

/// @title Splits
/// @notice Divides income among payees by versioned shares. Has no owner and cannot be upgraded.
contract Splits is ISplits, EIP712, Multicall, ReentrancyGuard {
    using SafeERC20 for IERC20;

    /// @dev A split in one storage word.
    struct Split {
        uint32 version; // the current one; 0 = no such split
        uint16 seatCount;
    }

    /// @dev What one version has had in one currency, smallest unit.
    struct Book {
        uint256 received;
        uint256[MOST_PAYEES] claimed; // by place
    }

    /// @dev ETH, where a currency is named.
    address private constant ETH = address(0);

    /// @inheritdoc ISplits
    uint256 public constant MAX_PAYEES = MOST_PAYEES;
    /// @inheritdoc ISplits
    uint256 public constant MAX_LOCK = ShareLib.MAX_LOCK;

    bytes32 private immutable DEPOSIT_CODE_HASH = keccak256(type(SplitDeposit).creationCode);

    /// @inheritdoc ISplits
    uint64 public splitCount;

    mapping(uint64 splitId => Split) private _splits;
    mapping(uint64 splitId => mapping(uint16 seat => address payee)) private _payees;
    // by the version's account, which is one word for both numbers; a list ends at the first empty place
    mapping(address account => PackedShare[MOST_PAYEES]) private _shares;
    mapping(address account => mapping(address currency => Book)) private _books;
    mapping(address payee => mapping(bytes32 changeHash => bool)) private _approved;

    constructor() EIP712("Dokkaebi Splits", "1") {}

    /// @dev ETH comes from a ledger or a deposit that is being emptied, and then is counted; any other would be lost.
    receive() external payable {
        require(_reentrancyGuardEntered(), SplitsNotADeposit(msg.sender, msg.value));
    }

    /// @inheritdoc ISplits
    function create(address[] calldata payees, Share[] calldata shares) external returns (uint64 splitId) {
        ShareLib.check(shares, payees.length, payees.length);
        splitId = ++splitCount;
        _open(splitId, 1, 0, shares, payees);
    }

    /// @inheritdoc ISplits
    function propose(uint64 splitId, uint16 seat, Change calldata wanted) external returns (bytes32 changeHash) {
        _onlyPayee(splitId, seat);
        uint32 version = _splits[splitId].version + 1;
        seatsToAgree(splitId, wanted);
        changeHash = _hashOf(splitId, version, wanted);
        _approved[msg.sender][changeHash] = true;
        emit SplitChangeProposed(splitId, version, changeHash, msg.sender, wanted);
        emit SplitChangeApproved(changeHash, msg.sender, true);
    }

    /// @inheritdoc ISplits
    function approve(bytes32 changeHash, bool approved) external {
        _approved[msg.sender][changeHash] = approved;
        emit SplitChangeApproved(changeHash, msg.sender, approved);
    }

    /// @inheritdoc ISplits
    function change(
        uint64 splitId,
        Change calldata wanted,
        bytes[] calldata signatures
    ) external returns (uint32 version) {
        uint16[] memory seats = seatsToAgree(splitId, wanted);
        require(signatures.length == seats.length, SplitsWrongSignatureCount(signatures.length, seats.length));
        Split memory split = _splits[splitId];
        version = split.version + 1;
        bytes32 changeHash = _hashOf(splitId, version, wanted);
        for (uint256 i = 0; i < seats.length; ++i) {
            address payee = _payees[splitId][seats[i]];
            require(_agrees(payee, changeHash, signatures[i]), SplitsNotSigned(seats[i], payee));
        }
        _open(splitId, version, split.seatCount, wanted.shares, wanted.newPayees);
    }

    /// @inheritdoc ISplits
    function movePayee(uint64 splitId, uint16 seat, address newPayee) external {
        _onlyPayee(splitId, seat);
        _checkPayee(newPayee);
        _payees[splitId][seat] = newPayee;
        emit SplitPayeeMoved(splitId, seat, msg.sender, newPayee);
    }

    /// @inheritdoc ISplits
    function collect(
        address ledger,
        address currency,
        uint64 splitId,
        uint32 version
    ) external nonReentrant returns (uint256 amount) {
        _known(splitId, version);
        address account = SplitAccount.forVersion(splitId, version);
        uint256 credit = ICredits(ledger).creditOf(account, currency);
        uint256 before = _balanceOf(address(this), currency);
        // slither-disable-next-line reentrancy-benign what is written afterwards is what this call brought, under the lock
        ICredits(ledger).withdrawFrom(account, currency, address(this), credit);
        return _receive(splitId, version, currency, ledger, before);
    }

    /// @inheritdoc ISplits
    function sweep(uint64 splitId, address currency) external nonReentrant returns (uint256 amount) {
        address deposit = depositOf(splitId);
        if (deposit.code.length == 0) new SplitDeposit{salt: bytes32(uint256(splitId))}();
        uint32 version = _splits[splitId].version;
        uint256 before = _balanceOf(address(this), currency);
        // slither-disable-next-line reentrancy-benign what is written afterwards is what this call brought, under the lock
        SplitDeposit(payable(deposit)).release(currency, _balanceOf(deposit, currency));
        return _receive(splitId, version, currency, deposit, before);
    }

    /// @inheritdoc ISplits
    function claim(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency,
        address to
    ) external returns (uint256 amount) {
        // Nothing leaves while an arrival is measured. The lock need not be taken: all is written before the call outside.
        require(!_reentrancyGuardEntered(), ReentrancyGuardReentrantCall());
        Share memory share = _shareAt(splitId, version, place);
        address payee = _payees[splitId][share.seat];
        require(msg.sender == payee || to == payee, SplitsNotPayee(splitId, share.seat, msg.sender));
        require(to != address(0) && to != address(this), SplitsBadRecipient(to));
        Book storage book = _books[SplitAccount.forVersion(splitId, version)][currency];
        uint256 due = ShareLib.dueDown(book.received, share.bps);
        amount = due - book.claimed[place]; // what was due never falls
        require(amount != 0, SplitsNothingToClaim(splitId, version, place, currency));
        book.claimed[place] = due;
        emit SplitClaimed(splitId, version, payee, place, currency, to, amount);
        _send(currency, to, amount);
    }

    /// @inheritdoc ISplits
    function versionOf(uint64 splitId) external view returns (uint32 version) {
        return _splits[splitId].version;
    }

    /// @inheritdoc ISplits
    function sharesOf(
        uint64 splitId,
        uint32 version
    ) external view returns (Share[] memory shares, address[] memory payees) {
        _known(splitId, version);
        shares = _list(splitId, version);
        payees = new address[](shares.length);
        for (uint256 place = 0; place < shares.length; ++place) {
            payees[place] = _payees[splitId][shares[place].seat];
        }
    }

    /// @inheritdoc ISplits
    function payeeOf(uint64 splitId, uint16 seat) external view returns (address payee) {
        return _payees[splitId][seat];
    }

    /// @inheritdoc ISplits
    function receivedBy(uint64 splitId, uint32 version, address currency) external view returns (uint256 amount) {
        return _books[SplitAccount.forVersion(splitId, version)][currency].received;
    }

    /// @inheritdoc ISplits
    function claimedOf(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency
    ) external view returns (uint256 amount) {
        _shareAt(splitId, version, place);
        return _books[SplitAccount.forVersion(splitId, version)][currency].claimed[place];
    }

    /// @inheritdoc ISplits
    function claimableOf(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency
    ) external view returns (uint256 amount) {
        Book storage book = _books[SplitAccount.forVersion(splitId, version)][currency];
        return ShareLib.dueDown(book.received, _shareAt(splitId, version, place).bps) - book.claimed[place];
    }

    /// @inheritdoc ISplits
    function hashOfChange(uint64 splitId, Change calldata wanted) external view returns (bytes32 changeHash) {
        return _hashOf(splitId, _splits[splitId].version + 1, wanted);
    }

    /// @inheritdoc ISplits
    function isApproved(address payee, bytes32 changeHash) external view returns (bool approved) {
        return _approved[payee][changeHash];
    }

    /// @inheritdoc ISplits
    function accountOf(uint64 splitId, uint32 version) external pure returns (address account) {
        return SplitAccount.forVersion(splitId, version);
    }

    /// @inheritdoc ISplits
    function seatsToAgree(uint64 splitId, Change calldata wanted) public view returns (uint16[] memory seats) {
        Split memory split = _splits[splitId];
        _known(splitId, split.version);
        require(block.timestamp <= wanted.deadline, SplitsChangeExpired(wanted.deadline, block.timestamp));
        uint256 newSeats = wanted.newPayees.length;
        ShareLib.check(wanted.shares, split.seatCount + newSeats, newSeats);
        seats = ShareLib.seatsToAgree(_list(splitId, split.version), wanted.shares);
        require(seats.length != 0, SplitsNothingChanges(splitId));
    }

    /// @inheritdoc ISplits
    function depositOf(uint64 splitId) public view returns (address deposit) {
        _known(splitId, 1);
        return Create2.computeAddress(bytes32(uint256(splitId)), DEPOSIT_CODE_HASH);
    }

    /// @inheritdoc ISplits
    function isVersion(uint64 splitId, uint32 version) public view returns (bool exists) {
        return version != 0 && version <= _splits[splitId].version;
    }

    /// @dev Writes and announces a checked version, and seats its new payees.
    function _open(
        uint64 splitId,
        uint32 version,
        uint16 seatCount,
        Share[] calldata shares,
        address[] calldata newPayees
    ) private {
        for (uint256 i = 0; i < newPayees.length; ++i) {
            _checkPayee(newPayees[i]);
            _payees[splitId][seatCount++] = newPayees[i];
        }
        _splits[splitId] = Split(version, seatCount);
        PackedShare[MOST_PAYEES] storage list = _shares[SplitAccount.forVersion(splitId, version)];
        for (uint256 place = 0; place < shares.length; ++place) {
            list[place] = ShareLib.pack(shares[place]);
        }
        emit SplitVersionOpened(splitId, version, msg.sender, shares, newPayees);
    }

    /// @dev Counts what has arrived since `before` was read. The lock around the caller keeps it from being counted twice.
    function _receive(
        uint64 splitId,
        uint32 version,
        address currency,
        address source,
        uint256 before
    ) private returns (uint256 amount) {
        uint256 held = _balanceOf(address(this), currency);
        require(held > before, SplitsNothingArrived(source, currency));
        amount = held - before;
        _books[SplitAccount.forVersion(splitId, version)][currency].received += amount;
        emit SplitReceived(splitId, version, currency, source, amount);
    }

    function _send(address currency, address to, uint256 amount) private {
        if (currency != ETH) return IERC20(currency).safeTransfer(to, amount);
        // slither-disable-next-line low-level-calls,arbitrary-send-eth the payee's own part, to where the payee says
        (bool delivered, ) = to.call{value: amount}("");
        require(delivered, SplitsEthRefused(to, amount));
    }

    function _agrees(address payee, bytes32 changeHash, bytes calldata signature) private view returns (bool) {
        return
            payee == msg.sender ||
            _approved[payee][changeHash] ||
            (signature.length != 0 && SignatureLib.isSignedBy(payee, changeHash, signature));
    }

    function _hashOf(uint64 splitId, uint32 version, Change calldata wanted) private view returns (bytes32) {
        return _hashTypedDataV4(ShareLib.hash(wanted, splitId, version));
    }

    /// @dev A version's list in memory; empty for a version that does not exist.
    function _list(uint64 splitId, uint32 version) private view returns (Share[] memory shares) {
        return ShareLib.unpackAll(_shares[SplitAccount.forVersion(splitId, version)]);
    }

    function _shareAt(uint64 splitId, uint32 version, uint256 place) private view returns (Share memory share) {
        if (place < MOST_PAYEES) share = ShareLib.unpack(_shares[SplitAccount.forVersion(splitId, version)][place]);
        require(share.bps != 0, SplitsNoPayeeAt(splitId, version, place));
    }

    function _balanceOf(address account, address currency) private view returns (uint256) {
        return currency == ETH ? account.balance : IERC20(currency).balanceOf(account);
    }

    function _known(uint64 splitId, uint32 version) private view {
        require(isVersion(splitId, version), SplitsUnknownVersion(splitId, version));
    }

    function _onlyPayee(uint64 splitId, uint16 seat) private view {
        require(msg.sender == _payees[splitId][seat], SplitsNotPayee(splitId, seat, msg.sender));
    }

    /// @dev Nobody could take money out for an account without a key, or move it away from there.
    function _checkPayee(address payee) private view {
        require(
            payee != address(0) &&
                payee != address(this) &&
                !CommunityAccount.isCommunity(payee) &&
                !SplitAccount.isSplit(payee),
            SplitsBadPayee(payee)
        );
    }
}
