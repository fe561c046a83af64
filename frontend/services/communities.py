"""Opening communities, their commission and their stewardship."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.errors import NotFound, Refused
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.marks import N_
from frontend.services.content import Contents
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed
from frontend.services.terms import ZERO_ADDRESS

ABI = "CommunityRegistry"
MAX_UINT112 = 2**112 - 1
PLATFORM = 0
UNIT_DECIMALS = 18
BPS_A_PERCENT = 100


class Communities:
    """What founders and stewards do in the registry."""

    def __init__(self, registry: Registry, intents: Intents, contents: Contents, queries: Queries) -> None:
        self.registry = registry
        self.intents = intents
        self.contents = contents
        self.queries = queries

    def prepare_open(
        self,
        account: str,
        name: str,
        symbol: str,
        cap_units: int,
        founder_allocation_units: int,
        vesting_cliff_s: int,
        vesting_duration_s: int,
        fee_bps: int,
        description: Mapping[str, Any],
        form_key: str = "",
        claim_allocation_units: int = 0,
        curve_allocation_units: int = 0,
    ) -> Intent:
        """Give the intent that opens a community; the description is kept first. Amounts in smallest units (18 decimals)."""
        for amount, field in (
            (cap_units, "cap"),
            (founder_allocation_units, "founder_allocation"),
            (claim_allocation_units, "claim_allocation"),
            (curve_allocation_units, "curve_allocation"),
        ):
            if not 0 <= amount <= MAX_UINT112:
                raise Refused(gettext("This amount is too large."), key="amount_too_large", field=field)
        metadata = self.contents.store_description({**description, "name": name}, account=account)
        params = (
            name,
            symbol,
            cap_units,
            founder_allocation_units,
            vesting_cliff_s,
            vesting_duration_s,
            fee_bps,
            self.contents.uri(metadata),
            bytes.fromhex(metadata[2:]),
            *self._reserve("Claims", claim_allocation_units),
            *self._reserve("Curves", curve_allocation_units),
        )
        lines = [
            Line(N_("Name"), "text", name),
            Line(N_("Symbol of its token"), "text", symbol),
            Line(N_("Most tokens that can ever exist"), "tokens", str(cap_units), symbol),
            Line(N_("Reserved for you, the founder"), "tokens", str(founder_allocation_units), symbol),
            Line(N_("Nothing of it before"), "duration", str(vesting_cliff_s)),
            Line(N_("All of it after"), "duration", str(vesting_duration_s)),
            Line(N_("Commission of the community"), "bps", str(fee_bps)),
        ]
        if claim_allocation_units:
            lines.append(Line(N_("Set aside for claims"), "tokens", str(claim_allocation_units), symbol))
        if curve_allocation_units:
            lines.append(Line(N_("Set aside for a curve"), "tokens", str(curve_allocation_units), symbol))
        plan = Plan("communities.open", self._call("openCommunity", params), lines, title=name, back="/c")
        return self.intents.prepare(account, plan, form_key)

    def prepare_set_fee(self, account: str, community_id: int, fee_bps: int, now_ts: int, form_key: str = "") -> Intent:
        """Give the intent that lowers a commission at once, or announces a raise."""
        community = self.known(community_id)
        now_bps = community.fee_bps_at(now_ts)
        lines = [
            Line(N_("Commission now"), "bps", str(now_bps)),
            Line(N_("Commission to be"), "bps", str(fee_bps)),
        ]
        if fee_bps > now_bps:
            lines.append(Line(N_("In force for new orders after"), "duration", str(7 * 86400)))
        return self._prepare(
            account, "communities.set_fee", "setFeeBps", community, (community_id, fee_bps), lines, form_key
        )

    def prepare_set_waivers(
        self, account: str, community_id: int, token_waiver: int, member_waiver: int, now_ts: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that waives more of a commission at once, or announces that less will be waived.

        Args: waivers are whole percents of the commission: of sales in the community's token, and of sales by members.
        """
        community = self.known(community_id)
        of_token, of_members = community.waivers_at(now_ts)
        lines = [
            Line(N_("Not taken of sales in its token, now"), "bps", str(of_token * BPS_A_PERCENT)),
            Line(N_("Not taken of sales in its token, to be"), "bps", str(token_waiver * BPS_A_PERCENT)),
            Line(N_("Not taken of members' sales, now"), "bps", str(of_members * BPS_A_PERCENT)),
            Line(N_("Not taken of members' sales, to be"), "bps", str(member_waiver * BPS_A_PERCENT)),
        ]
        if token_waiver < of_token or member_waiver < of_members:
            lines.append(Line(N_("In force for new orders after"), "duration", str(7 * 86400)))
        args = (community_id, token_waiver, member_waiver)
        return self._prepare(account, "communities.set_waivers", "setWaivers", community, args, lines, form_key)

    def prepare_offer_stewardship(self, account: str, community_id: int, to: str, form_key: str = "") -> Intent:
        """Give the intent that offers stewardship to another account."""
        community = self.known(community_id)
        target = checksummed(to, "to")
        lines = [Line(N_("Offered to"), "account", target)]
        return self._prepare(
            account,
            "communities.offer_stewardship",
            "offerStewardship",
            community,
            (community_id, target),
            lines,
            form_key,
        )

    def prepare_accept_stewardship(self, account: str, community_id: int, form_key: str = "") -> Intent:
        """Give the intent that takes over an offered stewardship."""
        community = self.known(community_id)
        lines = [Line(N_("Steward until now"), "account", community.steward)]
        return self._prepare(
            account, "communities.accept_stewardship", "acceptStewardship", community, (community_id,), lines, form_key
        )

    def known(self, community_id: int) -> Community:
        """Give a community (0 is the platform). Raises: NotFound."""
        found = self.queries.community(community_id) if 0 <= community_id < 2**63 else None
        if found is None:
            raise NotFound(gettext("There is no such community."))
        return found

    def _reserve(self, contract: str, units: int) -> tuple[str, int]:
        """Give who may mint a reserve, and how much of it; nobody where there is none."""
        return (self.registry.address(contract), units) if units else (ZERO_ADDRESS, 0)

    def _prepare(
        self,
        account: str,
        action: str,
        function: str,
        community: Community,
        args: tuple[Any, ...],
        lines: list[Line],
        form_key: str,
    ) -> Intent:
        plan = Plan(
            action,
            self._call(function, *args),
            lines,
            title=community.name,
            subject=str(community.id),
            back="/credits" if community.id == PLATFORM else f"/c/{community.id}",
        )
        return self.intents.prepare(account, plan, form_key)

    def _call(self, function: str, *args: Any) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args)
