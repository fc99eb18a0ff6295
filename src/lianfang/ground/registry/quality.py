"""What of the register somebody should look at 疑点, judged household by household. Pure: facts, figures, a day.

Serves seed 3 (数据质量,再三梳理) and 4 (登記冊走遍每個住戶). A flaw is about what stands in the register and never
about the people: it says what is missing or cannot be, and what a worker can do. It goes by itself once that is put
right, for it is nowhere written down. `flaws_sql.py` asks a whole district the same; a test holds the two together.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.ground.registry.terms import DocumentKind


class Concern(StrEnum):
    """What sort of thing it is."""

    MISSING = "missing"  # 缺漏
    IMPOSSIBLE = "impossible"  # 不可能
    CONTRADICTORY = "contradictory"  # 矛盾
    STALE = "stale"  # 久未核实
    ORPHANED = "orphaned"  # 无处归属


class Flaw(StrEnum):
    """One thing to look at. The sentences stand in the locale files as `registry.flaw_…` and `registry.flaw_…_do`."""

    NOBODY_KNOWN = "nobody_known"  # a home of which nobody is listed, and no visit said that it is empty
    NAME_MISSING = "name_missing"
    BIRTHDAY_MISSING = "birthday_missing"
    PHONE_MISSING = "phone_missing"  # of nobody in a home
    BORN_IN_FUTURE = "born_in_future"
    TOO_OLD = "too_old"
    ID_WRONG = "id_wrong"  # its check digit, length or date
    BIRTHDAY_DIFFERS = "birthday_differs"  # from that in the number
    SEX_DIFFERS = "sex_differs"
    ID_TWICE = "id_twice"  # the same number in two homes
    SAID_EMPTY = "said_empty"  # the last visit found it empty or moved out of, and people are listed there
    STRUCK_WITH_PEOPLE = "struck_with_people"
    NOT_CONFIRMED = "not_confirmed"  # nobody said anything about it, and no visit met anybody, for so many months
    NO_DWELLING = "no_dwelling"
    GRID_ENDED = "grid_ended"


CONCERNS: dict[Flaw, Concern] = {
    Flaw.NOBODY_KNOWN: Concern.MISSING,
    Flaw.NAME_MISSING: Concern.MISSING,
    Flaw.BIRTHDAY_MISSING: Concern.MISSING,
    Flaw.PHONE_MISSING: Concern.MISSING,
    Flaw.BORN_IN_FUTURE: Concern.IMPOSSIBLE,
    Flaw.TOO_OLD: Concern.IMPOSSIBLE,
    Flaw.ID_WRONG: Concern.IMPOSSIBLE,
    Flaw.BIRTHDAY_DIFFERS: Concern.CONTRADICTORY,
    Flaw.SEX_DIFFERS: Concern.CONTRADICTORY,
    Flaw.ID_TWICE: Concern.CONTRADICTORY,
    Flaw.SAID_EMPTY: Concern.CONTRADICTORY,
    Flaw.STRUCK_WITH_PEOPLE: Concern.CONTRADICTORY,
    Flaw.NOT_CONFIRMED: Concern.STALE,
    Flaw.NO_DWELLING: Concern.ORPHANED,
    Flaw.GRID_ENDED: Concern.ORPHANED,
}
OF_PEOPLE = frozenset({
    Flaw.NAME_MISSING, Flaw.BIRTHDAY_MISSING, Flaw.BORN_IN_FUTURE, Flaw.TOO_OLD, Flaw.ID_WRONG,
    Flaw.BIRTHDAY_DIFFERS, Flaw.SEX_DIFFERS, Flaw.ID_TWICE,
})  # fmt: skip
CARDS = frozenset({DocumentKind.IDENTITY_CARD, DocumentKind.RESIDENCE_PERMIT})  # whose numbers say who their bearer is


class Figures(msgspec.Struct, frozen=True):
    """By what is judged: dated, agreed by somebody."""

    stale_months: int
    oldest_years: int
    issuer: str
    from_on: date


class PersonFacts(msgspec.Struct, frozen=True):
    """What is judged of somebody. `id_says`: see identity.says; `elsewhere`: the number also stands in another home."""

    id: UUID
    named: bool = True
    sex: str | None = None
    born_on: date | None = None
    document_kind: str | None = None
    id_says: str | None = None
    phone: bool = False
    elsewhere: bool = False


class HomeFacts(msgspec.Struct, frozen=True):
    """What is judged of a household, with everybody who is listed there and not struck."""

    people: tuple[PersonFacts, ...] = ()
    struck: bool = False
    confirmed_on: date | None = None
    met_on: date | None = None  # the last visit that met somebody
    said_empty: bool = False  # by the last visit
    has_dwelling: bool = True
    grid_stands: bool = True


class Found(msgspec.Struct, frozen=True):
    """A flaw, and whose it is; None: the household's."""

    flaw: Flaw
    person: UUID | None = None


def judge(home: HomeFacts, figures: Figures, *, on: date) -> list[Found]:
    """All there is to look at in one household on a day."""
    return [*_of_home(home, figures, on), *(found for each in home.people for found in _of_person(each, figures, on))]


def _of_home(home: HomeFacts, figures: Figures, on: date) -> Iterator[Found]:
    if not home.has_dwelling:
        yield Found(Flaw.NO_DWELLING)
    if not home.grid_stands:
        yield Found(Flaw.GRID_ENDED)
    if home.struck:
        if home.people:
            yield Found(Flaw.STRUCK_WITH_PEOPLE)
        return
    if home.people and home.said_empty:
        yield Found(Flaw.SAID_EMPTY)
    if not home.people and not home.said_empty:
        yield Found(Flaw.NOBODY_KNOWN)
    if home.people and not any(each.phone for each in home.people):
        yield Found(Flaw.PHONE_MISSING)
    since = months_before(on, figures.stale_months)
    if home.confirmed_on is not None and home.confirmed_on < since and (home.met_on is None or home.met_on < since):
        yield Found(Flaw.NOT_CONFIRMED)


def _of_person(who: PersonFacts, figures: Figures, on: date) -> Iterator[Found]:
    if not who.named:
        yield Found(Flaw.NAME_MISSING, who.id)
    if who.born_on is None:
        yield Found(Flaw.BIRTHDAY_MISSING, who.id)
    elif who.born_on > on:
        yield Found(Flaw.BORN_IN_FUTURE, who.id)
    elif who.born_on <= months_before(on, 12 * figures.oldest_years):
        yield Found(Flaw.TOO_OLD, who.id)
    if who.elsewhere:
        yield Found(Flaw.ID_TWICE, who.id)
    if who.id_says is not None and who.document_kind in CARDS:
        yield from _of_number(who, who.id_says)


def _of_number(who: PersonFacts, says: str) -> Iterator[Found]:
    if says.startswith("?"):
        yield Found(Flaw.ID_WRONG, who.id)
        return
    if who.born_on is not None and says[:10] != who.born_on.isoformat():
        yield Found(Flaw.BIRTHDAY_DIFFERS, who.id)
    if who.sex is not None and says[10:] != who.sex[0].upper():
        yield Found(Flaw.SEX_DIFFERS, who.id)


def months_before(on: date, months: int) -> date:
    """The same day so many months ago, or the last of a shorter month."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    if year < 1:
        return date.min
    for day in range(on.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(on.day, 28))
