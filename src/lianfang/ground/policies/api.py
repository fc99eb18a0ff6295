"""HTTP for decision tables: which there are, which are in force, putting one in force, trying facts on one."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.policies import actions, queries
from lianfang.ground.policies.permissions import Permission
from lianfang.ground.policies.terms import Edition, InForce, PolicyDecision
from lianfang.ground.territory import queries as territory

Fact = Annotated[str, msgspec.Meta(max_length=100)] | float | None


class PolicyWhere(msgspec.Struct, frozen=True):
    """One decision table in force."""

    policy_id: UUID


class PolicyFilter(msgspec.Struct, frozen=True):
    """On which area."""

    area: UUID


class Editions(msgspec.Struct, frozen=True):
    """The decision tables that can be put in force."""

    editions: list[Edition]


class PolicyRow(msgspec.Struct, frozen=True):
    """A decision table in force or to come, and whether it is the one that decides now."""

    policy: InForce
    area_name: str
    decides_now: bool


class PoliciesHere(msgspec.Struct, frozen=True):
    """What is in force on an area, and what is to come."""

    rows: list[PolicyRow]
    as_of: datetime


class PutInForce(msgspec.Struct, frozen=True):
    """Which edition, where, from which day (midnight; today: at once) and until which (not included)."""

    edition: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    area: UUID
    from_day: date
    until_day: date | None = None
    issuer: Annotated[str, msgspec.Meta(max_length=200)] = ""
    basis: Annotated[str, msgspec.Meta(max_length=200)] = ""


class TryFacts(msgspec.Struct, frozen=True):
    """Facts by the names of the table's inputs; instants in ISO 8601. Nothing of it is kept."""

    facts: dict[Annotated[str, msgspec.Meta(max_length=100)], Fact]


class EditionsToChoose(Desk):
    """PolicyDecision tables to choose from."""

    def get(self) -> Editions:
        """All of them, with their rows."""
        self.viewer.require(Permission.SEE)
        return Editions(list(queries.editions().values()))


class Policies(Desk):
    """PolicyDecision tables on an area."""

    def get(self, parsed_query: Query[PolicyFilter]) -> PoliciesHere:
        """Those in force, and those to come."""
        now, area = clock.now(), AreaId(parsed_query.area)
        lineage = territory.lineage(area=area, on=local_day(now))
        self.viewer.require(Permission.SEE, lineage=lineage)
        return PoliciesHere([_row(p, now) for p in queries.in_force_or_coming(area=area, at=now)], now)

    def post(self, parsed_body: Body[PutInForce]) -> PolicyRow:
        """Put one in force."""
        now, wanted = clock.now(), parsed_body
        area = AreaId(wanted.area)
        self.viewer.require(Permission.PUT_IN_FORCE, lineage=territory.lineage(area=area, on=local_day(now)))
        put = actions.put_in_force(
            edition=wanted.edition,
            area=area,
            from_day=wanted.from_day,
            until_day=wanted.until_day,
            issuer=wanted.issuer,
            basis=wanted.basis,
            by=self.viewer.actor,
            at=now,
        )
        return _row(put, now)


class TryPolicy(Desk):
    """What a table would say."""

    def post(self, parsed_path: Path[PolicyWhere], parsed_body: Body[TryFacts]) -> PolicyDecision:
        """The decision, with its row and its sentence. Misspelt names are said; a fact left out is not known."""
        now = clock.now()
        found = _seen(parsed_path, self.viewer, now)
        if unheard := queries.unheard_of(parsed_body.facts, found.edition):
            raise Problem("policies.no_such_fact", status=422, names=", ".join(unheard))
        return queries.decide(parsed_body.facts, found, at=now)


def _seen(where: PolicyWhere, viewer: Viewer, now: datetime) -> InForce:
    """One in force on the viewer's areas, or above one of them."""
    viewer.require(Permission.SEE)
    found = queries.policy(id=where.policy_id)
    on = local_day(now)
    up = set(territory.lineage(area=found.area, on=on))
    if not any(root in up or found.area in territory.lineage(root, on) for root in viewer.roots(Permission.SEE)):
        raise Problem("access.not_found", status=404)
    return found


def _row(policy: InForce, now: datetime) -> PolicyRow:
    name = territory.area(area_id=policy.area).name
    return PolicyRow(policy, name, policy.holds(now))


urlpatterns = [
    path("policies", Policies.as_view(), name="policies"),
    path("policies/editions", EditionsToChoose.as_view(), name="policies-editions"),
    path("policies/<uuid:policy_id>/decision", TryPolicy.as_view(), name="policy-decision"),
]
