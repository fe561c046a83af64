// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {IMarket} from "../market/IMarket.sol";
import {Kind, Order, State, Terms} from "../market/MarketTypes.sol";
import {OrderFlags} from "../market/OrderFlags.sol";
import {Credits} from "../money/Credits.sol";
import {Payout} from "../money/ICredits.sol";
import {ISplits} from "../money/ISplits.sol";
import {Permit} from "../money/Permit.sol";
import {SplitAccount} from "../money/SplitAccount.sol";
import {Conditions, Design, IBlueprints, Make} from "./IBlueprints.sol";

/// @title Blueprints
/// @notice Units of designs: bought in the Market, handed on, and burned one for each serial. Cannot be upgraded.
contract Blueprints is IBlueprints, ERC1155, Credits {
    using OrderFlags for uint8;

    IMarket private immutable _MARKET;

    /// @inheritdoc IBlueprints
    address public immutable SPLITS;

    mapping(bytes32 listingId => Design) private _designs;
    mapping(bytes32 listingId => mapping(bytes32 serial => Make)) private _makes;

    /// @inheritdoc IBlueprints
    mapping(bytes32 key => bool claimed) public isClaimed;

    /// @param market The Market.
    constructor(IMarket market) ERC1155("") {
        require(address(market).code.length != 0, BlueprintsNoCode(address(market)));
        _MARKET = market;
        SPLITS = market.SPLITS();
    }

    /// @inheritdoc IBlueprints
    function publish(Terms calldata terms, Conditions calldata conditions) external {
        bytes32 listingId = _MARKET.listingIdOf(terms);
        bool listed = terms.rules.kind() == Kind.BLUEPRINT && _MARKET.listingOf(listingId).listed;
        require(listed, BlueprintsNotListed(listingId));
        bytes32 found = saltOf(conditions);
        require(found == terms.salt, BlueprintsWrongConditions(found, terms.salt));
        require(!_designs[listingId].published, BlueprintsPublishedBefore(listingId));
        _designs[listingId] = Design(
            _payeeOf(conditions),
            true,
            conditions.currency,
            conditions.feePerMake,
            0,
            0
        );
        emit DesignPublished(listingId, terms.seller, conditions);
    }

    /// @inheritdoc IBlueprints
    function claim(Terms calldata terms, address holder, bytes32 ref, address to) external {
        bytes32 listingId = _MARKET.listingIdOf(terms);
        bytes32 key = _MARKET.keyOf(listingId, holder, ref);
        Design storage design = _published(listingId);
        Order memory order = _MARKET.orderOf(key);
        _checkEnd(key, order.state, terms.seller);
        address current = order.flags.has(OrderFlags.TRANSFERRED) ? _MARKET.asideOf(key).holder : holder;
        require(to == current || msg.sender == current, BlueprintsNotHolder(msg.sender, current));
        require(!isClaimed[key], BlueprintsClaimedBefore(key));
        isClaimed[key] = true;
        design.claimed += order.quantity; // with all others at most what the listing sold, which its own 32 bits hold
        emit UnitsClaimed(key, listingId, to, order.quantity);
        _mint(to, uint256(listingId), order.quantity, "");
    }

    /// @inheritdoc IBlueprints
    function make(bytes32 listingId, bytes32[] calldata serials) external payable {
        (address currency, uint256 due) = _make(listingId, serials);
        _collect(currency, due);
    }

    /// @inheritdoc IBlueprints
    function makeWithPermit(bytes32 listingId, bytes32[] calldata serials, Permit calldata permit) external {
        (address currency, uint256 due) = _make(listingId, serials);
        require(currency != ETH, CreditsWrongValue(0, due));
        _permit(currency, permit);
        _pull(IERC20(currency), due);
    }

    /// @inheritdoc IBlueprints
    function designOf(bytes32 listingId) external view returns (Design memory design) {
        return _designs[listingId];
    }

    /// @inheritdoc IBlueprints
    function makeOf(bytes32 listingId, bytes32 serial) external view returns (Make memory made) {
        return _makes[listingId][serial];
    }

    /// @inheritdoc IBlueprints
    function MARKET() external view returns (address market) {
        return address(_MARKET);
    }

    /// @inheritdoc IBlueprints
    function saltOf(Conditions calldata conditions) public pure returns (bytes32 salt) {
        return keccak256(abi.encode(conditions));
    }

    /// @dev Splits takes out what splits earn and divides it.
    function _answersFor(address caller, address account) internal view override returns (bool) {
        return SplitAccount.isSplit(account) ? caller == SPLITS : super._answersFor(caller, account);
    }

    /// @dev Under the lock, so that a receiver, or a token that is called about its own movement, finds no unit that moves.
    function _updateWithAcceptanceCheck(
        address from,
        address to,
        uint256[] memory ids,
        uint256[] memory values,
        bytes memory data
    ) internal override nonReentrant {
        super._updateWithAcceptanceCheck(from, to, ids, values, data);
    }

    /// @dev Everything of a make but the payment.
    function _make(
        bytes32 listingId,
        bytes32[] calldata serials
    ) private returns (address currency, uint256 due) {
        require(serials.length != 0, BlueprintsNoSerial());
        Design storage design = _published(listingId);
        _burn(msg.sender, uint256(listingId), serials.length);
        uint32 number = design.made;
        for (uint256 i = 0; i < serials.length; ++i) {
            _register(listingId, serials[i], ++number);
        }
        design.made = number;
        currency = design.currency;
        due = design.feePerMake * serials.length;
        if (due == 0) return (currency, due);
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(design.payee, due);
        _addCredits(listingId, currency, payouts);
    }

    function _register(bytes32 listingId, bytes32 serial, uint32 number) private {
        require(_isSerial(serial), BlueprintsBadSerial(serial));
        Make storage made = _makes[listingId][serial];
        require(made.maker == address(0), BlueprintsSerialTaken(listingId, serial, made.maker));
        _makes[listingId][serial] = Make(msg.sender, uint40(block.timestamp), number);
        emit UnitMade(listingId, serial, msg.sender, number);
    }

    /// @dev The account that is credited with the fees; 0 for a free make, of which nothing else may be said.
    function _payeeOf(Conditions calldata conditions) private view returns (address payee) {
        payee = conditions.payee;
        (uint64 splitId, uint32 version) = (conditions.splitId, conditions.splitVersion);
        if (conditions.feePerMake == 0) {
            bool silent = payee == address(0) && conditions.currency == ETH && splitId == 0 && version == 0;
            require(silent, BlueprintsBadPayee(payee, splitId));
            return payee;
        }
        address currency = conditions.currency;
        require(currency == ETH || currency.code.length != 0, BlueprintsNoCode(currency));
        if (splitId == 0) {
            require(version == 0 && _canTake(payee), BlueprintsBadPayee(payee, splitId));
            return payee;
        }
        require(payee == address(0), BlueprintsBadPayee(payee, splitId));
        require(ISplits(SPLITS).isVersion(splitId, version), BlueprintsUnknownSplit(splitId, version));
        return SplitAccount.forVersion(splitId, version);
    }

    /// @dev No key could take money out for another account.
    function _canTake(address payee) private view returns (bool) {
        return
            payee != address(0) &&
            payee != address(this) &&
            !CommunityAccount.isCommunity(payee) &&
            !SplitAccount.isSplit(payee);
    }

    /// @dev A completed order gives units to anyone's call; of one that ended otherwise after acceptance the seller may grant them.
    function _checkEnd(bytes32 key, State state, address seller) private view {
        bool granted = msg.sender == seller && (state == State.REFUNDED || state == State.RESOLVED);
        require(state == State.COMPLETED || granted, BlueprintsNotCompleted(key, state));
    }

    function _published(bytes32 listingId) private view returns (Design storage design) {
        design = _designs[listingId];
        require(design.published, BlueprintsNotPublished(listingId));
    }

    /// @dev 1 to 32 bytes of visible ASCII, and nothing but zeros behind.
    function _isSerial(bytes32 serial) private pure returns (bool) {
        uint256 length = 0;
        while (length < 32 && serial[length] != 0) {
            if (serial[length] < 0x21 || serial[length] > 0x7e) return false;
            ++length;
        }
        // a shift by 256 bits gives 0, as it must where no byte is left
        return length != 0 && uint256(serial) << (length * 8) == 0;
    }
}
