"""The remainder of a grid on paper, masked as on the screen."""

from pathlib import Path
from typing import Any

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.campaigns.terms import CallStep, CampaignRef, Remainder, RemainderRow
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory.terms import Area

_TEMPLATE = Path(__file__).with_name("remainder.typ")


def remainder(found: Remainder, *, campaign: CampaignRef, grid: Area, viewer: Viewer, reason: str, lang: str) -> bytes:
    """A PDF of the households (or places or buildings) that were found still to be reached."""
    homes = campaign.of is TargetKind.HOUSEHOLDS
    sheet = printing.Sheet(
        title=sentence(
            "campaigns.paper_title" if homes else f"campaigns.paper_title_{campaign.of}",
            lang,
            campaign=campaign.name,
            grid=grid.name,
        ),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason=reason,
        drill=campaign.drill,
        personal=homes,
    )
    data = {
        "place": " › ".join(grid.path),
        "remaining": found.totals.remaining,
        "due": found.totals.due,
        "rows": [_row(row, campaign.of, lang) for row in found.rows or ()],
        "of": campaign.of,
    }
    return printing.pdf(_TEMPLATE, sheet=sheet, data=data, language=lang)


def _row(row: RemainderRow, of: TargetKind, lang: str) -> dict[str, Any]:
    tried, outcome = printing.moment(row.at)[5:], f"campaigns.outcome_{row.outcome or 'untouched'}"
    if of is not TargetKind.HOUSEHOLDS and row.outcome:
        outcome = f"{outcome}_{of}"
    return {
        "name": row.name,
        "door": row.door,
        "head": row.head,
        "people": row.people,
        "attempts": row.attempts,
        "last": " ".join(filter(None, (sentence(outcome, lang), tried))),
        "appointment": _coming(row, lang),
    }


def _coming(row: RemainderRow, lang: str) -> str:
    """12-10 19:30 promised, or not before, or never again; the year stands at the foot of the page."""
    call, at = row.call, row.appointment or row.call.not_before
    when = f"{at[5:10]} {at[11:16]}" if at else ""
    said = "" if call.step is CallStep.NOW else sentence(f"campaigns.call_{call.step}", lang, at=when)
    return " ".join(filter(None, (said, sentence("campaigns.call_notice", lang) if call.leave_notice else "")))
