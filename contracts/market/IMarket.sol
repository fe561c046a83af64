// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICredits} from "../money/ICredits.sol";
import {Listing, Order, Permit, Purchase, State, Terms} from "./MarketTypes.sol";

/// @title IMarket
/// @notice Escrowed sales: a seller lists terms, a buyer pays into escrow, and a rule for every silence lets the honest side
/// finish alone.
/// @dev Terms live in calldata: a listing's id is their hash, an order's key is keccak256(listing id, holder, ref), and
/// every call passes the terms again. A party acts while t <= deadline; `expire` works when t > deadline.
/// @dev Nobody owns this contract: there is no pause, no upgrade and no call that touches an order but the ones below.
/// @dev Warning: a party may be a contract, an arbiter may be in league with a party, and one person may be several
/// addresses. Terms name the arbiter before anyone pays.
interface IMarket is ICredits {
    /// @notice Raised when the caller may not do this; `party` may: the seller, holder, payer or arbiter.
    error MarketNotParty(address caller, address party);

    /// @notice Raised when a term lies outside its bounds.
    /// @param field Its name in ASCII, zeros behind; "reserved" for what must be 0 in TermsRules.
    error MarketBadTerm(bytes32 field, uint256 found, uint256 min, uint256 max);

    /// @notice Raised when there is no contract at the currency's address, so it can be no token.
    error MarketNoCode(address currency);

    /// @notice Raised when the arbiter is missing or the seller himself, or the backup is one of these two.
    error MarketBadArbiter(address account);

    /// @notice Raised when the holder is 0, or the seller, the arbiter or the backup himself.
    error MarketBadHolder(address holder);

    /// @notice Raised when the buyer agreed to another arbiter than the terms name.
    error MarketWrongArbiter(address found, address arbiter);

    /// @notice Raised when a purchase uses the referrer or the encryption key, whose calls do not exist yet.
    error MarketReservedField();

    /// @notice Raised when terms name a community that is not open.
    error MarketUnknownCommunity(uint64 communityId);

    /// @notice Raised when terms were listed before; change the salt for another listing like it.
    error MarketListingExists(bytes32 listingId);

    /// @notice Raised when the terms were never listed here, or one of them differs from what was listed.
    error MarketUnknownListing(bytes32 listingId);

    /// @notice Raised when the seller has paused the listing.
    error MarketListingPaused(bytes32 listingId);

    /// @notice Raised when the listing sells no more at this time.
    error MarketListingEnded(uint256 validUntil, uint256 timestamp);

    /// @notice Raised when fewer units are left than asked for, or none was asked for.
    error MarketOutOfStock(uint256 asked, uint256 left);

    /// @notice Raised when the quantity limit is not the expected one any more.
    error MarketQuantityLimitChanged(uint256 current, uint256 expected);

    /// @notice Raised when the caller's transaction came too late for its own deadline.
    error MarketPurchaseExpired(uint256 deadline, uint256 timestamp);

    /// @notice Raised when the price is above the buyer's bound, or above what an order can hold.
    error MarketTotalTooHigh(uint256 total, uint256 max);

    /// @notice Raised when commissions are above the seller's bound (in the terms) or the buyer's (in the call).
    error MarketFeeTooHigh(uint256 feeBps, uint256 maxBps);

    /// @notice Raised when the listing is for one buyer only.
    error MarketOnlyBuyer(address holder, address onlyBuyer);

    /// @notice Raised when this very purchase was made before: a double click, nothing is paid twice.
    error MarketOrderExists(bytes32 key);

    /// @notice Raised when there is no such order, or it is in a state in which this cannot be done.
    error MarketWrongState(bytes32 key, State found);

    /// @notice Raised when the time to act is over; `expire` is what can be done now.
    error MarketTooLate(uint256 deadline, uint256 timestamp);

    /// @notice Raised when the other party's time, or the arbiter's, is not over yet.
    error MarketTooEarly(uint256 deadline, uint256 timestamp);

    /// @notice Raised when a ruling gives more than everything: more than 10 000 basis points.
    error MarketBadRuling(uint256 bpsToBuyer);

    /// @notice Raised when an evidence URI is longer than allowed, in bytes.
    error MarketEvidenceTooLong(uint256 length, uint256 max);

    /// @notice Terms are on sale. They never change.
    /// @param listingId keccak256(abi.encode(chain id, Market, terms)).
    event ListingOpened(
        bytes32 indexed listingId,
        address indexed seller,
        uint64 indexed communityId,
        Terms terms,
        uint32 quantityLimit
    );

    /// @notice The seller has stopped new orders, or takes them again.
    event ListingPaused(bytes32 indexed listingId, bool paused);

    /// @notice So many units may be sold in all, those sold before included.
    event ListingQuantityLimitSet(bytes32 indexed listingId, uint32 quantityLimit);

    /// @notice An order is paid: FUNDED, or ACCEPTED at once if its terms are instant. The listing's sold quantity has
    /// grown by the order's.
    /// @param key keccak256(abi.encode(listingId, holder, ref)), where ref = keccak256(abi.encode(purchase)).
    /// @param purchase The buyer's side.
    /// @param amount Money in escrow, smallest unit of the currency.
    /// @param quantity Units.
    /// @param clock Unix time: acceptBy, or deliverBy if instant.
    /// @param platformFeeBps Frozen, basis points.
    /// @param communityFeeBps Frozen, basis points.
    event OrderFunded(
        bytes32 indexed key,
        bytes32 indexed listingId,
        address indexed holder,
        Purchase purchase,
        uint128 amount,
        uint32 quantity,
        uint40 clock,
        uint16 platformFeeBps,
        uint16 communityFeeBps
    );

    /// @notice The seller has accepted and must deliver by the given unix time.
    event OrderAccepted(bytes32 indexed key, uint40 deliverBy);

    /// @notice The seller has delivered; the buyer may dispute until the given unix time.
    /// @param commitment Hash of a sealed tracking note or of the content; 0 = none.
    event OrderDelivered(bytes32 indexed key, bytes32 commitment, uint40 inspectBy);

    /// @notice The buyer disputes and has staked the arbiter's fee; the seller may stake until the given unix time.
    /// Not emitted where the arbiter asks no fee: the order is then disputed at once.
    event OrderContested(bytes32 indexed key, uint40 stakeBy);

    /// @notice Both sides have staked; the arbiter may rule until the given unix time, the backup for ruleFor more.
    event OrderDisputed(bytes32 indexed key, uint40 ruleBy);

    /// @notice A party says something for the arbiter to weigh. The shape is ERC-1497's, with the evidence's hash.
    /// @param arbitrator The arbiter in the terms.
    /// @param evidenceGroupID The order's key as a number.
    /// @param party Seller or holder.
    /// @param uri Where the evidence is; may be empty.
    /// @param hash keccak256 of the evidence.
    event Evidence(
        address indexed arbitrator,
        uint256 indexed evidenceGroupID,
        address indexed party,
        string uri,
        bytes32 hash
    );

    /// @notice Final: the seller is paid; who got what stands in CreditsAdded of the same transaction.
    /// @param by The caller: the holder who confirmed, or whoever called `expire`.
    event OrderCompleted(bytes32 indexed key, address by);

    /// @notice Final: cancelled, declined or not accepted in time. All went back, and the quantity to stock.
    /// @param by The caller: the holder who cancelled, the seller who declined, or whoever called `expire`.
    event OrderCancelled(bytes32 indexed key, address by);

    /// @notice Final: all went back to the holder.
    /// @param by The caller: the seller, or whoever called `expire`.
    event OrderRefunded(bytes32 indexed key, address by);

    /// @notice Final: divided by a ruling. Who got what stands in CreditsAdded of the same transaction.
    /// @param by The arbiter who ruled.
    /// @param bpsToBuyer The holder's part of the money in escrow, basis points, rounded down.
    event OrderResolved(bytes32 indexed key, address indexed by, uint16 bpsToBuyer);

    /// @notice Put terms on sale. The caller is their seller.
    /// @param terms See Terms; each field within the bounds that `MarketBadTerm` names.
    /// @param quantityLimit Units that may be sold in all; can be changed later; may be 0.
    /// @return listingId The hash of the terms.
    function list(Terms calldata terms, uint32 quantityLimit) external returns (bytes32 listingId);

    /// @notice Stop or resume new orders. Seller only. Orders already paid are not touched.
    function setPaused(Terms calldata terms, bool paused) external;

    /// @notice Change how many units may be sold in all. Seller only.
    /// @param expectedLimit The limit as the caller knows it; a change from a second tab cannot be overlooked.
    /// @param newLimit Units in all, those sold before included; below that nothing is left to buy.
    function setQuantityLimit(Terms calldata terms, uint32 expectedLimit, uint32 newLimit) external;

    /// @notice Pay for a new order, with ETH or with a token that was approved before.
    /// @dev The caller is the payer; the purchase names the holder, who may be somebody else.
    /// @param quantity Units, not 0.
    /// @param maxTotal Most that may be paid, smallest unit of the currency.
    /// @param maxFeeBps Most that the commissions together may be, basis points.
    /// @param deadline Unix time of the last second in which this call may be executed.
    /// @param purchase See Purchase.
    /// @return key The order's key.
    function buy(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase
    ) external payable returns (bytes32 key);

    /// @notice The same with an ERC-2612 permit of the payer, in one transaction.
    /// @dev A permit that was already used (by whoever saw it) does no harm: the allowance decides. The permit is the only
    /// call to a currency besides transfers, and comes after the terms were found listed.
    function buyWithPermit(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase,
        Permit calldata permit
    ) external returns (bytes32 key);

    /// @notice Take the order on. Seller only; FUNDED, until acceptBy.
    /// @param holder First holder of the order, a part of its key.
    /// @param ref Hash of the purchase, a part of its key.
    function accept(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Turn the order down; all goes back. Seller only; FUNDED.
    function decline(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Take the money back before the seller accepted. Holder only; FUNDED.
    function cancel(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Say that it is shipped or done. Seller only; ACCEPTED, until deliverBy.
    /// @param commitment Hash of a sealed tracking note or of the content; 0 = none.
    function deliver(Terms calldata terms, address holder, bytes32 ref, bytes32 commitment) external;

    /// @notice All is well: pay the seller. Holder only; DELIVERED.
    function confirm(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Give all the money back. Seller only; any open state. Stakes go back to who they were staked for.
    /// @dev Warning: it ends a dispute without a ruling, and then the arbiter gets no fee.
    function refund(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Dispute what was delivered, with the arbiter's fee as stake. Holder only; DELIVERED, until inspectBy.
    /// @dev With a token, the fee must be approved before. Evidence is announced as by `submitEvidence`.
    function dispute(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external payable;

    /// @notice Answer a dispute by staking the arbiter's fee for the seller. Anyone may pay; CONTESTED, until stakeBy.
    /// @dev A stake that comes back goes to the seller, whoever paid it.
    function stake(Terms calldata terms, address holder, bytes32 ref) external payable;

    /// @notice Show something to the arbiter. Holder or seller; CONTESTED or DISPUTED.
    function submitEvidence(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external;

    /// @notice Divide the money left. The arbiter until ruleBy, then the backup until ruleBy + ruleFor; DISPUTED.
    /// @dev The arbiter's fee is taken from both stakes in the proportion in which each side lost; the rest of the stakes
    /// goes back. Commission is taken of the seller's part only. On a finished order nothing happens.
    /// @param bpsToBuyer The holder's part, basis points of 10 000; rounded down, the seller gets the rest.
    function rule(Terms calldata terms, address holder, bytes32 ref, uint16 bpsToBuyer) external;

    /// @notice Apply the rule for whoever was silent too long. Anyone may call it.
    /// @dev FUNDED: cancelled. ACCEPTED, CONTESTED: refunded. DELIVERED: the seller is paid. DISPUTED, when the arbiter's
    /// and the backup's time is over: refunded, both stakes back, no fee.
    function expire(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice What may change about a listing.
    function listingOf(bytes32 listingId) external view returns (Listing memory listing);

    /// @notice All that changes about an order; state NONE if the key was never used.
    function orderOf(bytes32 key) external view returns (Order memory order);

    /// @notice The id that terms have in this Market on this chain, listed or not.
    function listingIdOf(Terms calldata terms) external view returns (bytes32 listingId);

    /// @notice The key of an order, paid or not.
    function keyOf(bytes32 listingId, address holder, bytes32 ref) external pure returns (bytes32 key);

    /// @notice The part of a purchase in its order's key.
    function refOf(Purchase calldata purchase) external pure returns (bytes32 ref);

    /// @notice The registry that this Market asks for communities, stewards and commissions.
    function REGISTRY() external view returns (address registry);
}
