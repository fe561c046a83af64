// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccountWord, AccountWordLib, NOTHING} from "./AccountWord.sol";
import {IPersonas, PersonaOffer, PersonaState} from "./IPersonas.sol";
import {NicknameLib} from "./NicknameLib.sol";

/// @title Personas
/// @notice Nicknames, who bears them, and how they change hands. Holds no money and cannot be upgraded.
contract Personas is IPersonas {
    /// @inheritdoc IPersonas
    uint256 public constant MIN_COMMIT_AGE = 60 seconds;

    /// @inheritdoc IPersonas
    uint256 public constant MAX_COMMIT_AGE = 1 days;

    /// @inheritdoc IPersonas
    uint256 public constant COOLING_OFF = 3 days;

    /// @inheritdoc IPersonas
    uint256 public constant ACCEPT_WINDOW = 14 days;

    uint256 private constant MAX_URI_BYTES = 256;

    mapping(address account => AccountWord) private _words;
    mapping(bytes32 persona => PersonaState) private _states;
    mapping(bytes32 persona => PersonaOffer) private _offers;

    modifier onlyHolder(bytes32 persona) {
        require(persona != 0 && heldBy(msg.sender) == persona, PersonasNotHolder(persona, msg.sender));
        _;
    }

    /// @inheritdoc IPersonas
    function commit(bytes32 commitment) external {
        _requireNone(msg.sender);
        _words[msg.sender] = AccountWordLib.ofCommitment(bytes26(commitment), uint40(block.timestamp)); // fits until the year 36 812
        emit NicknameCommitted(msg.sender, commitment);
    }

    /// @inheritdoc IPersonas
    function claim(string calldata nickname, bytes32 salt) external returns (bytes32 persona) {
        persona = NicknameLib.toPersona(nickname);
        _requireNone(msg.sender);
        _requireCommitted(nickname, salt);
        require(_states[persona].holder == address(0), PersonasTaken(persona));
        _give(persona, msg.sender);
        emit PersonaClaimed(persona, msg.sender);
    }

    /// @inheritdoc IPersonas
    function setProfile(bytes32 persona, string calldata uri, bytes32 contentHash) external onlyHolder(persona) {
        require(bytes(uri).length <= MAX_URI_BYTES, PersonasUriTooLong(bytes(uri).length, MAX_URI_BYTES));
        emit PersonaProfileSet(persona, msg.sender, uri, contentHash);
    }

    /// @inheritdoc IPersonas
    function offer(bytes32 persona, address to) external onlyHolder(persona) {
        require(to != msg.sender && to != address(this), PersonasBadRecipient(to));
        uint40 acceptFrom = to == address(0) ? 0 : uint40(block.timestamp + COOLING_OFF); // fits until the year 36 812
        _offers[persona] = PersonaOffer(to, acceptFrom);
        emit PersonaOffered(persona, msg.sender, to, acceptFrom);
    }

    /// @inheritdoc IPersonas
    function accept(bytes32 persona) external {
        PersonaOffer memory found = _offers[persona];
        require(found.to == msg.sender, PersonasNotOffered(persona, msg.sender));
        _requireWithin(found.acceptFrom, found.acceptFrom + ACCEPT_WINDOW);
        _requireNone(msg.sender);
        address from = _states[persona].holder;
        delete _offers[persona];
        _words[from] = NOTHING;
        _give(persona, msg.sender);
        emit PersonaHandedOver(persona, from, msg.sender);
    }

    /// @inheritdoc IPersonas
    function retire(bytes32 persona) external onlyHolder(persona) {
        delete _offers[persona];
        _words[msg.sender] = NOTHING;
        _states[persona].isRetired = true;
        emit PersonaRetired(persona, msg.sender);
    }

    /// @inheritdoc IPersonas
    function committedBy(address account) external view returns (bytes26 commitment, uint40 committedAt) {
        return _words[account].commitment();
    }

    /// @inheritdoc IPersonas
    function holderOf(bytes32 persona) external view returns (address holder) {
        PersonaState memory state = _states[persona];
        return state.isRetired ? address(0) : state.holder;
    }

    /// @inheritdoc IPersonas
    function stateOf(bytes32 persona) external view returns (PersonaState memory state) {
        return _states[persona];
    }

    /// @inheritdoc IPersonas
    function offerOf(bytes32 persona) external view returns (PersonaOffer memory found) {
        return _offers[persona];
    }

    /// @inheritdoc IPersonas
    function personaOf(string calldata nickname) external pure returns (bytes32 persona) {
        return NicknameLib.toPersona(nickname);
    }

    /// @inheritdoc IPersonas
    function heldBy(address account) public view returns (bytes32 persona) {
        return _words[account].persona();
    }

    /// @inheritdoc IPersonas
    function commitmentOf(
        address account,
        string calldata nickname,
        bytes32 salt
    ) public pure returns (bytes32 commitment) {
        return keccak256(abi.encodePacked(account, salt, nickname));
    }

    /// @dev Writes both sides; the account's commitment goes.
    function _give(bytes32 persona, address account) private {
        _words[account] = AccountWordLib.ofPersona(persona);
        _states[persona] = PersonaState(account, uint40(block.timestamp), false); // fits until the year 36 812
    }

    function _requireNone(address account) private view {
        bytes32 persona = heldBy(account);
        require(persona == 0, PersonasHasOne(account, persona));
    }

    function _requireCommitted(string calldata nickname, bytes32 salt) private view {
        (bytes26 commitment, uint40 committedAt) = _words[msg.sender].commitment();
        bytes26 wanted = bytes26(commitmentOf(msg.sender, nickname, salt));
        require(commitment == wanted, PersonasNotCommitted(msg.sender));
        _requireWithin(committedAt + MIN_COMMIT_AGE, committedAt + MAX_COMMIT_AGE);
    }

    function _requireWithin(uint256 from, uint256 until) private view {
        require(block.timestamp >= from, PersonasTooEarly(block.timestamp, from));
        require(block.timestamp <= until, PersonasTooLate(block.timestamp, until));
    }
}
