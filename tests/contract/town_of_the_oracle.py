"""The town in which the scope oracle asks its questions: two subdistricts, somebody of every role in many places, and
in every area one of each thing that an address may name.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from django.test import Client

from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId, IncidentId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.roles import SEPARATED_ROLES, Purpose, Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import actions, queries
from lianfang.ground.access.models import Account, Device
from lianfang.ground.campaigns import actions as campaigns
from lianfang.ground.campaigns.need_records import NeedFound, NeedWord
from lianfang.ground.codes.credential_terms import Carrier
from lianfang.ground.codes.records import CredentialIssued, OrderProposed
from lianfang.ground.codes.tests.builders import terms as an_order_about
from lianfang.ground.duty.records import ShiftPlanned, StationOpened
from lianfang.ground.duty.terms import Crew
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms.tests.builders import a_form, a_question
from lianfang.ground.policies import actions as policies
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import IncidentDraft
from lianfang.ground.reports import actions as reports
from lianfang.ground.reports.terms import Audience, SubjectKey
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import Node, OrganisationKind, Span, TreeRow
from lianfang.interop.upper_level_forms import actions as tables
from lianfang.interop.upper_level_forms.terms import Wanted
from lianfang.interop.upper_level_forms.tests import books
from lianfang.operations.checkpoints.records import GateSetUp
from lianfang.operations.checkpoints.terms import Direction, GateKind
from lianfang.operations.venues.records import CodeIssued
from lianfang.operations.venues.terms import WarrantTerms
from lianfang.operations.venues.warrant_records import WarrantProposed
from tests.contract import register_of_the_oracle as register

_BLANK = books.book()
NOW = datetime(2021, 12, 10, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOWHERE = "nowhere"  # where the things lie that nobody ever heard of
# Its own list of what stands above what: the policy must not ask the tree that it checks.
KIND_AND_PARENT: dict[str, tuple[str, str | None]] = {
    "S": ("subdistrict", None),
    "P1": ("sector", "S"),
    "C1": ("community", "P1"),
    "G1": ("grid", "C1"),
    "B1": ("building", "G1"),
    "G2": ("grid", "C1"),
    "C2": ("community", "S"),
    "E1": ("estate", "C2"),
    "G3": ("grid", "E1"),
    "S2": ("subdistrict", None),
    "C3": ("community", "S2"),
    "G4": ("grid", "C3"),
}
AREAS = list(KIND_AND_PARENT)
PARENT = {area: parent for area, (_, parent) in KIND_AND_PARENT.items()}
PLACES = ["S", "P1", "C1", "G1", "G2", "C2", "G3", "S2", "G4"]  # where people hold roles


class Person(NamedTuple):
    """Somebody: their account, and (role, place, holds it now)."""

    name: str
    account: AccountId | None
    roles: tuple[tuple[str, str, bool], ...]

    def places(self, roles: Collection[str]) -> list[str]:
        """Where this person holds one of these roles now."""
        return [place for role, place, now in self.roles if now and role in roles]


NOBODY = Person("nobody", None, ())


class World:
    """See the module docstring."""

    def __init__(self, seed: int = 0) -> None:
        self.dice = Random(seed)
        rows = [TreeRow(code, kind, f"{code}区", parent) for code, (kind, parent) in KIND_AND_PARENT.items()]
        territory.load_tree(rows=rows, on=date(2021, 12, 1), by=THE_HOUSE, at=NOW - 5 * DAY)
        found = {code: areas.search(code, NOW.date(), limit=50) for code in AREAS}
        self.area: dict[str, AreaId] = {code: next(a.id for a in found[code] if a.code == code) for code in AREAS}
        self.area[NOWHERE] = AreaId(UUID(int=1))
        # What lies where: kind of thing → area → its id. `nowhere` is an id of nothing.
        self.targets: dict[str, dict[str, str]] = defaultdict(dict)
        self.targets["area"] = {code: str(self.area[code]) for code in AREAS}
        self.targets["nowhere"] = dict.fromkeys(AREAS, str(self.area[NOWHERE]))
        self._accounts: dict[str, str] = {}  # every account → its area, the people's own ones too
        for code in AREAS:
            self._furnish(code)
        self.people = [NOBODY, *self._everybody()]
        self._tokens = {person.name: _joined(person) for person in self.people}
        self._phones = {name: _holding(token) for name, token in self._tokens.items()}
        self._desks = {person.name: _at_a_desk(person) for person in self.one_of_each_role()}

    def _furnish(self, code: str) -> None:
        """One of each thing in this area."""
        account = self._hire(f"of-{code}", code)
        proposer = Actor(account=self._hire(f"proposer-{code}", code))
        grant = actions.grant_role(
            account=account, role=Role.GRID_WORKER, area=self.area[code], by=THE_HOUSE, at=NOW - DAY
        )
        proposal = actions.grant_role(
            account=self._hire(f"candidate-{code}", code),
            role=Role.AUDIT_ADMIN,
            area=self.area[code],
            by=proposer,
            at=NOW - DAY,
        )
        enrolment = actions.issue_enrolment(account=account, by=THE_HOUSE, at=NOW - DAY)
        device = actions.enrol_device(device_name=f"phone {code}", code=enrolment.code, at=NOW - DAY)
        viewer = queries.viewer_of(account, NOW - DAY)
        assert viewer is not None
        look = actions.disclose(viewer=viewer, what="oracle", purpose=Purpose.CARE, area=self.area[code], count=1)
        things = {"account": account, "device": device.device.id, "grant": grant, "proposal": proposal, "look": look}
        things |= self._organise(code, account)
        self.targets["account"][code] = str(account)
        for thing, id in (things | self._begin(code)).items():
            self.targets[thing][code] = str(id)

    def _organise(self, code: str, account: AccountId) -> dict[str, UUID]:
        """An organisation of this area, its post, and somebody on it."""
        node = Node(new_id(), OrganisationKind.TEAM, f"{code}队", area=self.area[code])
        first = date(2021, 12, 1)
        territory.add_organisation(node=node, on=first, by=THE_HOUSE, at=NOW - DAY)
        post = territory.set_post(
            organisation=node.id, area=self.area[code], name=f"{code}岗", wanted=1, on=first, by=THE_HOUSE, at=NOW - DAY
        )
        holding = territory.appoint(
            post=post, account=account, name=f"of-{code}", days=Span(first), by=THE_HOUSE, at=NOW - DAY
        )
        link = territory.look_after(
            area=self.area[code], organisation=node.id, days=Span(first), by=THE_HOUSE, at=NOW - DAY
        )
        found = {"organisation": node.id, "post": post, "holding": holding, "link": link}
        if KIND_AND_PARENT[code][0] == "community":
            (found["report_in"],) = actions.report_in(
                account=account,
                about="值守",
                consented_on=first,
                community=self.area[code],
                days=Span(first),
                by=THE_HOUSE,
                at=NOW - DAY,
            )
        return found

    def _begin(self, code: str) -> dict[str, UUID]:
        """An incident, a form and a campaign of this area; in a grid a household that the campaign lists."""
        area, found = self.area[code], dict[str, UUID]()
        incident = posture.open_incident(
            name=f"{code}演练",
            area=area,
            basis="public_health_emergencies",
            pack="household_sweep",
            issuer="街道",
            ends_at=NOW + 5 * DAY,
            drill=True,
            by=THE_HOUSE,
            at=NOW - DAY,
        )
        leader = Actor(account=self._hire(f"leader-{code}", code), name="提出的人")
        asked_for = IncidentDraft(
            *(f"{code}要启动的", area, "public_health_emergencies", "household_sweep", "街道", NOW + 5 * DAY),
            drill=True,
        )
        found["opening"] = posture.propose_opening(wanted=asked_for, by=leader, at=NOW - DAY / 2).id
        table = policies.put_in_force(
            edition="nantong_2021_08", area=area, from_day=NOW.date(), by=THE_HOUSE, at=NOW - DAY / 4
        )
        found["policy"] = table.id
        asked = a_form(a_question(again="each area's own"), code=f"oracle_{code.lower()}")
        form = forms.publish_form(form=asked, area=area, by=THE_HOUSE, at=NOW - DAY)
        if KIND_AND_PARENT[code][0] == "grid":
            found |= register.a_home(area, code)
            account = AccountId(UUID(self.targets["account"][code]))
            found["place"] = register.a_shop(area, code)
            found |= self._venue(area, incident.id, found["place"])
            need = NeedFound(HouseholdId(found["household"]), NeedWord.WATER)
            with ledger.turn(by=THE_HOUSE, at=NOW - DAY) as turn:
                found["need"] = turn.append("campaigns.need_found.v1", need).id
            found |= self._restrict(found["resident"], incident.id, account)
            found["stewardship"] = register.a_steward(area, account, found["household"])
        campaign = campaigns.open_campaign(
            name=f"{code}排查",
            area=area,
            form=form.id,
            starts_on=NOW.date(),
            ends_on=NOW.date() + DAY,
            by=THE_HOUSE,
            at=NOW - DAY,
        )
        grids = [(self._community_of(grid), grid) for grid in self._grids_in(code)]
        found |= register.rosters(area, code, grids)
        if KIND_AND_PARENT[code][0] != "building":
            drafter = Actor(account=self._hire(f"drafter-{code}", code), name="写报表的人")
            found["report"] = reports.draft_report(
                area=area, day=NOW.date(), cut_off=NOW - DAY / 2, by=drafter, at=NOW
            ).id
            found |= self._table(area, campaign.id, drafter)
        with ledger.turn(by=THE_HOUSE, at=NOW - DAY) as turn:
            gate = GateSetUp(new_id(), area, incident.id, GateKind.VILLAGE, f"{code}口", 1, tuple(Direction))
            turn.append("checkpoints.gate_set_up.v1", gate)
        found |= self._man(area, code)
        return found | {"gate": gate.gate, "incident": incident.id, "form": form.id, "campaign": campaign.id}

    def _restrict(self, resident: UUID, incident: UUID, account: AccountId) -> dict[str, UUID]:
        """An order about somebody of this grid, and a credential they were given."""
        about = an_order_about(resident=ResidentId(resident), incident=IncidentId(incident))
        order, number = new_id(), new_id()
        with ledger.turn(by=Actor(account=account), at=NOW) as turn:
            turn.append("codes.order_proposed.v1", OrderProposed(order, about))
            until = NOW + DAY
            given = CredentialIssued(number, about.resident, about.incident, Carrier.PAPER, until)
            turn.append("codes.credential_issued.v1", given)
        return {"order": order, "credential": number}

    def _man(self, area: AreaId, code: str) -> dict[str, UUID]:
        """A station, and a shift of somebody of this area."""
        station, shift = new_id(), new_id()
        account = AccountId(UUID(self.targets["account"][code]))
        with ledger.turn(by=THE_HOUSE, at=NOW - DAY) as turn:
            turn.append("duty.station_opened.v1", StationOpened(station, area, f"{code}门"))
            body = ShiftPlanned(shift, station, account, Crew.DUTY, NOW + DAY, NOW + DAY * 1.3)
            turn.append("duty.shift_planned.v1", body)
        return {"station": station, "shift": shift}

    def _venue(self, area: AreaId, incident: IncidentId, place: UUID) -> dict[str, UUID]:
        """A code of that shop, and a warrant that somebody proposed about it."""
        code = CodeIssued(new_id(), place, area, incident, "商店")
        terms = WarrantTerms(incident, NOW - 3 * DAY / 24, NOW - 2 * DAY / 24, "确诊病例当时也在这里", place)
        warrant = WarrantProposed(new_id(), area, terms)
        with ledger.turn(by=Actor(account=AccountId(new_id())), at=NOW - DAY / 24) as turn:
            turn.append("venues.code_issued.v1", code)
            turn.append("venues.warrant_proposed.v1", warrant)
        return {"venue_code": code.code, "venue_warrant": warrant.warrant}

    def _table(self, area: AreaId, campaign: UUID, by: Actor) -> dict[str, UUID]:
        """An upper level's table of this area with one cell that holds a measure, and a filling of it."""
        when: dict[str, Any] = {"by": by, "at": NOW}
        table = tables.take_in(
            data=_BLANK, file_name="日报.xlsx", title="市日报", area=area, audience=Audience.DESK, **when
        )
        cell = Wanted("日报", "C4", SubjectKey("campaigns", campaign), "done", area)
        table = tables.map_cells(form=table.id, cells=[cell], seen=1, **when)
        return {"table": table.id, "filling": tables.issue(form=table.id, day=NOW.date(), seen=2, **when).id}

    def _grids_in(self, code: str) -> list[str]:
        """The grids that are this area or lie below it."""
        return [grid for grid, (kind, _) in KIND_AND_PARENT.items() if kind == "grid" and code in lineage(grid)]

    def _community_of(self, grid: str) -> str:
        return next(area for area in lineage(grid) if KIND_AND_PARENT[area][0] == "community")

    def _everybody(self) -> Iterator[Person]:
        for role in Role:
            for place in self.dice.sample(PLACES, 3):
                yield self._person(f"{role}-{place}", [(role, place, 0)])
        mixable = sorted(set(Role) - SEPARATED_ROLES)
        for n in range(25):
            roles = [
                (self.dice.choice(mixable), self.dice.choice(PLACES), self.dice.choice((-1, 0, 0, 1))) for _ in range(2)
            ]
            yield self._person(f"mixed-{n}", roles)
        for n, role in enumerate(sorted(SEPARATED_ROLES)):
            yield self._person(f"former-{n}", [(role, "S", -1)])

    def _person(self, name: str, roles: list[tuple[Role, str, int]]) -> Person:
        """`when`: -1 held a while ago, 0 holds now, 1 will hold."""
        account = self._hire(name, self.dice.choice(AREAS))
        for role, place, when in roles:
            actions.grant_role(
                account=account,
                role=role,
                area=self.area[place],
                by=THE_HOUSE,
                at=NOW - 4 * DAY,
                starts_at=NOW + (when * 2 - 1) * DAY,
                ends_at=NOW + (when * 2 + 1) * DAY,
            )
        return Person(name, account, tuple((role.value, place, when == 0) for role, place, when in roles))

    def _hire(self, name: str, code: str) -> AccountId:
        made = actions.create_account(
            name=name, display_name=name, area=self.area[code], by=THE_HOUSE, at=NOW - 4 * DAY, with_password=False
        )
        self._accounts[str(made.account)] = code
        return made.account

    def rows(self, kind: str) -> Iterator[tuple[str, str]]:
        """Every row of a kind there is, with the area it lies in."""
        if kind == "account":
            yield from self._accounts.items()
        elif kind == "device":
            yield from (
                (str(id), self._accounts[str(owner)]) for id, owner in Device.objects.values_list("id", "account_id")
            )
        elif kind in ("household", "resident"):
            yield from register.everybody()[kind]
        elif kind == "import":
            yield from (
                (id, code) for state in ("import", "roster", "unread") for code, id in self.targets[state].items()
            )
        else:
            yield from ((id, code) for code, id in self.targets[kind].items())

    def filled(self, route: str, area: str) -> str:
        """A route with the ids of things that lie in the area; in NOWHERE with ids of nothing."""
        names = {"record_id": "look"} | dict.fromkeys(
            ("held_id", "job_id", "settled_id", "export_id", "recheck_id", "key_id"), "nowhere"
        )

        def fill(match: re.Match[str]) -> str:
            if match[1] == "format":
                return "xlsx"
            if match[1] in ("number", "line"):
                return "9"
            if match[1] == "no":
                return "0"
            thing = names.get(match[1], match[1].removesuffix("_id"))
            if thing == "grant" and not route.endswith(">"):
                thing = "proposal"  # the ones that can be approved or declined
            if thing == "import" and (route.endswith("undo") or route.startswith("offers")):
                thing = "roster"  # one that is published can be taken back
            if thing == "import" and route.endswith(("layout", "preview")):
                thing = "unread"  # one of which nobody has said yet what its columns are
            return self.targets[thing].get(area, str(self.area[NOWHERE]))

        return re.sub(r"<(\w+)>", fill, route)

    def areas_with(self, thing: str | None) -> list[str]:
        """The areas in which there is such a thing."""
        return list(self.targets[thing]) if thing else AREAS

    def phone(self, person: Person) -> Client:
        """That person with a device's token."""
        return self._phones[person.name]

    def token(self, person: Person) -> str:
        """Of that person's device."""
        return self._tokens[person.name]

    def desk(self, person: Person) -> Client:
        """That person (one of each role) with a session."""
        return self._desks[person.name]

    def one_of_each_role(self) -> list[Person]:
        """Nobody, and for each role the first who holds it."""
        first: dict[str, Person] = {}
        for person in self.people[1:]:
            first.setdefault(person.roles[0][0], person)
        return [NOBODY, *first.values()]


def lineage(area: str) -> list[str]:
    """The area and all above it, the root last."""
    above = PARENT[area]
    return [area, *(lineage(above) if above else ())]


def _joined(person: Person) -> str:
    """A token for a phone of this person's."""
    if person.account is None:
        return ""
    code = actions.issue_enrolment(account=person.account, by=THE_HOUSE, at=NOW).code
    return actions.enrol_device(device_name=person.name, code=code, at=NOW).token


def _holding(token: str) -> Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(raise_request_exception=False, headers=headers)


def _at_a_desk(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    if person.account is not None:
        client.force_login(Account.objects.get(id=person.account))
    return client
