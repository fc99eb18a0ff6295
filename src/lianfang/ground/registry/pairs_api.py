"""HTTP for questions between edits, and for people who are listed twice."""

from typing import Annotated
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Body, Path, Query

from lianfang.foundation.kernel.ids import AreaId, ResidentId
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.registry import actions, pairs, queries
from lianfang.ground.registry.asking import Listed, Reason, Recorded, Undoing, paged
from lianfang.ground.registry.jobs import find_duplicates_later
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import DisagreementView, DuplicateView, Field, MergeView


class DisagreementWhere(msgspec.Struct, frozen=True):
    """One question."""

    disagreement_id: UUID


class DuplicateWhere(msgspec.Struct, frozen=True):
    """One pair."""

    duplicate_id: UUID


class MergeWhere(msgspec.Struct, frozen=True):
    """One merge."""

    merge_id: UUID


class Decision(msgspec.Struct, frozen=True):
    """Which of the edits stands, and why."""

    kept: UUID
    reason: Reason = ""


class Merging(msgspec.Struct, frozen=True):
    """Which of the two stays on the list, of which fields the other's value stands, and as of when both were seen."""

    kept: UUID
    seen_one: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    seen_other: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    take: Annotated[list[Field], msgspec.Meta(max_length=20)] = []
    reason: Reason = ""


class Looking(msgspec.Struct, frozen=True):
    """The job that looks through the register."""

    job: UUID


class Disagreements(Desk):
    """Where two hands wrote different things."""

    def get(self, parsed_query: Query[Listed]) -> Page[DisagreementView]:
        """The questions that wait in one's areas."""
        found = queries.disagreements(
            viewer=self.viewer,
            area=AreaId(parsed_query.area) if parsed_query.area else None,
            page=parsed_query.page,
            page_size=parsed_query.page_size,
        )
        return paged(found, parsed_query.page, parsed_query.page_size)


class SettlementOfDisagreement(Desk):
    """The answer to one."""

    def post(self, parsed_path: Path[DisagreementWhere], parsed_body: Body[Decision]) -> Recorded:
        """Decide."""
        record = actions.settle(
            disagreement=parsed_path.disagreement_id,
            kept=parsed_body.kept,
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class Duplicates(Desk):
    """Who may be listed twice."""

    def get(self, parsed_query: Query[Listed]) -> Page[DuplicateView]:
        """The pairs that wait in one's areas, surest first."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        found = pairs.duplicates(viewer=self.viewer, area=area, page=asked.page, page_size=asked.page_size)
        return paged(found, asked.page, asked.page_size)

    def post(self) -> Looking:
        """Look through whoever came or was changed since the last look."""
        self.viewer.require(Permission.SETTLE)
        return Looking(find_duplicates_later(by=self.viewer.actor))


class OneDuplicate(Desk):
    """One pair."""

    def get(self, parsed_path: Path[DuplicateWhere]) -> DuplicateView:
        """Side by side, with what speaks for it and against it."""
        return pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)


class MergingOfDuplicate(Desk):
    """One answer: they are one."""

    def post(self, parsed_path: Path[DuplicateWhere], parsed_body: Body[Merging]) -> Recorded:
        """One of them stays on the list and answers for both."""
        pair = pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)
        kept, two = ResidentId(parsed_body.kept), {pair.one.id, pair.other.id}
        if kept not in two:
            raise Problem("registry.neither_of_them", status=422)
        (other,) = two - {kept}
        record = actions.merge(
            kept=kept,
            other=other,
            take=parsed_body.take,
            seen={pair.one.id: parsed_body.seen_one, pair.other.id: parsed_body.seen_other},
            reason=parsed_body.reason,
            viewer=self.viewer,
            at=clock.now(),
        )
        return Recorded(record)


class ApartnessOfDuplicate(Desk):
    """The other answer: they are two."""

    def post(self, parsed_path: Path[DuplicateWhere], parsed_body: Body[Undoing]) -> Recorded:
        """Nobody is asked about them again."""
        pair = pairs.duplicate(parsed_path.duplicate_id, viewer=self.viewer)
        record = actions.tell_apart(
            one=pair.one.id, other=pair.other.id, reason=parsed_body.reason, viewer=self.viewer, at=clock.now()
        )
        return Recorded(record)


class Merges(Desk):
    """What was merged."""

    def get(self, parsed_query: Query[Listed]) -> Page[MergeView]:
        """What can be made two again in one's areas, latest first."""
        asked = parsed_query
        area = AreaId(asked.area) if asked.area else None
        found = pairs.merges(viewer=self.viewer, area=area, page=asked.page, page_size=asked.page_size)
        return paged(found, asked.page, asked.page_size)


class UndoingOfMerge(Desk):
    """And back."""

    def post(self, parsed_path: Path[MergeWhere], parsed_body: Body[Undoing]) -> Recorded:
        """They are two after all; each has what was said of it, also since."""
        record = actions.undo_merge(
            merge=parsed_path.merge_id, reason=parsed_body.reason, viewer=self.viewer, at=clock.now()
        )
        return Recorded(record)


urlpatterns = [
    path("disagreements", Disagreements.as_view(), name="disagreements"),
    path(
        "disagreements/<uuid:disagreement_id>/settle",
        SettlementOfDisagreement.as_view(),
        name="disagreement-settle",
    ),
    path("duplicates", Duplicates.as_view(), name="duplicates"),
    path("duplicates/<uuid:duplicate_id>", OneDuplicate.as_view(), name="duplicate"),
    path("duplicates/<uuid:duplicate_id>/merge", MergingOfDuplicate.as_view(), name="duplicate-merge"),
    path("duplicates/<uuid:duplicate_id>/apart", ApartnessOfDuplicate.as_view(), name="duplicate-apart"),
    path("merges", Merges.as_view(), name="merges"),
    path("merges/<uuid:merge_id>/undo", UndoingOfMerge.as_view(), name="merge-undo"),
]
