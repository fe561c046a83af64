"""/contracts/: addresses and ABIs, as the browser needs them to rebuild a call by itself."""

from flask import Blueprint, Response, abort, jsonify

from frontend.contracts.registry import DEPLOYED, EXPORTED, exported_abi
from frontend.extensions import registry

blueprint = Blueprint("contracts", __name__, url_prefix="/contracts")

NAMES = (*EXPORTED, "ERC20")


@blueprint.get("/registry.json")
def addresses() -> Response:
    """Give the chain, and where the contracts stand on it."""
    told = {
        "chainId": registry.chain_id,
        "genesisHash": registry.genesis_hash,
        "contracts": {name: registry.address(name) for name in DEPLOYED},
    }
    return jsonify(told)


@blueprint.get("/<name>.json")
def abi(name: str) -> Response:
    """Give a contract's ABI."""
    if name not in NAMES:
        abort(404)
    response = jsonify(exported_abi(name))
    response.headers["Cache-Control"] = "no-cache"
    return response
