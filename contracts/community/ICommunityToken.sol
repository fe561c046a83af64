// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title ICommunityToken
/// @notice A community's ERC-20 (EIP-20, 18 decimals) with ERC-2612 permit: capped, minted by the steward, cheap to move.
/// @dev A clone of one implementation; its constants stand behind the clone's code. It has no initialiser, so there is
/// nothing to run twice, and on the bare implementation whatever needs the constants is refused.
interface ICommunityToken is IERC20Metadata {
    /// @notice Raised when the caller is not the steward of the token's community.
    error TokenNotSteward(address caller);

    /// @notice Raised on the implementation itself, which belongs to no community.
    error TokenIsImplementation();

    /// @notice Raised when more would be minted than the cap leaves beside what is reserved.
    /// @param amount What was to be minted, smallest unit.
    /// @param mintable What can still be minted, smallest unit.
    error TokenCapExceeded(uint256 amount, uint256 mintable);

    /// @notice Raised when the caller is not a contract for which tokens were reserved, or not the curve where only it may.
    error TokenNotReserved(address caller);

    /// @notice Raised when more would be minted than is left of the caller's reserve.
    /// @param amount What was to be minted, smallest unit.
    /// @param left What is left of the reserve, smallest unit.
    error TokenReserveExceeded(uint256 amount, uint256 left);

    /// @notice Raised when minting was renounced for ever.
    error TokenMintRenounced();

    /// @notice Raised when a batch has no entries, too many, or lists of different length.
    error TokenBadBatch(uint256 accounts, uint256 amounts, uint256 max);

    /// @notice Raised when nothing of the founder's allocation is due yet.
    error TokenNothingVested();

    /// @notice Raised when the description's address was frozen.
    error TokenContractURIFrozen();

    /// @notice Raised when the URI is longer than allowed, in bytes.
    error TokenURITooLong(uint256 length, uint256 max);

    /// @notice So much of the founder's allocation was minted as it vested; the Transfer before it says to whom.
    event VestedMinted(uint256 amount);

    /// @notice The steward's minting has ended for ever.
    event MintRenounced();

    /// @notice The community's description has changed (ERC-7572).
    event ContractURIUpdated();

    /// @notice The community's description has changed: where it is, and keccak256 of it.
    event ContractMetadataChanged(string uri, bytes32 hash);

    /// @notice The description's address can never change again.
    event ContractURIFrozen();

    /// @notice Mint to one account, within the cap. Steward only.
    /// @param to Not 0.
    /// @param amount Smallest unit.
    function mint(address to, uint256 amount) external;

    /// @notice Mint to several accounts in one call, all or nothing. Steward only.
    /// @param accounts At most 200.
    /// @param amounts Smallest unit; as many as accounts.
    function mintBatch(address[] calldata accounts, uint256[] calldata amounts) external;

    /// @notice Give up minting for ever. The founder's allocation goes on vesting. Steward only.
    function renounceMint() external;

    /// @notice Mint what has vested of the founder's allocation, to the founder. Anyone may call it.
    /// @return amount What was minted, smallest unit; not 0.
    function mintVested() external returns (uint256 amount);

    /// @notice Mint out of the caller's own reserve. Only the contracts that were named for claims and for the curve.
    /// @param to Not 0.
    /// @param amount Smallest unit.
    function mintReserved(address to, uint256 amount) external;

    /// @notice Destroy tokens of somebody who allowed it, so that the curve can sell them again. Only the curve.
    /// @param account Whose tokens.
    /// @param amount Smallest unit; at most the allowance.
    function burnReserved(address account, uint256 amount) external;

    /// @notice Destroy your own tokens. What is burned does not come back into the cap.
    /// @param amount Smallest unit.
    function burn(uint256 amount) external;

    /// @notice Destroy tokens of somebody who allowed you to.
    /// @param account Whose tokens.
    /// @param amount Smallest unit; at most the allowance.
    function burnFrom(address account, uint256 amount) external;

    /// @notice Change where the community's description is. Steward only, until frozen.
    /// @param uri At most 256 bytes.
    /// @param hash keccak256 of the description.
    function setContractURI(string calldata uri, bytes32 hash) external;

    /// @notice Make the description's address final. Steward only.
    function freezeContractURI() external;

    /// @notice Where the community's description is (ERC-7572).
    function contractURI() external view returns (string memory uri);

    /// @notice Most tokens that can ever be minted, smallest unit.
    function cap() external view returns (uint256);

    /// @notice What the steward can still mint, smallest unit; 0 after renouncing.
    function mintable() external view returns (uint256);

    /// @notice What is reserved inside the cap for claims and for a curve, and who may mint it.
    /// @return claims The contract for claims; 0 = none.
    /// @return claimAllocation Smallest unit.
    /// @return claimMinted What it has minted, smallest unit.
    /// @return curve The contract of the curve; 0 = none.
    /// @return curveAllocation Smallest unit.
    /// @return curveMinted What it has minted less what it has burned, smallest unit; below 0 when it burned more, which is
    /// possible where tokens of other origin are sold to it.
    function reserves()
        external
        view
        returns (
            address claims,
            uint256 claimAllocation,
            uint256 claimMinted,
            address curve,
            uint256 curveAllocation,
            int256 curveMinted
        );

    /// @notice Most tokens that can exist at any time from now on and do not come from the curve, smallest unit: what exists,
    /// and what founder, claims and steward can still get. It never grows.
    function supplyBesideCurve() external view returns (uint256 amount);

    /// @notice The community that this is the token of.
    function communityId() external view returns (uint64);

    /// @notice Who receives the founder's allocation.
    function founder() external view returns (address);

    /// @notice The founder's allocation and its schedule: nothing before start + cliff, then linear since start, all at
    /// start + duration. Rounds down.
    /// @return allocation Smallest unit.
    /// @return start Unix time.
    /// @return cliff Seconds.
    /// @return duration Seconds.
    /// @return minted What the founder has received, smallest unit.
    function vesting()
        external
        view
        returns (uint256 allocation, uint256 start, uint256 cliff, uint256 duration, uint256 minted);

    /// @notice What of the founder's allocation has vested at a time, minted or not, smallest unit.
    /// @param timestamp Unix time.
    function vestedAt(uint256 timestamp) external view returns (uint256 amount);

    /// @notice Has minting been renounced?
    function isMintRenounced() external view returns (bool);

    /// @notice Is the description's address final?
    function isContractURIFrozen() external view returns (bool);

    /// @notice The registry that knows the token's steward.
    function REGISTRY() external view returns (address);
}
