// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ICommunityRegistry} from "../community/ICommunityRegistry.sol";
import {Credits} from "../money/Credits.sol";
import {Payout} from "../money/ICredits.sol";
import {IMarket} from "./IMarket.sol";
import {Listing, Order, Permit, Purchase, State, Terms} from "./MarketTypes.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title Market
/// @notice Listings and the escrowed orders on them. Has no owner and cannot be upgraded.
contract Market is IMarket, Credits {
    /// @dev How the money of a finished order is divided.
    struct Division {
        address holder;
        uint256 toHolder; // with what comes back of his stake
        uint256 gross; // the seller's part before commissions
        uint256 sellerStake; // what comes back of the seller's stake; bears no commission
        uint256 toArbiter; // the caller, who ruled
    }

    /// @notice Time for the seller to answer a dispute.
    uint40 public constant STAKE_FOR = 3 days;

    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_EVIDENCE_URI_BYTES = 256;

    /// @inheritdoc IMarket
    address public immutable REGISTRY;

    // Kept from the start: were an id made with the chain's id of today, a chain that renumbers would lose its orders.
    uint256 private immutable CHAIN_ID;

    mapping(bytes32 listingId => Listing) private _listings;
    mapping(bytes32 key => Order) private _orders;

    /// @param registry The CommunityRegistry.
    constructor(address registry) {
        require(registry.code.length != 0, MarketNoCode(registry));
        REGISTRY = registry;
        CHAIN_ID = block.chainid;
    }

    /// @inheritdoc IMarket
    function list(Terms calldata terms, uint32 quantityLimit) external returns (bytes32 listingId) {
        TermsLib.check(terms);
        uint64 communityId = terms.rules.communityId();
        require(
            ICommunityRegistry(REGISTRY).tokenOf(communityId) != address(0),
            MarketUnknownCommunity(communityId)
        );
        listingId = _listingId();
        require(!_listings[listingId].listed, MarketListingExists(listingId));
        _listings[listingId] = Listing(true, false, quantityLimit, 0);
        emit ListingOpened(listingId, terms.seller, communityId, terms, quantityLimit);
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
        // Somebody may have submitted the permit before us; then it fails and the allowance stands all the same.
        try
            IERC20Permit(terms.currency).permit(
                msg.sender,
                address(this),
                permit.value,
                permit.deadline,
                permit.v,
                permit.r,
                permit.s
            )
        {} catch {}
        _collect(terms.currency, total);
    }

    /// @inheritdoc IMarket
    function accept(Terms calldata terms, address holder, bytes32 ref) external {
        _only(terms.seller);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.FUNDED);
        _inTime(order.clock);
        uint40 deliverBy = _after(terms.clocks.deliverFor());
        _move(order, State.ACCEPTED, deliverBy);
        emit OrderAccepted(key, deliverBy);
    }

    /// @inheritdoc IMarket
    function decline(Terms calldata terms, address holder, bytes32 ref) external {
        _only(terms.seller);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.FUNDED);
        _giveBack(terms, holder, key, order);
    }

    /// @inheritdoc IMarket
    function cancel(Terms calldata terms, address holder, bytes32 ref) external {
        _only(holder);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.FUNDED);
        _giveBack(terms, holder, key, order);
    }

    /// @inheritdoc IMarket
    function deliver(Terms calldata terms, address holder, bytes32 ref, bytes32 commitment) external {
        _only(terms.seller);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.ACCEPTED);
        _inTime(order.clock);
        uint40 inspectBy = _after(uint256(terms.clocks.transitFor()) + terms.clocks.inspectFor());
        _move(order, State.DELIVERED, inspectBy);
        emit OrderDelivered(key, commitment, inspectBy);
    }

    /// @inheritdoc IMarket
    function confirm(Terms calldata terms, address holder, bytes32 ref) external {
        _only(holder);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.DELIVERED);
        _complete(terms, key, order);
    }

    /// @inheritdoc IMarket
    function refund(Terms calldata terms, address holder, bytes32 ref) external {
        _only(terms.seller);
        (bytes32 key, Order storage order) = _order(holder, ref);
        State state = order.state;
        require(_isOpen(state), MarketWrongState(key, state));
        _giveBack(terms, holder, key, order);
    }

    /// @inheritdoc IMarket
    function dispute(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external payable {
        _only(holder);
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.DELIVERED);
        _inTime(order.clock);
        _announceEvidence(terms, key, uri, hash);
        if (terms.arbiterFee == 0) {
            _openDispute(terms, key, order);
        } else {
            uint40 stakeBy = _after(STAKE_FOR);
            _move(order, State.CONTESTED, stakeBy);
            emit OrderContested(key, stakeBy);
        }
        _collect(terms.currency, terms.arbiterFee);
    }

    /// @inheritdoc IMarket
    function stake(Terms calldata terms, address holder, bytes32 ref) external payable {
        (bytes32 key, Order storage order) = _orderIn(holder, ref, State.CONTESTED);
        _inTime(order.clock);
        _openDispute(terms, key, order);
        _collect(terms.currency, terms.arbiterFee);
    }

    /// @inheritdoc IMarket
    function submitEvidence(
        Terms calldata terms,
        address holder,
        bytes32 ref,
        string calldata uri,
        bytes32 hash
    ) external {
        if (msg.sender != holder) _only(terms.seller);
        (bytes32 key, Order storage order) = _order(holder, ref);
        State state = order.state;
        require(state == State.CONTESTED || state == State.DISPUTED, MarketWrongState(key, state));
        _announceEvidence(terms, key, uri, hash);
    }

    /// @inheritdoc IMarket
    function rule(Terms calldata terms, address holder, bytes32 ref, uint16 bpsToBuyer) external {
        if (msg.sender != terms.backupArbiter) _only(terms.arbiter);
        require(bpsToBuyer <= BPS, MarketBadRuling(bpsToBuyer));
        (bytes32 key, Order storage order) = _order(holder, ref);
        State state = order.state;
        if (state >= State.COMPLETED) return;
        require(state == State.DISPUTED, MarketWrongState(key, state));
        if (msg.sender == terms.arbiter) {
            _inTime(order.clock);
        } else {
            _overdue(order.clock);
            _inTime(_lastRuleBy(terms, order.clock));
        }
        _resolve(terms, holder, key, order, bpsToBuyer);
    }

    /// @inheritdoc IMarket
    function expire(Terms calldata terms, address holder, bytes32 ref) external {
        (bytes32 key, Order storage order) = _order(holder, ref);
        State state = order.state;
        require(_isOpen(state), MarketWrongState(key, state));
        _overdue(state == State.DISPUTED ? _lastRuleBy(terms, order.clock) : order.clock);
        if (state == State.DELIVERED) return _complete(terms, key, order);
        _giveBack(terms, holder, key, order);
    }

    /// @inheritdoc IMarket
    function listingOf(bytes32 listingId) external view returns (Listing memory listing) {
        return _listings[listingId];
    }

    /// @inheritdoc IMarket
    function orderOf(bytes32 key) external view returns (Order memory order) {
        return _orders[key];
    }

    /// @inheritdoc IMarket
    function listingIdOf(Terms calldata) external view returns (bytes32 listingId) {
        return _listingId();
    }

    /// @inheritdoc IMarket
    function refOf(Purchase calldata purchase) public pure returns (bytes32 ref) {
        return keccak256(abi.encode(purchase));
    }

    /// @inheritdoc IMarket
    function keyOf(bytes32 listingId, address holder, bytes32 ref) public pure returns (bytes32 key) {
        return keccak256(abi.encode(listingId, holder, ref));
    }

    /// @dev Everything of a purchase but the payment: checks it, writes it and announces it.
    function _buy(
        Terms calldata terms,
        uint32 quantity,
        uint256 maxTotal,
        uint256 maxFeeBps,
        uint256 deadline,
        Purchase calldata purchase
    ) private returns (bytes32 key, uint256 total) {
        require(block.timestamp <= deadline, MarketPurchaseExpired(deadline, block.timestamp));
        bytes32 listingId = _listingId();
        _checkPurchase(terms, purchase);
        _takeStock(terms, listingId, quantity);
        total = uint256(terms.unitPrice) * quantity;
        uint256 max = _min(maxTotal, type(uint128).max);
        require(total <= max, MarketTotalTooHigh(total, max));

        (uint16 platformFeeBps, uint16 communityFeeBps) = _fees(terms, maxFeeBps);
        bool instant = terms.rules.instant() != 0;
        Order memory order = Order({
            amount: uint128(total), // bounded above
            clock: _after(instant ? terms.clocks.deliverFor() : terms.clocks.acceptFor()),
            quantity: quantity,
            platformFeeBps: platformFeeBps,
            communityFeeBps: communityFeeBps,
            state: instant ? State.ACCEPTED : State.FUNDED,
            flags: 0,
            milestone: 0
        });
        key = _open(listingId, purchase, order);
    }

    /// @dev Writes and announces a new order, once.
    function _open(
        bytes32 listingId,
        Purchase calldata purchase,
        Order memory order
    ) private returns (bytes32 key) {
        key = keyOf(listingId, purchase.holder, refOf(purchase));
        require(_orders[key].state == State.NONE, MarketOrderExists(key));
        _orders[key] = order;
        emit OrderFunded(
            key,
            listingId,
            purchase.holder,
            purchase,
            order.amount,
            order.quantity,
            order.clock,
            order.platformFeeBps,
            order.communityFeeBps
        );
    }

    function _checkPurchase(Terms calldata terms, Purchase calldata purchase) private view {
        address holder = purchase.holder;
        _only(purchase.payer);
        require(terms.onlyBuyer == address(0) || terms.onlyBuyer == holder, MarketOnlyBuyer(holder, terms.onlyBuyer));
        require(
            holder != address(0) &&
                holder != terms.seller &&
                holder != terms.arbiter &&
                holder != terms.backupArbiter,
            MarketBadHolder(holder)
        );
        require(purchase.arbiter == terms.arbiter, MarketWrongArbiter(purchase.arbiter, terms.arbiter));
        require(
            purchase.referrer == address(0) && purchase.encryptionKeyX | purchase.encryptionKeyY == 0,
            MarketReservedField()
        );
    }

    function _takeStock(Terms calldata terms, bytes32 listingId, uint32 quantity) private {
        Listing storage listing = _listings[listingId];
        require(listing.listed, MarketUnknownListing(listingId));
        require(!listing.paused, MarketListingPaused(listingId));
        require(
            terms.clocks.validUntil() == 0 || block.timestamp <= terms.clocks.validUntil(),
            MarketListingEnded(terms.clocks.validUntil(), block.timestamp)
        );
        (uint32 limit, uint32 sold) = (listing.quantityLimit, listing.quantitySold);
        uint256 left = limit > sold ? limit - sold : 0;
        require(quantity != 0 && quantity <= left, MarketOutOfStock(quantity, left));
        listing.quantitySold = sold + quantity;
    }

    function _fees(
        Terms calldata terms,
        uint256 maxFeeBps
    ) private view returns (uint16 platformFeeBps, uint16 communityFeeBps) {
        (platformFeeBps, communityFeeBps) = ICommunityRegistry(REGISTRY).feesOf(terms.rules.communityId());
        uint256 feeBps = uint256(platformFeeBps) + communityFeeBps;
        uint256 max = _min(maxFeeBps, terms.rules.maxFeeBps());
        require(feeBps <= max, MarketFeeTooHigh(feeBps, max));
    }

    /// @dev All back to the holder; before acceptance the quantity to stock too; stakes to holder and seller.
    function _giveBack(Terms calldata terms, address holder, bytes32 key, Order storage order) private {
        State from = order.state;
        uint256 back = order.amount;
        if (from == State.FUNDED) {
            _finish(order, State.CANCELLED);
            _listings[_listingId()].quantitySold -= order.quantity;
            emit OrderCancelled(key, msg.sender);
        } else {
            _finish(order, State.REFUNDED);
            emit OrderRefunded(key, msg.sender);
        }
        if (from >= State.CONTESTED) back += terms.arbiterFee;
        bool sellerStaked = from == State.DISPUTED && terms.arbiterFee != 0;
        Payout[] memory payouts = new Payout[](sellerStaked ? 2 : 1);
        payouts[0] = Payout(holder, back);
        if (sellerStaked) payouts[1] = Payout(terms.seller, terms.arbiterFee);
        _addCredits(key, terms.currency, payouts);
    }

    /// @dev The seller is paid, less the commissions.
    function _complete(Terms calldata terms, bytes32 key, Order storage order) private {
        Division memory division = Division({
            holder: address(0),
            toHolder: 0,
            gross: _finish(order, State.COMPLETED),
            sellerStake: 0,
            toArbiter: 0
        });
        emit OrderCompleted(key, msg.sender);
        _payOut(terms, key, order, division);
    }

    /// @dev The money is divided; the arbiter's fee comes out of both stakes as each side lost, the rest goes back.
    function _resolve(
        Terms calldata terms,
        address holder,
        bytes32 key,
        Order storage order,
        uint16 bpsToBuyer
    ) private {
        uint256 amount = _finish(order, State.RESOLVED);
        emit OrderResolved(key, msg.sender, bpsToBuyer);
        uint256 toHolder = (amount * bpsToBuyer) / BPS;
        uint256 holderStake = (uint256(terms.arbiterFee) * bpsToBuyer) / BPS;
        Division memory division = Division({
            holder: holder,
            toHolder: toHolder + holderStake,
            gross: amount - toHolder,
            sellerStake: terms.arbiterFee - holderStake,
            toArbiter: terms.arbiterFee
        });
        _payOut(terms, key, order, division);
    }

    /// @dev Writes the final state and returns what was in escrow.
    function _finish(Order storage order, State state) private returns (uint256 amount) {
        amount = order.amount;
        order.amount = 0;
        _move(order, state, 0);
    }

    function _move(Order storage order, State state, uint40 clock) private {
        order.state = state;
        order.clock = clock;
    }

    /// @dev Credits the holder, the seller less commissions, the platform, the community and the ruling arbiter, leaving
    /// out whoever gets nothing. Commissions round down, so nobody is overcharged.
    function _payOut(Terms calldata terms, bytes32 key, Order storage order, Division memory division) private {
        uint256 toPlatform = (division.gross * order.platformFeeBps) / BPS;
        uint256 toCommunity = (division.gross * order.communityFeeBps) / BPS;
        uint256 toSeller = division.gross - toPlatform - toCommunity + division.sellerStake;
        Payout[5] memory all = [
            Payout(division.holder, division.toHolder),
            Payout(terms.seller, toSeller),
            Payout(CommunityAccount.forId(0), toPlatform),
            Payout(CommunityAccount.forId(terms.rules.communityId()), toCommunity),
            Payout(msg.sender, division.toArbiter)
        ];
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].amount != 0) ++count;
        }
        Payout[] memory payouts = new Payout[](count);
        for (uint256 i = all.length; i != 0; --i) {
            if (all[i - 1].amount != 0) payouts[--count] = all[i - 1];
        }
        _addCredits(key, terms.currency, payouts);
    }

    /// @dev A dispute is for the arbiter now.
    function _openDispute(Terms calldata terms, bytes32 key, Order storage order) private {
        uint40 ruleBy = _after(terms.clocks.ruleFor());
        _move(order, State.DISPUTED, ruleBy);
        emit OrderDisputed(key, ruleBy);
    }

    function _announceEvidence(Terms calldata terms, bytes32 key, string calldata uri, bytes32 hash) private {
        uint256 length = bytes(uri).length;
        require(length <= MAX_EVIDENCE_URI_BYTES, MarketEvidenceTooLong(length, MAX_EVIDENCE_URI_BYTES));
        emit Evidence(terms.arbiter, uint256(key), msg.sender, uri, hash);
    }

    function _ownListing(Terms calldata terms) private view returns (bytes32 listingId, Listing storage listing) {
        _only(terms.seller);
        listingId = _listingId();
        listing = _listings[listingId];
        require(listing.listed, MarketUnknownListing(listingId));
    }

    function _order(address holder, bytes32 ref) private view returns (bytes32 key, Order storage order) {
        key = keyOf(_listingId(), holder, ref);
        order = _orders[key];
    }

    function _orderIn(
        address holder,
        bytes32 ref,
        State state
    ) private view returns (bytes32 key, Order storage order) {
        (key, order) = _order(holder, ref);
        require(order.state == state, MarketWrongState(key, order.state));
    }

    /// @dev Stewards take out their community's commission; the platform's steward that of id 0.
    function _answersFor(address caller, address account) internal view override returns (bool) {
        if (!CommunityAccount.isCommunity(account)) return super._answersFor(caller, account);
        return ICommunityRegistry(REGISTRY).stewardOf(CommunityAccount.idOf(account)) == caller;
    }

    /// @dev The id of this call's terms. They are the first argument of every call, so they are the first bytes of its
    /// calldata; anything but the one spelling that was listed has another hash and is unknown.
    function _listingId() private view returns (bytes32) {
        return TermsLib.id(CHAIN_ID, msg.data[4:4 + TermsLib.TERMS_BYTES]);
    }

    /// @dev The last second in which somebody may rule.
    function _lastRuleBy(Terms calldata terms, uint40 ruleBy) private pure returns (uint40) {
        return terms.backupArbiter == address(0) ? ruleBy : ruleBy + terms.clocks.ruleFor();
    }

    function _after(uint256 delay) private view returns (uint40) {
        return uint40(block.timestamp + delay); // every delay is bounded by TermsLib; fits until the year 36 812
    }

    function _only(address party) private view {
        require(msg.sender == party, MarketNotParty(msg.sender, party));
    }

    function _inTime(uint40 deadline) private view {
        require(block.timestamp <= deadline, MarketTooLate(deadline, block.timestamp));
    }

    function _overdue(uint40 deadline) private view {
        require(block.timestamp > deadline, MarketTooEarly(deadline, block.timestamp));
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _isOpen(State state) private pure returns (bool) {
        return state >= State.FUNDED && state <= State.DISPUTED;
    }
}
