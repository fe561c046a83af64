// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev One payee's part of a version.
struct Share {
    uint16 seat; // the payee's number in the split, counted from 0, for life; its address may move
    uint16 bps; // basis points of all income of the version; 1 to 10 000
    uint40 lockedUntil; // unix time before which it cannot fall; 0 or a past time = not locked
}

/// @dev A new version of a split, as its payees agree on it.
struct Change {
    Share[] shares; // the whole new list, by ascending seat; together 10 000 basis points
    address[] newPayees; // who takes the next free seats, in order; each must have a share
    uint40 deadline; // last unix time at which the change can be made
}

/// @title ISplits
/// @notice Divides income in ETH and any ERC-20 among payees by versioned shares; each payee takes its own part out.
/// @dev Each version of a split has books of its own for each currency, so a change never touches what an older one earned.
/// Income reaches a version in two ways: a ledger (ICredits) credits the version's account and anybody collects it, or
/// anybody pays the split's deposit address and anybody sweeps it into the version that is current at that moment.
/// @dev Nobody owns this contract, and it cannot be upgraded. Whoever creates a split has no power over it.
/// @dev What arrives is measured as a difference of balances, under a lock. A token or ledger that lies, or whose balances
/// move without transfers, harms only the books of that currency, or those that name that ledger.
/// @dev Rounding: a payee's part of all that a version has received is rounded down, once, over the whole sum. At most one
/// unit less than there are payees stays unclaimed in a version's books for a currency, and counts with the next income.
interface ISplits {
    /// @notice Raised when there is no such version of such a split.
    error SplitsUnknownVersion(uint64 splitId, uint32 version);

    /// @notice Raised when a list has no payee, or more than MAX_PAYEES.
    error SplitsBadCount(uint256 count, uint256 max);

    /// @notice Raised when seats do not ascend, do not exist, or a new payee has none.
    /// @param place Position in the list, or its length when new payees were left out.
    error SplitsBadSeat(uint256 place, uint16 seat);

    /// @notice Raised when a share is 0, or the shares do not make 10 000 basis points together.
    /// @param totalBps What they make; up to the share of 0 when there is one.
    error SplitsBadShares(uint256 totalBps);

    /// @notice Raised when a share would be locked for longer than MAX_LOCK from now.
    error SplitsLockTooLong(uint40 lockedUntil, uint256 max);

    /// @notice Raised when no key can control a payee: the zero address, this contract, the account of a community or split.
    error SplitsBadPayee(address payee);

    /// @notice Raised when a change would lower a locked share or shorten its lock, even if its payee agrees.
    error SplitsShareLocked(uint16 seat, uint40 lockedUntil);

    /// @notice Raised when a change lowers no share and lengthens no lock.
    error SplitsNothingChanges(uint64 splitId);

    /// @notice Raised when a change comes after its deadline.
    error SplitsChangeExpired(uint40 deadline, uint256 time);

    /// @notice Raised when there is not one signature for each payee who must agree.
    error SplitsWrongSignatureCount(uint256 count, uint256 needed);

    /// @notice Raised when a payee who must agree neither calls, nor has approved the change, nor signed it.
    error SplitsNotSigned(uint16 seat, address payee);

    /// @notice Raised when the caller is not the payee of this seat, or money of a payee would go to somebody else.
    error SplitsNotPayee(uint64 splitId, uint16 seat, address caller);

    /// @notice Raised when a version has no payee at this place of its list.
    error SplitsNoPayeeAt(uint64 splitId, uint32 version, uint256 place);

    /// @notice Raised when nothing arrived: there was nothing to collect or to sweep, or the token moved nothing.
    error SplitsNothingArrived(address source, address currency);

    /// @notice Raised when a payee has taken out all that is due to it in this currency.
    error SplitsNothingToClaim(uint64 splitId, uint32 version, uint256 place, address currency);

    /// @notice Raised when money would go to the zero address or to this contract itself.
    error SplitsBadRecipient(address to);

    /// @notice Raised when ETH could not be delivered; name another address that can receive it.
    error SplitsEthRefused(address to, uint256 amount);

    /// @notice Raised when ETH comes that is not being collected or swept. Pay the split's deposit address instead.
    error SplitsNotADeposit(address sender, uint256 amount);

    /// @notice A version is current from now on. Every version is announced by this event and no other.
    /// @param splitId Counts from 1.
    /// @param version Counts from 1, with which a split is created.
    /// @param sender Who created or changed it.
    /// @param shares The whole list, by ascending seat.
    /// @param newPayees Who took the next free seats, in order.
    event SplitVersionOpened(
        uint64 indexed splitId,
        uint32 indexed version,
        address indexed sender,
        Share[] shares,
        address[] newPayees
    );

    /// @notice A payee suggests a change, and agrees to it.
    /// @param splitId The split.
    /// @param version What the changed split's version would be.
    /// @param changeHash EIP-712 digest, which the others sign or approve.
    /// @param proposer The payee.
    /// @param change All of it.
    event SplitChangeProposed(
        uint64 indexed splitId,
        uint32 indexed version,
        bytes32 indexed changeHash,
        address proposer,
        Change change
    );

    /// @notice An account agrees to a change, or no longer does. Also emitted behind SplitChangeProposed.
    event SplitChangeApproved(bytes32 indexed changeHash, address indexed payee, bool approved);

    /// @notice A payee has another address from now on, in every version of the split.
    event SplitPayeeMoved(uint64 indexed splitId, uint16 seat, address indexed from, address indexed to);

    /// @notice A version has income.
    /// @param splitId The split.
    /// @param version The version in whose books it is.
    /// @param currency Token address, or 0 for ETH.
    /// @param source The ledger from which it was collected, or the split's deposit address.
    /// @param amount What arrived, smallest unit of the currency.
    event SplitReceived(
        uint64 indexed splitId,
        uint32 indexed version,
        address indexed currency,
        address source,
        uint256 amount
    );

    /// @notice A payee has taken out what was due to it.
    /// @param splitId The split.
    /// @param version The version out of whose books it is.
    /// @param payee Whose part, by its address of now.
    /// @param place Its position in the version's list.
    /// @param currency Token address, or 0 for ETH.
    /// @param to Who received it.
    /// @param amount Smallest unit of the currency.
    event SplitClaimed(
        uint64 indexed splitId,
        uint32 indexed version,
        address indexed payee,
        uint256 place,
        address currency,
        address to,
        uint256 amount
    );

    /// @notice Create a split. The payees need not agree; the caller has no power over it afterwards.
    /// @dev Warning: ids are counted. Name a new split in terms or as somebody's receiver only when its creation is final.
    /// @param payees 1 to MAX_PAYEES accounts; they take the seats 0, 1, 2 and so on.
    /// @param shares One for each of them, by ascending seat; together 10 000 basis points.
    /// @return splitId Counts from 1. Its first version is 1.
    function create(address[] calldata payees, Share[] calldata shares) external returns (uint64 splitId);

    /// @notice Suggest a change to the other payees, and agree to it. For a payee only.
    /// @dev It can be made as long as the split's version is what it is now.
    /// @param seat A seat of the caller.
    /// @return changeHash What the others approve or sign.
    function propose(uint64 splitId, uint16 seat, Change calldata wanted) external returns (bytes32 changeHash);

    /// @notice Agree to a change, or take that back. For accounts that cannot or do not want to sign a message.
    /// @param changeHash From hashOfChange; it names chain, contract, split and version, so it serves once.
    /// @param approved False takes it back.
    function approve(bytes32 changeHash, bool approved) external;

    /// @notice Open the next version of a split. Anyone may send it; needed is the agreement of each payee whose share falls,
    /// and of each whose share becomes locked for longer.
    /// @dev A payee agrees by calling, by `approve`, or by an EIP-712 signature of the Change (ERC-1271 for contracts). What
    /// older versions earned, and what ledgers still credit to them, stays with their payees.
    /// @dev Warning: what lies at the deposit address goes to the version that is current when it is swept. Sweep first.
    /// @param wanted The whole new list.
    /// @param signatures One for each payee who must agree, by ascending seat (see seatsToAgree); empty for one who calls or
    /// has approved.
    /// @return version The new version.
    function change(
        uint64 splitId,
        Change calldata wanted,
        bytes[] calldata signatures
    ) external returns (uint32 version);

    /// @notice Move a payee, with all that is due to it in every version, to another address. For the payee itself only.
    /// @dev Warning: there is no way back without the new address, and what the old one signed or approved no longer counts.
    function movePayee(uint64 splitId, uint16 seat, address newPayee) external;

    /// @notice Take what a ledger credits to a version into its books. Anyone may call it.
    /// @dev The ledger is any ICredits that lets this contract withdraw from a split's account. What counts is what arrives.
    /// @param ledger The Market, for instance.
    /// @param currency Token address, or 0 for ETH.
    /// @return amount What arrived, smallest unit of the currency; not 0.
    function collect(
        address ledger,
        address currency,
        uint64 splitId,
        uint32 version
    ) external returns (uint256 amount);

    /// @notice Take what has arrived at a split's deposit address into the books of its current version. Anyone may call it.
    /// @dev The first call makes the contract at that address.
    /// @param currency Token address, or 0 for ETH.
    /// @return amount What arrived, smallest unit of the currency; not 0.
    function sweep(uint64 splitId, address currency) external returns (uint256 amount);

    /// @notice Take out all that is due to a payee: to any address when the payee calls, to its own when anybody else does.
    /// @dev That anybody may lets a payee be another split's deposit address.
    /// @param place The payee's position in the version's list, from 0.
    /// @param currency Token address, or 0 for ETH.
    /// @param to Who receives it.
    /// @return amount What was sent, smallest unit of the currency; not 0.
    function claim(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency,
        address to
    ) external returns (uint256 amount);

    /// @notice Is there such a version of such a split?
    function isVersion(uint64 splitId, uint32 version) external view returns (bool exists);

    /// @notice How many splits there are; the newest has this id.
    function splitCount() external view returns (uint64 count);

    /// @notice A split's current version; 0 if there is no such split.
    function versionOf(uint64 splitId) external view returns (uint32 version);

    /// @notice A version's list, and the payees by their addresses of now. Reverts with SplitsUnknownVersion.
    function sharesOf(
        uint64 splitId,
        uint32 version
    ) external view returns (Share[] memory shares, address[] memory payees);

    /// @notice Whose a seat is; 0 if there is no such seat.
    function payeeOf(uint64 splitId, uint16 seat) external view returns (address payee);

    /// @notice All that a version has ever received in a currency, smallest unit.
    function receivedBy(uint64 splitId, uint32 version, address currency) external view returns (uint256 amount);

    /// @notice All that a payee has taken out of a version in a currency, smallest unit.
    function claimedOf(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency
    ) external view returns (uint256 amount);

    /// @notice What a payee could take out now of what a version has received, smallest unit, rounded down.
    function claimableOf(
        uint64 splitId,
        uint32 version,
        uint256 place,
        address currency
    ) external view returns (uint256 amount);

    /// @notice Where a split takes plain transfers of ETH and of any ERC-20. Reverts with SplitsUnknownVersion.
    function depositOf(uint64 splitId) external view returns (address deposit);

    /// @notice The account that a ledger credits for a version.
    function accountOf(uint64 splitId, uint32 version) external pure returns (address account);

    /// @notice The EIP-712 digest of a change that would follow the split's current version.
    function hashOfChange(uint64 splitId, Change calldata wanted) external view returns (bytes32 changeHash);

    /// @notice Who must agree to a change, by ascending seat. Reverts as `change` would.
    function seatsToAgree(uint64 splitId, Change calldata wanted) external view returns (uint16[] memory seats);

    /// @notice Has this account approved this change?
    function isApproved(address payee, bytes32 changeHash) external view returns (bool approved);

    /// @notice Most payees of one version.
    function MAX_PAYEES() external view returns (uint256 count);

    /// @notice Longest lock of a share from now, seconds.
    function MAX_LOCK() external view returns (uint256 duration);
}
