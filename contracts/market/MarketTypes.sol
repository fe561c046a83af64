// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Permit} from "../money/Permit.sol";
import {TermsClocks} from "./TermsClocks.sol";
import {TermsRules} from "./TermsRules.sol";

/// @dev What is sold. The Market delivers a BLUEPRINT like goods; what its units are for is said by IBlueprints.
enum Kind {
    GOODS, // shipped; the inspection clock starts after the transit time
    FILE, // a sealed digital file
    BLUEPRINT, // licence units of a design
    SERVICE // work for the buyer
}

/// @dev An order's state. NONE means that the key was never used. COMPLETED and all behind it are final and kept for ever.
enum State {
    NONE,
    FUNDED, // paid; clock = acceptBy
    ACCEPTED, // the seller works; clock = deliverBy
    DELIVERED, // the buyer inspects; clock = inspectBy
    CONTESTED, // the buyer disputes and has staked; clock = stakeBy
    DISPUTED, // both have staked; clock = ruleBy of the arbiter, the backup has ruleFor more
    COMPLETED, // final: the seller is paid
    CANCELLED, // final: never accepted, all back to the buyer, stock back
    REFUNDED, // final: all back to the buyer
    RESOLVED // final: divided by a ruling
}

/// @dev Immutable terms of a sale. Their hash with chain id and Market address is the listing's id, and every later call
/// passes them first and is checked by it. Amounts are in the currency's smallest unit, times in seconds, bps in 1/10 000.
/// "Must be 0" marks a field whose calls come later; `list` refuses anything else, so that no term is promised in vain.
struct Terms {
    address seller; // receives the price; the account that lists
    bytes32 persona; // the seller's persona; must be 0
    address currency; // an ERC-20, or 0 for ETH
    uint128 unitPrice; // price of one unit; not 0
    uint128 arbiterFee; // stake of each side, in `currency`; 0 = free arbitration; at most what a member pays for one unit
    address arbiter; // rules on a dispute; not 0, not the seller
    address backupArbiter; // rules when the arbiter was silent; 0 = none
    address onlyBuyer; // 0 = anyone
    TermsRules rules; // community, kind, instant, bounds on commissions
    TermsClocks clocks; // every time limit, and what members get
    bytes32 contentHash; // keccak256 of the listing's description
    bytes32 salt; // makes equal terms different listings
    bytes32 extras; // keccak256(abi.encode(Extras)), of a FILE keccak256(abi.encode(SealedFile)); 0 = none
}

/// @dev The buyer's side. Its hash is the order's `ref`; with listing id and holder it makes the order's key.
struct Purchase {
    bytes32 salt; // makes equal purchases different orders; a double click repeats it and is refused
    address payer; // sends the money; must be the caller
    address holder; // the buyer: first holder of the order, who confirms, disputes, receives refunds
    address referrer; // gets the terms' referral commission; 0 = nobody, and the seller keeps it
    address arbiter; // the arbiter the buyer agreed to: equal to the terms'
    bytes32 encryptionKeyX; // of a FILE: one-time point of bn254, to which its key is wrapped; else 0
    bytes32 encryptionKeyY; // the same
    bytes32 specification; // hash of a sealed wish or address; 0 = none
}

/// @dev All that changes about an order, in one storage word, lowest bits first.
struct Order {
    uint128 amount; // money still in escrow, without stakes
    uint40 clock; // unix time: the last second in which the party of this state may act
    uint32 quantity; // units bought
    uint16 platformFeeBps; // frozen at purchase
    uint16 communityFeeBps; // frozen at purchase
    State state;
    uint8 flags; // see OrderFlags
    uint8 milestone; // milestones paid
}

/// @dev What few orders have, in words of their own that are written only when used.
struct Aside {
    address holder; // where TRANSFERRED: who holds the order now
    uint32 extendedFor; // seconds by which its clocks were extended in all
    uint32 handovers; // how often it was handed over, so that no offer comes back to life with an earlier holder
    address referrer; // where REFERRED
    uint128 holdersOffer; // where FINAL_OFFER, from the dispute on: what goes to the holder if his offer is picked
    uint128 sellersOffer; // the same for the seller's offer
}

/// @dev A settlement that one side offers: so much of what is in escrow to the holder, the rest to the seller.
struct Offer {
    bytes32 basis; // hash of the order and its holder when it was made; 0 = no offer
    uint128 toHolder; // smallest unit of the currency
}

/// @dev The offers about an order. They change no state and no clock.
struct Talks {
    uint64 sequence; // grows with each offer and withdrawal, so that signatures given before are void
    Offer ofHolder;
    Offer ofSeller;
}

/// @dev Optional terms. Only the calls that need them pass them; `Terms.extras` is the hash of their ABI encoding.
struct Extras {
    Milestone[] milestones; // none, or 1 to 10, for services that are not instant
    bool finalOffer; // a ruling picks the nearer of the two last offers
}

/// @dev A part of a service that is delivered, inspected and paid by itself.
struct Milestone {
    uint16 shareBps; // of the price, basis points; all together 10 000
    uint32 deliverFor; // seconds from acceptance, or from the payment of the milestone before; the first equals the terms'
    uint32 inspectFor; // seconds from delivery; the first equals the terms'
}

/// @dev A file that is sold by its key. All of it is in the listing from the start; the key is in nobody's hands but the
/// seller's until he delivers.
struct SealedFile {
    bytes32 keyHash; // keccak256(abi.encode(FileLib.KEY_DOMAIN, the terms' salt, the key))
    bytes32 ciphertextHash; // of the age file: SHA-256 of the list of the SHA-256 of its pieces of 1 MiB
    bytes32 plaintextHash; // the same of what is in it
    uint64 size; // bytes of what is in it, not 0
}

/// @dev A sealed file's key for one order: only who knows the secret of the purchase's point can read it.
struct Wrap {
    bytes32 pointX; // a point of bn254 made for this wrap
    bytes32 pointY;
    bytes32 masked; // the key, xor the hash of what both sides can compute: see FileLib
}

/// @dev What may change about a listing, in one storage word.
struct Listing {
    bool listed; // `list` was called
    bool paused; // no new orders
    uint32 quantityLimit; // units that may be sold in all
    uint32 quantitySold; // units in orders, less those of cancelled ones
    uint8 flags; // with which its orders start: see OrderFlags
}

/// @dev What a purchase would cost now.
struct Quote {
    uint256 unitPrice; // for this buyer, smallest unit of the currency
    uint16 platformFeeBps; // of what the seller is paid, basis points
    uint16 communityFeeBps; // the same, less what is waived
}

/// @dev One purchase in a cart, with its own bounds.
struct Item {
    Terms terms;
    uint32 quantity; // units, not 0
    uint256 maxTotal; // most that may be paid for it, smallest unit of its currency
    uint256 maxFeeBps; // most that its commissions together may be, basis points
    Purchase purchase;
}

/// @dev A permit and the currency it is for.
struct CurrencyPermit {
    address currency;
    Permit permit;
}
