// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev What a founder says to open a community. Token amounts are in the token's smallest unit (18 decimals).
struct CommunityParams {
    string name; // 1 to 64 bytes; the token's and the community's name
    string symbol; // 1 to 11 bytes
    uint112 cap; // most tokens that can ever exist; not 0
    uint112 founderAllocation; // reserved for the founder inside the cap; 0 = none
    uint32 vestingCliff; // seconds from the opening before which nothing of it is minted
    uint32 vestingDuration; // seconds from the opening until all of it is vested; >= cliff, at most 10 years
    uint16 feeBps; // the community's commission; at most MAX_COMMUNITY_FEE_BPS
    string metadataURI; // at most 256 bytes: where the community's description can be read
    bytes32 metadataHash; // keccak256 of the description
    address claims; // the contract that may mint claimAllocation, for claims and airdrops; 0 = none
    uint112 claimAllocation; // reserved for it inside the cap; 0 exactly when claims is 0
    address curve; // the contract that may mint curveAllocation for buyers and burn it for sellers; 0 = none, not claims
    uint112 curveAllocation; // reserved for it inside the cap; 0 exactly when curve is 0
}

/// @dev A commission, what of it is waived, and who answers for it, in one storage word. A waiver is a percentage of the
/// commission that is not taken, so that no sale can be made to cost more than the rate says.
struct Office {
    address steward; // may withdraw the commission and set its rate
    uint16 feeBps; // the rate in force unless a raise has come due
    uint8 tokenWaiver; // percent, for sales in the community's own token
    uint8 memberWaiver; // percent, for sales by its members
    uint16 raisedFeeBps; // what comes into force at `raiseAt`
    uint8 raisedTokenWaiver;
    uint8 raisedMemberWaiver;
    uint32 raiseAt; // unix time; 0 = no raise is waiting
}

/// @dev What is taken of sales in a community's market now.
struct Rates {
    uint16 platformFeeBps; // basis points
    uint16 communityFeeBps; // basis points
    uint8 tokenWaiver; // percent of the community's commission that is not taken of sales in its own token
    uint8 memberWaiver; // percent of it that is not taken of sales by its members
}

/// @title ICommunityRegistry
/// @notice Opens communities, clones their tokens, and keeps who their steward is and what commission they take.
/// @dev Id 0 is the platform: it has a steward and a commission like any community, and no token.
interface ICommunityRegistry {
    /// @notice Raised when no community has this id.
    error RegistryUnknownCommunity(uint64 id);

    /// @notice Raised when a name, symbol or URI has a length in bytes that is not allowed.
    /// @param field "name", "symbol" or "metadataURI".
    error RegistryBadLength(string field, uint256 length, uint256 max);

    /// @notice Raised when the cap is 0, or less than what is reserved for the founder, the claims and the curve together.
    error RegistryBadCap(uint256 cap, uint256 reserved);

    /// @notice Raised when a contract is named without tokens, or tokens without a contract, or one contract for both uses.
    error RegistryBadReserve(address claims, uint256 claimAllocation, address curve, uint256 curveAllocation);

    /// @notice Raised when the cliff lies behind the end of vesting, or vesting takes longer than allowed.
    error RegistryBadVesting(uint256 cliff, uint256 duration, uint256 maxDuration);

    /// @notice Raised when a commission is above its constant maximum.
    error RegistryFeeTooHigh(uint256 feeBps, uint256 maxBps);

    /// @notice Raised when more than all of a commission would be waived, or some of the platform's.
    /// @param maxPercent 100; 0 for the platform, which has neither token nor members.
    error RegistryBadWaiver(uint256 tokenWaiver, uint256 memberWaiver, uint256 maxPercent);

    /// @notice Raised when the caller is not the community's steward.
    error RegistryNotSteward(uint64 id, address caller);

    /// @notice Raised when the caller is not the one to whom stewardship was offered.
    error RegistryNotPendingSteward(uint64 id, address caller);

    /// @notice A community is open; its token exists.
    /// @param id Counts from 1.
    /// @param steward The founder.
    /// @param token The community's ERC-20.
    /// @param params All that the founder said.
    event CommunityOpened(uint64 indexed id, address indexed steward, address indexed token, CommunityParams params);

    /// @notice Stewardship is offered; it moves when `to` accepts. The zero address withdraws an offer.
    event StewardshipOffered(uint64 indexed id, address indexed from, address indexed to);

    /// @notice Stewardship has moved. Also emitted when the registry is made, for the platform (id 0, from 0).
    event StewardshipMoved(uint64 indexed id, address indexed from, address indexed to);

    /// @notice A commission rate is in force, and no raise is waiting any more.
    event FeeSet(uint64 indexed id, uint16 feeBps);

    /// @notice A higher rate comes into force at `raiseAt` (unix time), for new orders only. Replaces a waiting one.
    /// @dev Nothing is emitted when it comes into force: from that second on it is the rate.
    event FeeRaiseAnnounced(uint64 indexed id, uint16 feeBps, uint40 raiseAt);

    /// @notice These waivers are in force, percent of the commission, and no raise is waiting any more.
    event WaiversSet(uint64 indexed id, uint8 tokenWaiver, uint8 memberWaiver);

    /// @notice These waivers come into force at `raiseAt` (unix time), for new orders only. Replaces a waiting raise.
    /// @dev Nothing is emitted when they come into force.
    event WaiverCutAnnounced(uint64 indexed id, uint8 tokenWaiver, uint8 memberWaiver, uint40 raiseAt);

    /// @notice Open a community; the caller becomes its steward and the founder of its token.
    /// @dev What the founder, the claims and the curve are to get is reserved in the token's cap, so that none of it can be
    /// minted away. Whoever opens a community chooses the two contracts, once; what they do is theirs to show.
    /// @param params See CommunityParams.
    /// @return id The community's id, from 1.
    /// @return token The address of its ERC-20.
    function openCommunity(CommunityParams calldata params) external returns (uint64 id, address token);

    /// @notice Offer stewardship to another account; nothing moves until it accepts.
    /// @param id Community, or 0 for the platform.
    /// @param to Who may accept; 0 withdraws the offer.
    function offerStewardship(uint64 id, address to) external;

    /// @notice Take over a stewardship that was offered to you.
    /// @param id Community, or 0 for the platform.
    function acceptStewardship(uint64 id) external;

    /// @notice Change a commission. A lower or equal rate holds at once and drops a waiting raise; a higher one waits out
    /// FEE_NOTICE and replaces a waiting one. Orders already paid keep their rate.
    /// @param id Community, or 0 for the platform.
    /// @param newFeeBps Basis points of 10 000.
    function setFeeBps(uint64 id, uint16 newFeeBps) external;

    /// @notice Say what part of the commission is not taken of sales in the community's own token, and of sales by its
    /// members. Where both apply, the larger one counts. More holds at once and drops a waiting raise; where either gets
    /// less, both wait out FEE_NOTICE and replace a waiting raise, since less waived is a higher commission.
    /// @param id Community.
    /// @param tokenWaiver Percent of the commission, at most 100.
    /// @param memberWaiver Percent of the commission, at most 100.
    function setWaivers(uint64 id, uint8 tokenWaiver, uint8 memberWaiver) external;

    /// @notice The platform's and a community's commission in force now, basis points.
    /// @dev Reverts with RegistryUnknownCommunity.
    function feesOf(uint64 id) external view returns (uint16 platformFeeBps, uint16 communityFeeBps);

    /// @notice The commissions in force now with what is waived of the community's.
    /// @dev Reverts with RegistryUnknownCommunity.
    function ratesOf(uint64 id) external view returns (Rates memory rates);

    /// @notice A commission with its waiting raise, and its steward.
    function officeOf(uint64 id) external view returns (Office memory office);

    /// @notice Who answers for a community; 0 if there is no such community.
    function stewardOf(uint64 id) external view returns (address steward);

    /// @notice To whom stewardship is offered; 0 if to nobody.
    function pendingStewardOf(uint64 id) external view returns (address pendingSteward);

    /// @notice A community's token; 0 for the platform and for what does not exist.
    function tokenOf(uint64 id) external view returns (address token);

    /// @notice The address under which a community's commission is credited.
    function accountOf(uint64 id) external pure returns (address account);

    /// @notice How many communities are open; the newest has this id.
    function communityCount() external view returns (uint64 count);

    /// @notice The contract that every community token is a clone of.
    function TOKEN_IMPLEMENTATION() external view returns (address implementation);
}
