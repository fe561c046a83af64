// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Change, ISplits, Share} from "./ISplits.sol";

/// @dev Most payees of one version of a split.
uint256 constant MOST_PAYEES = 32;

/// @dev A Share in storage, three to a word, since a struct would take a word of its own. From bit 0: seat (16) · bps (16) ·
/// lockedUntil (40). 0 = none.
type PackedShare is uint72;

/// @title ShareLib
/// @notice What a list of shares must be, what each is due, and who must agree when it changes.
library ShareLib {
    uint256 internal constant BPS = 10_000;
    uint256 internal constant MAX_LOCK = 3650 days;

    bytes32 private constant SHARE_TYPE = keccak256("Share(uint16 seat,uint16 bps,uint40 lockedUntil)");
    bytes32 private constant CHANGE_TYPE =
        keccak256(
            "Change(uint64 splitId,uint32 version,Share[] shares,address[] newPayees,uint40 deadline)"
            "Share(uint16 seat,uint16 bps,uint40 lockedUntil)"
        );

    /// @dev The part of all that was received, rounded down. With received = 10 000 q + r it is q·bps + r·bps / 10 000, which
    /// never exceeds `received` and so cannot overflow. It never falls when `received` grows.
    function dueDown(uint256 received, uint256 bps) internal pure returns (uint256) {
        // slither-disable-next-line divide-before-multiply what the first division leaves is what the second term is made of
        return (received / BPS) * bps + ((received % BPS) * bps) / BPS;
    }

    function pack(Share calldata share) internal pure returns (PackedShare) {
        return PackedShare.wrap((uint72(share.lockedUntil) << 32) | (uint72(share.bps) << 16) | share.seat);
    }

    /// @dev Each cast keeps the field's own bits and drops the neighbours'.
    function unpack(PackedShare packed) internal pure returns (Share memory share) {
        uint72 word = PackedShare.unwrap(packed);
        return Share(uint16(word), uint16(word >> 16), uint40(word >> 32));
    }

    /// @dev The list up to its first empty place, in memory.
    function unpackAll(PackedShare[MOST_PAYEES] storage list) internal view returns (Share[] memory shares) {
        uint256 count = 0;
        while (count < MOST_PAYEES && PackedShare.unwrap(list[count]) != 0) ++count;
        shares = new Share[](count);
        for (uint256 place = 0; place < count; ++place) {
            shares[place] = unpack(list[place]);
        }
    }

    /// @dev Refuses a list that is not one: seats ascend, exist, and include every new one; shares are whole.
    /// @param seatCount How many seats there are with the new ones.
    /// @param newSeats How many of them are new.
    function check(Share[] calldata shares, uint256 seatCount, uint256 newSeats) internal view {
        uint256 count = shares.length;
        require(count != 0 && count <= MOST_PAYEES, ISplits.SplitsBadCount(count, MOST_PAYEES));
        uint256 next = 0; // the lowest seat that may come
        uint256 taken = 0; // new seats that have a share
        uint256 totalBps = 0;
        uint256 latest = block.timestamp + MAX_LOCK;
        for (uint256 place = 0; place < count; ++place) {
            Share calldata share = shares[place];
            require(share.seat >= next && share.seat < seatCount, ISplits.SplitsBadSeat(place, share.seat));
            require(share.bps != 0, ISplits.SplitsBadShares(totalBps));
            require(share.lockedUntil <= latest, ISplits.SplitsLockTooLong(share.lockedUntil, latest));
            next = uint256(share.seat) + 1;
            if (next + newSeats > seatCount) ++taken;
            totalBps += share.bps;
        }
        require(totalBps == BPS, ISplits.SplitsBadShares(totalBps));
        require(taken == newSeats, ISplits.SplitsBadSeat(count, shares[count - 1].seat));
    }

    /// @dev The seats whose payees must agree, ascending: those whose share falls, or becomes locked for longer. Both lists
    /// ascend by seat.
    function seatsToAgree(Share[] memory older, Share[] calldata newer) internal view returns (uint16[] memory seats) {
        uint16[] memory found = new uint16[](older.length);
        uint256 count = 0;
        uint256 place = 0;
        for (uint256 i = 0; i < older.length; ++i) {
            uint16 seat = older[i].seat;
            while (place < newer.length && newer[place].seat < seat) ++place;
            bool stays = place < newer.length && newer[place].seat == seat;
            (uint16 bps, uint40 lockedUntil) = stays ? (newer[place].bps, newer[place].lockedUntil) : (0, 0);
            if (_mustAgree(older[i], bps, lockedUntil)) found[count++] = seat;
        }
        seats = new uint16[](count);
        for (uint256 i = 0; i < count; ++i) {
            seats[i] = found[i];
        }
    }

    /// @dev EIP-712's hashStruct of a change that makes this version.
    function hash(Change calldata wanted, uint64 splitId, uint32 version) internal pure returns (bytes32) {
        bytes32[] memory shares = new bytes32[](wanted.shares.length);
        for (uint256 i = 0; i < shares.length; ++i) {
            shares[i] = keccak256(abi.encode(SHARE_TYPE, wanted.shares[i]));
        }
        return
            keccak256(
                abi.encode(
                    CHANGE_TYPE,
                    splitId,
                    version,
                    keccak256(abi.encodePacked(shares)),
                    keccak256(abi.encodePacked(wanted.newPayees)),
                    wanted.deadline
                )
            );
    }

    /// @dev A share locked now may neither fall nor be freed earlier, whoever agrees.
    function _mustAgree(Share memory older, uint16 bps, uint40 lockedUntil) private view returns (bool) {
        bool falls = bps < older.bps;
        bool isLocked = block.timestamp < older.lockedUntil;
        require(
            !isLocked || (!falls && lockedUntil >= older.lockedUntil),
            ISplits.SplitsShareLocked(older.seat, older.lockedUntil)
        );
        return falls || (lockedUntil > older.lockedUntil && block.timestamp < lockedUntil);
    }
}
