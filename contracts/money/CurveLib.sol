// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {CurveParams, ICurves, Step} from "./ICurves.sol";

/// @dev What a curve is about, in one storage word.
struct Head {
    address currency; // an ERC-20, or 0 for ETH
    uint64 communityId; // 0 = there is no such curve
    uint16 feeBps;
    uint8 stepCount; // 0 = a line
}

/// @dev What trades move, in one storage word.
struct Level {
    uint128 sold; // the supply that the price follows; smallest unit of the token
    uint128 reserve; // smallest unit of the currency
}

/// @dev A curve as it is kept: four words, and one a step. A sale on a line reads the first three.
struct Curve {
    Head head;
    Level level;
    uint128 basePrice; // 0 with steps
    uint128 slope; // 0 with steps
    uint128 capacity; // the supply up to which it sells
    uint128 backed; // the supply that was paid for at the opening
    Step[16] steps; // MOST_STEPS
}

/// @title CurveLib
/// @notice What tokens cost on a curve: the exact integral of the price over the supply, rounded once.
library CurveLib {
    uint256 internal constant MOST_STEPS = 16;
    /// @dev Most that all tokens of a curve together may cost. Below 2^128 by so much that the units by which calls round
    /// up, one a call, never bring a reserve there.
    uint256 internal constant MAX_RESERVE = type(uint128).max / 2;
    uint256 private constant BPS = 10_000;
    uint256 private constant TOKEN = 1e18; // smallest units of a whole token
    uint256 private constant TWICE_TOKEN_WAD = 2e36; // twice a whole token, times the scale of a slope
    uint256 private constant LINE_SCALE = 2e54; // the same, once more by whole tokens

    /// @dev Writes the price's shape, if it is one, and gives its number of steps. Needs the capacity written.
    function shape(Curve storage curve, CurveParams calldata params) internal returns (uint8 stepCount) {
        uint256 count = params.steps.length;
        if (count == 0) {
            require(params.basePrice != 0 || params.slope != 0, ICurves.CurvesNoPrice());
            (curve.basePrice, curve.slope) = (params.basePrice, params.slope);
            return 0;
        }
        require(params.basePrice == 0 && params.slope == 0, ICurves.CurvesTwoShapes());
        require(count <= MOST_STEPS, ICurves.CurvesTooManySteps(count, MOST_STEPS));
        require(params.steps[0].price != 0, ICurves.CurvesNoPrice());
        require(params.steps[0].upTo != 0, ICurves.CurvesBadStep(0));
        for (uint256 i = 1; i < count; ++i) {
            bool rises = params.steps[i].upTo > params.steps[i - 1].upTo;
            require(rises && params.steps[i].price >= params.steps[i - 1].price, ICurves.CurvesBadStep(i));
        }
        uint256 last = params.steps[count - 1].upTo;
        require(last >= curve.capacity, ICurves.CurvesStepsTooShort(last, curve.capacity));
        for (uint256 i = 0; i < count; ++i) {
            curve.steps[i] = params.steps[i];
        }
        return uint8(count); // at most 16
    }

    /// @dev What the tokens between two supplies cost a buyer. `from` <= `to` <= the capacity.
    function costUp(
        Curve storage curve,
        uint256 stepCount,
        uint256 from,
        uint256 to
    ) internal view returns (uint256) {
        return _integral(curve, stepCount, from, to, Math.Rounding.Ceil);
    }

    /// @dev What they bring a seller. `from` <= `to` <= the capacity.
    function proceedsDown(
        Curve storage curve,
        uint256 stepCount,
        uint256 from,
        uint256 to
    ) internal view returns (uint256) {
        return _integral(curve, stepCount, from, to, Math.Rounding.Floor);
    }

    /// @dev The fee on an amount.
    function feeUp(Head memory head, uint256 amount) internal pure returns (uint256) {
        return Math.ceilDiv(amount * head.feeBps, BPS); // 128 + 16 bits
    }

    /// @dev The price of the unit that follows a supply, per whole token.
    function priceDown(Curve storage curve, uint256 supply) internal view returns (uint256) {
        uint256 count = curve.head.stepCount;
        if (count == 0) return curve.basePrice + (uint256(curve.slope) * supply) / 1e36; // 128 + 128 bits
        uint256 i = 0;
        while (i + 1 < count && supply >= curve.steps[i].upTo) ++i;
        return curve.steps[i].price;
    }

    /// @dev A capacity is within a token's cap, so a supply has at most 112 bits.
    function _integral(
        Curve storage curve,
        uint256 stepCount,
        uint256 from,
        uint256 to,
        Math.Rounding rounding
    ) private view returns (uint256) {
        if (stepCount != 0) {
            uint256 scaled = _sumOfSteps(curve, from, to); // 16 products of 128 + 112 bits: 244
            return rounding == Math.Rounding.Ceil ? Math.ceilDiv(scaled, TOKEN) : scaled / TOKEN;
        }
        // Twice the middle price, times LINE_SCALE / TOKEN: 128 + 121 bits, and 128 + 113.
        uint256 middle = TWICE_TOKEN_WAD * curve.basePrice + uint256(curve.slope) * (from + to);
        // The product is taken in 512 bits. What is left has at most 112 + 250 - 180 bits.
        return Math.mulDiv(to - from, middle, LINE_SCALE, rounding);
    }

    /// @dev Units of tokens times their price.
    function _sumOfSteps(Curve storage curve, uint256 from, uint256 to) private view returns (uint256 scaled) {
        for (uint256 i = 0; from < to; ++i) {
            Step memory step = curve.steps[i];
            if (step.upTo <= from) continue;
            uint256 end = Math.min(step.upTo, to);
            scaled += (end - from) * step.price;
            from = end;
        }
    }
}
