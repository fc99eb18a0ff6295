"""Expressions drawn from a seed, with answers to evaluate them on: what nobody would think of writing down.

`python -m lianfang.ground.forms.tests.drawn` writes the cases and what the server makes of them into `vectors.json`,
beside those that a person wrote; the field app must come to the same.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lianfang.ground.forms.expressions import Kind, Slot, World, compiled, evaluate, plain

VECTORS = Path(__file__).parents[1] / "vectors.json"
TODAY = "2021-12-10"
SCOPE = {
    "n": Slot(Kind.NUMBER),
    "m": Slot(Kind.NUMBER),
    "t": Slot(Kind.TEXT),
    "u": Slot(Kind.TEXT),
    "yes": Slot(Kind.TRUTH),
    "no": Slot(Kind.TRUTH),
    "day": Slot(Kind.DATE),
    "then": Slot(Kind.DATE),
    "some": Slot(Kind.MANY, choices=frozenset({"a", "b", "c"})),
    "one": Slot(Kind.TEXT, choices=frozenset({"a", "b", "c"})),
    "rows": Slot(Kind.ROWS),
    "age": Slot(Kind.NUMBER, repeat="rows"),
}
_NUMBERS = (0, 1, -1, 2, 3.5, -7, 0.1, 0.0078125, 100, 999_999, 1e14, 12)
_TEXTS = ("a", "绿码", "12", "-3.5", "2021-12-01", "𠮷野", "a b")
_DAYS = ("2021-12-10", "2020-02-29", "1900-01-01", "2199-12-31", "2021-12-11")
_ODD = ("", "x", "2021-02-29", "1899-12-31", 5, True, None, None, None, ["a"], 1e16)  # a phone may send anything


def world_of(answers: dict[str, Any], today: str = TODAY) -> World:
    """The answers as plain values, without a form around them."""

    def rows(repeat: str) -> list[Any]:
        said = answers.get(repeat)
        return [row.get for row in said if isinstance(row, dict)] if isinstance(said, list) else []

    return World(answers.get, rows, today)


def cases(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Sources and answers, with the tree and the value."""
    draw = random.Random(seed)
    for _ in range(count):
        kind = draw.choice((Kind.NUMBER, Kind.TRUTH, Kind.TRUTH, Kind.TEXT, Kind.DATE))
        yield case(_expression(draw, kind, 3), _answers(draw))


def case(source: str, answers: dict[str, Any]) -> dict[str, Any]:
    """One case with what comes of it."""
    tree = compiled(source, scope=SCOPE).tree
    return {"source": source, "answers": answers, "tree": tree, "is": plain(evaluate(tree, world_of(answers)))}


def _answers(draw: random.Random) -> dict[str, Any]:
    usual: dict[str, tuple[Any, ...]] = {
        **dict.fromkeys(("n", "m"), _NUMBERS),
        **dict.fromkeys(("t", "u"), _TEXTS),
        **dict.fromkeys(("yes", "no"), (True, False)),
        **dict.fromkeys(("day", "then"), _DAYS),
        "some": (["a"], ["b", "c"], []),
        "one": ("a", "c"),
        "rows": ([], [{"age": 3}, {}, {"age": 4.5}], [{"age": "x"}, {"age": 70}]),
    }
    drawn = {name: draw.choice(values if draw.random() < 0.9 else _ODD) for name, values in usual.items()}
    return {name: value for name, value in drawn.items() if value is not None}


def _expression(draw: random.Random, kind: Kind, depth: int) -> str:
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(_LEAVES[kind])
    inner = {name: lambda k=k: _expression(draw, k, depth - 1) for name, k in _SHORT.items()}
    shape = draw.choice(_SHAPES[kind])
    while "@" in shape:
        before, _, after = shape.partition("@")
        shape = before + inner[after[0]]() + after[1:]
    return shape


_SHORT = {"n": Kind.NUMBER, "t": Kind.TEXT, "b": Kind.TRUTH, "d": Kind.DATE}
_LEAVES = {
    Kind.NUMBER: ("${n}", "${m}", "0", "1", "2.5", "count(${rows})", "sum(${age})", "max(${age})", "min(${age})"),
    Kind.TEXT: ("${t}", "${u}", "${one}", "'a'", "'绿码'", "''"),
    Kind.TRUTH: ("${yes}", "${no}", "true()", "false()", "selected(${some}, 'a')", "selected(${one}, 'c')"),
    Kind.DATE: ("${day}", "${then}", "today()", "date('2021-02-28')"),
}
_SHAPES = {
    Kind.NUMBER: (
        *("(@n + @n)", "(@n - @n)", "@n * @n", "@n div @n", "@n mod @n", "-(@n)", "round(@n, 2)", "round(@n)"),
        *("int(@n)", "abs(@n)", "min(@n, @n)", "max(@n, @n)", "number(@t)", "string-length(@t)", "(@d - @d)"),
        *("if(@b, @n, @n)", "coalesce(@n, @n)", "count-selected(${some})"),
    ),
    Kind.TEXT: ("concat(@t, @n)", "concat(@t, @t, @b)", "string(@n)", "if(@b, @t, @t)", "coalesce(@t, @t)"),
    Kind.TRUTH: (
        *("(@b and @b)", "(@b or @b)", "not(@b)", "(@n = @n)", "(@n != @n)", "(@n < @n)", "(@n >= @n)", "(@t = @t)"),
        *("(@d <= @d)", "(@d > @d)", "contains(@t, @t)", "starts-with(@t, @t)", "if(@b, @b, @b)", "(@t != '')"),
    ),
    Kind.DATE: ("(@d + @n)", "(@d - @n)", "if(@b, @d, @d)", "coalesce(@d, @d)", "date(@t)"),
}


def write(count: int = 300) -> None:
    """Bring `vectors.json` up to date; one case a line, so that a change can be read."""
    held = json.loads(VECTORS.read_text(encoding="utf-8"))
    written = [case(one["source"], one["answers"]) for one in held["written"]]
    parts = {"written": written, "drawn": [*_drawable(count)], "fillings": held["fillings"]}
    lines = (
        json.dumps(name) + ": [\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in part) + "\n]"
        for name, part in parts.items()
    )
    VECTORS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _drawable(count: int) -> Iterator[dict[str, Any]]:
    """Without those whose literals say at once that they cannot be (date('绿码'))."""
    found = 0
    for seed in range(count * 4):
        try:
            (one,) = cases(seed, 1)
        except ValueError:
            continue
        yield one
        found += 1
        if found == count:
            return


if __name__ == "__main__":
    write()
