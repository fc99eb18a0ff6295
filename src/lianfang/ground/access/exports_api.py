"""HTTP for lists that leave by two people."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path

from lianfang.foundation.kernel.ids import RecordId
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import exports
from lianfang.ground.access.exports import ExportView


class WhichExport(msgspec.Struct, frozen=True):
    """One of them."""

    export_id: UUID


class SaidToExport(msgspec.Struct, frozen=True):
    """Agreed or not, and why."""

    agree: bool
    reason: Annotated[str, msgspec.Meta(max_length=400, pattern=r"^[^\x00]*$")] = ""


class ExportWritten(msgspec.Struct, frozen=True):
    """The entry that was written."""

    id: RecordId


class Exports(Desk):
    """Long lists that somebody wants to carry away."""

    def get(self) -> Page[ExportView]:
        """One's own of the last week, and what waits for oneself."""
        rows = exports.exports(viewer=self.viewer)
        return Page(rows, len(rows), 1, max(1, len(rows)), clock.now().isoformat())


class DecisionOfExport(Desk):
    """The second of two."""

    def post(self, parsed_path: Path[WhichExport], parsed_body: Body[SaidToExport]) -> ExportWritten:
        """Agree, or do not."""
        said = parsed_body
        done = exports.decide_export(
            export=parsed_path.export_id, agree=said.agree, reason=said.reason, viewer=self.viewer, at=clock.now()
        )
        return ExportWritten(done)


urlpatterns = [
    path("exports", Exports.as_view(), name="exports"),
    path("exports/<uuid:export_id>/decide", DecisionOfExport.as_view(), name="export-decide"),
]
