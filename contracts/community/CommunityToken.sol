// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ICommunityRegistry} from "./ICommunityRegistry.sol";
import {ICommunityToken} from "./ICommunityToken.sol";
import {TokenArgsLib, TokenNumbers} from "./TokenArgsLib.sol";

/// @title CommunityToken
/// @notice The ERC-20 that every community gets a clone of.
contract CommunityToken is ICommunityToken, ERC20, ERC20Permit {
    using TokenArgsLib for bytes;

    uint256 private constant MAX_BATCH = 200;
    uint256 private constant MAX_URI_BYTES = 256;
    bytes32 private constant DOMAIN_TYPE_HASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @inheritdoc ICommunityToken
    address public immutable REGISTRY;

    address private immutable IMPLEMENTATION;

    // One storage word. The cap is a uint112 too, and bounds both amounts.
    uint112 private _stewardMinted;
    uint112 private _founderMinted;

    /// @inheritdoc ICommunityToken
    bool public isMintRenounced;

    /// @inheritdoc ICommunityToken
    bool public isContractURIFrozen;

    bool private _contractURIChanged;

    // A second word, touched by the reserves alone. Neither leaves the range of a uint112, upwards or downwards.
    uint112 private _claimMinted;
    int128 private _curveMinted;

    string private _contractURI;

    /// @dev The registry makes the implementation. Name and symbol of a clone stand behind its code.
    constructor() ERC20("", "") ERC20Permit("") {
        REGISTRY = msg.sender;
        IMPLEMENTATION = address(this);
    }

    modifier onlySteward() {
        require(
            ICommunityRegistry(REGISTRY).stewardOf(communityId()) == msg.sender,
            TokenNotSteward(msg.sender)
        );
        _;
    }

    /// @inheritdoc ICommunityToken
    function mint(address to, uint256 amount) external onlySteward {
        _take(amount);
        _mint(to, amount);
    }

    /// @inheritdoc ICommunityToken
    function mintBatch(address[] calldata accounts, uint256[] calldata amounts) external onlySteward {
        uint256 count = accounts.length;
        require(
            count != 0 && count <= MAX_BATCH && count == amounts.length,
            TokenBadBatch(count, amounts.length, MAX_BATCH)
        );
        uint256 total = 0;
        for (uint256 i = 0; i < count; ++i) {
            total += amounts[i];
        }
        _take(total);
        for (uint256 i = 0; i < count; ++i) {
            _mint(accounts[i], amounts[i]);
        }
    }

    /// @inheritdoc ICommunityToken
    function renounceMint() external onlySteward {
        require(!isMintRenounced, TokenMintRenounced());
        isMintRenounced = true;
        emit MintRenounced();
    }

    /// @inheritdoc ICommunityToken
    function mintVested() external returns (uint256 amount) {
        TokenNumbers memory numbers = _numbers();
        uint256 vested = _vestedAt(numbers, block.timestamp);
        amount = vested - _founderMinted;
        require(amount != 0, TokenNothingVested());
        _founderMinted = uint112(vested); // vested <= founderAllocation, a uint112
        _mint(numbers.founder, amount);
        emit VestedMinted(amount);
    }

    /// @inheritdoc ICommunityToken
    function mintReserved(address to, uint256 amount) external {
        TokenNumbers memory numbers = _numbers();
        if (msg.sender == numbers.claims) {
            uint256 left = numbers.claimAllocation - _claimMinted;
            require(amount <= left, TokenReserveExceeded(amount, left));
            _claimMinted += uint112(amount); // amount <= claimAllocation, a uint112
        } else {
            require(msg.sender == numbers.curve, TokenNotReserved(msg.sender));
            // never below 0: the curve has minted at most its allocation more than it burned
            uint256 left = uint256(int256(uint256(numbers.curveAllocation)) - _curveMinted);
            require(amount <= left, TokenReserveExceeded(amount, left));
            _curveMinted += int128(int256(amount)); // left is at most two uint112
        }
        _mint(to, amount);
    }

    /// @inheritdoc ICommunityToken
    function burnReserved(address account, uint256 amount) external {
        require(msg.sender == _packedArgs().curve(), TokenNotReserved(msg.sender));
        _spendAllowance(account, msg.sender, amount);
        _burn(account, amount);
        _curveMinted -= int128(int256(amount)); // amount was within the supply, so within the cap
    }

    /// @inheritdoc ICommunityToken
    function burn(uint256 amount) external {
        _burn(msg.sender, amount);
    }

    /// @inheritdoc ICommunityToken
    function burnFrom(address account, uint256 amount) external {
        _spendAllowance(account, msg.sender, amount);
        _burn(account, amount);
    }

    /// @inheritdoc ICommunityToken
    function setContractURI(string calldata uri, bytes32 hash) external onlySteward {
        require(!isContractURIFrozen, TokenContractURIFrozen());
        require(bytes(uri).length <= MAX_URI_BYTES, TokenURITooLong(bytes(uri).length, MAX_URI_BYTES));
        _contractURI = uri;
        _contractURIChanged = true;
        emit ContractURIUpdated();
        emit ContractMetadataChanged(uri, hash);
    }

    /// @inheritdoc ICommunityToken
    function freezeContractURI() external onlySteward {
        require(!isContractURIFrozen, TokenContractURIFrozen());
        isContractURIFrozen = true;
        emit ContractURIFrozen();
    }

    /// @inheritdoc ICommunityToken
    function contractURI() external view returns (string memory uri) {
        return _contractURIChanged ? _contractURI : _packedArgs().metadataURI();
    }

    /// @inheritdoc ICommunityToken
    function cap() external view returns (uint256) {
        return _numbers().cap;
    }

    /// @inheritdoc ICommunityToken
    function mintable() external view returns (uint256) {
        return isMintRenounced ? 0 : _mintable(_numbers());
    }

    /// @inheritdoc ICommunityToken
    function reserves() external view returns (address, uint256, uint256, address, uint256, int256) {
        TokenNumbers memory numbers = _numbers();
        return (
            numbers.claims,
            numbers.claimAllocation,
            _claimMinted,
            numbers.curve,
            numbers.curveAllocation,
            _curveMinted
        );
    }

    /// @inheritdoc ICommunityToken
    function supplyBesideCurve() external view returns (uint256) {
        TokenNumbers memory numbers = _numbers();
        uint256 toCome = uint256(numbers.founderAllocation) - _founderMinted + numbers.claimAllocation - _claimMinted;
        if (!isMintRenounced) toCome += _mintable(numbers);
        return uint256(int256(totalSupply() + toCome) - _curveMinted);
    }

    /// @inheritdoc ICommunityToken
    function founder() external view returns (address) {
        return _numbers().founder;
    }

    /// @inheritdoc ICommunityToken
    function vesting()
        external
        view
        returns (uint256 allocation, uint256 start, uint256 cliff, uint256 duration, uint256 minted)
    {
        TokenNumbers memory numbers = _numbers();
        return (
            numbers.founderAllocation,
            numbers.vestingStart,
            numbers.vestingCliff,
            numbers.vestingDuration,
            _founderMinted
        );
    }

    /// @inheritdoc ICommunityToken
    function vestedAt(uint256 timestamp) external view returns (uint256 amount) {
        return _vestedAt(_numbers(), timestamp);
    }

    /// @inheritdoc ICommunityToken
    function communityId() public view returns (uint64) {
        return _packedArgs().communityId();
    }

    /// @inheritdoc IERC20Metadata
    function name() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return _packedArgs().name();
    }

    /// @inheritdoc IERC20Metadata
    function symbol() public view override(ERC20, IERC20Metadata) returns (string memory) {
        return _packedArgs().symbol();
    }

    /// @notice The EIP-712 domain's separator: this token's own name, this chain, this address.
    function DOMAIN_SEPARATOR() external view override returns (bytes32) {
        return _domainSeparator();
    }

    /// @notice The EIP-712 domain by its parts (EIP-5267).
    function eip712Domain()
        public
        view
        override
        returns (
            bytes1 fields,
            string memory domainName,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", name(), "1", block.chainid, address(this), bytes32(0), new uint256[](0));
    }

    /// @dev The base contract would use the implementation's name.
    function _hashTypedDataV4(bytes32 structHash) internal view override returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(_domainSeparator(), structHash);
    }

    /// @dev Counts `amount` as minted by the steward, if the cap leaves it.
    function _take(uint256 amount) private {
        require(!isMintRenounced, TokenMintRenounced());
        uint256 left = _mintable(_numbers());
        require(amount <= left, TokenCapExceeded(amount, left));
        _stewardMinted += uint112(amount); // amount <= left <= cap, a uint112
    }

    function _mintable(TokenNumbers memory numbers) private view returns (uint256) {
        uint256 reserved = uint256(numbers.founderAllocation) + numbers.claimAllocation + numbers.curveAllocation;
        return numbers.cap - reserved - _stewardMinted;
    }

    /// @dev Rounds down: the founder never gets a unit early.
    function _vestedAt(TokenNumbers memory numbers, uint256 timestamp) private pure returns (uint256) {
        if (timestamp < uint256(numbers.vestingStart) + numbers.vestingCliff) return 0;
        uint256 elapsed = timestamp - numbers.vestingStart;
        if (elapsed >= numbers.vestingDuration) return numbers.founderAllocation;
        return (uint256(numbers.founderAllocation) * elapsed) / numbers.vestingDuration;
    }

    function _domainSeparator() private view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    DOMAIN_TYPE_HASH,
                    keccak256(bytes(name())),
                    keccak256(bytes("1")),
                    block.chainid,
                    address(this)
                )
            );
    }

    function _numbers() private view returns (TokenNumbers memory) {
        return _packedArgs().numbers();
    }

    /// @dev Behind the implementation's own code there are no arguments, only code.
    function _packedArgs() private view returns (bytes memory) {
        require(address(this) != IMPLEMENTATION, TokenIsImplementation());
        return Clones.fetchCloneArgs(address(this));
    }
}
