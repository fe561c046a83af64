// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ICommunityRegistry} from "../community/ICommunityRegistry.sol";
import {ICommunityToken} from "../community/ICommunityToken.sol";
import {Credits} from "./Credits.sol";
import {Curve, CurveLib, Head, Level} from "./CurveLib.sol";
import {Payout} from "./ICredits.sol";
import {CurveParams, CurveState, ICurves, Step} from "./ICurves.sol";
import {Permit} from "./Permit.sol";

/// @title Curves
/// @notice The bonding curves of all communities. Has no owner and cannot be upgraded.
/// @dev Community tokens are clones that the registry made, so calling one lets nobody else in. Foreign code runs only where
/// money comes and goes, after all is written; ERC-20 money moves under the lock, see Credits.
contract Curves is ICurves, Credits {
    using CurveLib for Curve;

    /// @inheritdoc ICurves
    uint256 public constant MAX_FEE_BPS = 1_000;
    /// @inheritdoc ICurves
    uint256 public constant MAX_STEPS = CurveLib.MOST_STEPS;

    /// @inheritdoc ICurves
    address public immutable REGISTRY;

    mapping(address token => Curve) private _curves;

    /// @param registry The CommunityRegistry.
    constructor(address registry) {
        require(registry.code.length != 0, CurvesNoCode(registry));
        REGISTRY = registry;
    }

    modifier inTime(uint256 deadline) {
        require(block.timestamp <= deadline, CurvesExpired(deadline, block.timestamp));
        _;
    }

    /// @inheritdoc ICurves
    function open(
        address token,
        CurveParams calldata params,
        uint256 maxBacking,
        uint256 firstAmount,
        uint256 maxTotal,
        uint256 deadline
    ) external payable inTime(deadline) {
        uint256 due = _open(token, params, maxBacking);
        if (firstAmount != 0) due += _buy(token, firstAmount, maxTotal, msg.sender);
        _take(params.currency, due);
    }

    /// @inheritdoc ICurves
    function buy(
        address token,
        uint256 amount,
        uint256 maxTotal,
        uint256 deadline,
        address to
    ) external payable inTime(deadline) returns (uint256 total) {
        total = _buy(token, amount, maxTotal, to);
        _take(_curves[token].head.currency, total);
    }

    /// @inheritdoc ICurves
    function buyWithPermit(
        address token,
        uint256 amount,
        uint256 maxTotal,
        uint256 deadline,
        address to,
        Permit calldata permit
    ) external inTime(deadline) returns (uint256 total) {
        total = _buy(token, amount, maxTotal, to);
        address currency = _curves[token].head.currency;
        require(currency != ETH, CreditsWrongValue(0, total));
        _permit(currency, permit);
        _pull(IERC20(currency), total);
    }

    /// @inheritdoc ICurves
    function sell(
        address token,
        uint256 amount,
        uint256 minProceeds,
        uint256 deadline,
        address to
    ) external inTime(deadline) returns (uint256 net) {
        return _sellFor(token, amount, minProceeds, to);
    }

    /// @inheritdoc ICurves
    function sellWithPermit(
        address token,
        uint256 amount,
        uint256 minProceeds,
        uint256 deadline,
        address to,
        Permit calldata permit
    ) external inTime(deadline) returns (uint256 net) {
        _headOf(_curves[token], token); // nobody but the registry's tokens is called
        _permit(token, permit);
        return _sellFor(token, amount, minProceeds, to);
    }

    /// @inheritdoc ICurves
    function swap(
        address from,
        uint256 amountIn,
        address to,
        uint256 amountOut,
        uint256 deadline
    ) external inTime(deadline) returns (uint256 rest) {
        (address currency, uint256 net) = _sell(from, amountIn, msg.sender);
        address other = _headOf(_curves[to], to).currency;
        require(currency == other, CurvesOtherCurrency(currency, other));
        uint256 total = _buy(to, amountOut, type(uint256).max, msg.sender);
        require(net >= total, CurvesSwapNotCovered(net, total));
        rest = net - total;
        if (rest != 0) _give(currency, msg.sender, rest);
    }

    /// @inheritdoc ICurves
    function curveOf(address token) external view returns (CurveState memory state) {
        Curve storage curve = _curves[token];
        Step[] memory steps = new Step[](curve.head.stepCount);
        for (uint256 i = 0; i < steps.length; ++i) {
            steps[i] = curve.steps[i];
        }
        state.params = CurveParams(curve.head.currency, curve.head.feeBps, curve.basePrice, curve.slope, steps);
        state.communityId = curve.head.communityId;
        state.capacity = curve.capacity;
        state.backed = curve.backed;
        state.sold = curve.level.sold;
        state.reserve = curve.level.reserve;
    }

    /// @inheritdoc ICurves
    function quoteBuy(
        address token,
        uint256 amount
    ) external view returns (uint256 cost, uint256 fee, uint256 total) {
        Curve storage curve = _curves[token];
        (cost, fee) = _costOf(curve, _headOf(curve, token), curve.level.sold, amount);
        total = cost + fee;
    }

    /// @inheritdoc ICurves
    function quoteSell(
        address token,
        uint256 amount
    ) external view returns (uint256 proceeds, uint256 fee, uint256 net) {
        Curve storage curve = _curves[token];
        (proceeds, fee) = _proceedsOf(curve, _headOf(curve, token), curve.level.sold, amount);
        net = proceeds - fee;
    }

    /// @inheritdoc ICurves
    function priceAt(address token, uint256 supply) external view returns (uint256 price) {
        Curve storage curve = _curves[token];
        _headOf(curve, token);
        require(supply <= curve.capacity, CurvesBeyondCapacity(supply, curve.capacity));
        return curve.priceDown(supply);
    }

    /// @dev Stewards take out their community's fees.
    function _answersFor(address caller, address account) internal view override returns (bool) {
        if (!CommunityAccount.isCommunity(account)) return super._answersFor(caller, account);
        return ICommunityRegistry(REGISTRY).stewardOf(CommunityAccount.idOf(account)) == caller;
    }

    /// @dev Everything of an opening but the payment.
    function _open(address token, CurveParams calldata params, uint256 maxBacking) private returns (uint256 backing) {
        uint64 communityId = _communityOf(token);
        Curve storage curve = _curves[token];
        require(curve.head.communityId == 0, CurvesAlreadyOpen(token));
        uint256 supply = ICommunityToken(token).supplyBesideCurve();
        // The token has burned nothing for us yet, so both together are within its cap, a uint112.
        curve.capacity = uint128(supply + _reservedFor(token));
        curve.backed = uint128(supply);
        _checkMoney(token, params);
        curve.head = Head(params.currency, communityId, params.feeBps, curve.shape(params));
        uint256 whole = curve.costUp(params.steps.length, 0, curve.capacity);
        require(whole <= CurveLib.MAX_RESERVE, CurvesTooDear(whole, CurveLib.MAX_RESERVE));
        backing = curve.costUp(params.steps.length, 0, supply);
        require(backing <= maxBacking, CurvesCostTooHigh(backing, maxBacking));
        curve.level = Level(uint128(supply), uint128(backing)); // at most the whole
        emit CurveOpened(token, msg.sender, params, curve.capacity, supply, backing);
    }

    /// @dev The community of a token that the caller may open a curve for.
    function _communityOf(address token) private view returns (uint64 communityId) {
        require(token.code.length != 0, CurvesUnknownToken(token));
        communityId = ICommunityToken(token).communityId();
        require(ICommunityRegistry(REGISTRY).tokenOf(communityId) == token, CurvesUnknownToken(token));
        address steward = ICommunityRegistry(REGISTRY).stewardOf(communityId);
        require(steward == msg.sender, CurvesNotSteward(token, msg.sender));
    }

    /// @dev How much this contract may mint of a token of which nobody else can mint without end.
    function _reservedFor(address token) private view returns (uint256 allocation) {
        address curve;
        (, , , curve, allocation, ) = ICommunityToken(token).reserves();
        require(curve == address(this), CurvesNotReserved(token, curve));
        require(ICommunityToken(token).isMintRenounced(), CurvesMintNotRenounced(token));
    }

    function _checkMoney(address token, CurveParams calldata params) private view {
        bool isMoney = params.currency == ETH || (params.currency != token && params.currency.code.length != 0);
        require(isMoney, CurvesBadCurrency(params.currency));
        require(params.feeBps <= MAX_FEE_BPS, CurvesFeeTooHigh(params.feeBps, MAX_FEE_BPS));
    }

    /// @dev Everything of a purchase but the payment.
    function _buy(address token, uint256 amount, uint256 maxTotal, address to) private returns (uint256 total) {
        _checkRecipient(to);
        Curve storage curve = _curves[token];
        Head memory head = _headOf(curve, token);
        uint256 sold = curve.level.sold;
        (uint256 cost, uint256 fee) = _costOf(curve, head, sold, amount);
        total = cost + fee;
        require(total <= maxTotal, CurvesCostTooHigh(total, maxTotal));
        sold += amount;
        uint256 reserve = curve.level.reserve + cost;
        // sold is at most the capacity; for the reserve see CurveLib.MAX_RESERVE
        (curve.level.sold, curve.level.reserve) = (uint128(sold), uint128(reserve));
        emit CurveBought(token, msg.sender, to, amount, cost, fee, sold, reserve);
        _creditFee(token, head, fee);
        ICommunityToken(token).mintReserved(to, amount);
    }

    function _sellFor(address token, uint256 amount, uint256 minProceeds, address to) private returns (uint256 net) {
        _checkRecipient(to);
        address currency;
        (currency, net) = _sell(token, amount, to);
        require(net >= minProceeds, CurvesProceedsTooLow(net, minProceeds));
        if (net != 0) _give(currency, to, net);
    }

    /// @dev Everything of a sale but the payment.
    function _sell(address token, uint256 amount, address to) private returns (address currency, uint256 net) {
        Curve storage curve = _curves[token];
        Head memory head = _headOf(curve, token);
        uint256 sold = curve.level.sold;
        (uint256 proceeds, uint256 fee) = _proceedsOf(curve, head, sold, amount);
        (currency, net) = (head.currency, proceeds - fee);
        sold -= amount;
        // What was paid in was rounded up, what is paid out is rounded down: the reserve covers every unit below.
        uint256 reserve = curve.level.reserve - proceeds;
        (curve.level.sold, curve.level.reserve) = (uint128(sold), uint128(reserve)); // both have fallen
        emit CurveSold(token, msg.sender, to, amount, proceeds, fee, sold, reserve);
        _creditFee(token, head, fee);
        ICommunityToken(token).burnReserved(msg.sender, amount);
    }

    function _creditFee(address token, Head memory head, uint256 fee) private {
        if (fee == 0) return;
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(CommunityAccount.forId(head.communityId), fee);
        _addCredits(bytes32(uint256(uint160(token))), head.currency, payouts);
    }

    /// @dev Takes what is due and gives back what is too much of ETH. Call it last.
    function _take(address currency, uint256 due) private {
        if (currency != ETH) return _collect(currency, due);
        require(msg.value >= due, CreditsWrongValue(msg.value, due));
        if (msg.value > due) _give(ETH, msg.sender, msg.value - due);
    }

    /// @dev The head of a curve that is open.
    function _headOf(Curve storage curve, address token) private view returns (Head memory head) {
        head = curve.head;
        require(head.communityId != 0, CurvesNotOpen(token));
    }

    function _costOf(
        Curve storage curve,
        Head memory head,
        uint256 sold,
        uint256 amount
    ) private view returns (uint256 cost, uint256 fee) {
        require(amount != 0, CurvesNoAmount());
        uint256 left = curve.capacity - sold;
        require(amount <= left, CurvesSoldOut(amount, left));
        cost = curve.costUp(head.stepCount, sold, sold + amount);
        fee = CurveLib.feeUp(head, cost);
    }

    function _proceedsOf(
        Curve storage curve,
        Head memory head,
        uint256 sold,
        uint256 amount
    ) private view returns (uint256 proceeds, uint256 fee) {
        require(amount != 0, CurvesNoAmount());
        require(amount <= sold, CurvesMoreThanSold(amount, sold));
        proceeds = curve.proceedsDown(head.stepCount, sold - amount, sold);
        fee = CurveLib.feeUp(head, proceeds);
    }
}
