// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Aside, Listing, Order, Talks} from "./MarketTypes.sol";

/// @dev All that the Market keeps besides credits. Its linked libraries work on it.
struct Book {
    mapping(bytes32 listingId => Listing listing) listings;
    mapping(bytes32 key => Order order) orders;
    mapping(bytes32 key => Aside aside) asides;
    mapping(bytes32 key => Talks talks) talks;
    mapping(bytes32 listingId => mapping(address buyer => uint256 quantity)) openQuantities; // only where terms cap it
    mapping(address account => mapping(address currency => uint256 amount)) bonds; // free ones
    mapping(bytes32 key => bytes32 hash) wraps; // of file orders, from delivery on
}

/// @dev Which order a call is about.
struct Place {
    bytes32 listingId;
    bytes32 key;
    address first; // first holder, a part of the key
}
