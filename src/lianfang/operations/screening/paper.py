"""A walking list, and what is said at a door, on paper."""

from datetime import date
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import segno

from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.forms.terms import Category, Question, QuestionType
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Words
from lianfang.ground.registry.terms import HouseholdRow, PremisesRow, TargetKind
from lianfang.ground.territory.terms import Area
from lianfang.operations.screening.lists import Printed

MOST_CHOICES_NAMED = 6
_WALKING, _NOTICE = (Path(__file__).with_name(name) for name in ("walking.typ", "door_notice.typ"))


def walking_list(
    found: Printed,
    targets: list[HouseholdRow] | list[PremisesRow],
    *,
    all: int,
    grid: Area,
    viewer: Viewer,
    reason: str,
    lang: str,
) -> bytes:
    """A PDF: masked, marked with who printed it and when, a code to each line."""
    campaign = found.campaign
    sheet = printing.Sheet(
        title=sentence("screening.paper_list_title", lang, campaign=campaign.name, grid=grid.name),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason=reason,
        drill=campaign.drill,
        personal=campaign.of is TargetKind.HOUSEHOLDS,
    )
    rows = [_row(found, n, each) for n, each in enumerate(targets, start=1)]
    questions = [_with_choices(question, lang) for question in _asked(campaign)]
    data = {"place": " › ".join(grid.path), "number": found.number, "all": all, "rows": rows, "questions": questions}
    data["of"] = campaign.of
    return printing.pdf(_WALKING, sheet=sheet, data=data, language=lang)


def _row(found: Printed, line: int, target: HouseholdRow | PremisesRow) -> dict[str, Any]:
    code = BytesIO()
    segno.make_qr(f"LF-{found.number}-{line}", error="m").save(code, kind="svg", border=1, xmldecl=False)
    said = {"line": line, "code": code.getvalue().decode(), "door": target.door}
    if isinstance(target, PremisesRow):
        return said | {"name": target.name}
    return said | {"head": target.head, "people": target.people}


def door_notice(campaign: CampaignRef, *, viewer: Viewer, lang: str) -> bytes:
    """A PDF that names nobody: the pack's own words, the questions, what they are for and how long they are kept."""
    incident = posture.incident(id=campaign.incident) if campaign.incident else None
    notices = incident.pack.notices if incident else ()
    sheet = printing.Sheet(
        title=sentence("screening.paper_notice_title", lang, campaign=campaign.name),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason=sentence(f"screening.paper_notice_reason{_of(campaign)}", lang),
        drill=campaign.drill,
        personal=False,
        posted=True,
    )
    days = {"days": incident.pack.retention_days} if incident else {}
    data = {
        "title": _said(notices[0].title, lang) if notices else campaign.name,
        "bodies": [_said(notice.body, lang) for notice in notices] or [sentence("screening.paper_notice_body", lang)],
        "questions": [_together(category, list(asked), lang) for category, asked in groupby(_asked(campaign), _about)],
        "kept": sentence("screening.paper_kept_days" if incident else _kept_with(campaign), lang, **days),
        "issuer": incident.issuer if incident else "",
        "on": _day(local_day(viewer.at), lang),
    }
    return printing.pdf(_NOTICE, sheet=sheet, data=data, language=lang)


def _of(campaign: CampaignRef) -> str:
    """What is said of places and buildings stands beside what is said of homes."""
    return "" if campaign.of is TargetKind.HOUSEHOLDS else f"_{campaign.of}"


def _kept_with(campaign: CampaignRef) -> str:
    return f"screening.paper_kept_register{_of(campaign)}"


def _asked(campaign: CampaignRef) -> list[Question]:
    told = (QuestionType.NOTE, QuestionType.CALCULATE)
    return [q for q in campaign.form.form.questions if q.is_asked and q.type not in told]


def _with_choices(question: Question, lang: str) -> str:
    """A worker without a phone sees what may be answered."""
    if not 0 < len(question.choices) <= MOST_CHOICES_NAMED:
        return _said(question.label, lang)
    choices = " / ".join(_said(choice.label, lang) for choice in question.choices)
    return sentence("screening.paper_choices", lang, question=_said(question.label, lang), choices=choices)


def _about(question: Question) -> Category:
    return question.category if question.category is not Category.NOTE else Category.NEED


def _together(category: Category, asked: list[Question], lang: str) -> str:
    """Questions in a row that serve one purpose, and the purpose once."""
    questions = "".join(f"{_said(question.label, lang)} " for question in asked).strip()
    return sentence(
        "screening.paper_question", lang, question=questions, purpose=sentence(f"screening.paper_for_{category}", lang)
    )


def _day(on: date, lang: str) -> str:
    return sentence("screening.paper_day", lang, year=on.year, month=on.month, day=on.day)


def _said(words: Words, lang: str) -> str:
    return words.en if lang == "en" else words.zh
