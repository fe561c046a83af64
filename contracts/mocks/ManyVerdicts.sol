// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ManyVerdicts
/// @notice Asks one contract many questions in one call and keeps every answer, refusals too. For tests only.
contract ManyVerdicts {
    /// @return succeeded Which questions were answered; the others were refused.
    /// @return answers What came back: a result, or an error.
    function ask(
        address target,
        bytes[] calldata questions
    ) external view returns (bool[] memory succeeded, bytes[] memory answers) {
        succeeded = new bool[](questions.length);
        answers = new bytes[](questions.length);
        for (uint256 i = 0; i < questions.length; ++i) {
            (succeeded[i], answers[i]) = target.staticcall(questions[i]);
        }
    }
}
