"""Designs on sale, published or not, and accounts that hold units of them."""

from itertools import count
from types import SimpleNamespace

import pytest
from brownie import chain

from tests.helpers.blueprints import Conditions
from tests.helpers.deal import State
from tests.helpers.terms import BLUEPRINT, salt

FEE = 50_007


@pytest.fixture(scope="module")
def blueprints(deployment, Blueprints):
    return Blueprints.at(deployment.address("Blueprints"))


@pytest.fixture(scope="module")
def condition_salts():
    return count(1)


@pytest.fixture(scope="module")
def list_design(blueprints, list_terms, condition_salts, payer, owner):
    """Give a factory of designs on sale: terms, conditions and the id. The fee goes to an account that does nothing else."""

    def listed(publish: bool = True, limit: int = 1_000, terms: dict | None = None, **changes):
        said = Conditions(fee_per_make=FEE, payee=str(payer), salt=salt(next(condition_salts)))
        said = said.but(**changes)
        sold = list_terms(limit, **{"kind": BLUEPRINT, "transit_for": 0, "salt": said.hash(), **(terms or {})})
        design = SimpleNamespace(terms=sold, conditions=said, id=blueprints_id(blueprints, sold))
        if publish:
            blueprints.publish(sold.words(), said.words(), {"from": owner})
        return design

    return listed


def blueprints_id(blueprints, terms) -> str:
    """Give the listing's id, by plain Python."""
    return terms.listing_id(chain.id, blueprints.MARKET())


@pytest.fixture(scope="module")
def design(list_design):
    return list_design()


@pytest.fixture(scope="module")
def free_design(list_design):
    return list_design(fee_per_make=0, payee="0x" + "00" * 20)


@pytest.fixture(scope="module")
def give(blueprints, make_deal, owner):
    """Give an account units of a design, bought, completed and claimed."""

    def given(design, holder, units: int = 3, to=None):
        deal = make_deal(State.COMPLETED, design.terms, quantity=units, holder=holder, payer=holder)
        blueprints.claim(design.terms.words(), holder, deal.ref, to or holder, {"from": holder if to else owner})
        return deal

    return given
