"""Organisations and their posts in the small town, for the tests of territory and of whatever stands on it."""

from datetime import date
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.ground.territory import actions
from lianfang.ground.territory.terms import Node, OrganisationKind, Span, Standing
from lianfang.ground.territory.tests.town import FIRST_DAY, NOW, TODAY, id_of


def an_organisation(
    name: str = "综合治理办公室", kind: OrganisationKind = OrganisationKind.DEPARTMENT, under: UUID | None = None
) -> UUID:
    """One that is there from the town's first day."""
    node = Node(id=new_id(), kind=kind, name=name, parent=under, area=id_of("S"))
    return actions.add_organisation(node=node, on=FIRST_DAY, by=THE_HOUSE, at=NOW)


def a_post(
    name: str = "值班长", *, organisation: UUID | None = None, area: str = "C1", wanted: int = 1, on: date = FIRST_DAY
) -> UUID:
    """A post that serves an area."""
    organisation = organisation or an_organisation()
    return actions.set_post(
        organisation=organisation, area=id_of(area), name=name, wanted=wanted, on=on, by=THE_HOUSE, at=NOW
    )


def appoint(
    post: UUID,
    account: AccountId,
    *,
    since: date = TODAY,
    until: date | None = None,
    acting: bool = False,
    acting_for: UUID | None = None,
    instead_of: UUID | None = None,
    name: str = "王芳",
) -> UUID:
    """Somebody holds it from a day on."""
    return actions.appoint(
        post=post,
        account=account,
        name=name,
        days=Span(since, until),
        standing=Standing.ACTING if acting else Standing.REGULAR,
        acting_for=acting_for,
        instead_of=instead_of,
        by=THE_HOUSE,
        at=NOW,
    )
