"""HTTP for enrolling devices, seeing them and turning them off."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query, modify

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import actions, log, queries
from lianfang.ground.access.asking import AccountWhere, Number, Size, Why, Words, account_asked, page_of, slice_of
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.terms import DeviceView


class DeviceWhere(msgspec.Struct, frozen=True):
    """One device."""

    device_id: UUID


class DeviceFilter(msgspec.Struct, frozen=True):
    """Which devices to list."""

    q: Words = ""
    account: UUID | None = None
    area: UUID | None = None
    revoked: bool | None = None
    clock_odd: bool = False
    sort: Annotated[str, msgspec.Meta(pattern=r"^-?(name|enrolled_at|last_contact_at)$|^$")] = ""
    page: Number = 1
    page_size: Size = 50


class EnrolmentCard(msgspec.Struct, frozen=True):
    """What is shown to a phone: a code to scan or to type."""

    code: str
    expires_at: datetime
    address: str
    qr_svg: str


class EnrolmentView(Desk):
    """Joining a phone."""

    def post(self, parsed_path: Path[AccountWhere]) -> EnrolmentCard:
        """A code for one phone of this account, good once, for ten minutes."""
        viewer, account = self.viewer, account_asked(self.viewer, parsed_path, Permission.ENROL)
        made = actions.issue_enrolment(account=account, by=viewer.actor, at=viewer.at)
        address = self.request.build_absolute_uri(f"/m/enrol#code={made.code}")
        return EnrolmentCard(made.code, made.expires_at, address, log.qr_svg(address))


class Devices(Desk):
    """The phones of one's areas."""

    def get(self, parsed_query: Query[DeviceFilter]) -> Page[DeviceView]:
        """The phones of one's areas, and whether they are alive."""
        wanted, viewer = parsed_query, self.viewer
        rows = queries.devices(
            viewer=viewer,
            account=AccountId(wanted.account) if wanted.account else None,
            area=AreaId(wanted.area) if wanted.area else None,
            q=wanted.q,
            revoked=wanted.revoked,
            clock_odd=wanted.clock_odd,
        ).order_by(*_device_order(wanted.sort))
        return page_of(queries.device_views(slice_of(rows, wanted)), rows.count(), wanted, viewer)


class OneDevice(Desk):
    """One phone."""

    def get(self, parsed_path: Path[DeviceWhere]) -> DeviceView:
        """All that is known of it."""
        return _device(parsed_path, self.viewer)


class RevokeDevice(Desk):
    """A lost phone."""

    @modify(status_code=HTTPStatus.OK)
    def post(self, parsed_path: Path[DeviceWhere], parsed_body: Body[Why]) -> DeviceView:
        """Its token opens nothing from this moment."""
        self.viewer.require(Permission.ENROL)
        viewer, row = self.viewer, _device(parsed_path, self.viewer)
        account_asked(viewer, AccountWhere(row.account.id), Permission.ENROL)
        actions.revoke_device(device=row.id, reason=parsed_body.reason, by=viewer.actor, at=viewer.at)
        return _device(parsed_path, viewer)


def _device(where: DeviceWhere, viewer: Viewer) -> DeviceView:
    row = queries.devices(viewer=viewer).filter(id=where.device_id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    return queries.device_views([row])[0]


def _device_order(sort: str) -> list[Any]:
    return queries.by_last_contact(sort) if "last_contact_at" in sort else [sort or "name", "id"]


urlpatterns = [
    path("accounts/<uuid:account_id>/enrolment", EnrolmentView.as_view(), name="enrolment"),
    path("devices", Devices.as_view(), name="devices"),
    path("devices/<uuid:device_id>", OneDevice.as_view(), name="device"),
    path("devices/<uuid:device_id>/revoke", RevokeDevice.as_view(), name="device-revoke"),
]
