// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {OddToken} from "./OddToken.sol";

/// @title DaiPermitToken
/// @notice Its permit came before ERC-2612: it allows everything or nothing, and has another signature. For tests only.
contract DaiPermitToken is OddToken, EIP712 {
    error DaiPermitTokenNotSigned(address holder);

    bytes32 private constant PERMIT_TYPE =
        keccak256("Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)");

    mapping(address holder => uint256) public nonces;

    constructor() OddToken(18) EIP712("Odd Token", "1") {}

    function permit(
        address holder,
        address spender,
        uint256 nonce,
        uint256 expiry,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 said = keccak256(abi.encode(PERMIT_TYPE, holder, spender, nonce, expiry, allowed));
        bool signed = ECDSA.recover(_hashTypedDataV4(said), v, r, s) == holder;
        bool good = nonce == nonces[holder]++ && (expiry == 0 || block.timestamp <= expiry);
        require(signed && good, DaiPermitTokenNotSigned(holder));
        _approve(holder, spender, allowed ? type(uint256).max : 0);
    }
}
