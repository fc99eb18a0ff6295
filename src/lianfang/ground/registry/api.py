"""HTTP for the register: households and residents.

Masked; every page of people is noted.
"""

from http import HTTPStatus
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, ResponseSpec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, ResidentId
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page, ProblemReply
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import DisclosureView
from lianfang.ground.registry import (
    actions,
    boundaries_api,
    imports_api,
    offers_api,
    pairs_api,
    places_api,
    queries,
    stewards_api,
    upkeep_api,
)
from lianfang.ground.registry.asking import Number, Reason, Recorded, Size, Words, paged
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import EditView, Field, HouseholdRow, HouseholdView, Lives, ResidentRow


class ResidentWhere(msgspec.Struct, frozen=True):
    """One resident."""

    resident_id: UUID


class HouseholdWhere(msgspec.Struct, frozen=True):
    """One household."""

    household_id: UUID


class People(msgspec.Struct, frozen=True):
    """Which people to list: by name, pinyin, initials, door, or one whole number; in an area; why."""

    q: Words = ""
    area: UUID | None = None
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|door|age|people)$|^$")] = ""
    page: Number = 1
    page_size: Size = 50
    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Residing(People, frozen=True):
    """The same, and in which way they live here."""

    lives: Lives | None = None


class Why(msgspec.Struct, frozen=True):
    """What a look at one person is for."""

    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Revealing(msgspec.Struct, frozen=True):
    """Which value of somebody is to be seen in clear, and why."""

    field: Field
    reason: Reason
    purpose: Purpose = Purpose.REGISTER_UPKEEP


class Revealed(msgspec.Struct, frozen=True):
    """The value; None when there is none."""

    value: str | None


class Edited(msgspec.Struct, frozen=True):
    """A field of somebody as it should be, and the version one was looking at."""

    field: Field
    base_version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    value: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    reason: Reason | None = None


class Residents(Desk):
    """People, masked."""

    def get(self, parsed_query: Query[Residing]) -> Page[ResidentRow]:
        """Those the words mean, inside one's areas; of one kind of residence, if asked."""
        asked = parsed_query
        found = queries.search(
            asked.q,
            viewer=self.viewer,
            area=AreaId(asked.area) if asked.area else None,
            sort=asked.sort,
            page=asked.page,
            page_size=asked.page_size,
            purpose=asked.purpose,
            lives=asked.lives,
        )
        return paged(found, asked.page, asked.page_size)


class OneResident(Desk):
    """One person."""

    def patch(self, parsed_path: Path[ResidentWhere], parsed_body: Body[Edited]) -> Recorded:
        """Edit one field."""
        record = actions.change_field(
            resident=ResidentId(parsed_path.resident_id),
            field=parsed_body.field,
            base_version=parsed_body.base_version,
            value=parsed_body.value,
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class RevealOfResident(Desk):
    """One value in clear."""

    responses: ClassVar[Any] = [*Desk.responses, ResponseSpec(ProblemReply, status_code=HTTPStatus.TOO_MANY_REQUESTS)]

    def post(self, parsed_path: Path[ResidentWhere], parsed_body: Body[Revealing]) -> Revealed:
        """Show it, with the reason noted first."""
        value = queries.reveal(
            ResidentId(parsed_path.resident_id),
            field=parsed_body.field,
            reason=parsed_body.reason,
            purpose=parsed_body.purpose,
            viewer=self.viewer,
        )
        return Revealed(value)


class HistoryOfResident(Desk):
    """What was edited, by whom and when."""

    def get(self, parsed_path: Path[ResidentWhere], parsed_query: Query[Why]) -> list[EditView]:
        """Oldest first."""
        return queries.history(ResidentId(parsed_path.resident_id), viewer=self.viewer, purpose=parsed_query.purpose)


class LooksAtResident(Desk):
    """Who looked at somebody."""

    def get(self, parsed_path: Path[ResidentWhere]) -> list[DisclosureView]:
        """Every look at this person, latest first: who, how, what for; one's own look at this is not one."""
        self.viewer.require("access.who_looked")
        id = ResidentId(parsed_path.resident_id)
        ref = queries.resident_place(id, viewer=self.viewer, permission=Permission.READ)
        looks = {
            look.id: look
            for each in queries.ids_of(ref.id)
            for look in access.who_looked(resident=each, area=ref.grid, viewer=self.viewer)
        }
        return sorted(looks.values(), key=lambda look: look.at, reverse=True)


class Households(Desk):
    """Households, masked."""

    def get(self, parsed_query: Query[People]) -> Page[HouseholdRow]:
        """Those behind a door, or in which somebody of that name lives."""
        asked = parsed_query
        found = queries.households(
            q=asked.q,
            viewer=self.viewer,
            area=AreaId(asked.area) if asked.area else None,
            sort=asked.sort,
            page=asked.page,
            page_size=asked.page_size,
            purpose=asked.purpose,
        )
        return paged(found, asked.page, asked.page_size)


class OneHousehold(Desk):
    """One household."""

    def get(self, parsed_path: Path[HouseholdWhere], parsed_query: Query[Why]) -> HouseholdView:
        """With everybody in it."""
        return queries.household(
            HouseholdId(parsed_path.household_id), viewer=self.viewer, purpose=parsed_query.purpose
        )


urlpatterns = [
    path("households", Households.as_view(), name="households"),
    path("households/<uuid:household_id>", OneHousehold.as_view(), name="household"),
    path("residents", Residents.as_view(), name="residents"),
    path("residents/<uuid:resident_id>", OneResident.as_view(), name="resident"),
    path("residents/<uuid:resident_id>/reveal", RevealOfResident.as_view(), name="resident-reveal"),
    path("residents/<uuid:resident_id>/history", HistoryOfResident.as_view(), name="resident-history"),
    path("residents/<uuid:resident_id>/looks", LooksAtResident.as_view(), name="resident-looks"),
    *pairs_api.urlpatterns,
    *imports_api.urlpatterns,
    *offers_api.urlpatterns,
    *boundaries_api.urlpatterns,
    *places_api.urlpatterns,
    *stewards_api.urlpatterns,
    *upkeep_api.urlpatterns,
]
