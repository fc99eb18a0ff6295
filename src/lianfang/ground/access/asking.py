"""What addresses about accounts have in common: how they are asked, and of whom."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.wire import Page
from lianfang.ground.access import queries
from lianfang.ground.territory import queries as territory

# No text of ours holds a NUL, and PostgreSQL takes none.
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00]*\S[^\x00]*$")]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00]*$")]
Words = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=200)]


class AccountWhere(msgspec.Struct, frozen=True):
    """One account."""

    account_id: UUID


class Why(msgspec.Struct, frozen=True):
    """A reason, if there is one to say."""

    reason: Reason | None = None


def permit(viewer: Viewer, permission: str, area: UUID) -> None:
    viewer.require(permission, lineage=territory.lineage(AreaId(area), local_day(viewer.at)))


def account_asked(viewer: Viewer, where: AccountWhere, permission: str) -> AccountId:
    """The account, if the viewer may do that to it where it belongs."""
    viewer.require(permission)
    area = queries.area_of_account(AccountId(where.account_id))
    permit(viewer, permission, area)
    return AccountId(where.account_id)


def slice_of(rows: Any, wanted: Any) -> Any:
    start = (wanted.page - 1) * wanted.page_size
    return rows[start : start + wanted.page_size]


def page_of(rows: list[Any], total: int, wanted: Any, viewer: Viewer) -> Page[Any]:
    return Page(rows, total, wanted.page, wanted.page_size, viewer.at.isoformat())
