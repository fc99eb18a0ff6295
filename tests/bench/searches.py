"""How long people are looked for: the whole query as the desk calls it (scope, masks, the note of who looked) beside
the best SQL one could write by hand for that very question.

Each round asks every question so many times in both ways, in turn; the figure is the median of all ÷ the median of all.
Both ways must find the same people in the same order, and count the same.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx

from tests.bench.figures import paired, say
from tests.serving import Server

ROUNDS = 5
PAGE = 50
ACCOUNT, PASSWORD = "bench-desk", "correct-horse-battery"
_COLUMNS = (
    "r.id, r.household_id, r.grid_id, h.area_id, h.door, r.name, r.sex, r.born_on, r.relation, r.residence_kind,"
    " r.document_kind, r.id_masked, r.phone_masked, r.status, r.versions"
)
_OF_BOTH = "registry_household h CROSS JOIN registry_resident r WHERE r.household_id = h.id AND"


class Question(NamedTuple):
    """What is asked, and by hand: what counts, what finds the page's ids in order, with the marks of each."""

    name: str
    asked: dict[str, Any]
    count: str
    counted: list[Any]
    ids: str
    found: list[Any]
    order: str


def measure(times: int) -> dict[str, Any]:
    """Milliseconds of every question in both ways, round by round."""
    from lianfang.ground.registry import queries

    viewer = _officer()
    questions = _questions()
    whole = {q.name: partial(queries.search, viewer=viewer, page_size=PAGE, **q.asked) for q in questions}
    for q in questions:
        _must_agree(q, whole[q.name]())
    rounds = [
        {q.name: (_each(partial(_bare, q), times), _each(whole[q.name], times)) for q in questions}
        for _ in range(ROUNDS)
    ]
    noting = _each(partial(_note, viewer), times)
    return {"rounds": rounds, "noting": median(noting), "asked": {q.name: q.asked for q in questions}}


def over_http(folder: Path, url: str, asked: dict[str, dict[str, Any]], times: int = 20) -> dict[str, float]:
    """The median milliseconds of each question when it comes over HTTP."""
    os.environ["LIANFANG_DATABASE_URL"] = url
    with Server(folder, demo=True) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        who = {"account": ACCOUNT, "password": PASSWORD, "device_name": "bench"}
        client.headers["Authorization"] = f"Bearer {client.post('/api/v1/tokens', json=who).json()['token']}"
        return {name: median(_each(partial(_get, client, one), times)) for name, one in asked.items()}


def tell(found: dict[str, Any], db: str, http: dict[str, float]) -> None:
    """The ratio asked for, and beside it each question: by hand, whole, over HTTP."""
    bare = [_middle(one, 0) for one in found["rounds"]]
    whole = [_middle(one, 1) for one in found["rounds"]]
    last = found["rounds"][-1]
    beside: dict[str, Any] = {"by_hand_ms": round(median(bare), 2), "whole_ms": round(median(whole), 2)}
    beside |= {"noting_who_looked_ms": round(found["noting"], 2), "http_ms": round(median(http.values()), 1)}
    beside["without_the_note"] = round((median(whole) - found["noting"]) / median(bare), 2)
    for name, (by_hand, all_of_it) in last.items():
        beside[name] = " / ".join(f"{ms:.1f}" for ms in (median(by_hand), median(all_of_it), http[name]))
    name, unit = f"looking for people, p50, {db}", "times the SQL written by hand"
    say(paired(name, ceilings=bare, subjects=whole, unit=unit, asked=2.0, at_most=True, beside=beside))


def _middle(round: dict[str, Any], way: int) -> float:
    return median(ms for ways in round.values() for ms in ways[way])


def _each(ask: Callable[[], Any], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _get(client: httpx.Client, asked: dict[str, Any]) -> None:
    client.get("/api/v1/residents", params={**asked, "page_size": PAGE}).raise_for_status()


def _officer() -> Any:
    """Somebody at the desk of the whole street."""
    from lianfang.foundation.kernel.people import THE_HOUSE
    from lianfang.foundation.kernel.roles import Role
    from lianfang.foundation.plumbing import clock
    from lianfang.ground.access import actions, queries
    from lianfang.ground.territory import queries as territory

    by: dict[str, Any] = {"by": THE_HOUSE, "at": clock.now()}
    street = territory.root(by["at"].date())
    names = {"name": ACCOUNT, "display_name": "办公桌", "area": street, "password": PASSWORD}
    account = actions.create_account(**names, must_change=False, **by).account
    actions.grant_role(account=account, role=Role.SUBDISTRICT_OFFICER, area=street, **by)
    viewer = queries.viewer_of(account, clock.now())
    assert viewer is not None
    return viewer


def _note(viewer: Any) -> None:
    """What it costs alone to write down that a page of fifty was looked at."""
    from lianfang.foundation.kernel.ids import new_id
    from lianfang.foundation.kernel.roles import Purpose
    from lianfang.ground.access import actions

    subjects = [new_id() for _ in range(PAGE)]
    area = min(viewer.roots("registry.read"))
    actions.disclose(viewer=viewer, what="bench", purpose=Purpose.REGISTER_UPKEEP, area=area, subjects=subjects)


# The questions, and their SQL by hand


def _questions() -> list[Question]:
    """Words that find many and some; whole lists at their beginning and far behind it."""
    from lianfang.ground.registry.reading import query

    surname, name, pinyin, initials = _words()
    ((people,),) = query("SELECT COUNT(*) FROM registry_resident", [])
    middle, far = people // PAGE // 2, people // PAGE * 3 // 4 + 1
    named, spelt, begun = (f"r.{column} >= %s AND r.{column} < %s" for column in ("name_key", "pinyin", "initials"))
    only_begun = f"{begun} AND NOT ({spelt})"
    return [
        _people("a surname", {"q": surname}, named, _from(surname), "r.name_key, r.id"),
        _people("a name", {"q": name}, named, _from(name), "r.name_key, r.id"),
        _people("pinyin", {"q": pinyin}, spelt, _from(pinyin), "r.pinyin, r.id")._replace(
            count=f"SELECT {_counted(spelt)} + {_counted(only_begun)}", counted=3 * _from(pinyin)
        ),
        _people("initials", {"q": initials}, only_begun, 2 * _from(initials), "r.initials, r.pinyin, r.id"),
        _people("part of a name", {"q": name[1]}, "r.name_key LIKE %s", [f"%{name[1]}%"], "r.name_key, r.id"),
        _door("a door", "1幢1单元302", "1-1-302"),
        _people("everybody", {"q": ""}, "1 = 1", [], "r.name_key, r.id"),
        _people(f"by name, page {far}", {"q": "", "sort": "name", "page": far}, "1 = 1", [], "r.name_key, r.id"),
        _people(f"by age, page {middle}", {"q": "", "sort": "-age", "page": middle}, "1 = 1", [], "r.born_on, r.id"),
        _grid_by_grid(far),
    ]


def _words() -> tuple[str, str, str, str]:
    """The commonest surname, a name of its, and their letters."""
    from lianfang.ground.registry.names import letters
    from lianfang.ground.registry.reading import query

    often = "SELECT {0}, COUNT(*) FROM registry_resident r WHERE {1} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    ((surname, _),) = query(often.format("SUBSTR(r.name_key, 1, 1)", "1 = 1"), [])
    begins = "LENGTH(r.name_key) = 3 AND r.name_key >= %s AND r.name_key < %s"
    ((name, _),) = query(often.format("r.name_key", begins), _from(surname))
    return surname, name, letters(surname)[0], letters(name)[1]


def _from(key: str) -> list[Any]:
    return [key, key + "\U0010ffff"]


def _counted(where: str) -> str:
    return f"(SELECT COUNT(*) FROM registry_resident r WHERE {where})"


def _people(name: str, asked: dict[str, Any], where: str, marks: list[Any], order: str) -> Question:
    start = (asked.get("page", 1) - 1) * PAGE
    ids = f"SELECT r.id FROM registry_resident r WHERE {where} ORDER BY {order} LIMIT {PAGE} OFFSET {start}"
    return Question(name, asked, f"SELECT {_counted(where)}", marks, ids, marks, order)


def _door(name: str, q: str, end: str) -> Question:
    order = "h.grid_id, h.walk, h.id, r.id"
    count = f"SELECT COUNT(*) FROM {_OF_BOTH} h.door_end = %s"
    ids = f"SELECT r.id FROM {_OF_BOTH} h.door_end = %s ORDER BY {order} LIMIT {PAGE}"
    return Question(name, {"q": q}, count, [end], ids, [end], order)


def _grid_by_grid(page: int) -> Question:
    """That page, or the next that lies within one grid: in which it begins is known beforehand."""
    from lianfang.ground.registry.reading import query

    grids = query("SELECT grid_id, COUNT(*) FROM registry_resident GROUP BY 1 ORDER BY 1", [])
    start = (page - 1) * PAGE
    while start + PAGE > grids[0][1]:
        if start < grids[0][1]:
            page, start = page + 1, start + PAGE
        if start >= grids[0][1]:
            start -= grids.pop(0)[1]
    order = "h.walk, h.id, r.id"
    ids = f"SELECT r.id FROM {_OF_BOTH} h.grid_id = %s ORDER BY {order} LIMIT {PAGE} OFFSET {start}"
    asked = {"q": "", "sort": "door", "page": page}
    count = "SELECT COUNT(*) FROM registry_resident"
    return Question(f"by door, page {page}", asked, count, [], ids, [grids[0][0]], order)


def _bare(question: Question) -> tuple[int, list[Any]]:
    from lianfang.ground.registry.reading import query

    ((total,),) = query(question.count, question.counted)
    page = f"r.id IN (SELECT id FROM ({question.ids}) page)"
    of_both = "registry_resident r JOIN registry_household h ON h.id = r.household_id"
    return total, query(f"SELECT {_COLUMNS} FROM {of_both} WHERE {page} ORDER BY {question.order}", question.found)


def _must_agree(question: Question, said: Any) -> None:
    total, rows = _bare(question)
    assert total == said.total > 0, (question.name, total, said.total)
    assert [str(row[0]).replace("-", "") for row in rows] == [row.id.hex for row in said.rows], question.name
