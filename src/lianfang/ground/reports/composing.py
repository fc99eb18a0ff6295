"""A report's numbers put into words, tables and bars. The sentences are data: each module's locale files."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.measures import Amount, Measure, Share, Unit
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.plumbing.catalogue import sentence
from lianfang.ground.reports import rules
from lianfang.ground.reports.rules import Numbers
from lianfang.ground.reports.terms import (
    FEWEST_SHOWN,
    Audience,
    Bars,
    Basis,
    Column,
    Document,
    Language,
    Meaning,
    Part,
    Place,
    Report,
    Row,
    Section,
    Subject,
    Table,
    Told,
)

_MOST_NAMED = 8
_LABELS = ("definitions", "measure", "definition", "out_of", "version", "chain", "draft", "hidden", "page")
Say = Callable[..., str]


def document(report: Report, found: Sequence[tuple[Subject, Numbers]], *, head: str) -> Document:
    """The whole report, from what was counted and what people wrote. `head`: of the chain, at its position."""
    words = _Words(report.basis)
    basis, say = report.basis, words.say
    sections = tuple(_section(subject, numbers, words) for subject, numbers in found)
    return Document(
        title=title(basis),
        lines=tuple(_lines(report, words)),
        parts=tuple(
            Part(name, say(f"reports.part_{name}"), text) for name, text in msgspec.structs.asdict(report.texts).items()
        ),
        sections=sections or (_nothing(words),),
        feet=tuple(_feet(report, head, words)),
        language=basis.language,
        drill=any(section.drill for section in sections),
        labels={name: say(f"reports.label_{name}") for name in _LABELS},
    )


def title(basis: Basis) -> str:
    """莘塍街道日报 12月10日(周五)."""
    day = day_words(basis.day, basis.language)
    return sentence("reports.title", basis.language, area=basis.path[-1], day=day)


def day_words(day: date, language: Language) -> str:
    """12月10日(周五)."""
    weekday = sentence(f"reports.weekday_{day.isoweekday()}", language)
    return sentence("reports.day", language, year=day.year, month=day.month, day=day.day, weekday=weekday)


class _Words:
    """How a report speaks: in its language, and without the numbers its readers are not to see."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis

    def say(self, code: str, /, **blanks: Any) -> str:
        return sentence(code, self.basis.language, **blanks)

    def amount(self, amount: Amount) -> str:
        """187 户."""
        one = "_one" if amount.value == 1 else ""
        return self.say(f"reports.unit_{amount.unit}{one}", n=f"{amount.value:,}")

    def share(self, share: Share) -> str:
        """87.56 %(118,204/135,005): never without what it is of."""
        return self.say("reports.share", percent=share.percent, part=f"{share.part:,}", whole=f"{share.whole:,}")

    def listed(self, names: Sequence[str]) -> str:
        """甲、乙、丙 and, of many, how many more."""
        shown = self.say("reports.list_mark").join(names[:_MOST_NAMED])
        more = len(names) - _MOST_NAMED
        return shown if more <= 0 else self.say("reports.list_more", shown=shown, more=more)

    def name(self, measure: Measure) -> str:
        return measure.en if self.basis.language is Language.EN else measure.zh

    def definition(self, measure: Measure) -> str:
        return measure.definition_en if self.basis.language is Language.EN else measure.definition_zh


class _Blank:
    """A measure in a sentence: `{done}`, `{done:share}`, `{done:today}`."""

    def __init__(self, name: str, numbers: Numbers, place: AreaId, words: _Words) -> None:
        self._name, self._numbers, self._place, self._words = name, numbers, place, words

    def __format__(self, spec: str) -> str:
        numbers, name, words = self._numbers, self._name, self._words
        measure = numbers.catalogue.by_name[name]
        if spec == "share":
            share = numbers.share(name, self._place)
            return words.share(share) if share and not _share_hidden(numbers, measure, self._place) else "—"
        amount = Amount(numbers.value(name, self._place, today=spec == "today"), measure.unit)
        few = 0 < amount.value < FEWEST_SHOWN and _is_of_people(measure)
        if words.basis.audience is Audience.SHARED and few:
            return words.say("reports.few_people")
        return words.amount(amount)


def _is_of_people(measure: Measure) -> bool:
    return measure.unit in (Unit.PEOPLE, Unit.PERSON_TIMES)


def _share_hidden(numbers: Numbers, measure: Measure, place: AreaId) -> bool:
    return numbers.is_hidden(measure.name, place) or numbers.is_hidden(measure.denominator or "", place)


# --- the head and the foot -------------------------------------------------------------------------------------------


def _lines(report: Report, words: _Words) -> Iterable[str]:
    basis, say = report.basis, words.say
    yield " › ".join(basis.path)
    cut_off = basis.cut_off.astimezone(LOCAL)
    same_day = cut_off.date() == basis.day
    spoken = f"{cut_off:%H:%M}" if same_day else f"{day_words(cut_off.date(), basis.language)} {cut_off:%H:%M}"
    yield say("reports.cut_off", at=spoken)
    if basis.supersedes:
        yield say("reports.supersedes", number=basis.number, before=basis.number - 1, reason=basis.reason)
    if basis.audience is Audience.SHARED:
        yield say("reports.label_hidden")


def _feet(report: Report, head: str, words: _Words) -> Iterable[str]:
    basis, say = report.basis, words.say
    yield say("reports.position", position=f"{basis.position:,}")
    if head:
        yield say("reports.head", position=basis.position, head=head)
    if report.figures:
        yield say("reports.figures", figures=report.figures)
    for role in ("signed", "issued"):
        if signature := getattr(report, role):
            yield say(f"reports.{role}_by", name=signature.name, at=f"{signature.at.astimezone(LOCAL):%Y-%m-%d %H:%M}")


# --- one subject -----------------------------------------------------------------------------------------------------


def _nothing(words: _Words) -> Section:
    return Section(words.say("reports.nothing_title"), False, (words.say("reports.nothing"),), (), None, ())


def _section(subject: Subject, numbers: Numbers, words: _Words) -> Section:
    places = words.basis.places
    return Section(
        title=subject.title_en if words.basis.language is Language.EN else subject.title_zh,
        drill=subject.drill,
        sentences=tuple(_sentences(subject, numbers, words)),
        tables=(_table(subject, numbers, words),) if len(places) > 1 else (),
        bars=_bars(subject, numbers, words),
        meanings=tuple(_meaning(name, numbers, words) for name in _used(subject)),
    )


def _sentences(subject: Subject, numbers: Numbers, words: _Words) -> Iterable[str]:
    here = words.basis.places[0].id
    blanks = {name: _Blank(name, numbers, here, words) for name in numbers.catalogue.by_name}
    for told in subject.sentences:
        if _is_said(told, numbers, here):
            yield words.say(told.code, **blanks)
    if not subject.sentences:
        yield from _plainly(numbers, blanks, words)
    if subject.left:
        yield from _behind(subject, subject.left, numbers, words)
    yield from _missing(subject, numbers, words)


def _is_said(told: Told, numbers: Numbers, here: AreaId) -> bool:
    needed = told.when is None or numbers.value(told.when, here) > 0
    return needed and (told.unless is None or numbers.value(told.unless, here) <= 0)


def _plainly(numbers: Numbers, blanks: dict[str, _Blank], words: _Words) -> Iterable[str]:
    """Measures without sentences of their own, one after another; those that are nought together at the end."""
    here, none = words.basis.places[0].id, []
    for name, measure in numbers.catalogue.by_name.items():
        if not numbers.value(name, here):
            none.append(words.name(measure))
            continue
        share = numbers.share(name, here) and not _share_hidden(numbers, measure, here)
        said = {"name": words.name(measure), "amount": f"{blanks[name]}"}
        if share and measure.denominator:
            whole = words.name(numbers.catalogue.by_name[measure.denominator])
            yield words.say("reports.say_share", **said, whole=whole, share=f"{blanks[name]:share}")
        else:
            yield words.say("reports.say_amount", **said)
    if none:
        yield words.say("reports.say_none", names=words.listed(none))


def _behind(subject: Subject, left: str, numbers: Numbers, words: _Words) -> Iterable[str]:
    behind = rules.furthest_behind(numbers, left, words.basis.places)
    if behind:
        unit = numbers.catalogue.by_name[left].unit
        named = [
            words.say("reports.place_amount", name=place.name, amount=words.amount(Amount(count, unit)))
            for place, count in behind
        ]
        yield words.say("reports.say_behind", places=words.listed(named))


def _missing(subject: Subject, numbers: Numbers, words: _Words) -> Iterable[str]:
    """Who has not been heard of is said by name; so is where nobody is there to be heard of."""
    places = words.basis.places
    quiet = rules.silent(numbers, subject, places)
    if quiet:
        yield words.say("reports.say_silent", n=len(quiet), places=words.listed([_full(p, places) for p in quiet]))
    empty = [place for place in places if place.vacant and subject.left]
    if empty:
        yield words.say("reports.say_vacant", n=len(empty), places=words.listed([_full(p, places) for p in empty]))


def _full(place: Place, places: Sequence[Place]) -> str:
    """明镜社区第7网格: a grid's name alone says little, unless it is called after its community (明镜-07)."""
    above = next((each for each in places[1:] if each.id == place.within), None)
    return f"{above.name}{place.name}" if above and not place.name.startswith(above.name[:2]) else place.name


# --- tables, bars, definitions ---------------------------------------------------------------------------------------


def _table(subject: Subject, numbers: Numbers, words: _Words) -> Table:
    places = words.basis.places
    return Table(
        title=words.say("reports.table_title"),
        first=words.say("reports.column_area"),
        columns=tuple(_column(each, numbers, words) for each in subject.columns),
        rows=tuple(_row(place, subject, numbers, words) for place in (*places[1:], places[0])),
    )


def _column(column: str, numbers: Numbers, words: _Words) -> Column:
    name, _, spec = column.partition(":")
    head = words.name(numbers.catalogue.by_name[name])
    return Column(words.say(f"reports.column_{spec}", name=head) if spec else head, is_share=spec == "share")


def _row(place: Place, subject: Subject, numbers: Numbers, words: _Words) -> Row:
    together = place is words.basis.places[0]
    cells, values = zip(*(_cell(column, place.id, numbers, words) for column in subject.columns), strict=True)
    depth = 0 if together else int(place.within != words.basis.places[0].id)
    name = words.say("reports.together") if together else place.name
    return Row(place.id, name, tuple(cells), tuple(values), depth, together)


def _cell(column: str, place: AreaId, numbers: Numbers, words: _Words) -> tuple[str, float | None]:
    name, _, spec = column.partition(":")
    measure = numbers.catalogue.by_name[name]
    if spec == "share":
        share = numbers.share(name, place)
        if share is None or _share_hidden(numbers, measure, place):
            return words.say("reports.hidden") if share else "—", None
        return share.percent, float(share.percent.removesuffix(" %").replace("−", "-")) / 100
    if numbers.is_hidden(name, place):
        return words.say("reports.hidden"), None
    value = numbers.value(name, place, today=spec == "today")
    return f"{value:,}", float(value)


def _bars(subject: Subject, numbers: Numbers, words: _Words) -> Bars | None:
    """What is left in each place directly below, in walking order: no ranking."""
    places = words.basis.places
    below = [place for place in places if place.within == places[0].id]
    if not subject.left or len(below) < 2:
        return None
    name = words.name(numbers.catalogue.by_name[subject.left])
    values = [numbers.value(subject.left, place.id) for place in below]
    return Bars(words.say("reports.bars_title", name=name), tuple(place.name for place in below), tuple(values))


def _used(subject: Subject) -> list[str]:
    """The measures that stand in the tables, and what they are shares of."""
    by_name = {measure.name: measure for measure in subject.measures}
    named = [column.partition(":")[0] for column in subject.columns]
    wholes = [by_name[name].denominator for name in named]
    return list(dict.fromkeys([*named, *filter(None, wholes)]))


def _meaning(name: str, numbers: Numbers, words: _Words) -> Meaning:
    measure = numbers.catalogue.by_name[name]
    whole = numbers.catalogue.by_name.get(measure.denominator or "")
    definition = words.definition(measure) + words.say(f"reports.counted_{measure.cut_off}")
    return Meaning(words.name(measure), definition, words.name(whole) if whole else "", measure.version)
