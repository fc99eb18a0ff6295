"""What the person is handed on paper: the notice of an order about them, and a credential without a moving part."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing import printing
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.codes.credential_terms import Attested, CarriedBy
from lianfang.ground.codes.issuing import Issued
from lianfang.ground.codes.order_views import OrderPage
from lianfang.ground.posture.terms import Words

_NOTICE, _CREDENTIAL = (Path(__file__).with_name(name) for name in ("order_notice.typ", "paper_credential.typ"))


def order_notice(page: OrderPage, *, viewer: Viewer, lang: str) -> bytes:
    """A PDF for the person's own hands: what, until when, why, by what law and whom, and how to appeal. In a drill each
    page says so.
    """
    signed = page.row.starts_at is not None
    sheet = printing.Sheet(
        title=sentence(f"codes.paper_measure_{page.row.measure}", lang),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason="",
        drill=page.row.drill,
        draft=not signed,  # nobody is told of what one person alone wants
        personal=False,
        posted=True,
    )
    data = {
        "person": " · ".join(filter(None, (page.row.person.name, page.row.person.place, page.row.person.door))),
        "said": [_in(words, lang) for words in page.to_the_person],
        "evidence": [[shown.words, shown.reference] for shown in page.evidence],
        "document": page.basis.document if page.basis else "",
        "issuer": page.issuer,
        "number": page.row.id.hex[-12:],
        "signed_at": printing.moment(page.row.starts_at),
    }
    return printing.pdf(_NOTICE, sheet=sheet, data=data, language=lang)


def paper_credential(issued: Issued, *, carried_by: CarriedBy, viewer: Viewer, lang: str) -> bytes:
    """A PDF of one sheet, part of which is cut off and carried: the code, a masked name, four digits."""
    sheet = printing.Sheet(
        title=sentence("codes.paper_credential_title", lang),
        printed_by=viewer.name,
        printed_at=viewer.at,
        reason="",
        personal=False,
        posted=True,
    )
    data: dict[str, Any] = {
        "code": _code(issued.text),
        "name": issued.holder.shown_name,
        "last_four": issued.holder.last_four,
        "carried_by": sentence(f"codes.paper_carried_by_{carried_by}", lang),
        "issuer": issued.issuer,
        "until": printing.moment(issued.until),
        "number": issued.number.hex[-12:],
        "evidence": [_attested(each, lang) for each in issued.evidence],
    }
    return printing.pdf(_CREDENTIAL, sheet=sheet, data=data, language=lang)


def _code(text: str) -> str:
    """At level M: some of it may be creased or wet and it is still read."""
    drawn = BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="svg", border=4, xmldecl=False)
    return drawn.getvalue().decode()


def _attested(each: Attested, lang: str) -> list[str]:
    at, until = (printing.moment(datetime.fromtimestamp(moment, UTC)) for moment in (each.at, each.until))
    return [sentence(f"codes.paper_attested_{each.what}", lang), at, until]


def _in(words: Words, lang: str) -> str:
    return words.en if lang == "en" else words.zh
