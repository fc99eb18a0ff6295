"""HTTP for restriction orders: propose, sign, decline, tell, end, decide the appeal; one person's status."""

from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, ResponseSpec, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, IncidentId, ResidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.plumbing.catalogue import language_of
from lianfang.foundation.plumbing.wire import Desk, ProblemReply
from lianfang.ground.access import actions as access
from lianfang.ground.codes import actions, credentials_api, order_views, paper, queries, rules
from lianfang.ground.codes.order_views import OrderPage, OrderRow
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.codes.terms import (
    CodeStatus,
    Longest,
    OrderGround,
    OrderMeasure,
    OrderState,
    OrderTerms,
    Plain,
    Shown,
    ToldHow,
)
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Basis
from lianfang.ground.registry import queries as registry

TRAVEL_CODE = "gate.travel_code"  # by which table a status is worked out, unless another is asked for


class OrderWhere(msgspec.Struct, frozen=True):
    """One order."""

    order_id: UUID


class OrderFilter(msgspec.Struct, frozen=True):
    """Which orders to list."""

    area: UUID | None = None
    state: OrderState | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class OrdersHere(msgspec.Struct, frozen=True):
    """A page of orders, and how many there are in each state."""

    rows: list[OrderRow]
    total: int
    page: int
    page_size: int
    states: dict[str, int]
    as_of: datetime


class OrderCatalogue(msgspec.Struct, frozen=True):
    """What an order can be made of: grounds, measures with their longest terms and sources, and laws in force today."""

    grounds: list[OrderGround]
    measures: list[Longest]
    legal_bases: list[Basis]
    shortest_reason: int


class NewOrder(msgspec.Struct, frozen=True):
    """What is proposed about one person. There is no field for a list."""

    resident: UUID
    incident: UUID
    ground: OrderGround
    measure: OrderMeasure
    basis: Plain
    issuer: Plain
    reason: Plain
    days: Annotated[int, msgspec.Meta(ge=1, le=60)]
    evidence: Annotated[tuple[Shown, ...], msgspec.Meta(min_length=1, max_length=20)]


class OrderReason(msgspec.Struct, frozen=True):
    """Why."""

    reason: Plain


class OrderTold(msgspec.Struct, frozen=True):
    """How the person heard of it."""

    how: ToldHow


class OrderAppeal(msgspec.Struct, frozen=True):
    """What the person says, in their words."""

    words: Plain


class AppealDecision(msgspec.Struct, frozen=True):
    """Does the order stand, and why."""

    stands: bool
    reason: Plain


class StatusWhere(msgspec.Struct, frozen=True):
    """Whose status."""

    resident_id: UUID


class StatusAsked(msgspec.Struct, frozen=True):
    """Why somebody's status is looked at. It is counted among the values revealed in a day."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


class Orders(Desk):
    """Restriction orders on one's areas, and proposing one."""

    def get(self, parsed_query: Query[OrderFilter]) -> OrdersHere:
        """The latest first, masked; the look is noted."""
        viewer, asked = self.viewer, parsed_query
        found = order_views.orders(
            viewer=viewer,
            area=AreaId(asked.area) if asked.area else None,
            state=asked.state,
            page=asked.page,
            page_size=asked.page_size,
        )
        states = {state.value: n for state, n in found.states.items()}
        return OrdersHere(found.rows, found.total, asked.page, asked.page_size, states, viewer.at)

    def post(self, parsed_body: Body[NewOrder]) -> OrderPage:
        """The first of two signatures. Nothing changes by it."""
        new = parsed_body
        terms = OrderTerms(
            resident=ResidentId(new.resident),
            incident=IncidentId(new.incident),
            ground=new.ground,
            evidence=new.evidence,
            measure=new.measure,
            basis=new.basis,
            issuer=new.issuer,
            reason=new.reason,
            days=new.days,
        )
        proposed = actions.propose_order(terms=terms, viewer=self.viewer, at=self.viewer.at)
        return order_views.order_page(proposed, viewer=self.viewer)


class CatalogueOfOrders(Desk):
    """What to choose from."""

    def get(self) -> OrderCatalogue:
        """Grounds, measures, laws. There is no "other"."""
        self.viewer.require(Permission.SEE)
        on = local_day(self.viewer.at)
        longest = [rules.longest_days(queries.longest(), measure, on=on) for measure in OrderMeasure]
        laws = [basis for basis in posture.legal_bases().values() if basis.holds(on)]
        return OrderCatalogue(list(OrderGround), [one for one in longest if one], laws, rules.SHORTEST_REASON)


class OneOrder(Desk):
    """One order."""

    def get(self, parsed_path: Path[OrderWhere]) -> OrderPage:
        """All of it, for those who may read orders there; the look is noted."""
        found = queries.permitted(id=parsed_path.order_id, viewer=self.viewer, permission=Permission.SEE)
        return order_views.order_page(found, viewer=self.viewer)


class OrderNotice(Desk):
    """What the person is handed."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[OrderWhere]) -> FileResponse:
        """A PDF in the reader's language; the look is noted."""
        found = queries.permitted(id=parsed_path.order_id, viewer=self.viewer, permission=Permission.TELL)
        page = order_views.order_page(found, viewer=self.viewer)
        lang = language_of(self.request.headers.get("Accept-Language", ""))
        pdf = paper.order_notice(page, viewer=self.viewer, lang=lang)
        name = f"{found.id.hex[-12:]}.pdf"
        return FileResponse(BytesIO(pdf), as_attachment=True, filename=name, content_type="application/pdf", status=200)


class SignOrder(Desk):
    """The second signature."""

    def post(self, parsed_path: Path[OrderWhere]) -> OrderPage:
        """By another person of another role. The end is fixed with it."""
        done = actions.sign_order(order=parsed_path.order_id, viewer=self.viewer, at=self.viewer.at)
        return order_views.order_page(done, viewer=self.viewer)


class DeclineOrder(Desk):
    """The second person does not agree."""

    def post(self, parsed_path: Path[OrderWhere], parsed_body: Body[OrderReason]) -> OrderPage:
        """It is over before it began."""
        done = actions.decline_order(
            order=parsed_path.order_id, reason=parsed_body.reason, viewer=self.viewer, at=self.viewer.at
        )
        return order_views.order_page(done, viewer=self.viewer)


class TellOrder(Desk):
    """The person was told."""

    def post(self, parsed_path: Path[OrderWhere], parsed_body: Body[OrderTold]) -> OrderPage:
        """From now on it counts, never before."""
        done = actions.tell_person(
            order=parsed_path.order_id, how=parsed_body.how, viewer=self.viewer, at=self.viewer.at
        )
        return order_views.order_page(done, viewer=self.viewer)


class EndOrder(Desk):
    """Lifting it."""

    def post(self, parsed_path: Path[OrderWhere], parsed_body: Body[OrderReason]) -> OrderPage:
        """Before its time; one person suffices."""
        done = actions.end_order(
            order=parsed_path.order_id, reason=parsed_body.reason, viewer=self.viewer, at=self.viewer.at
        )
        return order_views.order_page(done, viewer=self.viewer)


class AppealOrder(Desk):
    """The person does not agree."""

    def post(self, parsed_path: Path[OrderWhere], parsed_body: Body[OrderAppeal]) -> OrderPage:
        """Whoever hears of it notes it in their words."""
        done = actions.raise_appeal(
            order=parsed_path.order_id, words=parsed_body.words, viewer=self.viewer, at=self.viewer.at
        )
        return order_views.order_page(done, viewer=self.viewer)


class DecideAppeal(Desk):
    """A third person answers."""

    def post(self, parsed_path: Path[OrderWhere], parsed_body: Body[AppealDecision]) -> OrderPage:
        """It goes on to its end, or ends now."""
        said = parsed_body
        done = actions.decide_appeal(
            order=parsed_path.order_id,
            stands=said.stands,
            reason=said.reason,
            viewer=self.viewer,
            at=self.viewer.at,
        )
        return order_views.order_page(done, viewer=self.viewer)


class StatusOfResident(Desk):
    """What follows for one person just now."""

    responses: ClassVar[Any] = [*Desk.responses, ResponseSpec(ProblemReply, status_code=HTTPStatus.TOO_MANY_REQUESTS)]

    def post(self, parsed_path: Path[StatusWhere], parsed_body: Body[StatusAsked]) -> CodeStatus:
        """Worked out and kept nowhere. It takes a reason, and there are so many such looks a day."""
        viewer = self.viewer
        place = registry.resident_place(ResidentId(parsed_path.resident_id), viewer=viewer, permission=Permission.SEE)
        access.reveal(
            viewer=viewer,
            subject=place.id,
            field="codes.status",
            area=place.grid,
            purpose=Purpose.INCIDENT_RESPONSE,
            permission=Permission.SEE,
            reason=parsed_body.reason,
        )
        return queries.status(resident=place.id, viewer=viewer, code=TRAVEL_CODE)


urlpatterns = [
    path("orders", Orders.as_view(), name="orders"),
    path("orders/catalogue", CatalogueOfOrders.as_view(), name="orders-catalogue"),
    path("orders/<uuid:order_id>", OneOrder.as_view(), name="order"),
    path("orders/<uuid:order_id>/notice.pdf", OrderNotice.as_view(), name="order-notice"),
    path("orders/<uuid:order_id>/sign", SignOrder.as_view(), name="order-sign"),
    path("orders/<uuid:order_id>/decline", DeclineOrder.as_view(), name="order-decline"),
    path("orders/<uuid:order_id>/told", TellOrder.as_view(), name="order-told"),
    path("orders/<uuid:order_id>/end", EndOrder.as_view(), name="order-end"),
    path("orders/<uuid:order_id>/appeal", AppealOrder.as_view(), name="order-appeal"),
    path("orders/<uuid:order_id>/appeal/decide", DecideAppeal.as_view(), name="order-appeal-decide"),
    path("residents/<uuid:resident_id>/code-status", StatusOfResident.as_view(), name="resident-code-status"),
    *credentials_api.urlpatterns,
]
