"""Loads the demo district by the ways of a real one.

Area table, accounts, roster import and publication, incident, sweep.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from lianfang.demo import organisations, outlines, staff
from lianfang.demo.district import SUBDISTRICT, District
from lianfang.demo.office import BASIS, INCIDENT_LASTS, INCIDENT_NAME, ISSUER, PACK, SWEEP_LASTS
from lianfang.demo.workbooks import Written, write_areas, write_roster
from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.campaigns import actions as campaigns
from lianfang.ground.forms import actions as forms
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture import queries as in_force
from lianfang.ground.posture.terms import IncidentDraft
from lianfang.ground.registry import actions as registry
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import AreaKind

ACCOUNTS = "demo-accounts.txt"


class Say(Protocol):
    """How far a step is: `say("areas", 300, 1300)`; `total` 0 when nobody knows."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def is_set_up() -> bool:
    """The file of accounts is written last: where it is, everything is."""
    return (Path(settings.LIANFANG_DATA) / ACCOUNTS).exists()


def set_up(district: District, *, say: Say) -> list[staff.Login]:
    """Everything, in the order in which a real district does it; answers the accounts that were made."""
    data = Path(settings.LIANFANG_DATA)
    roster = data / "demo-roster.csv"
    written = write_roster(district, roster, say=lambda people: say("people", people, district.people))
    say("people", district.people, district.people)
    places = load_areas(written, data / "demo-areas.csv", say=say)
    outlines.draw(district, places, by=THE_HOUSE, at=clock.now())
    logins = make_accounts(district, places, say=say)
    desk, command = (_actor(logins, name) for name in ("desk", "command"))
    load_roster(roster, people=district.people, root=places[SUBDISTRICT], by=desk, say=say)
    found = {name: account for name, (_, account) in logins.items()}
    say("organisations", 0, 1)
    say("organisations", *(organisations.set_up(district, places, found, by=desk, at=clock.now()),) * 2)
    open_sweep(area=places[SUBDISTRICT], first=desk, by=command, say=say)
    shown = [login for login, _ in logins.values()]
    staff.write_logins(data / ACCOUNTS, shown)
    return shown


def load_areas(written: Written, path: Path, *, say: Say) -> dict[str, AreaId]:
    """The area table, as one entry; answers the ids of everything from the grid up, by name."""
    at = clock.now()
    say("areas", 0, len(written.areas))
    write_areas(written.areas, path)
    territory.load_workbook(path=path, on=local_day(at), by=THE_HOUSE, at=at, file_name=path.name)
    path.unlink()
    say("areas", len(written.areas), len(written.areas))
    root = areas.root(local_day(at))
    return {SUBDISTRICT: root} | _named(root, local_day(at))


def _named(root: AreaId, on: date) -> dict[str, AreaId]:
    found = {}
    for area in areas.children(root, on):
        found[area.name] = area.id
        if area.kind != AreaKind.GRID:
            found |= _named(area.id, on)
    return found


Made = Mapping[str, tuple[staff.Login, AccountId]]


def make_accounts(district: District, places: Mapping[str, AreaId], *, say: Say) -> Made:
    """Accounts, roles, and who answers for which grid, in one turn: all or none."""
    at = clock.now()
    posts = staff.posts(district)
    made: dict[str, tuple[staff.Login, AccountId]] = {}
    with quick_hashes(), ledger.turn(by=THE_HOUSE, at=at):
        for post in posts:
            made[post.account] = _make_account(post, places, at)
            say("accounts", len(made), len(posts))
    return made


@contextmanager
def quick_hashes() -> Iterator[None]:
    """Sixty bits by lot are not guessed, so their hash need not be slow: seconds instead of half a minute for all."""
    usual = Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024
    try:
        yield
    finally:
        Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = usual


def _make_account(post: staff.Post, places: Mapping[str, AreaId], at: datetime) -> tuple[staff.Login, AccountId]:
    area, password = places[post.area], staff.a_password()
    created = access.create_account(
        name=post.account,
        display_name=post.name,
        area=area,
        password=password,
        must_change=False,
        by=THE_HOUSE,
        at=at,
    )
    for role in post.roles:
        access.grant_role(account=created.account, role=role, area=area, by=THE_HOUSE, at=at)
    if post.answers_for:
        access.assign_grid(grid=places[post.answers_for], account=created.account, by=THE_HOUSE, at=at)
    return staff.Login(post.account, password, post.name, f"{post.roles[0]} {post.area}"), created.account


def _actor(made: Made, name: str) -> Actor:
    login, account = made[name]
    return Actor(account=account, name=login.name)


def open_sweep(*, area: AreaId, first: Actor, by: Actor, say: Say) -> None:
    """A drill incident that two people open, with its forms, and the sweep of everybody under it."""
    say("sweep", 0, 1)
    at = clock.now()
    wanted = IncidentDraft(INCIDENT_NAME, area, BASIS, PACK, ISSUER, ends_at=at + INCIDENT_LASTS, drill=True)
    proposed = posture.propose_opening(wanted=wanted, by=first, at=at)
    with ledger.turn(by=by, at=at):
        seen = in_force.difference_of_opening(wanted=wanted, at=at).mark
        incident = posture.confirm_opening(opening=proposed.id, seen=seen, by=by, at=at)
        (form, *_) = forms.publish_pack_forms(incident=incident.id, by=by, at=at)
        today = local_day(at)
        campaigns.open_campaign(
            name="入户排查(演练)",
            area=area,
            form=form.id,
            starts_on=today,
            ends_on=today + SWEEP_LASTS,
            incident=incident.id,
            by=by,
            at=at,
        )
    say("sweep", 1, 1)


def load_roster(path: Path, *, people: int, root: AreaId, by: Actor, say: Say) -> None:
    """The roster through the import that everybody uses: read, checked, published."""
    at = clock.now()
    say("reading", 0, people)
    imported = registry.begin_import(path=path, file_name=path.name, roots=[root], by=by, at=at)
    registry.read_import(import_id=imported, say=lambda rows: say("reading", rows, people))
    say("publishing", 0, people)
    registry.publish_import(import_id=imported, by=by, at=clock.now())
    say("publishing", people, people)
