// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICredits} from "./ICredits.sol";
import {Permit} from "./Permit.sol";

/// @dev One step of a price that rises in steps.
struct Step {
    uint128 upTo; // the supply at which the step ends, smallest unit of the token
    uint128 price; // smallest unit of the currency per whole token (1e18 units); not 0
}

/// @dev What a curve is opened with; nothing of it ever changes. With steps, the price is that of the step in which the
/// supply is; without, it is basePrice + slope * supply, exactly so at each unit.
struct CurveParams {
    address currency; // an ERC-20, or 0 for ETH; not the token itself
    uint16 feeBps; // the community's fee on each purchase and each sale; at most MAX_FEE_BPS
    uint128 basePrice; // smallest unit of the currency per whole token, at supply 0; 0 with steps
    uint128 slope; // by how much the price rises for each whole token, in 1e-18 of the currency's unit; 0 with steps
    Step[] steps; // at most MAX_STEPS; empty = a line. Their ends rise, their prices do not fall, the last covers the capacity
}

/// @dev A curve as it is now.
struct CurveState {
    CurveParams params;
    uint64 communityId; // 0 = there is no such curve
    uint128 capacity; // the supply up to which it sells, smallest unit of the token
    uint128 backed; // the supply that was paid for when it was opened, smallest unit of the token
    uint128 sold; // the supply that the price follows: `backed`, and what was bought less what was sold since
    uint128 reserve; // what it holds for all who may sell, smallest unit of the currency
}

/// @title ICurves
/// @notice Sells and buys back communities' tokens at a price that follows the supply, one curve a token.
/// @dev The reserve of a curve is its own and covers, at any moment, the sale of every token that exists or can still come
/// into existence elsewhere, down to the last. It leaves only to who sells.
/// @dev One rounding a call: a cost is the exact integral of the price over the supply, rounded up; proceeds are it rounded
/// down; a fee is rounded up. So neither dividing a trade nor going to and fro ever gains a unit.
/// @dev Nobody owns this contract, and it cannot be upgraded. Whoever opens a curve has no power over it afterwards.
/// @dev Warning: ERC-20 money of several curves lies together. A currency whose balances shrink without transfers can leave
/// fewer units than the reserves in this one currency; see ICredits.
interface ICurves is ICredits {
    /// @notice Raised when a call comes after its deadline. Unix times.
    error CurvesExpired(uint256 deadline, uint256 time);

    /// @notice Raised when the registry does not know this as a community's token.
    error CurvesUnknownToken(address token);

    /// @notice Raised when the caller is not the steward of the token's community.
    error CurvesNotSteward(address token, address caller);

    /// @notice Raised when the token was opened without a reserve for this contract.
    /// @param curve For which contract it has one; 0 = none.
    error CurvesNotReserved(address token, address curve);

    /// @notice Raised when the steward could still mint, which no reserve can answer for.
    error CurvesMintNotRenounced(address token);

    /// @notice Raised when a token has its curve already.
    error CurvesAlreadyOpen(address token);

    /// @notice Raised when a token has no curve.
    error CurvesNotOpen(address token);

    /// @notice Raised when a currency is the token itself, or no contract at all.
    error CurvesBadCurrency(address currency);

    /// @notice Raised when a fee is above its constant maximum, basis points.
    error CurvesFeeTooHigh(uint256 feeBps, uint256 max);

    /// @notice Raised when tokens would be free: a line without price and slope, or a first step without price.
    error CurvesNoPrice();

    /// @notice Raised when both a line and steps are given.
    error CurvesTwoShapes();

    /// @notice Raised when there are more steps than allowed.
    error CurvesTooManySteps(uint256 count, uint256 max);

    /// @notice Raised when a step does not end behind the one before it, or is cheaper.
    /// @param place Position in the list.
    error CurvesBadStep(uint256 place);

    /// @notice Raised when the last step ends before the capacity. Smallest unit of the token.
    error CurvesStepsTooShort(uint256 last, uint256 capacity);

    /// @notice Raised when all tokens together would cost more than any reserve can be. Smallest unit of the currency.
    error CurvesTooDear(uint256 whole, uint256 max);

    /// @notice Raised when no amount is given.
    error CurvesNoAmount();

    /// @notice Raised when more is to be bought than the curve still sells. Smallest unit of the token.
    error CurvesSoldOut(uint256 amount, uint256 left);

    /// @notice Raised when more is to be sold than the curve has ever given out. Smallest unit of the token.
    error CurvesMoreThanSold(uint256 amount, uint256 sold);

    /// @notice Raised when the supply for which a price is asked is above the capacity. Smallest unit of the token.
    error CurvesBeyondCapacity(uint256 supply, uint256 capacity);

    /// @notice Raised when a purchase, or the backing of an opening, costs more than its bound. Smallest unit of the currency.
    error CurvesCostTooHigh(uint256 total, uint256 maxTotal);

    /// @notice Raised when a sale brings less than its bound. Smallest unit of the currency.
    error CurvesProceedsTooLow(uint256 net, uint256 minProceeds);

    /// @notice Raised when the two curves of a swap have different currencies.
    error CurvesOtherCurrency(address sold, address bought);

    /// @notice Raised when what is sold in a swap does not pay for what is bought. Smallest unit of the currency.
    error CurvesSwapNotCovered(uint256 net, uint256 total);

    /// @notice Raised when the address given at deployment is not a contract.
    error CurvesNoCode(address registry);

    /// @notice A token has its curve.
    /// @param token The community's ERC-20.
    /// @param steward Who opened it and paid for the tokens of other origin.
    /// @param params All that was said.
    /// @param capacity The supply up to which it sells, smallest unit of the token.
    /// @param backed The supply that is paid for from the start, smallest unit of the token.
    /// @param reserve What it cost: the first reserve, smallest unit of the currency.
    event CurveOpened(
        address indexed token,
        address indexed steward,
        CurveParams params,
        uint256 capacity,
        uint256 backed,
        uint256 reserve
    );

    /// @notice Tokens were bought from a curve, and minted.
    /// @param token Whose curve.
    /// @param buyer Who paid.
    /// @param to Who has the tokens.
    /// @param amount Smallest unit of the token.
    /// @param cost What went into the reserve, smallest unit of the currency.
    /// @param fee What was credited to the community besides, smallest unit of the currency.
    /// @param sold The curve's supply from now on, smallest unit of the token.
    /// @param reserve Its reserve from now on, smallest unit of the currency.
    event CurveBought(
        address indexed token,
        address indexed buyer,
        address indexed to,
        uint256 amount,
        uint256 cost,
        uint256 fee,
        uint256 sold,
        uint256 reserve
    );

    /// @notice Tokens were sold to a curve, and burned.
    /// @param token Whose curve.
    /// @param seller Whose tokens.
    /// @param to Who has the money; in a swap, the seller, for whom it pays for the purchase.
    /// @param amount Smallest unit of the token.
    /// @param proceeds What left the reserve, smallest unit of the currency.
    /// @param fee What of it was credited to the community, smallest unit of the currency; the rest is the seller's.
    /// @param sold The curve's supply from now on, smallest unit of the token.
    /// @param reserve Its reserve from now on, smallest unit of the currency.
    event CurveSold(
        address indexed token,
        address indexed seller,
        address indexed to,
        uint256 amount,
        uint256 proceeds,
        uint256 fee,
        uint256 sold,
        uint256 reserve
    );

    /// @notice Open the curve of your community's token, and pay for all tokens that come from elsewhere, so that these can
    /// be sold to it too. Steward only, once, after minting was renounced.
    /// @dev A founder who buys in the same call buys before anybody else can. ETH beyond what is due comes back.
    /// @param token The community's ERC-20, opened with a reserve for this contract.
    /// @param params See CurveParams.
    /// @param maxBacking Most that the tokens of other origin may cost, smallest unit of the currency.
    /// @param firstAmount What to buy at once, for yourself, smallest unit of the token; 0 = nothing.
    /// @param maxTotal Most that this purchase may cost, fee included, smallest unit of the currency.
    /// @param deadline Last unix time at which the call may happen.
    function open(
        address token,
        CurveParams calldata params,
        uint256 maxBacking,
        uint256 firstAmount,
        uint256 maxTotal,
        uint256 deadline
    ) external payable;

    /// @notice Buy an exact amount of tokens. ETH beyond what it costs comes back to the caller.
    /// @param token Whose curve.
    /// @param amount Smallest unit of the token; not 0.
    /// @param maxTotal Most that may be paid, fee included, smallest unit of the currency.
    /// @param deadline Last unix time at which the call may happen.
    /// @param to Who receives the tokens; not 0, not this contract.
    /// @return total What was paid, fee included, smallest unit of the currency.
    function buy(
        address token,
        uint256 amount,
        uint256 maxTotal,
        uint256 deadline,
        address to
    ) external payable returns (uint256 total);

    /// @notice Buy for an ERC-20 that understands ERC-2612, with the allowance in the same call.
    /// @dev A permit that was used already does no harm: then the allowance must stand.
    /// @param token Whose curve; its currency is not ETH.
    /// @param amount Smallest unit of the token; not 0.
    /// @param maxTotal Most that may be paid, fee included, smallest unit of the currency.
    /// @param deadline Last unix time at which the call may happen.
    /// @param to Who receives the tokens; not 0, not this contract.
    /// @param permit The caller's, for the currency.
    /// @return total What was paid, fee included, smallest unit of the currency.
    function buyWithPermit(
        address token,
        uint256 amount,
        uint256 maxTotal,
        uint256 deadline,
        address to,
        Permit calldata permit
    ) external returns (uint256 total);

    /// @notice Sell an exact amount of your tokens. Needs an allowance to this contract.
    /// @param token Whose curve.
    /// @param amount Smallest unit of the token; not 0.
    /// @param minProceeds Least that must be paid out, fee taken off, smallest unit of the currency.
    /// @param deadline Last unix time at which the call may happen.
    /// @param to Who receives the money; not 0, not this contract.
    /// @return net What was paid out, smallest unit of the currency.
    function sell(
        address token,
        uint256 amount,
        uint256 minProceeds,
        uint256 deadline,
        address to
    ) external returns (uint256 net);

    /// @notice Sell with the allowance in the same call.
    /// @dev A permit that was used already does no harm: then the allowance must stand.
    /// @param token Whose curve.
    /// @param amount Smallest unit of the token; not 0.
    /// @param minProceeds Least that must be paid out, fee taken off, smallest unit of the currency.
    /// @param deadline Last unix time at which the call may happen.
    /// @param to Who receives the money; not 0, not this contract.
    /// @param permit The caller's, for the community's token.
    /// @return net What was paid out, smallest unit of the currency.
    function sellWithPermit(
        address token,
        uint256 amount,
        uint256 minProceeds,
        uint256 deadline,
        address to,
        Permit calldata permit
    ) external returns (uint256 net);

    /// @notice Sell on one curve and buy an exact amount on another of the same currency. What is left over is paid out to
    /// the caller; if the sale does not pay for the purchase, nothing happens. Needs an allowance to this contract.
    /// @param from Whose tokens are sold.
    /// @param amountIn Smallest unit of `from`; not 0.
    /// @param to Whose tokens are bought, for the caller.
    /// @param amountOut Smallest unit of `to`; not 0.
    /// @param deadline Last unix time at which the call may happen.
    /// @return rest What was paid out, smallest unit of the currency.
    function swap(
        address from,
        uint256 amountIn,
        address to,
        uint256 amountOut,
        uint256 deadline
    ) external returns (uint256 rest);

    /// @notice A token's curve; all 0 when it has none.
    function curveOf(address token) external view returns (CurveState memory state);

    /// @notice What a purchase costs now.
    /// @param token Whose curve.
    /// @param amount Smallest unit of the token; not 0.
    /// @return cost What would go into the reserve, smallest unit of the currency; rounds up.
    /// @return fee What would be credited to the community; rounds up.
    /// @return total Both together.
    function quoteBuy(address token, uint256 amount) external view returns (uint256 cost, uint256 fee, uint256 total);

    /// @notice What a sale brings now.
    /// @param token Whose curve.
    /// @param amount Smallest unit of the token; not 0.
    /// @return proceeds What would leave the reserve, smallest unit of the currency; rounds down.
    /// @return fee What of it would be credited to the community; rounds up.
    /// @return net What would be paid out.
    function quoteSell(
        address token,
        uint256 amount
    ) external view returns (uint256 proceeds, uint256 fee, uint256 net);

    /// @notice The price of the unit that follows a supply, smallest unit of the currency per whole token; rounds down.
    /// @param token Whose curve.
    /// @param supply Smallest unit of the token; at most the capacity, where it is the price of the last unit on steps.
    function priceAt(address token, uint256 supply) external view returns (uint256 price);

    /// @notice Most that a community may take of a purchase or a sale, basis points.
    function MAX_FEE_BPS() external view returns (uint256);

    /// @notice Most steps of a price.
    function MAX_STEPS() external view returns (uint256);

    /// @notice The registry that knows communities' tokens and stewards.
    function REGISTRY() external view returns (address);
}
