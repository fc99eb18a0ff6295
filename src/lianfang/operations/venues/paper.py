"""A venue's poster: the code, the place, what a scan means and does not mean, for how long it is kept, whom to ask."""

from io import BytesIO
from pathlib import Path

import segno

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.posture import queries as posture
from lianfang.operations.venues import rules
from lianfang.operations.venues.terms import DAYS_KEPT, PosterPaper, VenueCode

_TEMPLATE = Path(__file__).with_name("poster.typ")


def poster(code: VenueCode, *, paper: PosterPaper, viewer: Viewer, lang: str) -> bytes:
    """A PDF that names nobody, on a sheet or on a strip of 80 mm."""
    incident = posture.incident(id=code.incident)
    sheet = printing.Sheet(
        title=sentence("venues.paper_title", lang),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason=sentence("venues.paper_reason", lang),
        drill=incident.drill,
        personal=False,
        posted=True,
    )
    picture = BytesIO()
    segno.make_qr(rules.code_text(code.id), error="q").save(picture, kind="svg", border=4, xmldecl=False)
    data = {
        "roll": paper is PosterPaper.ROLL,
        "code": picture.getvalue().decode(),
        "name": code.name,
        "door": code.door,
        "issuer": incident.issuer,
        "contact": code.contact,
        "until": printing.moment(incident.over_at),
        "days": DAYS_KEPT,
        "short": code.id.hex[-8:].upper(),
    }
    return printing.pdf(_TEMPLATE, sheet=sheet, data=data, language=lang)
