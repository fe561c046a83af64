// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICredits} from "../money/ICredits.sol";
import {
    Aside,
    CurrencyPermit,
    Extras,
    Item,
    Kind,
    Listing,
    Order,
    Permit,
    Purchase,
    Quote,
    SealedFile,
    State,
    Talks,
    Terms,
    Wrap
} from "./MarketTypes.sol";

/// @title IMarket
/// @notice Escrowed sales: a seller lists terms, a buyer pays into escrow, and a rule for every silence lets the honest side
/// finish alone.
/// @dev Terms live in calldata: a listing's id is their hash, an order's key is keccak256(listing id, holder, ref), and
/// every call passes the terms again. A party acts while t <= deadline; `expire` works when t > deadline.
/// @dev `holder` in a call is always the first holder, a part of the key. Where the text says "the holder" it means who
/// holds the order now. Calls that move money or clocks name what they expect to find, so that a double click, or a change
/// that the caller has not seen, is refused.
/// @dev Nobody owns this contract: there is no pause, no upgrade and no call that touches an order but the ones below.
/// @dev Warning: a party may be a contract, an arbiter may be in league with a party, and one person may be several
/// addresses. Terms name the arbiter before anyone pays.
interface IMarket is ICredits {
    /// @notice Raised when the caller may not do this; `party` may: the seller, holder, payer or arbiter.
    error MarketNotParty(address caller, address party);

    /// @notice Raised when a term lies outside its bounds.
    /// @param field Its name in ASCII, zeros behind.
    error MarketBadTerm(bytes32 field, uint256 found, uint256 min, uint256 max);

    /// @notice Raised when there is no contract at the currency's address, so it can be no token; when a Market is made, at
    /// the registry's or the splits'.
    error MarketNoCode(address currency);

    /// @notice Raised when the arbiter is missing or the seller himself, or the backup is one of these two.
    error MarketBadArbiter(address account);

    /// @notice Raised when a holder is 0, the seller, the arbiter or the backup himself, or holds the order already.
    error MarketBadHolder(address holder);

    /// @notice Raised when the buyer agreed to another arbiter than the terms name.
    error MarketWrongArbiter(address found, address arbiter);

    /// @notice Raised when coordinates name no point of bn254, or infinity; and when something is bought with a point that
    /// is no file.
    error MarketBadPoint(bytes32 x, bytes32 y);

    /// @notice Raised when a call is not for this kind: files have their own to list and to deliver, and are not handed over.
    error MarketWrongKind(Kind kind);

    /// @notice Raised when a purchase is not the one that was made.
    error MarketWrongPurchase(bytes32 ref);

    /// @notice Raised when a wrap is not the one that was delivered.
    error MarketWrongWrap(bytes32 key);

    /// @notice Raised when a secret is not that of the purchase's point.
    error MarketWrongSecret(bytes32 key);

    /// @notice Raised when the key that was delivered is the one that was sold.
    error MarketKeyIsRight(bytes32 key);

    /// @notice Raised when terms name a community that is not open.
    error MarketUnknownCommunity(uint64 communityId);

    /// @notice Raised when terms name a split, or a version of it, that does not exist.
    error MarketUnknownSplit(uint64 splitId, uint32 version);

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

    /// @notice Raised when the commissions, the referrer's included, are above the seller's bound (in the terms) or the
    /// buyer's (in the call).
    error MarketFeeTooHigh(uint256 feeBps, uint256 maxBps);

    /// @notice Raised when the listing is for one buyer only; such an order cannot be handed over either.
    error MarketOnlyBuyer(address holder, address onlyBuyer);

    /// @notice Raised when the terms are for members only and the buyer's level is lower than they ask.
    error MarketMembersOnly(address holder, uint256 level, uint256 buyerLevel);

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

    /// @notice Raised when a buyer would have more units in open orders than the terms allow to one.
    error MarketBuyerHasEnough(address buyer, uint256 quantity, uint256 max);

    /// @notice Raised when what is in escrow is not what the caller expected.
    error MarketAmountChanged(uint256 amount, uint256 expected);

    /// @notice Raised when an amount is 0 or more than there is.
    error MarketBadAmount(uint256 amount, uint256 max);

    /// @notice Raised when an order's clock is not the one that the caller expected.
    error MarketClockChanged(uint256 clock, uint256 expected);

    /// @notice Raised when a clock would not be extended, or by more than the protocol allows in all.
    error MarketBadClock(uint256 newClock, uint256 clock, uint256 max);

    /// @notice Raised when a free bond is smaller than what is to be locked or taken out.
    error MarketBondTooLow(address account, uint256 free, uint256 needed);

    /// @notice Raised when the other side has made no such offer, or the order has changed since.
    error MarketNoSuchOffer(bytes32 key, uint256 toHolder);

    /// @notice Raised when a settlement is not signed by the other side as it stands.
    error MarketBadSignature(address signer);

    /// @notice Raised when an order has milestones and the call is meant for orders that have none.
    error MarketHasMilestones(bytes32 key);

    /// @notice Raised when another milestone is at hand than the caller meant, or the order has none.
    error MarketWrongMilestone(uint256 milestone, uint256 current);

    /// @notice Raised when optional terms are not those whose hash stands in the terms.
    error MarketWrongExtras(bytes32 found, bytes32 extras);

    /// @notice Terms are on sale. They never change.
    /// @param listingId keccak256(abi.encode(chain id, Market, terms)).
    event ListingOpened(
        bytes32 indexed listingId,
        address indexed seller,
        uint64 indexed communityId,
        Terms terms,
        uint32 quantityLimit
    );

    /// @notice A listing has optional terms. Follows its ListingOpened.
    event ListingExtras(bytes32 indexed listingId, Extras extras);

    /// @notice A listing sells a sealed file. Follows its ListingOpened.
    event ListingFile(bytes32 indexed listingId, SealedFile file);

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
    /// @param commitment Hash of a sealed tracking note or of the content, of a file keccak256(abi.encode(wrap)); 0 = none.
    event OrderDelivered(bytes32 indexed key, bytes32 commitment, uint40 inspectBy);

    /// @notice The key of a file, for this order's buyer alone. Follows its OrderDelivered.
    event OrderKeyWrapped(bytes32 indexed key, Wrap wrap);

    /// @notice The key that was delivered is not the one that was sold. Its OrderRefunded follows.
    event OrderKeyRefuted(bytes32 indexed key);

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

    /// @notice The holder has paid the seller a part of what is in escrow. Who got what stands in CreditsAdded.
    /// @param amount The part, before commissions, smallest unit of the currency.
    /// @param left What is in escrow now.
    event OrderReleased(bytes32 indexed key, uint128 amount, uint128 left);

    /// @notice The seller has given back a part of what is in escrow.
    /// @param amount The part, smallest unit of the currency.
    /// @param left What is in escrow now.
    event OrderPartRefunded(bytes32 indexed key, uint128 amount, uint128 left);

    /// @notice A milestone is paid and the next one is at hand: ACCEPTED, to be delivered by the given unix time. The last
    /// milestone is announced by OrderCompleted instead.
    /// @param milestone Which one, from 0.
    /// @param by The caller: the holder, or whoever called `expireMilestone`.
    /// @param amount Its share of what was left, before commissions, smallest unit of the currency.
    /// @param left What is in escrow now.
    event MilestonePaid(
        bytes32 indexed key,
        uint8 milestone,
        address by,
        uint128 amount,
        uint128 left,
        uint40 deliverBy
    );

    /// @notice The clock of an order runs until the given unix time now.
    event OrderExtended(bytes32 indexed key, uint40 clock);

    /// @notice An order has another holder: he confirms, disputes and receives refunds.
    event OrderTransferred(bytes32 indexed key, address indexed from, address indexed to);

    /// @notice One side offers to end the order, and replaces an offer of its own made before.
    /// @param by Holder or seller.
    /// @param toHolder What would go to the holder of what is in escrow; the rest to the seller.
    /// @param sequence The order's number of offers and withdrawals.
    event SettlementOffered(bytes32 indexed key, address indexed by, uint128 toHolder, uint64 sequence);

    /// @notice One side stands by no offer, nor by any signature it gave before.
    event SettlementWithdrawn(bytes32 indexed key, address indexed by, uint64 sequence);

    /// @notice From now on a ruling picks one of these: what goes to the holder by each side's last offer.
    event FinalOffersFrozen(bytes32 indexed key, uint128 holdersOffer, uint128 sellersOffer);

    /// @notice A ruling has picked the offer nearer to it. Follows OrderResolved.
    /// @param toHolder What the holder gets of what was in escrow, without stakes.
    event FinalOfferPicked(bytes32 indexed key, uint128 toHolder);

    /// @notice A free bond has changed; it is what is said here. Every change is announced by this event and no other.
    /// @param source The order that locked it, used it as stake or gave it back; 0 = deposited or taken out.
    /// @param free What is free now, smallest unit of the currency.
    event BondChanged(
        address indexed account,
        address indexed currency,
        bytes32 indexed source,
        uint256 free
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

    /// @notice Final: divided as holder and seller agreed. Who got what stands in CreditsAdded of the same transaction.
    /// @param by Who accepted.
    /// @param toHolder What the holder got of what was in escrow, without his stake.
    event OrderSettled(bytes32 indexed key, address indexed by, uint128 toHolder);

    /// @notice Put terms on sale. The caller is their seller.
    /// @param terms See Terms; each field within the bounds that `MarketBadTerm` names.
    /// @param quantityLimit Units that may be sold in all; can be changed later; may be 0.
    /// @return listingId The hash of the terms.
    function list(Terms calldata terms, uint32 quantityLimit) external returns (bytes32 listingId);

    /// @notice The same for terms that name optional ones. Not for files.
    /// @param extras See Extras; keccak256(abi.encode(extras)) is `terms.extras`. Everybody finds them in ListingExtras.
    function listWithExtras(
        Terms calldata terms,
        uint32 quantityLimit,
        Extras calldata extras
    ) external returns (bytes32 listingId);

    /// @notice The same for a sealed file: terms of the kind FILE, and no others.
    /// @param file See SealedFile; keccak256(abi.encode(file)) is `terms.extras`. Everybody finds it in ListingFile.
    function listFile(
        Terms calldata terms,
        uint32 quantityLimit,
        SealedFile calldata file
    ) external returns (bytes32 listingId);

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

    /// @notice Pay for several orders in one transaction: all or none.
    /// @dev Each item keeps its own bounds. What is due in a currency is taken once, and the ETH sent must be the sum of what
    /// is due in ETH. Permits are tried before the currency is taken; one for a currency in which nothing is due is ignored.
    /// @param deadline Unix time of the last second in which this call may be executed.
    /// @param permits May be empty.
    /// @return keys The orders' keys, in the order of the items.
    function buyMany(
        Item[] calldata items,
        uint256 deadline,
        CurrencyPermit[] calldata permits
    ) external payable returns (bytes32[] memory keys);

    /// @notice Take the order on. Seller only; FUNDED, until acceptBy.
    /// @dev Locks the bond that the terms ask for: the price of the quantity times bondBps, rounded down, out of the seller's
    /// free bond. It comes back when the order ends, unless that is after deliverBy and not delivered: then it is the holder's.
    /// @param holder First holder of the order, a part of its key.
    /// @param ref Hash of the purchase, a part of its key.
    function accept(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Turn the order down; all goes back. Seller only; FUNDED.
    function decline(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Take the money back before the seller accepted. Holder only; FUNDED.
    function cancel(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Say that it is shipped or done. Seller only; ACCEPTED, until deliverBy. Files have `deliverFile`.
    /// @param commitment Hash of a sealed tracking note or of the content; 0 = none.
    function deliver(Terms calldata terms, address holder, bytes32 ref, bytes32 commitment) external;

    /// @notice Deliver a sealed file: its key, wrapped to the purchase's point. Seller only; ACCEPTED, until deliverBy.
    /// @dev Nothing is taken on trust but that the key fits: who gets a wrong one proves it by `claimBadKey`.
    /// @param wrap See Wrap. Its point must be one.
    function deliverFile(Terms calldata terms, address holder, bytes32 ref, Wrap calldata wrap) external;

    /// @notice Prove that the delivered key is not the one that was sold, and get everything back. Holder only; DELIVERED,
    /// until inspectBy. Against the right key it reverts and nothing changes.
    /// @dev Warning: the secret can be read by everybody afterwards, also when the claim fails, and with it the key that was
    /// delivered. So a secret is for one order, and who claims against the right key gives away what he has bought.
    /// @param file The sealed file.
    /// @param purchase The purchase.
    /// @param wrap What was delivered.
    /// @param secret The number by which the generator gives the purchase's point.
    function claimBadKey(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        SealedFile calldata file,
        Purchase calldata purchase,
        Wrap calldata wrap,
        uint256 secret
    ) external;

    /// @notice Say that a milestone is done. Seller only; ACCEPTED, until deliverBy.
    /// @param extras The optional terms.
    /// @param milestone The one at hand, from 0.
    /// @param commitment Hash of what was done; 0 = none.
    function deliverMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone,
        bytes32 commitment
    ) external;

    /// @notice A milestone is well: pay its share. Holder only; DELIVERED. The next one starts, or the order is complete.
    /// @dev The share is of what is left, among the milestones not yet paid, rounded down; the last one gets all of it.
    /// @param milestone The one at hand, from 0.
    function confirmMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone
    ) external;

    /// @notice Pay a milestone's share after its holder was silent until inspectBy. Anyone may call it; DELIVERED.
    /// @param milestone The one at hand, from 0.
    function expireMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone
    ) external;

    /// @notice All is well: pay the seller. Holder only; DELIVERED.
    function confirm(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Give all the money back. Seller only; any open state. Stakes go back to who they were staked for. Who gives back
    /// what he has not delivered in time loses his bond, as by `expire`.
    /// @dev Warning: it ends a dispute without a ruling, and then the arbiter gets no fee.
    function refund(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Give a part of the money back. Seller only; any open state. Giving back all that is left is `refund`.
    /// @param expectedAmount What is in escrow as the caller knows it, smallest unit of the currency.
    /// @param amount The part; not 0.
    function refundPart(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 amount
    ) external;

    /// @notice Pay the seller a part of the money. Holder only; any open state. Paying all that is left completes the order,
    /// and stakes go back to who they were staked for.
    /// @dev Commissions are taken of each part, each time rounded down: many parts pay at most one unit a part less.
    /// @param expectedAmount What is in escrow as the caller knows it, smallest unit of the currency.
    /// @param amount The part, before commissions; not 0.
    function release(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 amount
    ) external;

    /// @notice Give the other side more time. Whom the clock favours when it runs out: the holder while FUNDED or ACCEPTED,
    /// the seller while DELIVERED; until the clock's last second.
    /// @param expectedClock Unix time: the clock as the caller knows it.
    /// @param newClock Unix time: later than that; all extensions of an order together at most MAX_EXTENSION.
    function extend(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint40 expectedClock,
        uint40 newClock
    ) external;

    /// @notice Hand the order over, with all rights of its holder. Holder only; FUNDED, ACCEPTED or DELIVERED.
    /// @dev An offer of the old holder falls away. The quantity goes on counting for the first holder.
    /// A file's order stays with its holder: the key is for him.
    /// @param to The new holder: not 0, not the seller, not an arbiter in the terms. It is not asked.
    function transferOrder(Terms calldata terms, address holder, bytes32 ref, address to) external;

    /// @notice Offer to end the order. Holder or seller; any open state. Changes no state and no clock.
    /// @dev An offer holds until its maker replaces or withdraws it, or anything about the order changes. Each side has one.
    /// @param expectedAmount What is in escrow as the caller knows it, smallest unit of the currency.
    /// @param toHolder What goes to the holder of it; the seller gets the rest less commissions. Stakes go back.
    function offerSettlement(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 toHolder
    ) external;

    /// @notice Withdraw your offer, and void every signature given about this order before. Holder or seller; any open state.
    function withdrawSettlement(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Accept the other side's offer. Holder or seller; any open state.
    /// @param toHolder What the offer gives to the holder, as the caller knows it.
    function acceptSettlement(Terms calldata terms, address holder, bytes32 ref, uint128 toHolder) external;

    /// @notice End the order as the other side has signed. Holder or seller; any open state.
    /// @dev EIP-712, domain (name "Dokkaebi Market", version "1", chainId, verifyingContract), type Settlement(bytes32 order,
    /// address holder,uint256 remaining,uint256 toHolder,bytes32 basis,uint256 sequence,uint256 deadline): the order's key,
    /// who holds it, what is in escrow, `basisOf`, and `sequence` of `talksOf`. Any change of the order voids a signature.
    /// @dev Trusts a contract wallet with the word "yes" (ERC-1271, by staticcall) about its own settlement and nothing else.
    /// @param deadline Unix time: the last second in which the signer stands by it.
    /// @param signature 65 bytes of an account, or whatever a contract wallet takes.
    function settleBySignature(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 toHolder,
        uint256 deadline,
        bytes calldata signature
    ) external;

    /// @notice Dispute what was delivered, with the arbiter's fee as stake. Holder only; DELIVERED, until inspectBy.
    /// @dev If no ETH is sent and the holder's free bond is enough, the stake is taken from there. Otherwise the caller pays;
    /// with a token, the fee must be approved before. If the seller's free bond is enough, his stake is taken from it by
    /// itself and the order is DISPUTED at once. Evidence is announced as by `submitEvidence`.
    /// @dev Where the terms say so, the last offer that each side has made since the delivery is kept: the ruling picks one.
    function dispute(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external payable;

    /// @notice Answer a dispute by staking the arbiter's fee for the seller. Anyone may pay; CONTESTED, until stakeBy.
    /// @dev A stake that comes back goes to the seller, whoever paid it. If the seller himself calls, sends no ETH and his
    /// free bond is enough, the stake is taken from there.
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
    /// @dev Where the terms have the final-offer option, the holder gets what the nearer of the two frozen offers gives him;
    /// when both are as near (compared without rounding), what his own does.
    /// @param bpsToBuyer The holder's part, basis points of 10 000; rounded down, the seller gets the rest.
    function rule(Terms calldata terms, address holder, bytes32 ref, uint16 bpsToBuyer) external;

    /// @notice Apply the rule for whoever was silent too long. Anyone may call it.
    /// @dev FUNDED: cancelled. ACCEPTED: refunded, with the bond. CONTESTED: refunded. DELIVERED: the seller is paid, or see
    /// `expireMilestone`. DISPUTED, when the arbiter's
    /// and the backup's time is over: refunded, both stakes back, no fee.
    function expire(Terms calldata terms, address holder, bytes32 ref) external;

    /// @notice Put money aside as a free bond, for yourself or anybody else. From it are taken what terms lock at acceptance
    /// and, when it is enough, the stake in a dispute, of seller and holder alike.
    /// @param account Whose bond; only this account can take it out.
    /// @param currency Token address, or 0 for ETH.
    /// @param amount Smallest unit of the currency; a token must be approved before.
    function depositBond(address account, address currency, uint256 amount) external payable;

    /// @notice Turn your own free bond into a credit, which `withdraw` pays out.
    /// @param currency Token address, or 0 for ETH.
    /// @param amount Smallest unit of the currency; not 0, at most what is free.
    function withdrawBond(address currency, uint256 amount) external;

    /// @notice What may change about a listing.
    function listingOf(bytes32 listingId) external view returns (Listing memory listing);

    /// @notice All that changes about an order; state NONE if the key was never used.
    function orderOf(bytes32 key) external view returns (Order memory order);

    /// @notice What few orders have besides; all 0 for the others.
    function asideOf(bytes32 key) external view returns (Aside memory aside);

    /// @notice The offers about an order.
    function talksOf(bytes32 key) external view returns (Talks memory talks);

    /// @notice Names an order as it is now, with its holder: to be signed in a settlement. An offer stands while its basis is
    /// this.
    function basisOf(Terms calldata terms, address holder, bytes32 ref) external view returns (bytes32 basis);

    /// @notice An account's free bond, smallest unit of the currency.
    function bondOf(address account, address currency) external view returns (uint256 amount);

    /// @notice Units in open orders of a first holder, where the terms cap them; 0 elsewhere.
    function openQuantityOf(bytes32 listingId, address buyer) external view returns (uint256 quantity);

    /// @notice What one unit would cost a holder now, and the commissions that would be frozen into his order, without a
    /// referrer's. Says nothing about stock, pause or end; the terms need not be listed.
    /// @dev Reverts with MarketMembersOnly when his level is too low, and for a community that does not exist.
    /// @return quote See Quote. A member's price and a waived commission are rounded up.
    function quoteFor(Terms calldata terms, address holder) external view returns (Quote memory quote);

    /// @notice The id that terms have in this Market on this chain, listed or not.
    function listingIdOf(Terms calldata terms) external view returns (bytes32 listingId);

    /// @notice The key of an order, paid or not.
    function keyOf(bytes32 listingId, address holder, bytes32 ref) external pure returns (bytes32 key);

    /// @notice The part of a purchase in its order's key.
    function refOf(Purchase calldata purchase) external pure returns (bytes32 ref);

    /// @notice The registry that this Market asks for communities, stewards and commissions.
    function REGISTRY() external view returns (address registry);

    /// @notice The contract that divides what splits earn, and the only one that takes out their credits.
    function SPLITS() external view returns (address splits);

    /// @notice The Memberships that know who is a member.
    function MEMBERSHIPS() external view returns (address memberships);

    /// @notice Time for the seller to answer a dispute, seconds.
    function STAKE_FOR() external view returns (uint40 stakeFor);

    /// @notice Most by which the clocks of one order may be extended in all, seconds.
    function MAX_EXTENSION() external view returns (uint256 maxExtension);
}
