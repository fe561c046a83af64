// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ICommunityRegistry, Rates} from "../community/ICommunityRegistry.sol";
import {Credits} from "../money/Credits.sol";
import {Payout} from "../money/ICredits.sol";
import {SplitAccount} from "../money/SplitAccount.sol";
import {Bonds} from "./Bonds.sol";
import {Book, Place} from "./Book.sol";
import {Carts} from "./Carts.sol";
import {Changes} from "./Changes.sol";
import {Checks} from "./Checks.sol";
import {Disputes} from "./Disputes.sol";
import {Endings} from "./Endings.sol";
import {Files} from "./Files.sol";
import {IMarket} from "./IMarket.sol";
import {LastOffers} from "./LastOffers.sol";
import {Listings} from "./Listings.sol";
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
import {Milestones} from "./Milestones.sol";
import {OrderFlags} from "./OrderFlags.sol";
import {Purchases} from "./Purchases.sol";
import {Quotes} from "./Quotes.sol";
import {Settlements} from "./Settlements.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title Market
/// @notice Listings and the escrowed orders on them. Has no owner and cannot be upgraded.
/// @dev The plain life of an order is here. What fewer orders need lies in linked libraries that work on the same book and
/// say who is paid; only this contract credits, takes and gives money.
contract Market is IMarket, Credits {
    using OrderFlags for uint8;

    /// @inheritdoc IMarket
    uint40 public constant STAKE_FOR = Disputes.STAKE_FOR;

    /// @inheritdoc IMarket
    uint256 public constant MAX_EXTENSION = Changes.MAX_EXTENSION;

    /// @inheritdoc IMarket
    address public immutable REGISTRY;

    /// @inheritdoc IMarket
    address public immutable SPLITS;

    /// @inheritdoc IMarket
    address public immutable MEMBERSHIPS;

    // Kept from the start: were an id made with the chain's id of today, a chain that renumbers would lose its orders.
    uint256 private immutable CHAIN_ID;

    Book private _book;

    /// @param registry The CommunityRegistry.
    /// @param splits The Splits.
    /// @param memberships The Memberships.
    constructor(address registry, address splits, address memberships) {
        require(registry.code.length != 0, MarketNoCode(registry));
        require(splits.code.length != 0, MarketNoCode(splits));
        require(memberships.code.length != 0, MarketNoCode(memberships));
        REGISTRY = registry;
        SPLITS = splits;
        MEMBERSHIPS = memberships;
        CHAIN_ID = block.chainid;
    }

    /// @inheritdoc IMarket
    function list(Terms calldata terms, uint32 quantityLimit) external returns (bytes32 listingId) {
        listingId = _listingId();
        Listings.open(_book, Listings.Asked(REGISTRY, SPLITS, listingId), terms, quantityLimit);
    }

    /// @inheritdoc IMarket
    function listWithExtras(
        Terms calldata terms,
        uint32 quantityLimit,
        Extras calldata extras
    ) external returns (bytes32 listingId) {
        listingId = _listingId();
        Listings.openWithExtras(_book, Listings.Asked(REGISTRY, SPLITS, listingId), terms, quantityLimit, extras);
    }

    /// @inheritdoc IMarket
    function listFile(
        Terms calldata terms,
        uint32 quantityLimit,
        SealedFile calldata file
    ) external returns (bytes32 listingId) {
        listingId = _listingId();
        Listings.openFile(_book, Listings.Asked(REGISTRY, SPLITS, listingId), terms, quantityLimit, file);
    }

    /// @inheritdoc IMarket
    function setPaused(Terms calldata terms, bool paused) external {
        (bytes32 listingId, Listing storage listing) = _ownListing(terms);
        listing.paused = paused;
        emit ListingPaused(listingId, paused);
    }

    /// @inheritdoc IMarket
    function setQuantityLimit(Terms calldata terms, uint32 expectedLimit, uint32 newLimit) external {
        (bytes32 listingId, Listing storage listing) = _ownListing(terms);
        require(
            listing.quantityLimit == expectedLimit,
            MarketQuantityLimitChanged(listing.quantityLimit, expectedLimit)
        );
        listing.quantityLimit = newLimit;
        emit ListingQuantityLimitSet(listingId, newLimit);
    }

    /// @inheritdoc IMarket
    function buy(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase
    ) external payable returns (bytes32 key) {
        uint256 total;
        (key, total) = _buy(terms, quantity, maxTotal, maxFeeBps, deadline, purchase);
        _collect(terms.currency, total);
    }

    /// @inheritdoc IMarket
    function buyWithPermit(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase,
        Permit calldata permit
    ) external returns (bytes32 key) {
        require(terms.currency != ETH, CreditsWrongValue(0, maxTotal));
        uint256 total;
        (key, total) = _buy(terms, quantity, maxTotal, maxFeeBps, deadline, purchase);
        _permit(terms.currency, permit);
        _collect(terms.currency, total);
    }

    /// @inheritdoc IMarket
    function buyMany(
        Item[] calldata items,
        uint256 deadline,
        CurrencyPermit[] calldata permits
    ) external payable returns (bytes32[] memory keys) {
        require(block.timestamp <= deadline, MarketPurchaseExpired(deadline, block.timestamp));
        Carts.Due[] memory dues;
        (keys, dues) = Carts.buy(_book, _sources(), CHAIN_ID, items);
        _collectAll(dues, permits);
    }

    /// @inheritdoc IMarket
    function accept(Terms calldata terms, address holder, bytes32 ref) external {
        Checks.only(terms.seller);
        Place memory at = _at(holder, ref);
        Order storage order = Checks.orderIn(_book, at, State.FUNDED);
        Checks.inTime(order.clock);
        uint40 deliverBy = Checks.fromNow(terms.clocks.deliverFor());
        _move(order, State.ACCEPTED, deliverBy);
        emit OrderAccepted(at.key, deliverBy);
        if (terms.rules.bondBps() == 0) return;
        Bonds.take(_book, terms.seller, terms.currency, at.key, Bonds.lockedFor(terms, order.quantity));
    }

    /// @inheritdoc IMarket
    function decline(Terms calldata terms, address holder, bytes32 ref) external {
        Checks.only(terms.seller);
        Place memory at = _at(holder, ref);
        Checks.orderIn(_book, at, State.FUNDED);
        _giveBack(terms, at);
    }

    /// @inheritdoc IMarket
    function cancel(Terms calldata terms, address holder, bytes32 ref) external {
        Place memory at = _at(holder, ref);
        Checks.only(Checks.holderOf(_book, at));
        Checks.orderIn(_book, at, State.FUNDED);
        _giveBack(terms, at);
    }

    /// @inheritdoc IMarket
    function deliver(Terms calldata terms, address holder, bytes32 ref, bytes32 commitment) external {
        Checks.only(terms.seller);
        Place memory at = _at(holder, ref);
        Order storage order = Checks.orderIn(_book, at, State.ACCEPTED);
        _inOnePiece(at.key, order);
        require(terms.rules.kind() != Kind.FILE, MarketWrongKind(Kind.FILE));
        Checks.inTime(order.clock);
        uint40 inspectBy = Checks.fromNow(uint256(terms.clocks.transitFor()) + terms.clocks.inspectFor());
        _move(order, State.DELIVERED, inspectBy);
        LastOffers.forget(_book, at.key, order);
        emit OrderDelivered(at.key, commitment, inspectBy);
    }

    /// @inheritdoc IMarket
    function deliverFile(Terms calldata terms, address holder, bytes32 ref, Wrap calldata wrap) external {
        Files.deliver(_book, _at(holder, ref), terms, wrap);
    }

    /// @inheritdoc IMarket
    function claimBadKey(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        SealedFile calldata file,
        Purchase calldata purchase,
        Wrap calldata wrap,
        uint256 secret
    ) external {
        Place memory at = _at(holder, ref);
        _credit(
            at.key,
            terms.currency,
            Files.claimBadKey(_book, at, ref, terms, file, purchase, wrap, secret)
        );
    }

    /// @inheritdoc IMarket
    function confirm(Terms calldata terms, address holder, bytes32 ref) external {
        Place memory at = _at(holder, ref);
        Checks.only(Checks.holderOf(_book, at));
        _inOnePiece(at.key, Checks.orderIn(_book, at, State.DELIVERED));
        _credit(at.key, terms.currency, Endings.complete(_book, at, terms));
    }

    /// @inheritdoc IMarket
    function deliverMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone,
        bytes32 commitment
    ) external {
        Milestones.deliver(_book, _at(holder, ref), terms, extras, milestone, commitment);
    }

    /// @inheritdoc IMarket
    function confirmMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone
    ) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Milestones.confirm(_book, at, terms, extras, milestone));
    }

    /// @inheritdoc IMarket
    function expireMilestone(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        Extras calldata extras,
        uint8 milestone
    ) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Milestones.expire(_book, at, terms, extras, milestone));
    }

    /// @inheritdoc IMarket
    function refund(Terms calldata terms, address holder, bytes32 ref) external {
        Checks.only(terms.seller);
        Place memory at = _at(holder, ref);
        Checks.openOrder(_book, at);
        _giveBack(terms, at);
    }

    /// @inheritdoc IMarket
    function refundPart(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 amount
    ) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Changes.refundPart(_book, at, terms, expectedAmount, amount));
    }

    /// @inheritdoc IMarket
    function release(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 amount
    ) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Changes.release(_book, at, terms, expectedAmount, amount));
    }

    /// @inheritdoc IMarket
    function extend(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint40 expectedClock,
        uint40 newClock
    ) external {
        Changes.extend(_book, _at(holder, ref), terms, expectedClock, newClock);
    }

    /// @inheritdoc IMarket
    function transferOrder(Terms calldata terms, address holder, bytes32 ref, address to) external {
        Changes.transferOrder(_book, _at(holder, ref), terms, to);
    }

    /// @inheritdoc IMarket
    function offerSettlement(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 expectedAmount,
        uint128 toHolder
    ) external {
        Settlements.offer(_book, _at(holder, ref), terms, expectedAmount, toHolder);
    }

    /// @inheritdoc IMarket
    function withdrawSettlement(Terms calldata terms, address holder, bytes32 ref) external {
        Settlements.withdraw(_book, _at(holder, ref), terms);
    }

    /// @inheritdoc IMarket
    function acceptSettlement(Terms calldata terms, address holder, bytes32 ref, uint128 toHolder) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Settlements.accept(_book, at, terms, toHolder));
    }

    /// @inheritdoc IMarket
    function settleBySignature(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        uint128 toHolder,
        uint256 deadline,
        bytes calldata signature
    ) external {
        Place memory at = _at(holder, ref);
        _credit(
            at.key,
            terms.currency,
            Settlements.acceptSigned(_book, at, terms, toHolder, deadline, signature)
        );
    }

    /// @inheritdoc IMarket
    function dispute(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external payable {
        _collect(terms.currency, Disputes.dispute(_book, _at(holder, ref), terms, uri, hash));
    }

    /// @inheritdoc IMarket
    function stake(Terms calldata terms, address holder, bytes32 ref) external payable {
        uint256 due = Disputes.stake(_book, _at(holder, ref), terms);
        _collect(terms.currency, due);
    }

    /// @inheritdoc IMarket
    function submitEvidence(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external {
        Disputes.submitEvidence(_book, _at(holder, ref), terms, uri, hash);
    }

    /// @inheritdoc IMarket
    function rule(Terms calldata terms, address holder, bytes32 ref, uint16 bpsToBuyer) external {
        Place memory at = _at(holder, ref);
        _credit(at.key, terms.currency, Disputes.rule(_book, at, terms, bpsToBuyer));
    }

    /// @inheritdoc IMarket
    function expire(Terms calldata terms, address holder, bytes32 ref) external {
        Place memory at = _at(holder, ref);
        Order storage order = Checks.openOrder(_book, at);
        State state = order.state;
        if (state == State.DELIVERED) _inOnePiece(at.key, order);
        Checks.overdue(state == State.DISPUTED ? Checks.lastRuleBy(terms, order.clock) : order.clock);
        if (state != State.DELIVERED) return _giveBack(terms, at);
        _credit(at.key, terms.currency, Endings.complete(_book, at, terms));
    }

    /// @inheritdoc IMarket
    function depositBond(address account, address currency, uint256 amount) external payable {
        require(account != address(0), CreditsBadRecipient(account));
        Bonds.add(_book, account, currency, 0, amount);
        _collect(currency, amount);
    }

    /// @inheritdoc IMarket
    function withdrawBond(address currency, uint256 amount) external {
        require(amount != 0, MarketBadAmount(amount, _book.bonds[msg.sender][currency]));
        Bonds.take(_book, msg.sender, currency, 0, amount);
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(msg.sender, amount);
        _addCredits(0, currency, payouts);
    }

    /// @inheritdoc IMarket
    function listingOf(bytes32 listingId) external view returns (Listing memory listing) {
        return _book.listings[listingId];
    }

    /// @inheritdoc IMarket
    function orderOf(bytes32 key) external view returns (Order memory order) {
        return _book.orders[key];
    }

    /// @inheritdoc IMarket
    function asideOf(bytes32 key) external view returns (Aside memory aside) {
        return _book.asides[key];
    }

    /// @inheritdoc IMarket
    function talksOf(bytes32 key) external view returns (Talks memory talks) {
        return _book.talks[key];
    }

    /// @inheritdoc IMarket
    function basisOf(Terms calldata, address holder, bytes32 ref) external view returns (bytes32 basis) {
        return Settlements.basisOf(_book, _at(holder, ref));
    }

    /// @inheritdoc IMarket
    function bondOf(address account, address currency) external view returns (uint256 amount) {
        return _book.bonds[account][currency];
    }

    /// @inheritdoc IMarket
    function openQuantityOf(bytes32 listingId, address buyer) external view returns (uint256 quantity) {
        return _book.openQuantities[listingId][buyer];
    }

    /// @inheritdoc IMarket
    function listingIdOf(Terms calldata) external view returns (bytes32 listingId) {
        return _listingId();
    }

    /// @inheritdoc IMarket
    function refOf(Purchase calldata purchase) external pure returns (bytes32 ref) {
        return keccak256(abi.encode(purchase));
    }

    /// @inheritdoc IMarket
    function keyOf(bytes32 listingId, address holder, bytes32 ref) public pure returns (bytes32 key) {
        return keccak256(abi.encode(listingId, holder, ref));
    }

    /// @inheritdoc IMarket
    function quoteFor(Terms calldata terms, address holder) public view returns (Quote memory quote) {
        Quotes.Sources memory sources = _sources();
        Rates memory rates = Quotes.ratesOf(sources, terms.rules.communityId());
        return Quotes.isPlain(terms, rates) ? Quotes.plain(terms, rates) : Carts.quoteFor(sources, terms, holder, rates);
    }

    /// @dev Stewards take out their community's commission, the platform's steward that of id 0; Splits takes out what
    /// splits earn and divides it.
    function _answersFor(address caller, address account) internal view override returns (bool) {
        if (SplitAccount.isSplit(account)) return caller == SPLITS;
        if (!CommunityAccount.isCommunity(account)) return super._answersFor(caller, account);
        return ICommunityRegistry(REGISTRY).stewardOf(CommunityAccount.idOf(account)) == caller;
    }

    /// @dev Everything of a purchase but the payment.
    function _buy(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase
    ) private returns (bytes32 key, uint256 total) {
        require(block.timestamp <= deadline, MarketPurchaseExpired(deadline, block.timestamp));
        Purchases.Wish memory wish = Purchases.Wish(_listingId(), quantity, maxTotal, maxFeeBps);
        Order memory order;
        Quote memory quote = quoteFor(terms, purchase.holder);
        (total, order.flags) = Purchases.take(_book, terms, wish, purchase, quote.unitPrice);
        order.amount = uint128(total); // bounded by take
        key = Purchases.open(_book, terms, wish, purchase, order, quote);
    }

    /// @dev Takes what a cart costs: the ETH sent must be what is due in ETH, and each token moves once. A permit for a
    /// currency in which nothing is due is not looked at.
    function _collectAll(Carts.Due[] memory dues, CurrencyPermit[] calldata permits) private {
        uint256 dueEth = 0;
        for (uint256 i = 0; i < dues.length; ++i) {
            if (dues[i].currency == ETH) dueEth += dues[i].amount;
        }
        require(msg.value == dueEth, CreditsWrongValue(msg.value, dueEth));
        for (uint256 i = 0; i < dues.length; ++i) {
            address currency = dues[i].currency;
            if (currency == ETH) continue;
            for (uint256 j = 0; j < permits.length; ++j) {
                if (permits[j].currency == currency) _permit(currency, permits[j].permit);
            }
            _pull(IERC20(currency), dues[i].amount);
        }
    }

    function _sources() private view returns (Quotes.Sources memory) {
        return Quotes.Sources(REGISTRY, MEMBERSHIPS);
    }

    function _giveBack(Terms calldata terms, Place memory at) private {
        _credit(at.key, terms.currency, Endings.giveBack(_book, at, terms));
    }

    /// @dev Owes what a finished or changed order pays out. A ruling on a finished order pays nothing.
    function _credit(bytes32 key, address currency, Payout[] memory payouts) private {
        if (payouts.length != 0) _addCredits(key, currency, payouts);
    }

    function _move(Order storage order, State state, uint40 clock) private {
        order.state = state;
        order.clock = clock;
    }

    function _ownListing(Terms calldata terms) private view returns (bytes32 listingId, Listing storage listing) {
        Checks.only(terms.seller);
        listingId = _listingId();
        listing = _book.listings[listingId];
        require(listing.listed, MarketUnknownListing(listingId));
    }

    /// @dev The order of this call.
    function _at(address holder, bytes32 ref) private view returns (Place memory) {
        bytes32 listingId = _listingId();
        return Place(listingId, keyOf(listingId, holder, ref), holder);
    }

    /// @dev The id of this call's terms. They are the first argument of every call, so they are the first bytes of its
    /// calldata; anything but the one spelling that was listed has another hash and is unknown.
    function _listingId() private view returns (bytes32) {
        return TermsLib.id(CHAIN_ID, msg.data[4:4 + TermsLib.TERMS_BYTES]);
    }

    /// @dev An order with milestones goes its own way from acceptance to payment.
    function _inOnePiece(bytes32 key, Order storage order) private view {
        require(!order.flags.has(OrderFlags.MILESTONES), MarketHasMilestones(key));
    }
}
