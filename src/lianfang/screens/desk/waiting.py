"""What waits for one's own signature: a list that changes very many people, a list of people that is to leave.

Each can only be done by somebody else than whoever began it, so it is shown to those who can.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from django.urls import path

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.access import queries as access
from lianfang.ground.registry import queries as registry


class WaitsFor(StrEnum):
    """What is to be done."""

    PUBLISH = "publish"  # a checked list of people
    EXPORT = "export"  # a list that is to leave


class WaitingItem(msgspec.Struct, frozen=True):
    """One of them: what it is called, for how many people or rows, who began it and when."""

    id: UUID
    waits_for: WaitsFor
    title: str
    n: int
    by: str  # empty: the command line
    at: datetime
    reason: str = ""


class WaitingList(msgspec.Struct, frozen=True):
    """All that waits for the viewer."""

    items: list[WaitingItem]


class Waiting(Desk):
    """What waits for one's own signature."""

    def get(self) -> WaitingList:
        """The oldest first."""
        return WaitingList(waiting(self.viewer))


def waiting(viewer: Viewer) -> list[WaitingItem]:
    """What others have begun and the viewer may finish."""
    lists = [
        WaitingItem(view.id, WaitsFor.PUBLISH, view.file_name, view.residents + view.edited, view.by, view.created_at)
        for view in registry.imports_waiting(viewer=viewer)
    ]
    leaving = [
        WaitingItem(view.id, WaitsFor.EXPORT, view.what, view.rows, view.by, view.at, view.reason)
        for view in access.exports_waiting(viewer=viewer)
    ]
    return sorted([*lists, *leaving], key=lambda item: (item.at, item.id))


urlpatterns = [path("waiting", Waiting.as_view(), name="waiting")]
