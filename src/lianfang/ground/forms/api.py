"""HTTP for forms: list, read, publish from JSON or from a workbook."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.urls import path
from dmr import Body, FileMetadata, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, FormParser, Page
from lianfang.ground.forms import actions, paper, queries, rules, workbooks
from lianfang.ground.forms.permissions import Permission
from lianfang.ground.forms.terms import Form, FormDocument, PublishedForm, Remark
from lianfang.ground.posture.terms import Words
from lianfang.ground.territory import queries as territory

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    document: FormDocument
    remarks: tuple[Remark, ...] = ()


class New(msgspec.Struct, frozen=True):
    """A form to publish on an area."""

    area: UUID
    form: dict[str, Any]


class Upload(msgspec.Struct, frozen=True):
    """What goes with a workbook: where to publish it, and what to call it if the workbook does not say."""

    area: UUID
    code: Annotated[str, msgspec.Meta(pattern="^([a-z][a-z0-9_]{0,59})?$")] = ""
    title_zh: Annotated[str, msgspec.Meta(max_length=60)] = ""
    title_en: Annotated[str, msgspec.Meta(max_length=60)] = ""


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
        found = [
            f
            for f in queries.published(areas=queries.areas_in_sight(viewer=self.viewer, area=wanted.area))
            if _matches(f, wanted.q)
        ]
        start = (wanted.page - 1) * wanted.page_size
        rows = [_row(f) for f in found[start : start + wanted.page_size]]
        return Page(rows, len(found), wanted.page, wanted.page_size, now.isoformat())

    def post(self, parsed_body: Body[New]) -> FormView:
        """Publish a form. A refusal names each question's row and why it cannot stand."""
        now, area = clock.now(), AreaId(parsed_body.area)
        self.viewer.require(Permission.PUBLISH, lineage=territory.lineage(area, local_day(now)))
        form = rules.form_of(parsed_body.form)
        try:
            return _view(actions.publish_form(form=form, area=area, by=self.viewer.actor, at=now))
        except Problem as problem:
            raise _in_words(problem, language_of(self.request.headers.get("Accept-Language", ""))) from None


class Workbooks(Desk):
    """A form from a workbook: XLSForm, or a simple table."""

    parsers = (FormParser(),)

    def post(self, parsed_body: Body[Upload], parsed_file_metadata: FileMetadata[Files]) -> FormView:
        """Publish the workbook's questions. A refusal names sheet, row and column; all of them stand in `details`."""
        now, area = clock.now(), AreaId(parsed_body.area)
        self.viewer.require(Permission.PUBLISH, lineage=territory.lineage(area, local_day(now)))
        _refuse_too_large(parsed_file_metadata.file.size)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        try:
            with _on_disk(cast("UploadedFile[Any]", self.request.FILES["file"])) as path:
                published = actions.publish_workbook(
                    path=path,
                    area=area,
                    code=parsed_body.code,
                    title=_title(parsed_body),
                    by=self.viewer.actor,
                    at=now,
                )
        except Problem as problem:
            raise _in_words(problem, language) from None
        remarks = tuple(
            msgspec.structs.replace(remark, message=sentence(remark.code, language, row=remark.row, **remark.details))
            for remark in published.remarks
        )
        return msgspec.structs.replace(_view(published.form), remarks=remarks)


class Template(Desk):
    """The workbook to fill in."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self) -> FileResponse:
        """A small XLSForm that loads as it stands."""
        self.viewer.require(Permission.SEE)
        book = BytesIO()
        workbooks.write_template(book)
        book.seek(0)
        return FileResponse(
            book, as_attachment=True, filename="表单模板.xlsx", content_type=EXCEL, status=HTTPStatus.OK
        )


class OneForm(Desk):
    """One published form."""

    def get(self, parsed_path: Path[Where]) -> FormView:
        """The form with its questions."""
        return _view(queries.form_seen(id=parsed_path.form_id, viewer=self.viewer))


class OnPaper(Desk):
    """One published form on paper."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[Where]) -> FileResponse:
        """A blank PDF to write on, from the same compiled form. It names nobody."""
        found = queries.form_seen(id=parsed_path.form_id, viewer=self.viewer)
        language = language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.blank(found, viewer=self.viewer, lang=language)
        name = f"{found.form.code}-{found.version}.pdf"
        return FileResponse(
            BytesIO(pdf), as_attachment=True, filename=name, content_type="application/pdf", status=HTTPStatus.OK
        )


def _matches(found: PublishedForm, q: str) -> bool:
    return q.lower() in f"{found.form.code} {found.form.title.zh} {found.form.title.en}".lower()


def _refuse_too_large(size: int) -> None:
    if size > _LARGEST_WORKBOOK:
        raise Problem("tables.too_large", status=413, most_mb=_LARGEST_WORKBOOK >> 20, has_mb=size >> 20)


@contextmanager
def _on_disk(file: "UploadedFile[Any]") -> Iterator[str]:
    handle, name = tempfile.mkstemp(prefix="lianfang-form-")
    try:
        with os.fdopen(handle, "wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        yield name
    finally:
        os.unlink(name)


def _title(upload: Upload) -> Words | None:
    zh, en = upload.title_zh.strip(), upload.title_en.strip()
    return Words(zh, en) if zh and en else None


def _in_words(problem: Problem, language: str) -> Problem:
    """Each refusal as a sentence; what kind of thing an expression amounts to, in words."""
    problem.details = _shown(problem.details, language)
    for refusal in problem.details.get("refusals", ()):
        place = {name: refusal[name] for name in ("sheet", "row", "column", "question", "label")}
        refusal["message"] = sentence(refusal["code"], language, **place | _shown(refusal["details"], language))
    return problem


_KINDS = frozenset({"left", "right", "wanted", "got"})


def _shown(details: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {name: sentence(f"forms.kind_{v}", language) if name in _KINDS else v for name, v in details.items()}


def _row(found: PublishedForm) -> FormRow:
    return FormRow(**_fields(found))


def _view(found: PublishedForm) -> FormView:
    return FormView(**_fields(found), form=found.form, document=queries.document(found))


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
    path("forms/template.xlsx", Template.as_view(), name="forms-template"),
    path("forms/<uuid:form_id>", OneForm.as_view(), name="form"),
    path("forms/<uuid:form_id>/paper", OnPaper.as_view(), name="form-on-paper"),
]
