// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Proxy} from "@openzeppelin/contracts/proxy/Proxy.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";

/// @title ChangingToken
/// @notice A token behind a proxy that anybody upgrades: it becomes another one while orders are open. For tests only.
contract ChangingToken is Proxy {
    constructor(address implementation) {
        become(implementation);
    }

    receive() external payable {
        _fallback();
    }

    /// @notice Run the code of another token from now on. Balances and allowances stay: the tokens here lay them out alike.
    function become(address implementation) public {
        ERC1967Utils.upgradeToAndCall(implementation, "");
    }

    function _implementation() internal view override returns (address) {
        return ERC1967Utils.getImplementation();
    }
}
