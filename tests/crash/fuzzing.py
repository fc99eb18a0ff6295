"""What no form, phone or office would send: values out of all bounds in the right places, and right ones torn apart.

A value begins as what the server's own description asks for, so that it gets far; then something in it is wrong.
"""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Description = dict[str, Any]
Make = Callable[[Random], Any]

_DEEP = "[" * 3000 + "]" * 3000
# JSON that says itself badly; put into a body as it stands.
RAW = (
    *(b"NaN", b"-Infinity", b"1e999", b"10" * 400, b'"\\ud800"', b'"\\u0000"', b'"\xff\xfe"', b'"\xed\xa0\x80"'),
    *(
        b'"a\nb"',
        b"-0",
        b"0x1f",
        b"{'a': 1}",
        b"",
        b"nul",
        _DEEP.encode(),
        b'{"a":1,"a":2}',
        b"[1,]",
        b"\xef\xbb\xbf{}",
    ),
)
STRANGE: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        "",
        " ",
        "%",
        "'",
        '"; DROP TABLE ledger_entry; --',
        "\u202e",
        "😀" * 40,
        "x" * 5000,
        "张" * 200,
    ),
    *(
        "../../etc/passwd",
        "{0.__class__}",
        "${jndi:x}",
        "<script>",
        "\ufeff",
        "\u2028",
        "İ",
        "ﷺ" * 50,
        "1\u0660",
        "\x1b[2J",
    ),
    *(-1, 0, 1.5, -0.0, 1e308, 5e-324, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30),
    *(
        "9999-12-31",
        "0000-00-00",
        "2021-02-30",
        "2021-12-10T08:00:00",
        "2021-12-10T24:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ),
    *("9999-12-31T23:59:59-12:00", "2021-12-10T08:00:60Z", "2021-W49-5", "T", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    *(
        "00000000-0000-0000-0000-000000000000",
        "{00000000000000000000000000000000}",
        "urn:uuid:0",
        [],
        {},
        [[]],
        [None] * 50,
    ),
    *({"a": {"a": 1}}, {"": ""}, {"__proto__": {}}, [{}] * 300),
)


def like(schema: Description, all_schemas: Description, ids: Sequence[str], dice: Random, depth: int = 0) -> Any:
    """A value that the description would let through, more or less."""
    while "$ref" in schema:
        schema = all_schemas[schema["$ref"].rpartition("/")[2]]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return like(dice.choice(schema[several]), all_schemas, ids, dice, depth)
    if "enum" in schema or "const" in schema:
        return dice.choice(schema.get("enum") or [schema["const"]])
    make = {"object": _object, "array": _array}.get(_type(schema, dice))
    if make:
        return make(schema, lambda inner: like(inner, all_schemas, ids, dice, depth + 1), dice) if depth < 8 else {}
    return _simple(schema, ids, dice)


def _type(schema: Description, dice: Random) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(dice.choice(kind) if isinstance(kind, list) else kind)


def _object(schema: Description, inner: Callable[[Description], Any], dice: Random) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    chosen = {n: s for n, s in schema.get("properties", {}).items() if n in required or dice.random() < 0.6}
    made = {name: inner(each) for name, each in chosen.items()}
    more = schema.get("additionalProperties")
    return made | ({f"k{n}": inner(more) for n in range(dice.randrange(3))} if isinstance(more, dict) else {})


def _array(schema: Description, inner: Callable[[Description], Any], dice: Random) -> list[Any]:
    return [inner(schema.get("items") or {}) for _ in range(dice.choice((0, 1, 1, 2, 5)))]


def _simple(schema: Description, ids: Sequence[str], dice: Random) -> Any:
    match schema.get("type"), schema.get("format"):
        case _, "uuid":
            return dice.choice(ids)
        case _, "date":
            return dice.choice(("2021-12-10", "2021-12-31", "2024-02-29"))
        case _, "date-time":
            return dice.choice(("2021-12-10T08:00:00Z", "2021-12-12T08:00:00+08:00"))
        case "integer", _:
            return dice.choice((0, 1, 2, 50, schema.get("minimum", 0), schema.get("maximum", 100)))
        case "number", _:
            return dice.choice((0, 0.5, 3))
        case "boolean", _:
            return dice.random() < 0.5
        case "null", _:
            return None
    return dice.choice(("张三", "x", "grid-01", "2021-12-10", "household_sweep", "name", dice.choice(ids), "就是这样"))


def spoiled(value: Any, dice: Random) -> Any:
    """One place of it is something else, or gone, or there twice."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        key = dice.choice(list(value))
        if dice.random() < 0.15:
            return {name: inner for name, inner in value.items() if name != key}
        return value | {key: spoiled(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.8:
        at = dice.randrange(len(value))
        return [*value[:at], spoiled(value[at], dice), *value[at + dice.choice((0, 1)) :]]
    if isinstance(value, str) and value and dice.random() < 0.3:
        return torn(value.encode(), dice).decode("utf-8", "replace")
    return dice.choice(STRANGE)


def torn(raw: bytes, dice: Random) -> bytes:
    """Bytes flipped, cut, repeated, pushed in."""
    made = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(5):
            case 0 if at < len(made):
                made[at] ^= 1 << dice.randrange(8)
            case 1:
                del made[at : at + dice.choice((1, 2, 10, 1000))]
            case 2:
                made[at:at] = dice.choice(RAW[:-4])
            case 3:
                made[at:at] = made[at : at + 40] * dice.choice((1, 3, 50))
            case 4:
                made[at:at] = dice.randbytes(dice.choice((1, 4, 16)))
    return bytes(made)


def written(value: Any, dice: Random) -> bytes:
    """As JSON; sometimes with a token in it that no JSON holds, sometimes torn."""
    raw = json.dumps(value, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass")
    luck = dice.random()
    if luck < 0.15 and b'"' in raw:
        head, _, tail = raw.partition(b":")
        return head + b":" + dice.choice(RAW) + tail[tail.find(b",") :]
    return torn(raw, dice) if luck < 0.4 else raw
