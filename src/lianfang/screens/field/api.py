"""The raw endpoints of phones: decode → who is it → hand to the ledger or one query → encode."""

import gzip
from collections import Counter as Counted
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from prometheus_client import Counter, Gauge, generate_latest

from lianfang.foundation.kernel.ids import CampaignId, DeviceId, HouseholdId, ResidentId
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.ledger.records import (
    MOST_BYTES_AT_ONCE,
    MOST_RECORDS_AT_ONCE,
    HandIn,
    HandInReply,
    Receipt,
)
from lianfang.foundation.ledger.terms import Fate, HeldWhy, Sender
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.lanes import Lane, entrance
from lianfang.foundation.plumbing.raw import (
    Answer,
    Mailbox,
    Request,
    Route,
    in_thread,
    problem_answer,
    read,
    reply,
)
from lianfang.foundation.plumbing.sealing import server_public_key
from lianfang.foundation.plumbing.together import Together
from lianfang.ground.access import actions as access_actions
from lianfang.ground.access import queries as access
from lianfang.ground.access.terms import Enrolled
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.queries import AskedTask
from lianfang.ground.campaigns.terms import TaskSeen
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.queries import AskedResident
from lianfang.ground.registry.terms import ResidentRow
from lianfang.screens.field import queries
from lianfang.screens.field.terms import AskToken, FeedPage, ServerKey

_WORTH_COMPRESSING = 4096
_JUST_SAVED = 20  # so many records are somebody at a door; more are a phone emptying its outbox
_WIPE = (("lianfang-wipe", "people"),)
CLOCK = "lianfang-clock"  # what a phone's own clock shows while it asks

receipts_given = Counter("lianfang_receipts", "Receipts given to devices, by fate", ["fate"])
_GIVEN = {fate: receipts_given.labels(fate.value) for fate in Fate}
waiting = Gauge("lianfang_records_waiting", "Records queued for the writer")
waiting.set_function(lambda: ledger.writer.waiting)


async def hand_in_records(request: Request) -> Answer:
    """POST /api/v1/records: what a phone recorded, perhaps days ago, perhaps twice.

    A withdrawn phone is told to wipe by every answer: also by one that could store nothing, which is contact all the
    same.
    """
    sender = await _sender(request)
    revoked = sender.revoked
    try:
        handed_in = await _handed_in(request, sender)
        answer = reply(_worded(handed_in, request.header("accept-language")))
        revoked = revoked or any(receipt.code == HeldWhy.DEVICE_REVOKED for receipt in handed_in.receipts)
    except Problem as problem:
        answer = problem_answer(problem, request.header("accept-language"))
    return msgspec.structs.replace(answer, headers=(*answer.headers, *_WIPE)) if revoked else answer


async def _handed_in(request: Request, sender: Sender) -> HandInReply:
    too_large = Problem(
        "ledger.batch_too_large", status=413, most=MOST_RECORDS_AT_ONCE, megabytes=MOST_BYTES_AT_ONCE // 1024 // 1024
    )
    body = await request.body(most=MOST_BYTES_AT_ONCE, too_large=too_large)
    records = _batch(body)
    if len(records) > MOST_RECORDS_AT_ONCE:
        raise too_large
    lane = Lane.SAVE if len(records) <= _JUST_SAVED else Lane.UPLOAD
    if lane is Lane.UPLOAD:  # what is just saved was let in as such
        entrance.admit(lane)
    sending = ledger.Sending(records, sender, clock.now())
    stored, tell = Mailbox.here().expect()
    ledger.writer.queue(sending, tell, lane)
    handed_in: HandInReply = await stored
    return handed_in


async def _sender(request: Request) -> Sender:
    token = request.bearer()
    sender = access.sender_in_memory(token, clock.now())
    if sender is None:
        sender = await in_thread(lambda: access.sender_of(token, clock.now()))
    if sender is None:
        raise Problem("access.token_unknown", status=401)
    _heard_of(sender.device, request.header(CLOCK))
    return sender


def _heard_of(device: DeviceId | None, said: str) -> None:
    """The phone is alive, its clock showed what it `said`: the desk tells which are silent and whose clock is off."""
    if device is not None:
        access_actions.note_contact(device, at=clock.now(), device_clock=_moment(said))


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _batch(body: bytes) -> list[bytes]:
    try:
        return ledger.split(body)
    except ValueError as error:
        raise Problem("ledger.batch_unreadable", where=str(error)) from None


def _worded(answer: HandInReply, accept_language: str) -> HandInReply:
    for fate, receipts in Counted(receipt.fate for receipt in answer.receipts).items():
        _GIVEN[fate].inc(receipts)
    if all(receipt.code is None for receipt in answer.receipts):
        return answer
    language = language_of(accept_language)
    return msgspec.structs.replace(answer, receipts=[_in_words(receipt, language) for receipt in answer.receipts])


def _in_words(receipt: Receipt, language: str) -> Receipt:
    if receipt.code is None:
        return receipt
    return msgspec.structs.replace(receipt, message=sentence(receipt.code, language, where=receipt.message or ""))


async def feed(request: Request) -> Answer:
    """GET /api/v1/feed: what changed in the phone's scope since a position."""
    token, after, shape = request.bearer(), request.number("after", 0), request.word("shape")
    compress = "gzip" in request.header("accept-encoding")
    said = request.header(CLOCK)
    return await in_thread(lambda: _feed(token, after, shape, compress, said))


def _feed(token: str, after: int, shape: str, compress: bool, said: str) -> Answer:
    viewer = _viewer(token, said)
    with access.wall_of(viewer):
        body = msgspec.json.encode(queries.feed(viewer=viewer, after=after, shape=shape))
    if compress and len(body) > _WORTH_COMPRESSING:
        return Answer(gzip.compress(body, compresslevel=5), headers=(("content-encoding", "gzip"),))
    return Answer(body)


def _viewer(token: str, said: str) -> Viewer:
    sender = access.sender_of(token, clock.now())
    if sender is not None:
        _heard_of(sender.device, said)
    if sender is not None and sender.revoked:
        raise Problem("access.device_revoked", status=401)
    viewer = access.viewer_of_token(token, clock.now())
    if viewer is None:
        raise Problem("access.token_unknown", status=401)
    return viewer


async def task_state(request: Request) -> Answer:
    """GET /api/v1/campaigns/{campaign_id}/tasks/{household_id}: how far one task has come. Says nothing of anybody."""
    campaign, target = CampaignId(request.id("campaign_id")), HouseholdId(request.id("household_id"))
    return reply(await tasks.ask(_Asked(request.bearer(), request.header(CLOCK), partial(AskedTask, campaign, target))))


async def resident(request: Request) -> Answer:
    """GET /api/v1/residents/{resident_id}: somebody of one's areas, masked. Who looked is written down before."""
    question = partial(AskedResident, ResidentId(request.id("resident_id")), _purpose(request.word("purpose")))
    return reply(await residents.ask(_Asked(request.bearer(), request.header(CLOCK), question)))


def _purpose(said: str) -> Purpose:
    try:
        return Purpose(said)
    except ValueError:
        raise Problem("wire.unreadable", where="purpose") from None


class _Asked(NamedTuple):
    """Through which phone, what its clock showed, and what is asked once it is known who asks."""

    token: str
    said: str
    question: Callable[[Viewer], Any]


def _of_phones(answer: Callable[[list[Any]], Sequence[Any]]) -> Together[_Asked, Any]:
    """What phones ask at once, answered together; each as whoever it belongs to at that moment."""

    def answer_all(asked: Sequence[_Asked]) -> Sequence[Any]:
        at = clock.now()
        viewers = access.viewers_of_tokens([each.token for each in asked], at)
        known = [(each, viewer) for each in asked if isinstance(viewer := viewers[each.token], Viewer)]
        for each, viewer in known:
            _heard_of(viewer.device, each.said)
        answers = iter(answer([each.question(viewer) for each, viewer in known]))
        return [next(answers) if isinstance(viewers[each.token], Viewer) else viewers[each.token] for each in asked]

    return Together(answer_all)


tasks = _of_phones(campaigns.tasks_seen)
residents = _of_phones(registry.residents_seen)


async def give_token(request: Request) -> Answer:
    """POST /api/v1/tokens: a phone becomes a device of an account."""
    asked = read(
        await request.body(most=16 * 1024, too_large=Problem("wire.too_large", status=413, most="16 KB")), AskToken
    )
    return reply(await in_thread(lambda: _give_token(asked, request.client)), status=201)


def _give_token(asked: AskToken, client: str) -> Enrolled:
    return access_actions.enrol_device(
        device_name=asked.device_name,
        at=clock.now(),
        code=asked.enrolment_code,
        account=asked.account,
        password=asked.password,
        address=client or None,
    )


async def server_key(request: Request) -> Answer:
    """GET /api/v1/server-key: to whom phones seal what they save."""
    key = await in_thread(_server_key)
    return reply(key)


def _server_key() -> ServerKey:
    with ledger.turn(by=THE_HOUSE, at=clock.now()) as turn:
        return ServerKey(server_public_key(at=turn.at), "records")


async def healthz(request: Request) -> Answer:
    """GET /healthz: the process answers."""
    return reply({"ok": True})


async def readyz(request: Request) -> Answer:
    """GET /readyz: a record handed in now would be stored."""
    if not ledger.writer.alive:
        ledger.writer.start()
        raise Problem("ledger.cannot_store", status=503)
    if ledger.writer.trouble:
        raise ledger.writer.trouble
    return reply({"ready": True, "position": await in_thread(_head)})


def _head() -> int:
    try:
        return entries.head()
    except Exception:
        connection.close()
        raise Problem("ledger.cannot_store", status=503) from None


async def metrics(request: Request) -> Answer:
    """GET /metrics: numbers for a monitor on this machine; no person in them. To anybody else there is no such page."""
    if not request.from_this_machine:
        raise Problem("wire.no_such_page", status=404)
    return Answer(await in_thread(generate_latest), content_type="text/plain; version=0.0.4; charset=utf-8")


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/v1/records",
        hand_in_records,
        "Hand in records",
        Lane.SAVE,
        HandIn,
        HandInReply,
        problems=(400, 401, 413, 415, 503, 507),
    ),
    Route(
        "GET",
        "/api/v1/feed",
        feed,
        "What changed in my scope",
        Lane.UPLOAD,
        None,
        FeedPage,
        query=("after", "shape"),
        problems=(400, 401, 403, 503),
    ),
    Route(
        "GET",
        "/api/v1/campaigns/{campaign_id}/tasks/{household_id}",
        task_state,
        "How far one task has come",
        Lane.GATE,
        None,
        TaskSeen,
        problems=(401, 403, 404, 503),
    ),
    Route(
        "GET",
        "/api/v1/residents/{resident_id}",
        resident,
        "Somebody of my areas, masked",
        Lane.SAVE,
        None,
        ResidentRow,
        query=("purpose",),
        problems=(400, 401, 403, 404, 503, 507),
    ),
    Route(
        "POST",
        "/api/v1/tokens",
        give_token,
        "Enrol a device",
        Lane.SAVE,
        AskToken,
        Enrolled,
        needs_token=False,
        problems=(400, 401, 403, 413, 415, 429, 503),
    ),
    Route(
        "GET",
        "/api/v1/server-key",
        server_key,
        "Key to seal records to",
        Lane.SAVE,
        None,
        ServerKey,
        needs_token=False,
        problems=(503,),
    ),
    Route(
        "GET",
        "/healthz",
        healthz,
        "Does the process answer",
        Lane.GATE,
        None,
        dict[str, bool],
        needs_token=False,
        problems=(),
    ),
    Route(
        "GET",
        "/readyz",
        readyz,
        "Can a record be stored",
        Lane.GATE,
        None,
        dict[str, Any],
        needs_token=False,
        problems=(503, 507),
    ),
    Route(
        "GET",
        "/metrics",
        metrics,
        "Numbers for a monitor",
        Lane.DASHBOARD,
        None,
        None,
        needs_token=False,
        problems=(404,),
    ),
)
