// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Payout} from "../money/ICredits.sol";
import {Bn254} from "./Bn254.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {Endings} from "./Endings.sol";
import {FileLib} from "./FileLib.sol";
import {IMarket} from "./IMarket.sol";
import {Kind, Order, Purchase, SealedFile, State, Terms, Wrap} from "./MarketTypes.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title Files
/// @notice Sealed files: their key is delivered wrapped for one order, and a wrong one is proven without being shown.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Files {
    /// @dev Reverts unless these optional terms stand in the terms.
    function check(Terms calldata terms, SealedFile calldata file) internal pure {
        bytes32 found = keccak256(abi.encode(file));
        require(found == terms.extras, IMarket.MarketWrongExtras(found, terms.extras));
        TermsLib.within("size", file.size, 1, type(uint64).max);
    }

    /// @dev See IMarket.deliverFile.
    function deliver(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Wrap calldata wrap
    ) external {
        Checks.only(terms.seller);
        Order storage order = _fileIn(book, at, terms, State.ACCEPTED);
        require(
            Bn254.isPoint(uint256(wrap.pointX), uint256(wrap.pointY)),
            IMarket.MarketBadPoint(wrap.pointX, wrap.pointY)
        );
        uint40 inspectBy = Checks.fromNow(terms.clocks.inspectFor());
        bytes32 commitment = keccak256(abi.encode(wrap));
        order.state = State.DELIVERED;
        order.clock = inspectBy;
        book.wraps[at.key] = commitment;
        emit IMarket.OrderDelivered(at.key, commitment, inspectBy);
        emit IMarket.OrderKeyWrapped(at.key, wrap);
    }

    /// @dev See IMarket.claimBadKey.
    function claimBadKey(
        Book storage book,
        Place memory at,
        bytes32 ref,
        Terms calldata terms,
        SealedFile calldata file,
        Purchase calldata purchase,
        Wrap calldata wrap,
        uint256 secret
    ) external returns (Payout[] memory) {
        Checks.only(Checks.holderOf(book, at));
        _fileIn(book, at, terms, State.DELIVERED);
        check(terms, file);
        require(keccak256(abi.encode(purchase)) == ref, IMarket.MarketWrongPurchase(ref));
        require(keccak256(abi.encode(wrap)) == book.wraps[at.key], IMarket.MarketWrongWrap(at.key));
        (uint256 x, uint256 y) = Bn254.multiply(Bn254.GENERATOR_X, Bn254.GENERATOR_Y, secret);
        require(
            bytes32(x) == purchase.encryptionKeyX && bytes32(y) == purchase.encryptionKeyY,
            IMarket.MarketWrongSecret(at.key)
        );
        bytes32 fileKey = FileLib.unwrap(at.key, wrap, secret);
        require(FileLib.keyHash(terms.salt, fileKey) != file.keyHash, IMarket.MarketKeyIsRight(at.key));
        emit IMarket.OrderKeyRefuted(at.key);
        return Endings.giveBack(book, at, terms);
    }

    /// @dev The order, if it is of a file, in this state, and its clock has not run out.
    function _fileIn(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        State state
    ) private view returns (Order storage order) {
        order = Checks.orderIn(book, at, state);
        require(terms.rules.kind() == Kind.FILE, IMarket.MarketWrongKind(terms.rules.kind()));
        Checks.inTime(order.clock);
    }
}
