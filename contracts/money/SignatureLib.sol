// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title SignatureLib
/// @notice Tells whether an account signed a digest: by its key, or by ERC-1271 when it is a contract.
library SignatureLib {
    /// @dev A contract that answers with anything but ERC-1271's four bytes, reverts, or uses up its gas did not sign. Only one
    /// word of its answer is ever copied, so a long one costs nothing. The call is a staticcall: it can change nothing.
    function isSignedBy(address signer, bytes32 digest, bytes memory signature) internal view returns (bool) {
        if (signer.code.length == 0) {
            // slither-disable-next-line unused-return the third word only details the problem
            (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecover(digest, signature);
            return problem == ECDSA.RecoverError.NoError && recovered == signer;
        }
        try IERC1271(signer).isValidSignature(digest, signature) returns (bytes4 answer) {
            return answer == IERC1271.isValidSignature.selector;
        } catch {
            return false;
        }
    }
}
