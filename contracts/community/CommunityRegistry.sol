// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {CommunityAccount} from "./CommunityAccount.sol";
import {CommunityToken} from "./CommunityToken.sol";
import {CommunityParams, ICommunityRegistry, Office, Rates} from "./ICommunityRegistry.sol";
import {TokenArgs, TokenArgsLib} from "./TokenArgsLib.sol";

/// @title CommunityRegistry
/// @notice Communities, their stewards and their commissions. Holds no money and cannot be upgraded.
contract CommunityRegistry is ICommunityRegistry {
    /// @notice Most that the platform may take of a sale: 5 %.
    uint16 public constant MAX_PLATFORM_FEE_BPS = 500;

    /// @notice Most that a community may take of a sale: 20 %.
    uint16 public constant MAX_COMMUNITY_FEE_BPS = 2_000;

    /// @notice How long a raised commission waits before it touches new orders.
    uint40 public constant FEE_NOTICE = 7 days;

    /// @notice Longest vesting of a founder's allocation.
    uint32 public constant MAX_VESTING = 3_650 days;

    uint256 private constant MAX_NAME_BYTES = 64;
    uint256 private constant MAX_SYMBOL_BYTES = 11;
    uint256 private constant MAX_URI_BYTES = 256;
    uint8 private constant PERCENT = 100;
    uint64 private constant PLATFORM = 0;

    /// @inheritdoc ICommunityRegistry
    address public immutable TOKEN_IMPLEMENTATION;

    /// @inheritdoc ICommunityRegistry
    uint64 public communityCount;

    mapping(uint64 id => Office) private _offices;
    mapping(uint64 id => address token) private _tokens;
    mapping(uint64 id => address pendingSteward) private _pendingStewards;

    /// @param platformSteward Answers for the platform's commission; not 0.
    /// @param platformFeeBps Basis points, at most MAX_PLATFORM_FEE_BPS.
    constructor(address platformSteward, uint16 platformFeeBps) {
        require(platformSteward != address(0), RegistryNotSteward(PLATFORM, platformSteward));
        require(platformFeeBps <= MAX_PLATFORM_FEE_BPS, RegistryFeeTooHigh(platformFeeBps, MAX_PLATFORM_FEE_BPS));
        TOKEN_IMPLEMENTATION = address(new CommunityToken());
        _offices[PLATFORM] = _office(platformSteward, platformFeeBps, 0, 0);
        emit StewardshipMoved(PLATFORM, address(0), platformSteward);
        emit FeeSet(PLATFORM, platformFeeBps);
    }

    modifier onlySteward(uint64 id) {
        require(_offices[id].steward == msg.sender, RegistryNotSteward(id, msg.sender));
        _;
    }

    /// @inheritdoc ICommunityRegistry
    function openCommunity(CommunityParams calldata params) external returns (uint64 id, address token) {
        _check(params);
        id = ++communityCount;
        token = Clones.cloneWithImmutableArgs(
            TOKEN_IMPLEMENTATION,
            TokenArgsLib.pack(
                TokenArgs({
                    communityId: id,
                    cap: params.cap,
                    founder: msg.sender,
                    founderAllocation: params.founderAllocation,
                    vestingStart: uint40(block.timestamp), // fits until the year 36 812
                    vestingCliff: params.vestingCliff,
                    vestingDuration: params.vestingDuration,
                    claims: params.claims,
                    claimAllocation: params.claimAllocation,
                    curve: params.curve,
                    curveAllocation: params.curveAllocation,
                    name: params.name,
                    symbol: params.symbol,
                    metadataURI: params.metadataURI
                })
            )
        );
        _offices[id] = _office(msg.sender, params.feeBps, 0, 0);
        _tokens[id] = token;
        emit CommunityOpened(id, msg.sender, token, params);
    }

    /// @inheritdoc ICommunityRegistry
    function offerStewardship(uint64 id, address to) external onlySteward(id) {
        _pendingStewards[id] = to;
        emit StewardshipOffered(id, msg.sender, to);
    }

    /// @inheritdoc ICommunityRegistry
    function acceptStewardship(uint64 id) external {
        require(_pendingStewards[id] == msg.sender, RegistryNotPendingSteward(id, msg.sender));
        address from = _offices[id].steward;
        _offices[id].steward = msg.sender;
        delete _pendingStewards[id];
        emit StewardshipMoved(id, from, msg.sender);
    }

    /// @inheritdoc ICommunityRegistry
    function setFeeBps(uint64 id, uint16 newFeeBps) external onlySteward(id) {
        uint16 max = id == PLATFORM ? MAX_PLATFORM_FEE_BPS : MAX_COMMUNITY_FEE_BPS;
        require(newFeeBps <= max, RegistryFeeTooHigh(newFeeBps, max));
        Office memory now_ = _inForce(_offices[id]);
        if (newFeeBps <= now_.feeBps) {
            _offices[id] = _office(msg.sender, newFeeBps, now_.tokenWaiver, now_.memberWaiver);
            emit FeeSet(id, newFeeBps);
        } else {
            uint32 raiseAt = _announce(id, now_, newFeeBps, now_.tokenWaiver, now_.memberWaiver);
            emit FeeRaiseAnnounced(id, newFeeBps, raiseAt);
        }
    }

    /// @inheritdoc ICommunityRegistry
    function setWaivers(uint64 id, uint8 tokenWaiver, uint8 memberWaiver) external onlySteward(id) {
        uint8 max = id == PLATFORM ? 0 : PERCENT;
        require(tokenWaiver <= max && memberWaiver <= max, RegistryBadWaiver(tokenWaiver, memberWaiver, max));
        Office memory now_ = _inForce(_offices[id]);
        if (tokenWaiver >= now_.tokenWaiver && memberWaiver >= now_.memberWaiver) {
            _offices[id] = _office(msg.sender, now_.feeBps, tokenWaiver, memberWaiver);
            emit WaiversSet(id, tokenWaiver, memberWaiver);
        } else {
            uint32 raiseAt = _announce(id, now_, now_.feeBps, tokenWaiver, memberWaiver);
            emit WaiverCutAnnounced(id, tokenWaiver, memberWaiver, raiseAt);
        }
    }

    /// @inheritdoc ICommunityRegistry
    function feesOf(uint64 id) external view returns (uint16 platformFeeBps, uint16 communityFeeBps) {
        Rates memory rates = ratesOf(id);
        return (rates.platformFeeBps, rates.communityFeeBps);
    }

    /// @inheritdoc ICommunityRegistry
    function officeOf(uint64 id) external view returns (Office memory office) {
        return _offices[id];
    }

    /// @inheritdoc ICommunityRegistry
    function stewardOf(uint64 id) external view returns (address steward) {
        return _offices[id].steward;
    }

    /// @inheritdoc ICommunityRegistry
    function pendingStewardOf(uint64 id) external view returns (address pendingSteward) {
        return _pendingStewards[id];
    }

    /// @inheritdoc ICommunityRegistry
    function tokenOf(uint64 id) external view returns (address token) {
        return _tokens[id];
    }

    /// @inheritdoc ICommunityRegistry
    function accountOf(uint64 id) external pure returns (address account) {
        return CommunityAccount.forId(id);
    }

    /// @inheritdoc ICommunityRegistry
    function ratesOf(uint64 id) public view returns (Rates memory rates) {
        Office storage office = _offices[id];
        require(id != PLATFORM && office.steward != address(0), RegistryUnknownCommunity(id));
        (rates.communityFeeBps, rates.tokenWaiver, rates.memberWaiver) = _ratesOf(office);
        (rates.platformFeeBps, , ) = _ratesOf(_offices[PLATFORM]);
    }

    /// @dev Has something dearer wait out its notice, beside what is in force.
    function _announce(
        uint64 id,
        Office memory now_,
        uint16 feeBps,
        uint8 tokenWaiver,
        uint8 memberWaiver
    ) private returns (uint32 raiseAt) {
        raiseAt = SafeCast.toUint32(block.timestamp + FEE_NOTICE); // from 2106 on nothing can be raised
        now_.raisedFeeBps = feeBps;
        now_.raisedTokenWaiver = tokenWaiver;
        now_.raisedMemberWaiver = memberWaiver;
        now_.raiseAt = raiseAt;
        _offices[id] = now_;
    }

    /// @dev What counts now, with nothing waiting.
    function _inForce(Office storage office) private view returns (Office memory) {
        (uint16 feeBps, uint8 tokenWaiver, uint8 memberWaiver) = _ratesOf(office);
        return _office(office.steward, feeBps, tokenWaiver, memberWaiver);
    }

    /// @dev The rate in force and its waivers: a raise counts from the second it was announced for. Read in storage, since
    /// every purchase asks for two of them.
    function _ratesOf(Office storage office) private view returns (uint16, uint8, uint8) {
        if (office.raiseAt != 0 && block.timestamp >= office.raiseAt) {
            return (office.raisedFeeBps, office.raisedTokenWaiver, office.raisedMemberWaiver);
        }
        return (office.feeBps, office.tokenWaiver, office.memberWaiver);
    }

    function _office(
        address steward,
        uint16 feeBps,
        uint8 tokenWaiver,
        uint8 memberWaiver
    ) private pure returns (Office memory) {
        return Office(steward, feeBps, tokenWaiver, memberWaiver, 0, 0, 0, 0);
    }

    function _check(CommunityParams calldata params) private pure {
        _checkLength("name", bytes(params.name).length, 1, MAX_NAME_BYTES);
        _checkLength("symbol", bytes(params.symbol).length, 1, MAX_SYMBOL_BYTES);
        _checkLength("metadataURI", bytes(params.metadataURI).length, 0, MAX_URI_BYTES);
        uint256 reserved = uint256(params.founderAllocation) + params.claimAllocation + params.curveAllocation;
        require(params.cap != 0 && reserved <= params.cap, RegistryBadCap(params.cap, reserved));
        require(
            (params.claims == address(0)) == (params.claimAllocation == 0) &&
                (params.curve == address(0)) == (params.curveAllocation == 0) &&
                (params.claims != params.curve || params.curve == address(0)),
            RegistryBadReserve(params.claims, params.claimAllocation, params.curve, params.curveAllocation)
        );
        require(
            params.vestingCliff <= params.vestingDuration && params.vestingDuration <= MAX_VESTING,
            RegistryBadVesting(params.vestingCliff, params.vestingDuration, MAX_VESTING)
        );
        require(
            params.feeBps <= MAX_COMMUNITY_FEE_BPS,
            RegistryFeeTooHigh(params.feeBps, MAX_COMMUNITY_FEE_BPS)
        );
    }

    function _checkLength(string memory field, uint256 length, uint256 min, uint256 max) private pure {
        require(length >= min && length <= max, RegistryBadLength(field, length, max));
    }
}
