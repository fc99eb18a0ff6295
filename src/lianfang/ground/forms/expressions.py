"""The small language of forms 表单算式: `${fever} = 'yes' and ${days} > 3`. It always ends, and it changes nothing.

An author writes it in the spelling of XLSForm; it is checked and typed once, when the form is loaded, and becomes a
tree of plain lists that server and phone evaluate alike (`vectors.json` decides for both). No loops, no clock beside
the day that is handed in, no regular expressions, no chance; at most 1,000 characters, 200 parts, 20 deep. Pure.

Missing answers are the third value: a comparison with one is *unknown*, arithmetic with one is missing, `and`/`or`/
`not` are Kleene's. Only `coalesce`, a comparison with '' and the functions over the rows of a repeat look at
missingness. Division by zero, and numbers beyond a thousand million million, are missing too: nothing ever fails.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

LONGEST_SOURCE, MOST_PARTS, DEEPEST = 1000, 200, 20
LARGEST, FINEST, LONGEST_TEXT = 1e15, 6, 1000
FIRST_YEAR, LAST_YEAR = 1900, 2199

Tree = list[Any]


class Kind(StrEnum):
    """What a part of an expression amounts to."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    DATE = "date"
    MANY = "many"  # several choices
    ROWS = "rows"  # a repeat


class Slot(NamedTuple):
    """A question as an expression sees it."""

    kind: Kind
    repeat: str | None = None  # the repeat it stands in
    choices: frozenset[str] | None = None


class Compiled(NamedTuple):
    """A checked expression: its tree, what it amounts to, and the questions it reads."""

    tree: Tree
    kind: Kind | None  # None: nothing at all
    uses: frozenset[str]


class OddExpressionError(ValueError):
    """Why an expression cannot stand: a code of the locale files, and what the sentence needs."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


# --- reading ----------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{\s*(?P<of>[^{}]{1,80}?)\s*\})|(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<word>[A-Za-z][A-Za-z0-9:_-]*)|(?P<sign><=|>=|!=|[=<>+*(),\uff08\uff09\uff0c-])|(?P<self>\.))"
)
# As a word processor or a Chinese keyboard writes them.
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")
_WIDE = {"\uff08": "(", "\uff09": ")", "\uff0c": ","}
_NEVER = frozenset({"random", "uuid", "now", "once", "pulldata", "version", "property", "instance"})
_BY_REGEX = frozenset({"regex"})


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(source: str) -> Iterator[_Token]:
    at = 0
    while source[at:].strip():
        found = _TOKEN.match(source, at)
        if found is None:
            rest = source[at:].strip()
            raise OddExpressionError(
                "forms.expression_path" if rest[0] == "/" else "forms.expression_sign", sign=rest[:10]
            )
        kind = str(found.lastgroup) if found["of"] is None else "name"
        text = found["of"] if kind == "name" else found[kind]
        yield _Token(kind, _WIDE.get(text, text))
        at = found.end()


class _Part(NamedTuple):
    """A part while it is put together."""

    tree: Tree
    kind: Kind | None
    slot: Slot | None = None  # of a question that stands there bare
    literal: str | float | None = None


_NOTHING = _Part(["none"], None)


class _Reader:
    def __init__(self, source: str, scope: Mapping[str, Slot], own: str | None, repeat: str | None) -> None:
        if len(source) > LONGEST_SOURCE:
            raise OddExpressionError("forms.expression_too_long", most=LONGEST_SOURCE, has=len(source))
        self.tokens = [*_tokens(source.translate(_QUOTES))]
        self.at = 0
        self.parts = 0
        self.depth = 0
        self.scope, self.own, self.repeat = scope, own, repeat
        self.uses: set[str] = set()

    def whole(self) -> _Part:
        part = self.either()
        if self.at < len(self.tokens):
            raise OddExpressionError("forms.expression_goes_on", word=self.tokens[self.at].text[:40])
        return part

    def either(self) -> _Part:
        self.depth += 1
        if self.depth > DEEPEST:
            raise OddExpressionError("forms.expression_too_deep", most=DEEPEST)
        part = self._chain("or", lambda: self._chain("and", self.compared))
        self.depth -= 1
        return part

    def _chain(self, word: str, below: Callable[[], _Part]) -> _Part:
        parts = [below()]
        while self._is_next("word", word):
            parts.append(below())
        if len(parts) == 1:
            return parts[0]
        return self._made([word, *(self._as(part, Kind.TRUTH, word).tree for part in parts)], Kind.TRUTH)

    def compared(self) -> _Part:
        left = self.sum()
        sign = self._sign("=", "!=", "<", "<=", ">", ">=")
        if sign is None:
            return left
        right = self.sum()
        if sign in ("=", "!="):
            tree = self._equal(left, right)
            return self._made(["not", tree] if sign == "!=" else tree, Kind.TRUTH)
        return self._made(self._ordered(sign, left, right), Kind.TRUTH)

    def _equal(self, left: _Part, right: _Part) -> Tree:
        if left.kind is None or right.kind is None:  # = '': has it been answered?
            return ["blank", (right if left.kind is None else left).tree]
        left, right = _alike(left, right), _alike(right, left)
        if Kind.MANY in (left.kind, right.kind):
            raise OddExpressionError("forms.expression_of_many")
        if left.kind is not right.kind or left.kind is Kind.ROWS:
            raise OddExpressionError("forms.expression_unlike", left=left.kind, right=right.kind)
        return ["eq", left.tree, right.tree]

    def _ordered(self, sign: str, left: _Part, right: _Part) -> Tree:
        left, right = _alike(left, right), _alike(right, left)
        if left.kind is not right.kind or left.kind not in (Kind.NUMBER, Kind.DATE):
            raise OddExpressionError("forms.expression_order", left=left.kind or "", right=right.kind or "")
        first, second = (left, right) if sign in ("<", "<=") else (right, left)
        return ["le" if "=" in sign else "lt", first.tree, second.tree]

    def sum(self) -> _Part:
        left = self.product()
        while sign := self._sign("+", "-"):
            left = self._added(left, sign, self.product())
        return left

    def _added(self, left: _Part, sign: str, right: _Part) -> _Part:
        if left.kind is Kind.DATE:
            if right.kind is Kind.DATE and sign == "-":
                return self._made(["days", left.tree, right.tree], Kind.NUMBER)
            days = self._as(right, Kind.NUMBER, sign).tree
            return self._made(["plus_days", left.tree, days if sign == "+" else ["neg", days]], Kind.DATE)
        return self._arithmetic("add" if sign == "+" else "sub", left, right, sign)

    def product(self) -> _Part:
        left = self.unary()
        while True:
            if self._sign("*"):
                left = self._arithmetic("mul", left, self.unary(), "*")
            elif self._is_next("word", "div"):
                left = self._arithmetic("div", left, self.unary(), "div")
            elif self._is_next("word", "mod"):
                left = self._arithmetic("mod", left, self.unary(), "mod")
            else:
                return left

    def _arithmetic(self, name: str, left: _Part, right: _Part, sign: str) -> _Part:
        sides = (self._as(left, Kind.NUMBER, sign).tree, self._as(right, Kind.NUMBER, sign).tree)
        return self._made([name, *sides], Kind.NUMBER)

    def unary(self) -> _Part:
        if not self._sign("-"):
            return self.single()
        self.depth += 1
        if self.depth > DEEPEST:
            raise OddExpressionError("forms.expression_too_deep", most=DEEPEST)
        part = self._made(["neg", self._as(self.unary(), Kind.NUMBER, "-").tree], Kind.NUMBER)
        self.depth -= 1
        return part

    def single(self) -> _Part:
        if self.at >= len(self.tokens):
            raise OddExpressionError("forms.expression_ends")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "name":
            return self._question(token.text)
        if token.kind == "self":
            if self.own is None:
                raise OddExpressionError("forms.expression_self")
            return self._question(self.own)
        if token.kind == "number":
            return self._made(["is", _plain(float(token.text))], Kind.NUMBER, literal=float(token.text))
        if token.kind == "text":
            text = token.text[1:-1]
            return self._made(["is", text], Kind.TEXT, literal=text) if text else _NOTHING
        if token.text == "(":
            part = self.either()
            self._expect(")")
            return part._replace(literal=None)
        if token.kind == "word" and self._is_next("sign", "("):
            return self._function(token.text)
        raise OddExpressionError("forms.expression_word", word=token.text[:40])

    def _question(self, name: str) -> _Part:
        slot = self.scope.get(name)
        if slot is None:
            raise OddExpressionError("forms.expression_no_question", name=name[:60])
        if slot.kind is Kind.ROWS or slot.repeat not in (None, self.repeat):
            raise OddExpressionError("forms.expression_in_repeat", name=name)
        self.uses.add(name)
        return self._made(["of", name], slot.kind, slot)

    def _function(self, name: str) -> _Part:
        if name in _NEVER:
            raise OddExpressionError("forms.expression_side_effect", name=name)
        if name in _BY_REGEX:
            raise OddExpressionError("forms.expression_regex", name=name)
        if name in ("sum", "count", "min", "max") and (rows := self._over_rows(name)):
            return rows
        make = _FUNCTIONS.get(name)
        if make is None:
            raise OddExpressionError("forms.expression_function", name=name[:40], known="、".join(sorted(KNOWN)))
        arguments = [] if self._is_next("sign", ")") else self._arguments()
        return self._checked(name, make(self, name, arguments))

    def _checked(self, name: str, part: _Part) -> _Part:
        self._count()
        return part

    def _arguments(self) -> list[_Part]:
        found = [self.either()]
        while self._is_next("sign", ","):
            found.append(self.either())
        self._expect(")")
        return found

    def _over_rows(self, name: str) -> _Part | None:
        """sum(${n}), count(${members}): over the rows of a repeat, seen from outside it."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        slot = self.scope.get(token.text) if token and token.kind == "name" else None
        if token is None or slot is None:
            return None
        repeat = token.text if slot.kind is Kind.ROWS else slot.repeat
        if repeat is None or repeat == self.repeat:
            return None
        self.at += 1
        self._expect(")")
        self.uses.add(token.text)
        if name == "count":
            return self._made(["rows", repeat], Kind.NUMBER)
        if slot.kind is not Kind.NUMBER:
            raise OddExpressionError("forms.expression_argument", name=name, wanted=Kind.NUMBER, got=slot.kind)
        return self._made([f"{name}_of", repeat, token.text], Kind.NUMBER)

    def _as(self, part: _Part, kind: Kind, where: str) -> _Part:
        if part.kind is None or part.kind is kind:
            return part
        raise OddExpressionError("forms.expression_argument", name=where, wanted=kind, got=part.kind)

    def _made(self, tree: Tree, kind: Kind, slot: Slot | None = None, literal: str | float | None = None) -> _Part:
        self._count()
        return _Part(tree, kind, slot, literal)

    def _count(self) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise OddExpressionError("forms.expression_too_big", most=MOST_PARTS)

    def _is_next(self, kind: str, text: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == (kind, text):
            self.at += 1
            return True
        return False

    def _sign(self, *signs: str) -> str | None:
        return next((sign for sign in signs if self._is_next("sign", sign)), None)

    def _expect(self, sign: str) -> None:
        if not self._is_next("sign", sign):
            raise OddExpressionError("forms.expression_ends")


def _alike(part: _Part, other: _Part) -> _Part:
    """A literal takes the kind of what it is compared with: '5' beside a number, 1 beside a choice, a day in quotes."""
    literal = part.literal
    if literal is None or (other.kind is part.kind and other.slot is None):
        return part
    if other.kind is Kind.TEXT and isinstance(literal, float):
        part = _Part(["is", number_text(literal)], Kind.TEXT, literal=number_text(literal))
    elif other.kind is Kind.NUMBER and isinstance(literal, str) and (number := number_of(literal)) is not None:
        return _Part(["is", _plain(number)], Kind.NUMBER)
    elif other.kind is Kind.DATE and isinstance(literal, str) and day_number(literal) is not None:
        return _Part(["is", literal], Kind.DATE)
    elif other.kind is Kind.TRUTH and literal in ("yes", "no"):
        return _Part(["is", literal == "yes"], Kind.TRUTH)
    _refuse_no_choice(part, other)
    return part


def _refuse_no_choice(part: _Part, other: _Part) -> None:
    slot = other.slot
    if slot and slot.choices is not None and isinstance(part.literal, str) and part.literal not in slot.choices:
        raise OddExpressionError("forms.expression_no_choice", value=part.literal[:40], name=other.tree[1])


# --- functions: each puts its part together, or says what it wanted ---------------------------------------------------

_Maker = Callable[[_Reader, str, list[_Part]], _Part]


def _plainly(op: str, wanted: tuple[Kind, ...], gives: Kind) -> _Maker:
    def make(reader: _Reader, name: str, given: list[_Part]) -> _Part:
        _refuse_count(name, given, len(wanted), len(wanted))
        trees = (reader._as(part, kind, name).tree for part, kind in zip(given, wanted, strict=True))
        return _Part([op, *trees], gives)

    return make


def _of_numbers(op: str) -> _Maker:
    def make(reader: _Reader, name: str, given: list[_Part]) -> _Part:
        _refuse_count(name, given, 1, 20)
        return _Part([op, *(reader._as(part, Kind.NUMBER, name).tree for part in given)], Kind.NUMBER)

    return make


def _of_texts(op: str, gives: Kind, least: int, most: int) -> _Maker:
    def make(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
        _refuse_count(name, given, least, most)
        return _Part([op, *(_text(name, part).tree for part in given)], gives)

    return make


def _text(name: str, part: _Part) -> _Part:
    if part.kind in (Kind.MANY, Kind.ROWS):
        raise OddExpressionError("forms.expression_argument", name=name, wanted=Kind.TEXT, got=part.kind)
    return part if part.kind in (Kind.TEXT, Kind.DATE, None) else _Part(["text", part.tree], Kind.TEXT)


def _constant(value: bool) -> _Maker:
    def make(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
        _refuse_count(name, given, 0, 0)
        return _Part(["is", value], Kind.TRUTH)

    return make


def _round(reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 1, 2)
    places = given[1].literal if len(given) == 2 else 0.0
    if places not in range(FINEST + 1):
        raise OddExpressionError("forms.expression_places", most=FINEST)
    return _Part(["round", reader._as(given[0], Kind.NUMBER, name).tree, int(places)], Kind.NUMBER)  # type: ignore[arg-type]


def _number(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 1, 1)
    return given[0] if given[0].kind is Kind.NUMBER else _Part(["number", _text(name, given[0]).tree], Kind.NUMBER)


def _date(reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 1, 1)
    if given[0].kind is Kind.DATE:
        return given[0]
    literal = given[0].literal
    if isinstance(literal, str) and day_number(literal) is None:
        raise OddExpressionError("forms.expression_no_day", value=literal[:40])
    return _Part(["date", reader._as(given[0], Kind.TEXT, name).tree], Kind.DATE)


def _today(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 0, 0)
    return _Part(["today"], Kind.DATE)


def _selected(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 2, 2)
    of, wanted = given
    if of.kind is Kind.TRUTH and wanted.literal in ("yes", "no"):
        return _Part(["eq", of.tree, ["is", wanted.literal == "yes"]], Kind.TRUTH)
    if of.kind not in (Kind.MANY, Kind.TEXT):
        raise OddExpressionError("forms.expression_argument", name=name, wanted=Kind.MANY, got=of.kind or "")
    if isinstance(wanted.literal, float):
        text = number_text(wanted.literal)
        wanted = _Part(["is", text], Kind.TEXT, literal=text)
    _refuse_no_choice(wanted, of)
    return _Part(["selected", of.tree, _text(name, wanted).tree], Kind.TRUTH)


def _if(reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 3, 3)
    condition = reader._as(given[0], Kind.TRUTH, name).tree
    return _Part(["if", condition, given[1].tree, given[2].tree], _common(given[1], given[2]))


def _coalesce(_reader: _Reader, name: str, given: list[_Part]) -> _Part:
    _refuse_count(name, given, 2, 20)
    kind = given[0].kind
    for part in given[1:]:
        kind = _common(_Part([], kind), part)
    return _Part(["coalesce", *(part.tree for part in given)], kind)


def _common(one: _Part, other: _Part) -> Kind | None:
    if one.kind is None or other.kind is None or one.kind is other.kind:
        return one.kind or other.kind
    raise OddExpressionError("forms.expression_unlike", left=one.kind, right=other.kind)


def _refuse_count(name: str, given: list[_Part], least: int, most: int) -> None:
    if not least <= len(given) <= most:
        raise OddExpressionError("forms.expression_arguments", name=name, least=least, most=most, has=len(given))


_FUNCTIONS: Mapping[str, _Maker] = {
    "true": _constant(True),
    "false": _constant(False),
    "not": _plainly("not", (Kind.TRUTH,), Kind.TRUTH),
    "if": _if,
    "coalesce": _coalesce,
    "selected": _selected,
    "count-selected": _plainly("count_selected", (Kind.MANY,), Kind.NUMBER),
    "string-length": _of_texts("length", Kind.NUMBER, 1, 1),
    "concat": _of_texts("concat", Kind.TEXT, 1, 20),
    "contains": _of_texts("contains", Kind.TRUTH, 2, 2),
    "starts-with": _of_texts("starts", Kind.TRUTH, 2, 2),
    "string": _of_texts("concat", Kind.TEXT, 1, 1),
    "number": _number,
    "round": _round,
    "int": _plainly("int", (Kind.NUMBER,), Kind.NUMBER),
    "abs": _plainly("abs", (Kind.NUMBER,), Kind.NUMBER),
    "min": _of_numbers("min"),
    "max": _of_numbers("max"),
    "today": _today,
    "date": _date,
}
KNOWN = frozenset(_FUNCTIONS) | {"sum", "count"}


def compiled(source: str, *, scope: Mapping[str, Slot], own: str | None = None, repeat: str | None = None) -> Compiled:
    """The tree of an expression. Raises OddExpressionError.

    `own` is the question that a dot stands for, `repeat` the repeat in which the expression stands.
    """
    reader = _Reader(source, scope, own, repeat)
    part = reader.whole()
    return Compiled(part.tree, part.kind, frozenset(reader.uses))


# --- evaluating -------------------------------------------------------------------------------------------------------

Got = bool | float | str | list[str] | None


class World(msgspec.Struct, frozen=True):
    """What an expression may look at: the answers, the rows of repeats, and which day it is."""

    answer: Callable[[str], Any]
    rows: Callable[[str], list[Callable[[str], Any]]]
    today: str


def evaluate(tree: Tree, world: World) -> Got:
    """What it amounts to; None where something is missing. Whatever the answers are, it never fails."""
    op, *arguments = tree
    if (lazy := _LAZY.get(op)) is not None:
        return lazy(arguments, world)
    return _EAGER[op](*(evaluate(argument, world) for argument in arguments))


def got(value: object) -> Got:
    """An answer as expressions see it: whole numbers as numbers, nothing said as missing."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number_in_range(float(value))
    if isinstance(value, list):
        return [one for one in value if isinstance(one, str)] or None
    return value if isinstance(value, str) and value else None


def plain(value: Got) -> bool | int | float | str | list[str] | None:
    """As an answer is stored: whole numbers without a fraction."""
    return _plain(value) if isinstance(value, float) else value


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _number_in_range(number: float) -> float | None:
    return number + 0.0 if abs(number) <= LARGEST else None


def _is_number(value: object) -> bool:
    return isinstance(value, float)


def _all(arguments: list[Tree], world: World, *, stops: bool) -> bool | None:
    """and (stops at False), or (stops at True); the rest unknown when anything was."""
    unknown = False
    for argument in arguments:
        value = evaluate(argument, world)
        if value is stops:
            return stops
        unknown = unknown or not isinstance(value, bool)
    return None if unknown else not stops


def _chosen(arguments: list[Tree], world: World) -> Got:
    condition = evaluate(arguments[0], world)
    if not isinstance(condition, bool):
        return None
    return evaluate(arguments[1 if condition else 2], world)


def _first_known(arguments: list[Tree], world: World) -> Got:
    return next((value for tree in arguments if (value := evaluate(tree, world)) is not None), None)


def _column(arguments: list[Any], world: World) -> list[float]:
    repeat, name = arguments
    values = (got(answer(name)) for answer in world.rows(repeat))
    return [value for value in values if isinstance(value, float)]


def _sum_of(arguments: list[Any], world: World) -> Got:
    total = 0.0
    for value in _column(arguments, world):
        total += value
    return _number_in_range(total)


def _rounded(arguments: list[Any], world: World) -> Got:
    number, scale = evaluate(arguments[0], world), 10.0 ** arguments[1]
    if not isinstance(number, float) or abs(number) * scale > LARGEST:
        return number if isinstance(number, float) else None
    return _number_in_range(math.floor(number * scale + 0.5) / scale)


_LAZY: Mapping[str, Callable[[list[Any], World], Got]] = {
    "is": lambda a, _: got(a[0]),
    "none": lambda _, __: None,
    "of": lambda a, world: got(world.answer(a[0])),
    "today": lambda _, world: world.today,
    "and": lambda a, world: _all(a, world, stops=False),
    "or": lambda a, world: _all(a, world, stops=True),
    "if": _chosen,
    "coalesce": _first_known,
    "round": _rounded,
    "rows": lambda a, world: float(len(world.rows(a[0]))),
    "sum_of": _sum_of,
    "min_of": lambda a, world: min(_column(a, world), default=None),
    "max_of": lambda a, world: max(_column(a, world), default=None),
}


def _not(value: Got) -> Got:
    return not value if isinstance(value, bool) else None


def _eq(one: Got, other: Got) -> Got:
    return one == other if type(one) is type(other) and isinstance(one, bool | float | str) else None


def _less(one: Got, other: Got, *, or_equal: bool) -> Got:
    if isinstance(one, float) and isinstance(other, float):
        return one <= other if or_equal else one < other
    first, second = day_number(one), day_number(other)
    if first is None or second is None:
        return None
    return first <= second if or_equal else first < second


def _numbers(compute: Callable[..., float | None]) -> Callable[..., Got]:
    def safely(*values: Got) -> Got:
        if not all(isinstance(value, float) for value in values):
            return None
        result = compute(*values)
        return None if result is None else _number_in_range(result)

    return safely


def _texts(compute: Callable[..., Got]) -> Callable[..., Got]:
    def safely(*values: Got) -> Got:
        return compute(*values) if all(isinstance(value, str) for value in values) else None

    return safely


def _selects(of: Got, wanted: Got) -> Got:
    if of is None or not isinstance(wanted, str):
        return None
    if isinstance(of, list):
        return wanted in of
    return of == wanted if isinstance(of, str) else None


def _as_text(value: Got) -> Got:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number_text(value)
    return value if isinstance(value, str) else None


def _plus_days(day: Got, days: Got) -> Got:
    first = day_number(day)
    if first is None or not isinstance(days, float):
        return None
    return day_text(first + math.floor(days))


def _days(one: Got, other: Got) -> Got:
    last, first = day_number(one), day_number(other)
    return None if last is None or first is None else float(last - first)


_EAGER: Mapping[str, Callable[..., Got]] = {
    "not": _not,
    "eq": _eq,
    "lt": lambda a, b: _less(a, b, or_equal=False),
    "le": lambda a, b: _less(a, b, or_equal=True),
    "blank": lambda a: a is None,
    "neg": _numbers(lambda a: -a),
    "add": _numbers(lambda a, b: a + b),
    "sub": _numbers(lambda a, b: a - b),
    "mul": _numbers(lambda a, b: a * b),
    "div": _numbers(lambda a, b: a / b if b else None),
    "mod": _numbers(lambda a, b: math.fmod(a, b) if b else None),
    "int": _numbers(lambda a: float(math.trunc(a))),
    "abs": _numbers(abs),
    "min": _numbers(min),
    "max": _numbers(max),
    "count_selected": lambda a: float(len(a)) if isinstance(a, list) else None,
    "selected": _selects,
    "text": _as_text,
    "number": _texts(lambda a: number_of(a)),
    "date": _texts(lambda a: a if day_number(a) is not None else None),
    "length": _texts(lambda a: float(len(a))),
    "concat": _texts(lambda *parts: "".join(parts)[:LONGEST_TEXT]),
    "contains": _texts(lambda a, b: b in a),
    "starts": _texts(lambda a, b: a.startswith(b)),
    "days": _days,
    "plus_days": _plus_days,
}


# --- numbers and days as text, alike in both languages ----------------------------------------------------------------

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIX = Decimal("0.000001")


def number_of(text: str) -> float | None:
    """12, -3.5; nothing else is a number."""
    return _number_in_range(float(text)) if _NUMBER.fullmatch(text) else None


def number_text(number: float) -> str:
    """Without needless noughts, at most six places, half up: as JavaScript's toFixed has it."""
    fixed = str(Decimal(number).quantize(_SIX, ROUND_HALF_UP)) if not number.is_integer() else str(int(number))
    text = fixed.rstrip("0").rstrip(".") if "." in fixed else fixed
    return "0" if text in ("-0", "") else text


def day_number(day: object) -> int | None:
    """2021-12-10 as a count of days; None for what is no day between 1900 and 2199."""
    if not isinstance(day, str) or not _DAY.fullmatch(day) or not FIRST_YEAR <= int(day[:4]) <= LAST_YEAR:
        return None
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return None


def day_text(number: int) -> str | None:
    """The day of that count, if it is one we know."""
    if not date(FIRST_YEAR, 1, 1).toordinal() <= number <= date(LAST_YEAR, 12, 31).toordinal():
        return None
    return (date(1, 1, 1) + timedelta(days=number - 1)).isoformat()
