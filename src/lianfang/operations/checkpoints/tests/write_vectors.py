"""Writes `vectors.json`, the cases that pytest and the field app decide alike. Run as a module after changing a case:

    python -m lianfang.operations.checkpoints.tests.write_vectors

What is expected of each case stands here in words; only signatures and the sentences of the table are made.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import cbor2
import msgspec

from lianfang.ground.codes import credential
from lianfang.ground.codes.credential_terms import Attested, Carrier, CredentialHolder, Revocations
from lianfang.ground.policies import rules as tables
from lianfang.ground.policies.terms import InForce
from lianfang.ground.policies.tests.builders import LINEAGE, NOW, edition

FILE = Path(__file__).parents[1] / "vectors.json"
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NUMBER = UUID(int=0x018D000000007000800000000000ABCD)
OTHER = UUID(int=0x018D000000007000800000000000DEAD)
ADULT = {"who": "grown_up"}
FROM_ELSEWHERE = ADULT | {"home": "elsewhere", "must_enter": "no"}


def written() -> dict[str, Any]:
    """All of it."""
    table = InForce(
        id=UUID(int=7),
        version=1,
        area=LINEAGE[1],
        issuer="莘塍街道",
        basis="public_health_emergencies",
        starts_at=NOW - 7 * DAY,
        ends_at=NOW + 20 * DAY,
        edition=edition("travel_code_nantong_2021"),
    )
    return {
        "now": NOW,
        "table": table,
        **_looks(),
        "verdicts": [_verdict(table, *case) for case in VERDICTS],
        "asked": [{"name": name, "facts": facts, "next": then} for name, facts, then in ASKED],
        "evidence": EVIDENCE,
        "moments": MOMENTS,
        "tokens": TOKENS,
        "repeats": REPEATS,
        "supervisors": SUPERVISORS,
        "chosen": CHOSEN,
    }


# --- looks at a text --------------------------------------------------------------------------------------------------


def _looks() -> dict[str, Any]:
    ours, next_one, theirs, phone, stranger = (credential.new_key() for _ in range(5))
    old = credential.issuer_key(ours.public_key(), signs_from=NOW - 30 * DAY, signs_until=NOW + 30 * DAY)
    new = credential.issuer_key(next_one.public_key(), signs_from=NOW, signs_until=NOW + 90 * DAY)
    test = Attested("sampled", _s(NOW - 5 * HOUR), _s(NOW + 2 * DAY))
    green = Attested("shown:green", _s(NOW - HOUR), _s(NOW + DAY))

    def issued(**more: Any) -> str:
        plain: dict[str, Any] = {
            "number": NUMBER.bytes,
            "issuer": "莘塍街道",
            "holder": CredentialHolder("张*", "123X"),
            "carrier": Carrier.OWN_PHONE,
            "bound_to": phone.public_key(),
            "evidence": [test, green],
            "signed_by": ours,
            "at": NOW - HOUR,
        }
        return credential.issue(**(plain | more))

    def shown(text: str = "", at: datetime = NOW, by: Any = phone) -> str:
        return credential.show(text or issued(), bound_to=by, at=at)

    paper = issued(carrier=Carrier.PAPER, bound_to=None)
    live = shown()
    cases: list[dict[str, Any]] = [
        {"name": "shown just now by its own phone", "text": live, "verdict": "genuine", "number": NUMBER.hex},
        {
            "name": "89 seconds old, two clocks that differ a little",
            "text": shown(at=NOW - 89 * SECOND),
            "verdict": "genuine",
        },
        {"name": "a picture of 90 seconds ago", "text": shown(at=NOW - 90 * SECOND), "verdict": "replayed"},
        {"name": "yesterday's picture", "text": shown(at=NOW - DAY), "verdict": "replayed"},
        {"name": "the phone's clock 30 seconds ahead", "text": shown(at=NOW + 30 * SECOND), "verdict": "genuine"},
        {
            "name": "the phone's clock ahead by a minute",
            "text": shown(at=NOW + 60 * SECOND),
            "verdict": "from_the_future",
        },
        {"name": "the still part alone", "text": issued(), "verdict": "copied"},
        {"name": "moved by another phone", "text": shown(by=stranger), "verdict": "forged"},
        {"name": "paper", "text": paper, "verdict": "paper", "number": NUMBER.hex},
        {
            "name": "paper in a moving frame",
            "text": credential.show(paper, bound_to=phone, at=NOW),
            "verdict": "forged",
        },
        {"name": "issued tomorrow", "text": issued(at=NOW + DAY), "verdict": "from_the_future"},
        {
            "name": "a day after all its evidence ran out",
            "text": shown(at=NOW + 3 * DAY),
            "at": NOW + 3 * DAY,
            "verdict": "expired",
        },
        {
            "name": "a day later, one piece has run out",
            "text": shown(at=NOW + DAY),
            "at": NOW + DAY,
            "verdict": "genuine",
            "whats": ["sampled"],
        },
        {"name": "taken back", "text": shown(issued(number=OTHER.bytes)), "verdict": "revoked"},
        {"name": "signed with somebody else's key", "text": shown(issued(signed_by=theirs)), "verdict": "wrong_key"},
        {
            "name": "the new key, which signs from now on, for an hour ago",
            "text": shown(issued(signed_by=next_one)),
            "verdict": "wrong_key",
        },
        {"name": "the new key in its time", "text": shown(issued(signed_by=next_one, at=NOW)), "verdict": "genuine"},
        {"name": "one letter of the signature changed", "text": _changed(paper), "verdict": "forged"},
        {"name": "a claim changed", "text": _reclaimed(paper), "verdict": "forged"},
        {"name": "cut off in the middle", "text": live[: len(live) // 2], "verdict": "damaged"},
        {"name": "cut off by one letter", "text": live[:-1], "verdict": "damaged"},
        {"name": "something hung on", "text": paper + "000", "verdict": "damaged"},
        {"name": "our beginning and nothing", "text": "LF1:", "verdict": "damaged"},
        {"name": "our beginning and nonsense", "text": "LF2:ÄÖÜ", "verdict": "damaged"},
        {"name": "our beginning and a number", "text": credential.ALONE + "U5", "verdict": "damaged"},
        {
            "name": "lists in lists without an end",
            "text": credential.ALONE + credential._letters(b"\x81" * 2000),
            "verdict": "damaged",
        },
        {
            "name": "a list of four thousand million",
            "text": credential.ALONE + credential._letters(b"\x9a\xff\xff\xff\xff"),
            "verdict": "damaged",
        },
        {"name": "a later version", "text": "LF3:ABC", "verdict": "foreign"},
        {"name": "another country's certificate", "text": "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2", "verdict": "foreign"},
        {"name": "an address", "text": "https://example.org/code?id=1", "verdict": "foreign"},
        {"name": "nothing", "text": "", "verdict": "foreign"},
        {"name": "ten megabytes", "repeat": ["LF1:", "A", 10_000_000], "verdict": "too_long"},
        {
            "name": "a gate whose clock was set back to revive a code: it counts from its last sync",
            "text": shown(
                issued(evidence=[Attested("sampled", _s(NOW - 9 * DAY), _s(NOW - 7 * DAY))], at=NOW - 9 * DAY),
                at=NOW - 8 * DAY,
            ),
            "at": NOW - 8 * DAY,
            "verdict": "expired",
        },
    ]
    keys = [
        {"id": k.id.hex(), "x": k.x.hex(), "y": k.y.hex(), "signs_from": k.signs_from, "signs_until": k.signs_until}
        for k in (old, new)
    ]
    revoked = Revocations(NOW - HOUR, {OTHER.hex: NOW + 2 * DAY})
    return {"keys": keys, "revoked": revoked, "looks": [{"at": NOW} | case for case in cases]}


def _s(at: datetime) -> int:
    return int(at.timestamp())


def _changed(text: str) -> str:
    """One bit of the signature."""
    tag = cbor2.loads(_raw(text))
    protected, plain, payload, signature = tag.value
    tag = cbor2.CBORTag(18, [protected, plain, payload, signature[:-1] + bytes([signature[-1] ^ 1])])
    return credential.ALONE + credential._letters(cbor2.dumps(tag))


def _reclaimed(text: str) -> str:
    """Its term, lengthened."""
    protected, plain, payload, signature = cbor2.loads(_raw(text)).value
    claims = cbor2.loads(payload) | {4: _s(NOW + 300 * DAY)}
    tag = cbor2.CBORTag(18, [protected, plain, cbor2.dumps(claims), signature])
    return credential.ALONE + credential._letters(cbor2.dumps(tag))


def _raw(text: str) -> bytes:
    import base45

    return bytes(base45.b45decode(text[4:]))


# --- verdicts: (name, code, compared, facts, verdict, reason, row) ---

_P, _H = "checkpoints.by_policy", "by_hand"
VERDICTS: tuple[tuple[Any, ...], ...] = (
    ("green passes", None, False, ADULT | {"shown": "green"}, "pass", _P, "green_passes"),
    (
        "yellow from elsewhere turns back",
        None,
        False,
        FROM_ELSEWHERE | {"shown": "yellow"},
        "turned_back",
        _P,
        "yellow_turns_back",
    ),
    (
        "yellow that must enter waits for a colleague",
        None,
        False,
        FROM_ELSEWHERE | {"shown": "yellow", "must_enter": "yes"},
        "quarantine_path",
        _P,
        "yellow_must_enter",
    ),
    ("red waits for a colleague", None, False, ADULT | {"shown": "red"}, "quarantine_path", _P, "red_is_quarantined"),
    (
        "a star with a test of 47 hours",
        None,
        False,
        ADULT | {"shown": "green_starred", "sampled": NOW - 47 * HOUR - timedelta(minutes=30)},
        "pass",
        _P,
        "starred_sampled_within_48_hours",
    ),
    (
        "a star with a test of 48 hours to the second",
        None,
        False,
        ADULT | {"shown": "green_starred", "sampled": NOW - 48 * HOUR},
        "pass",
        _P,
        "starred_sampled_within_48_hours",
    ),
    (
        "a star with a test one second older, by any count",
        None,
        False,
        ADULT | {"shown": "green_starred", "sampled": NOW - 48 * HOUR - SECOND, "reported": NOW - 48 * HOUR - SECOND},
        "test_first",
        _P,
        "starred_older_than_48_hours",
    ),
    (
        "48 hours from sampling or from the result",
        None,
        False,
        ADULT | {"shown": "green_starred", "sampled": NOW - 50 * HOUR, "reported": NOW - 40 * HOUR},
        _H,
        "checkpoints.open_question",
        "open_48_hours_from_sampling_or_result",
    ),
    (
        "a report from tomorrow",
        None,
        False,
        ADULT | {"shown": "green_starred", "sampled": NOW + HOUR},
        _H,
        "checkpoints.open_question",
        "odd_sampling_time",
    ),
    ("no phone", None, False, ADULT | {"shown": "no_phone"}, _H, "checkpoints.open_question", "open_no_phone"),
    (
        "a minor with a red code",
        None,
        False,
        {"who": "minor", "shown": "red"},
        _H,
        "checkpoints.open_question",
        "open_minor",
    ),
    ("an ambulance", None, False, {"who": "ambulance"}, _H, "checkpoints.open_question", "open_ambulance"),
    ("nothing is known", None, False, {}, _H, "checkpoints.open_question", "open_who_not_known"),
    (
        "a colour that nobody ever heard of",
        None,
        False,
        ADULT | {"shown": "purple"},
        _H,
        "checkpoints.open_question",
        "open_code_unreadable",
    ),
    (
        "a fact of a wrong kind",
        None,
        False,
        ADULT | {"shown": 3},
        _H,
        "checkpoints.open_question",
        "open_code_unreadable",
    ),
    (
        "our own credential with a green piece in it",
        "genuine",
        False,
        ADULT | {"shown": "green"},
        "pass",
        _P,
        "green_passes",
    ),
    ("paper nobody compared", "paper", False, ADULT | {"shown": "green"}, _H, "checkpoints.compare", "green_passes"),
    ("paper that was compared", "paper", True, ADULT | {"shown": "green"}, "pass", _P, "green_passes"),
    (
        "a copy, whatever it says",
        "copied",
        True,
        ADULT | {"shown": "green"},
        _H,
        "checkpoints.show_live",
        "green_passes",
    ),
    ("a replayed one", "replayed", False, ADULT | {"shown": "red"}, _H, "checkpoints.show_live", "red_is_quarantined"),
    (
        "one from the future",
        "from_the_future",
        False,
        ADULT | {"shown": "red"},
        _H,
        "checkpoints.clock",
        "red_is_quarantined",
    ),
    ("an expired one", "expired", False, ADULT | {"shown": "red"}, _H, "checkpoints.expired", "red_is_quarantined"),
    ("one taken back", "revoked", False, ADULT | {"shown": "red"}, _H, "checkpoints.revoked", "red_is_quarantined"),
    (
        "a forged one is for a person, never red",
        "forged",
        False,
        ADULT | {"shown": "red"},
        _H,
        "checkpoints.forged",
        "red_is_quarantined",
    ),
    ("a wrong key", "wrong_key", False, ADULT | {"shown": "red"}, _H, "checkpoints.wrong_key", "red_is_quarantined"),
    ("a damaged one", "damaged", False, ADULT | {"shown": "red"}, _H, "checkpoints.damaged", "red_is_quarantined"),
    ("another system's", "foreign", False, ADULT | {"shown": "red"}, _H, "checkpoints.foreign", "red_is_quarantined"),
    (
        "one that is too long",
        "too_long",
        False,
        ADULT | {"shown": "red"},
        _H,
        "checkpoints.too_long",
        "red_is_quarantined",
    ),
    (
        "after the table's last midnight",
        None,
        False,
        ADULT | {"shown": "red"},
        _H,
        "checkpoints.no_policy",
        "",
        NOW + 20 * DAY,
    ),
    ("before its first", None, False, ADULT | {"shown": "red"}, _H, "checkpoints.no_policy", "", NOW - 8 * DAY),
    (
        "no incident is open any more: nobody is asked for anything",
        "forged",
        False,
        ADULT | {"shown": "red"},
        "pass",
        "checkpoints.nothing_asked",
        "red_is_quarantined",
        NOW,
        False,
    ),
)


def _verdict(
    table: InForce,
    name: str,
    code: str | None,
    compared: bool,
    facts: dict[str, Any],
    verdict: str,
    reason: str,
    row: str,
    at: datetime = NOW,
    asks: bool = True,
) -> dict[str, Any]:
    said = tables.decide(facts, table, at=at).explanation
    case = {"name": name, "asks": asks, "code": code, "compared": compared, "facts": facts, "at": at}
    return case | {"verdict": verdict, "reason": reason, "row": row, "zh": said.zh, "en": said.en}


# What is asked next: (name, known facts, the next input or None).
ASKED: tuple[tuple[str, dict[str, Any], str | None], ...] = (
    ("nothing is known: what is shown", {}, "shown"),
    ("green: who is it", {"shown": "green"}, "who"),
    ("green and grown up: nothing more", ADULT | {"shown": "green"}, None),
    ("red and grown up: nothing more", ADULT | {"shown": "red"}, None),
    ("yellow and grown up: where do they live", ADULT | {"shown": "yellow"}, "home"),
    ("yellow, with nowhere else to go: nothing more", ADULT | {"shown": "yellow", "home": "here_only"}, None),
    ("yellow from elsewhere: must they enter", ADULT | {"shown": "yellow", "home": "elsewhere"}, "must_enter"),
    ("a star: when was the sample taken", ADULT | {"shown": "green_starred"}, "sampled"),
    ("a star, nobody knows when: when was it reported", ADULT | {"shown": "green_starred", "sampled": "unknown"}, None),
    ("a star with a fresh test: nothing more", ADULT | {"shown": "green_starred", "sampled": NOW - HOUR}, None),
    (
        "a star with an old test: when was it reported",
        ADULT | {"shown": "green_starred", "sampled": NOW - 50 * HOUR},
        "reported",
    ),
    ("a minor: nothing more, whatever is shown", {"who": "minor"}, None),
    ("an ambulance goes on", {"who": "ambulance"}, None),
)

EVIDENCE: list[dict[str, Any]] = [
    {
        "name": "a test speaks to the input of its name",
        "evidence": [["sampled", 1628380800, 1628600000]],
        "facts": {"sampled": "2021-08-08T00:00:00+00:00"},
    },
    {
        "name": "of two tests the later one",
        "evidence": [["sampled", 1628380800, 1], ["sampled", 1628294400, 1]],
        "facts": {"sampled": "2021-08-08T00:00:00+00:00"},
    },
    {
        "name": "a word speaks to a choice",
        "evidence": [["shown:green_starred", 5, 9]],
        "facts": {"shown": "green_starred"},
    },
    {
        "name": "a word that the table does not know says nothing",
        "evidence": [["shown:purple", 5, 9], ["vaccination", 5, 9], ["sampled:x", 5, 9]],
        "facts": {},
    },
]

_AT = datetime(2021, 8, 8, 2, tzinfo=UTC)
MOMENTS: list[dict[str, Any]] = [
    {
        "name": "an hour after the sync",
        "phone": _AT,
        "contact": _AT - HOUR,
        "as_of": _AT - HOUR,
        "latest": _AT,
        "now": _AT,
    },
    {
        "name": "a phone that is years off, an hour after the sync",
        "phone": _AT + 900 * DAY,
        "contact": _AT + 900 * DAY - HOUR,
        "as_of": _AT - HOUR,
        "latest": _AT + 900 * DAY,
        "now": _AT,
    },
    {
        "name": "set back before the sync: no earlier than the sync",
        "phone": _AT - 9 * DAY,
        "contact": _AT - HOUR,
        "as_of": _AT - HOUR,
        "latest": _AT - HOUR,
        "now": _AT - HOUR,
    },
    {
        "name": "set back after a day's work: no earlier than that day",
        "phone": _AT - 9 * DAY,
        "contact": _AT - DAY,
        "as_of": _AT - DAY,
        "latest": _AT,
        "now": _AT,
    },
]
TOKENS: list[dict[str, Any]] = [
    {
        "number": NUMBER.hex,
        "key": "00" * 32,
        "hour": "2021-08-08T02:00:00Z",
        "token": "3d5b7096e7fd4838879b5dea388f080e",
    },
    {
        "number": NUMBER.hex,
        "key": "00" * 32,
        "hour": "2021-08-08T02:59:59Z",
        "token": "3d5b7096e7fd4838879b5dea388f080e",
    },
    {
        "number": NUMBER.hex,
        "key": "00" * 32,
        "hour": "2021-08-08T03:00:00Z",
        "token": "bfdd2d4b3adfaed99b70ccd99b2f0f94",
    },
    {
        "number": OTHER.hex,
        "key": "ff" * 32,
        "hour": "2021-08-08T02:00:00Z",
        "token": "007f49cd4805d686abebc0dc95ac2bfa",
    },
]
_BEFORE = ["aa", "g1", "in", _AT - timedelta(minutes=9)]
REPEATS: list[dict[str, Any]] = [
    {
        "name": "the same person nine minutes later",
        "before": [_BEFORE],
        "token": "aa",
        "gate": "g1",
        "direction": "in",
        "repeat": True,
    },
    {"name": "going out again", "before": [_BEFORE], "token": "aa", "gate": "g1", "direction": "out", "repeat": False},
    {"name": "at another gate", "before": [_BEFORE], "token": "aa", "gate": "g2", "direction": "in", "repeat": False},
    {
        "name": "somebody else, the same volunteer",
        "before": [_BEFORE],
        "token": "bb",
        "gate": "g1",
        "direction": "in",
        "repeat": False,
    },
    {
        "name": "nobody is known",
        "before": [["", "g1", "in", _AT]],
        "token": "",
        "gate": "g1",
        "direction": "in",
        "repeat": False,
    },
    {
        "name": "ten minutes later",
        "before": [["aa", "g1", "in", _AT - timedelta(minutes=10)]],
        "token": "aa",
        "gate": "g1",
        "direction": "in",
        "repeat": False,
    },
]
SUPERVISORS: list[list[Any]] = [
    ["pass", "pass", False],
    ["by_hand", "pass", False],
    ["by_hand", "by_hand", False],
    ["by_hand", "turned_back", True],
    ["turned_back", "turned_back", False],
    ["turned_back", "pass", True],
    ["quarantine_path", "pass", True],
    ["pass", "turned_back", True],
    ["test_first", "pass", True],
]
# Which of tables decides: (area by depth, starts, ends) in hours from now; the winner by its place in the list.
CHOSEN: list[dict[str, Any]] = [
    {"name": "the nearest", "tables": [[1, -9, None], [2, -9, None]], "wins": 1},
    {"name": "of one area the latest", "tables": [[1, -9, None], [1, -2, None]], "wins": 1},
    {"name": "one to come does not decide yet", "tables": [[1, -9, None], [2, 1, None]], "wins": 0},
    {"name": "when the nearer has ended the one above goes on", "tables": [[1, -9, None], [2, -9, 0]], "wins": 0},
    {"name": "none elsewhere", "tables": [[4, -9, None]], "wins": None},
    {"name": "none at all", "tables": [], "wins": None},
]

if __name__ == "__main__":
    text = msgspec.json.format(msgspec.json.encode(written()), indent=1)
    FILE.write_bytes(text + b"\n")
