"""HTTP for forms: list, read, publish from JSON or from a workbook."""

import os
import tempfile
from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.urls import path
from dmr import Body, FileMetadata, Path, Query

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.forms import actions, queries, rules
from lianfang.ground.forms.permissions import Permission
from lianfang.ground.forms.terms import Code, Form, PublishedForm
from lianfang.ground.posture.terms import Words
from lianfang.ground.territory import queries as territory

_LARGEST_WORKBOOK = 2 * 1024 * 1024


class Where(msgspec.Struct, frozen=True):
    """One published form."""

    form_id: UUID


class Filter(msgspec.Struct, frozen=True):
    """Which forms to list."""

    area: UUID | None = None
    q: str = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class FormRow(msgspec.Struct, frozen=True):
    """A published form as a list shows it."""

    id: UUID
    code: str
    version: int
    title: Words
    area: UUID
    area_name: str
    incident: UUID | None
    questions: int
    published_at: datetime


class FormView(FormRow, frozen=True):
    """A published form with its questions."""

    form: Form


class New(msgspec.Struct, frozen=True):
    """A form to publish on an area."""

    area: UUID
    form: dict[str, Any]


class Upload(msgspec.Struct, frozen=True):
    """What goes with a workbook: where to publish it, and what to call it."""

    area: UUID
    code: Code
    title_zh: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    title_en: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Sheet(msgspec.Struct, frozen=True):
    """The workbook."""

    size: int


class Files(msgspec.Struct, frozen=True):
    """What is uploaded."""

    file: Sheet


class Forms(Desk):
    """The forms of one's areas, and publishing one."""

    def get(self, parsed_query: Query[Filter]) -> Page[FormRow]:
        """Forms that may be used on one's areas: published for them or for an area above them. Latest first."""
        now, wanted = clock.now(), parsed_query
        found = [f for f in queries.published(areas=_areas(self.viewer, wanted.area)) if _matches(f, wanted.q)]
        start = (wanted.page - 1) * wanted.page_size
        rows = [_row(f) for f in found[start : start + wanted.page_size]]
        return Page(rows, len(found), wanted.page, wanted.page_size, now.isoformat())

    def post(self, parsed_body: Body[New]) -> FormView:
        """Publish a form. A refusal names each question's row and why it cannot stand."""
        now, area = clock.now(), AreaId(parsed_body.area)
        self.viewer.require(Permission.PUBLISH, lineage=territory.lineage(area, local_day(now)))
        form = rules.form_of(parsed_body.form)
        return _view(actions.publish_form(form=form, area=area, by=self.viewer.actor, at=now))


class Workbooks(Desk):
    """A form from a simple workbook."""

    parsers = (FormParser(),)

    def post(self, parsed_body: Body[Upload], parsed_file_metadata: FileMetadata[Files]) -> FormView:
        """Publish the workbook's questions, one a row. A refusal names the row of the workbook."""
        now, area = clock.now(), AreaId(parsed_body.area)
        self.viewer.require(Permission.PUBLISH, lineage=territory.lineage(area, local_day(now)))
        title = Words(parsed_body.title_zh, parsed_body.title_en)
        _refuse_too_large(parsed_file_metadata.file.size)
        form, rows = _read(cast("UploadedFile[Any]", self.request.FILES["file"]), parsed_body.code, title)
        return _view(actions.publish_form(form=form, area=area, rows=rows, by=self.viewer.actor, at=now))


class OneForm(Desk):
    """One published form."""

    def get(self, parsed_path: Path[Where]) -> FormView:
        """The form with its questions."""
        areas = _areas(self.viewer, None)
        found = queries.form(id=parsed_path.form_id)
        if found.area not in areas:
            raise Problem("access.not_found", status=404)
        return _view(found)


def _areas(viewer: Viewer, area: UUID | None) -> set[AreaId]:
    """The viewer's areas (or the one asked for), and all above them: a form of the street may be used in its grids."""
    viewer.require(Permission.SEE)
    on = local_day(viewer.at)
    if area is not None:
        viewer.require(Permission.SEE, lineage=territory.lineage(AreaId(area), on))
        return set(territory.lineage(AreaId(area), on))
    roots = viewer.roots(Permission.SEE)
    above = {up for root in roots for up in territory.lineage(root, on)}
    return above.union(*(territory.subtree(root, on) for root in roots))


def _matches(found: PublishedForm, q: str) -> bool:
    return q.lower() in f"{found.form.code} {found.form.title.zh} {found.form.title.en}".lower()


def _refuse_too_large(size: int) -> None:
    if size > _LARGEST_WORKBOOK:
        raise Problem("tables.too_large", status=413, most_mb=_LARGEST_WORKBOOK >> 20, has_mb=size >> 20)


def _read(file: "UploadedFile[Any]", code: str, title: Words) -> tuple[Form, list[int]]:
    handle, name = tempfile.mkstemp(prefix="lianfang-form-")
    try:
        with os.fdopen(handle, "wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        return actions.read_workbook(path=name, code=code, title=title)
    finally:
        os.unlink(name)


def _row(found: PublishedForm) -> FormRow:
    return FormRow(**_fields(found))


def _view(found: PublishedForm) -> FormView:
    return FormView(**_fields(found), form=found.form)


def _fields(found: PublishedForm) -> dict[str, Any]:
    area = territory.find(found.area)
    return {
        "id": found.id,
        "code": found.form.code,
        "version": found.version,
        "title": found.form.title,
        "area": found.area,
        "area_name": area.name if area else "",
        "incident": found.incident,
        "questions": len(found.form.questions),
        "published_at": found.published_at,
    }


urlpatterns = [
    path("forms", Forms.as_view(), name="forms"),
    path("forms/workbook", Workbooks.as_view(), name="forms-workbook"),
    path("forms/<uuid:form_id>", OneForm.as_view(), name="form"),
]
