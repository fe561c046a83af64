// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title OddToken
/// @notice An ERC-20 without permit that anybody mints, with any number of decimals. For tests only.
contract OddToken is ERC20 {
    uint8 private immutable DECIMALS;

    constructor(uint8 count) ERC20("Odd Token", "ODD") {
        DECIMALS = count;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view virtual override returns (uint8) {
        return DECIMALS;
    }
}
