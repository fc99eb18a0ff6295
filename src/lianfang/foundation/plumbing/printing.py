"""Paper 打印: a Typst template and its data become a PDF, with page n of N and the printer's name and time across it.

Data reaches a template as JSON and never as markup: a name with a star or a hash in it must stay a name. Every
template begins with `#import "/foundation/plumbing/page.typ": …` and adds what is between the margins.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pylopdf_fonts_zh_cn
import typst

from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.plumbing.catalogue import sentences

HOUSE = Path(__file__).parents[2]  # templates name each other from here


class Sheet(msgspec.Struct, frozen=True):
    """What every page of a paper says: what it is, who printed it, when and why."""

    title: str
    printed_by: str
    printed_at: datetime
    reason: str
    drill: bool = False
    draft: bool = False
    personal: bool = True  # residents are named on it: it bears its printer's name across and is destroyed after use
    posted: bool = False  # put up at doors or written on there: it names no colleague


def pdf(template: Path, *, sheet: Sheet, data: Any, language: str) -> bytes:
    """The paper, in the words of a language: `printing.…`, and those of the module that the template stands in."""
    inputs = {
        "sheet": msgspec.structs.asdict(sheet) | {"printed_at": moment(sheet.printed_at)},
        "words": _words(("printing.", f"{template.parent.name}.paper_"), language),
        "data": data,
        "lang": "en" if language == "en" else "zh",
    }
    return bytes(
        typst.compile(
            template,
            root=HOUSE,
            font_paths=_fonts(),
            sys_inputs={name: msgspec.json.encode(value).decode() for name, value in inputs.items()},
            timestamp=int(sheet.printed_at.timestamp()),
        )
    )


def picture(template: Path, *, data: Any) -> bytes:
    """A PNG of a template that is one page: what is drawn for a file that Typst does not make."""
    inputs = {"data": msgspec.json.encode(data).decode()}
    return bytes(typst.compile(template, root=HOUSE, font_paths=_fonts(), sys_inputs=inputs, format="png", ppi=180))


def moment(at: datetime | None) -> str:
    """An instant as paper shows it: the district's day and time."""
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if at else ""


def _words(prefixes: tuple[str, ...], language: str) -> dict[str, str]:
    """Sentences of a template, by their codes without the prefix."""
    return {
        code.removeprefix(prefix): sentence
        for prefix in prefixes
        for code, sentence in sentences(language).items()
        if code.startswith(prefix)
    }


@cache
def _fonts() -> typst.Fonts:
    """Our own Chinese font first, so that paper looks alike everywhere; behind it the machine's, for rare characters.

    Found once: looking through a machine's fonts takes longer than printing.
    """
    return typst.Fonts(font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)])
