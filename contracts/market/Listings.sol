// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICommunityRegistry} from "../community/ICommunityRegistry.sol";
import {ISplits} from "../money/ISplits.sol";
import {Book} from "./Book.sol";
import {ExtrasLib} from "./ExtrasLib.sol";
import {Files} from "./Files.sol";
import {IMarket} from "./IMarket.sol";
import {Extras, Kind, Listing, SealedFile, Terms} from "./MarketTypes.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title Listings
/// @notice Puts terms on sale.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Listings {
    /// @dev Whom a listing's terms are checked with, and what it is called.
    struct Asked {
        address registry;
        address splits;
        bytes32 listingId;
    }

    /// @dev See IMarket.list.
    function open(Book storage book, Asked calldata asked, Terms calldata terms, uint32 quantityLimit) external {
        TermsLib.check(terms);
        _checkKind(terms, false);
        TermsLib.within("extras", uint256(terms.extras), 0, 0);
        _open(book, asked, terms, quantityLimit, 0);
    }

    /// @dev See IMarket.listWithExtras.
    function openWithExtras(
        Book storage book,
        Asked calldata asked,
        Terms calldata terms,
        uint32 quantityLimit,
        Extras calldata extras
    ) external {
        TermsLib.check(terms);
        _checkKind(terms, false);
        _open(book, asked, terms, quantityLimit, ExtrasLib.check(terms, extras));
        emit IMarket.ListingExtras(asked.listingId, extras);
    }

    /// @dev See IMarket.listFile.
    function openFile(
        Book storage book,
        Asked calldata asked,
        Terms calldata terms,
        uint32 quantityLimit,
        SealedFile calldata file
    ) external {
        TermsLib.check(terms);
        _checkKind(terms, true);
        Files.check(terms, file);
        _open(book, asked, terms, quantityLimit, 0);
        emit IMarket.ListingFile(asked.listingId, file);
    }

    /// @dev A file is sold by its key, and nothing else has one.
    function _checkKind(Terms calldata terms, bool isFile) private pure {
        Kind kind = terms.rules.kind();
        require((kind == Kind.FILE) == isFile, IMarket.MarketWrongKind(kind));
    }

    function _open(
        Book storage book,
        Asked calldata asked,
        Terms calldata terms,
        uint32 quantityLimit,
        uint8 flags
    ) private {
        uint64 communityId = terms.rules.communityId();
        require(
            ICommunityRegistry(asked.registry).tokenOf(communityId) != address(0),
            IMarket.MarketUnknownCommunity(communityId)
        );
        (uint64 splitId, uint32 version) = (terms.rules.splitId(), terms.rules.splitVersion());
        require(
            splitId == 0 || ISplits(asked.splits).isVersion(splitId, version),
            IMarket.MarketUnknownSplit(splitId, version)
        );
        require(!book.listings[asked.listingId].listed, IMarket.MarketListingExists(asked.listingId));
        book.listings[asked.listingId] = Listing(true, false, quantityLimit, 0, flags);
        emit IMarket.ListingOpened(asked.listingId, terms.seller, communityId, terms, quantityLimit);
    }
}
