"""Restriction orders as a desk sees them: whom (masked), how far, what was done by whom, and what one may do next.

Each page and each order is a look at people, and is noted before it is answered. States are worked out from dates at
the moment of asking; nothing here is stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, ResidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import queries as access
from lianfang.ground.codes import models, queries, rules
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.codes.projections import words_place
from lianfang.ground.codes.terms import (
    APPEAL_DUE_AFTER,
    UNSIGNED_LAPSES_AFTER,
    Order,
    OrderAct,
    OrderGround,
    OrderMeasure,
    OrderState,
    OrderVerb,
    Shown,
    ToldHow,
)
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Basis, Words
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory

_PERMITS = {
    OrderVerb.SIGN: Permission.SIGN,
    OrderVerb.DECLINE: Permission.SIGN,
    OrderVerb.TELL: Permission.TELL,
    OrderVerb.END: Permission.END,
    OrderVerb.APPEAL: Permission.TELL,
    OrderVerb.DECIDE_APPEAL: Permission.HEAR_APPEAL,
}


class OrderPerson(msgspec.Struct, frozen=True):
    """Whom an order is about, masked. `door` is empty once they live elsewhere."""

    id: ResidentId
    name: str
    place: str
    door: str


class OrderRow(msgspec.Struct, frozen=True):
    """An order as a list shows it. `ends_at` of a proposal: when it would end, were it signed now."""

    id: UUID
    person: OrderPerson
    ground: OrderGround
    measure: OrderMeasure
    days: int
    state: OrderState
    drill: bool
    incident: str
    proposed_at: datetime
    starts_at: datetime | None
    ends_at: datetime
    over_at: datetime | None  # when it came to its end, by whatever way
    lapses_at: datetime | None  # of a proposal: unless somebody signs before
    told_at: datetime | None
    appeal_due_at: datetime | None  # an appeal waits, and is owed an answer by then
    can: list[OrderVerb]


class OrderDone(msgspec.Struct, frozen=True):
    """One act about an order: who did what, when, how, and what they said."""

    act: OrderAct
    at: datetime
    by: str
    words: str
    how: ToldHow | None = None
    stands: bool | None = None


class OrderPage(msgspec.Struct, frozen=True):
    """All of one order. `to_the_person` is what they are told, word for word."""

    row: OrderRow
    issuer: str
    basis: Basis | None
    reason: str
    evidence: tuple[Shown, ...]
    to_the_person: tuple[Words, ...]
    acts: list[OrderDone]
    proposed_by_me: bool
    signed_by_me: bool


class OrderSlice(msgspec.Struct, frozen=True):
    """A page of orders, how many there are, and how many in each state."""

    rows: list[OrderRow]
    total: int
    states: dict[OrderState, int]


def orders(
    *, viewer: Viewer, area: AreaId | None = None, state: OrderState | None = None, page: int = 1, page_size: int = 50
) -> OrderSlice:
    """The orders of one's areas, or of one of them, latest first; looking at this page of them is noted."""
    found = queries.orders_in(area=area, viewer=viewer)
    states: dict[OrderState, int] = {}
    for each in found:
        now = rules.state_of(each, at=viewer.at)
        states[now] = states.get(now, 0) + 1
    if state is not None:
        found = [each for each in found if rules.state_of(each, at=viewer.at) is state]
    shown = found[(page - 1) * page_size : page * page_size]
    if shown:
        where = area or min(viewer.roots(Permission.SEE), key=str)
        queries.note_look("codes.orders", [each.terms.resident for each in shown], area=where, viewer=viewer)
    return OrderSlice(_rows(shown, viewer), len(found), states)


def order_page(order: Order, *, viewer: Viewer) -> OrderPage:
    """All of one order, for somebody whose permission was asked for already; the look is noted."""
    queries.note_look("codes.order", [order.terms.resident], area=order.area, viewer=viewer)
    basis = posture.legal_bases().get(order.terms.basis)
    law = basis.title if basis else Words(order.terms.basis, order.terms.basis)
    return OrderPage(
        row=_rows([order], viewer)[0],
        issuer=order.terms.issuer,
        basis=basis,
        reason=order.terms.reason,
        evidence=order.terms.evidence,
        to_the_person=rules.to_the_person(order, law=law, at=viewer.at),
        acts=_acts(order),
        proposed_by_me=order.proposed_by == viewer.account,
        signed_by_me=order.signed_by == viewer.account,
    )


def _rows(found: Sequence[Order], viewer: Viewer) -> list[OrderRow]:
    people = registry.residents_by_id([each.terms.resident for each in found], viewer=viewer)
    incidents = {each.id: each for each in posture.incidents()} if found else {}
    rows = []
    for order in found:
        resident = people.get(order.terms.resident)
        at_home = resident is not None and resident.grid == order.area
        incident = incidents[order.terms.incident]
        person = OrderPerson(
            id=order.terms.resident,
            name=resident.name if resident else "",
            place=_place(order.area, viewer),
            door=resident.door if resident and at_home else "",
        )
        rows.append(_row(order, person, viewer, incident=incident.name, drill=incident.drill))
    return rows


def _row(order: Order, person: OrderPerson, viewer: Viewer, *, incident: str, drill: bool) -> OrderRow:
    now, state = viewer.at, rules.state_of(order, at=viewer.at)
    waits = order.appealed_at if order.appealed_at and order.appeal_decided_at is None else None
    runs = state in (OrderState.SIGNED, OrderState.LIVE, OrderState.SUSPENDED)
    ends_at = order.ends_at or rules.end_of(order.terms, signed_at=now)
    lapses_at = order.proposed_at + UNSIGNED_LAPSES_AFTER
    over_at = {
        OrderState.ENDED: min((at for at in (order.ended_at, order.ends_at) if at), default=None),
        OrderState.DECLINED: order.declined_at,
        OrderState.LAPSED: lapses_at,
    }.get(state)
    return OrderRow(
        id=order.id,
        person=person,
        ground=order.terms.ground,
        measure=order.terms.measure,
        days=order.terms.days,
        state=state,
        drill=drill,
        incident=incident,
        proposed_at=order.proposed_at,
        starts_at=order.starts_at,
        ends_at=ends_at,
        over_at=over_at,
        lapses_at=lapses_at if state is OrderState.PROPOSED else None,
        told_at=order.told_at,
        appeal_due_at=waits + APPEAL_DUE_AFTER if waits and runs else None,
        can=_can(order, viewer),
    )


def _can(order: Order, viewer: Viewer) -> list[OrderVerb]:
    lineage = territory.lineage(area=order.area, on=local_day(viewer.at))
    verbs: Collection[OrderVerb] = rules.verbs(order, by=viewer.account, at=viewer.at)
    return [verb for verb in OrderVerb if verb in verbs and viewer.may(_PERMITS[verb], lineage=lineage)]


def _place(area: AreaId, viewer: Viewer) -> str:
    found = territory.find(area, local_day(viewer.at))
    return " › ".join(found.path[-2:]) if found else ""


def _acts(order: Order) -> list[OrderDone]:
    rows = list(models.OrderAct.objects.filter(order_id=order.id).order_by("at", "id"))
    names = access.names_of(row.by_id for row in rows if row.by_id)
    key = keyring.get(incident_key(order.terms.incident))
    return [_done(row, names, key) for row in _each_once(rows)]


def _each_once(rows: Iterable[models.OrderAct]) -> Iterable[models.OrderAct]:
    """Each word counts once, the first: as the order itself was folded."""
    seen = set()
    for row in rows:
        if row.act not in seen:
            seen.add(row.act)
            yield row


def _done(row: models.OrderAct, names: Mapping[UUID, str], key: object) -> OrderDone:
    opened = getattr(key, "open", None)
    plain = opened(bytes(row.words), about=words_place(row.id.hex).encode()) if opened and row.words else b""
    return OrderDone(
        act=OrderAct(row.act),
        at=row.at,
        by=names.get(row.by_id, "") if row.by_id else "",
        words=plain.decode(),
        how=ToldHow(row.how) if row.how else None,
        stands=row.stands,
    )
