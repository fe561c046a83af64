// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev How a persona stands.
struct PersonaState {
    address holder; // who bears the nickname, or was the last to; 0 = never claimed
    uint40 heldSince; // unix time at which that account claimed it or took it over
    bool isRetired; // nobody bears it any more, and nobody will again
}

/// @dev A persona that is being handed over.
struct PersonaOffer {
    address to; // who may take it over; 0 = nobody
    uint40 acceptFrom; // unix time at which the cooling-off is over
}

/// @title IPersonas
/// @notice Nicknames: one for an account at a time, each borne by one account, claimed by commit and reveal.
/// @dev A persona's id is its nickname: the UTF-8 bytes, left-aligned in a word and filled up with zeros. It is never 0.
/// @dev A nickname has 3 to 32 bytes: lower-case a to z, 0 to 9, single hyphens between other characters, and precomposed
/// Hangul syllables (U+AC00 to U+D7A3, three bytes each). Every such text is already in Unicode's normal forms and has no
/// case, so two that a reader would write alike are the same bytes. What merely looks alike is for pages to refuse.
/// @dev Nobody owns this contract; it holds no money and cannot be upgraded.
interface IPersonas {
    /// @notice Raised when a nickname is too short or too long, in bytes.
    error PersonasBadLength(uint256 length, uint256 min, uint256 max);

    /// @notice Raised when a byte belongs to no character of nicknames, or is no valid UTF-8 at its place.
    /// @param index The first byte with which no nickname goes on; the length, when the end cuts a syllable.
    /// @param found That byte; 0 at the end.
    error PersonasBadByte(uint256 index, bytes1 found);

    /// @notice Raised when a hyphen stands at the beginning, at the end, or behind another one.
    error PersonasBadHyphen(uint256 index);

    /// @notice Raised when the caller has not committed to this nickname with this salt, or has committed to another since.
    error PersonasNotCommitted(address caller);

    /// @notice Raised when a commitment is too young to be revealed.
    error PersonasTooEarly(uint256 time, uint256 from);

    /// @notice Raised when a commitment is too old, or an offer is.
    error PersonasTooLate(uint256 time, uint256 until);

    /// @notice Raised when a nickname is borne by an account, or was until it was retired.
    error PersonasTaken(bytes32 persona);

    /// @notice Raised when an account bears a nickname already: one is all it can have at a time.
    error PersonasHasOne(address account, bytes32 persona);

    /// @notice Raised when the caller does not bear this nickname now.
    error PersonasNotHolder(bytes32 persona, address caller);

    /// @notice Raised when a persona would be offered to its holder or to this contract.
    error PersonasBadRecipient(address to);

    /// @notice Raised when a persona is not offered to the caller.
    error PersonasNotOffered(bytes32 persona, address caller);

    /// @notice Raised when a profile's address is too long, in bytes.
    error PersonasUriTooLong(uint256 length, uint256 max);

    /// @notice An account has committed to a nickname that nobody can read yet. Replaces its commitment before.
    event NicknameCommitted(address indexed account, bytes32 commitment);

    /// @notice An account bears a nickname from now on, as its first holder.
    event PersonaClaimed(bytes32 indexed persona, address indexed holder);

    /// @notice The holder says where the persona's profile is.
    /// @param persona The persona.
    /// @param holder Who says it.
    /// @param uri Where; empty for nowhere.
    /// @param contentHash keccak256 of what is there; 0 when nothing is.
    event PersonaProfileSet(bytes32 indexed persona, address indexed holder, string uri, bytes32 contentHash);

    /// @notice A persona is being handed over. Replaces an earlier offer; the zero address withdraws it.
    /// @param persona The persona.
    /// @param from Its holder.
    /// @param to Who may take it over; 0 for nobody.
    /// @param acceptFrom Unix time from which it can be; 0 when withdrawn.
    event PersonaOffered(bytes32 indexed persona, address indexed from, address indexed to, uint40 acceptFrom);

    /// @notice A persona has another holder; no offer stands.
    event PersonaHandedOver(bytes32 indexed persona, address indexed from, address indexed to);

    /// @notice Nobody bears this nickname any more, and nobody will again; no offer stands.
    event PersonaRetired(bytes32 indexed persona, address indexed holder);

    /// @notice Announce a claim without telling the nickname.
    /// @dev One commitment an account: another one takes its place. Its first 26 bytes are kept, beside the time.
    /// @param commitment From `commitmentOf`.
    function commit(bytes32 commitment) external;

    /// @notice Take the nickname that was committed to, MIN_COMMIT_AGE to MAX_COMMIT_AGE seconds ago.
    /// @dev Who reads the nickname in a waiting transaction has to commit to it himself and to wait as long.
    /// @param nickname In UTF-8.
    /// @param salt What the commitment was made with.
    /// @return persona Its id.
    function claim(string calldata nickname, bytes32 salt) external returns (bytes32 persona);

    /// @notice Say where the persona's profile is. For its holder.
    /// @param uri At most 256 bytes; empty to take it back. Nothing else of it is checked.
    /// @param contentHash keccak256 of what is there; 0 when nothing is.
    function setProfile(bytes32 persona, string calldata uri, bytes32 contentHash) external;

    /// @notice Offer the persona to another account, or withdraw the offer. For its holder.
    /// @dev Only the nickname moves, with what pages tell of it: orders, credits and tokens stay with the account.
    /// @param to Who may take it over, COOLING_OFF from now and for ACCEPT_WINDOW; 0 withdraws an offer.
    function offer(bytes32 persona, address to) external;

    /// @notice Take over a persona that was offered to the caller. Drops a commitment of the caller.
    function accept(bytes32 persona) external;

    /// @notice Give the nickname up for ever: nobody can claim it again, so that nobody inherits its reputation.
    /// @dev The account may claim another one.
    function retire(bytes32 persona) external;

    /// @notice What an account commits to, to claim a nickname.
    /// @dev keccak256 of the account, the salt and the nickname's bytes, packed in this order.
    /// @param salt 32 random bytes: who could guess them could guess the nickname.
    function commitmentOf(
        address account,
        string calldata nickname,
        bytes32 salt
    ) external pure returns (bytes32 commitment);

    /// @notice The first 26 bytes of what an account is committed to, and since when (unix time); 0 if to nothing.
    function committedBy(address account) external view returns (bytes26 commitment, uint40 committedAt);

    /// @notice The id of the persona of this name. Reverts as `claim` would when that can be no nickname.
    function personaOf(string calldata nickname) external pure returns (bytes32 persona);

    /// @notice The persona that an account bears; 0 if none.
    function heldBy(address account) external view returns (bytes32 persona);

    /// @notice Who bears a nickname now; 0 if nobody.
    function holderOf(bytes32 persona) external view returns (address holder);

    /// @notice How a persona stands.
    function stateOf(bytes32 persona) external view returns (PersonaState memory state);

    /// @notice To whom a persona is offered.
    function offerOf(bytes32 persona) external view returns (PersonaOffer memory found);

    /// @notice Least age of a commitment at the claim, seconds.
    function MIN_COMMIT_AGE() external view returns (uint256 duration);

    /// @notice Greatest age of a commitment at the claim, seconds.
    function MAX_COMMIT_AGE() external view returns (uint256 duration);

    /// @notice How long an offer waits before it can be accepted, seconds.
    function COOLING_OFF() external view returns (uint256 duration);

    /// @notice How long it can be accepted from then on, seconds.
    function ACCEPT_WINDOW() external view returns (uint256 duration);
}
