// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ManyReads
/// @notice Asks many getters in one call: a test that compares everything after each step would otherwise spend its time
/// on requests. For tests only.
contract ManyReads {
    struct Read {
        address target;
        bytes data;
    }

    /// @return answers As the getters gave them; reverts when one of them does.
    function read(Read[] calldata reads) external view returns (bytes[] memory answers) {
        answers = new bytes[](reads.length);
        for (uint256 i = 0; i < reads.length; ++i) {
            (bool succeeded, bytes memory answer) = reads[i].target.staticcall(reads[i].data);
            require(succeeded, "a getter reverted");
            answers[i] = answer;
        }
    }

    /// @notice An account's ETH.
    function balanceOf(address account) external view returns (uint256) {
        return account.balance;
    }

    /// @notice The time that calls see.
    function time() external view returns (uint256) {
        return block.timestamp;
    }
}
