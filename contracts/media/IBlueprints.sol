// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {State, Terms} from "../market/MarketTypes.sol";
import {ICredits} from "../money/ICredits.sol";
import {Permit} from "../money/Permit.sol";

/// @dev What each make of a design costs, and who gets it. The salt of the listing's terms is the hash of these conditions, so
/// that they stand when anybody pays.
struct Conditions {
    address currency; // of the fee: an ERC-20, or 0 for ETH; 0 if makes are free
    uint128 feePerMake; // smallest unit of the currency; 0 = makes are free
    address payee; // who is credited with the fees; 0 if makes are free, or a split is
    uint64 splitId; // the split that is credited instead; 0 = none
    uint32 splitVersion; // its version; 0 where splitId is
    bytes32 salt; // makes equal conditions different salts, so that equal terms can be listed again
}

/// @dev A design whose conditions are known, by its listing's id.
struct Design {
    address payee; // the account that is credited with the fees: a split's version has one of its own; 0 = makes are free
    bool published; // else all of it is 0
    address currency; // of the fee; 0 for ETH
    uint128 feePerMake; // smallest unit of the currency
    uint32 claimed; // units that were given out
    uint32 made; // units that were burned, each for one serial; claimed - made exist
}

/// @dev What a serial stands for.
struct Make {
    address maker; // 0 = there is no such serial
    uint40 madeAt; // unix time of its registration
    uint32 number; // the design's how manieth, from 1
}

/// @title IBlueprints
/// @notice Units of designs: each is the right to make one piece. Its maker burns it, pays the fee, and registers a serial.
/// @dev An ERC-1155. A design's id is its listing's id as a number; its metadata is what the terms' content hash names, so `uri`
/// gives an empty text. Has no owner and cannot be upgraded. Fees are credits: see ICredits.
/// @dev Units come from orders of the Market, and how many there may be is what the listing sells: its seller may raise that.
/// @dev A serial is 1 to 32 bytes of visible ASCII (0x21 to 0x7e), left in its word and with zeros behind. Capital and small
/// letters differ. It is unique within its design.
/// @dev Receivers are called under the lock under which tokens move, so while one is called no unit moves, none is claimed, and
/// none is burned.
/// @dev Warning: a serial belongs to whoever registers it first. Another holder of a unit who sees it coming can register it
/// before, at the price of a unit and its fee; the later call is refused and costs no unit. Register before you engrave.
/// @dev Warning: a serial proves that a unit was burned for it, not that the thing in your hand is what was made. A copied serial
/// on a second thing looks the same.
interface IBlueprints is ICredits {
    /// @notice Raised when there is no contract at an address: the Market's when this one is made, the currency's of a fee.
    error BlueprintsNoCode(address account);

    /// @notice Raised when terms are not on sale, or not as a blueprint.
    error BlueprintsNotListed(bytes32 listingId);

    /// @notice Raised when conditions are not those whose hash is the terms' salt.
    error BlueprintsWrongConditions(bytes32 found, bytes32 salt);

    /// @notice Raised when a fee has no payee or two, the payee is nobody who can take it, or a free make has conditions.
    error BlueprintsBadPayee(address payee, uint64 splitId);

    /// @notice Raised when conditions name a split, or a version of it, that does not exist.
    error BlueprintsUnknownSplit(uint64 splitId, uint32 version);

    /// @notice Raised when the conditions were published before.
    error BlueprintsPublishedBefore(bytes32 listingId);

    /// @notice Raised when a design's conditions are not published.
    error BlueprintsNotPublished(bytes32 listingId);

    /// @notice Raised when an order gives no units: it is not completed; or it ended otherwise, and the caller is not the seller.
    error BlueprintsNotCompleted(bytes32 key, State found);

    /// @notice Raised when an order's units were claimed before.
    error BlueprintsClaimedBefore(bytes32 key);

    /// @notice Raised when somebody else than the holder names where the units go.
    error BlueprintsNotHolder(address caller, address holder);

    /// @notice Raised when a make names no serial.
    error BlueprintsNoSerial();

    /// @notice Raised when a serial is empty, or has bytes that are not visible ASCII, or zeros between.
    error BlueprintsBadSerial(bytes32 serial);

    /// @notice Raised when the serial is registered; also when one call names it twice.
    error BlueprintsSerialTaken(bytes32 listingId, bytes32 serial, address maker);

    /// @notice A design's conditions are known. They never change.
    /// @param seller Who sells it.
    /// @param conditions What hashes to the terms' salt.
    event DesignPublished(bytes32 indexed listingId, address indexed seller, Conditions conditions);

    /// @notice An order's units were given out. The TransferSingle of their making follows.
    /// @param key The order's key in the Market.
    /// @param to Who got them.
    /// @param quantity Units.
    event UnitsClaimed(bytes32 indexed key, bytes32 indexed listingId, address indexed to, uint32 quantity);

    /// @notice A unit was burned and its serial registered. The TransferSingle of the burning goes before.
    /// @param number The design's how manieth make, from 1.
    event UnitMade(bytes32 indexed listingId, bytes32 indexed serial, address indexed maker, uint32 number);

    /// @notice Make a design's conditions known. Anyone may call: the terms name their hash. Once, before anything is claimed.
    /// @param terms On sale as a blueprint; their salt is saltOf(conditions).
    function publish(Terms calldata terms, Conditions calldata conditions) external;

    /// @notice Give out an order's units. Anyone may call for a completed order; for one that ended refunded or resolved only
    /// the seller, who may grant them all the same. Once.
    /// @dev Units are what was bought, whatever was given back since.
    /// @param holder The first holder, a part of the order's key. Units go to who holds it now.
    /// @param to Who holds it now. Who calls himself may name anybody, for instance when his own address has no receiver's code.
    function claim(Terms calldata terms, address holder, bytes32 ref, address to) external;

    /// @notice Burn one of your units for each serial, pay the fee for each, and register them. ETH: exactly; ERC-20: allowance.
    /// @dev Conditions never change and the id names them, so the caller's bounds stand in the id.
    /// @param serials 1 or more.
    function make(bytes32 listingId, bytes32[] calldata serials) external payable;

    /// @notice The same with an ERC-2612 permit for the fee.
    function makeWithPermit(bytes32 listingId, bytes32[] calldata serials, Permit calldata permit) external;

    /// @notice What a design costs to make, and how many units there are.
    function designOf(bytes32 listingId) external view returns (Design memory design);

    /// @notice What a serial stands for; all 0 if it is not registered.
    function makeOf(bytes32 listingId, bytes32 serial) external view returns (Make memory made);

    /// @notice Were this order's units claimed?
    function isClaimed(bytes32 key) external view returns (bool claimed);

    /// @notice What the salt of the terms must be for these conditions: keccak256(abi.encode(conditions)).
    function saltOf(Conditions calldata conditions) external pure returns (bytes32 salt);

    /// @notice The Market whose orders give units.
    function MARKET() external view returns (address market);

    /// @notice The contract that divides what splits earn, the Market's; the only one that takes out their credits.
    function SPLITS() external view returns (address splits);
}
