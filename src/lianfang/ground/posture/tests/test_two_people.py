"""An incident is opened, renewed and ended by two people who have both seen what it changes; then it ends by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.ground.posture import actions, jobs, queries
from lianfang.ground.posture.models import Opening as OpeningTable
from lianfang.ground.posture.terms import Change, IncidentDraft, Opening, Part, Step
from lianfang.ground.posture.tests.builders import LI, ZHANG
from lianfang.ground.posture.tests.office import Clerk, opened_by_two
from lianfang.ground.posture.tests.test_posture import new, opened
from lianfang.ground.posture.tests.test_rules import refused
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def wanted(**changes: Any) -> IncidentDraft:
    plain = {
        "name": "莘塍街道入户排查",
        "area": id_of("S"),
        "basis": "public_health_emergencies",
        "pack": "household_sweep",
        "issuer": "莘塍街道办事处",
        "ends_at": NOW + WEEK,
    }
    return IncidentDraft(**(plain | changes))


def proposed(**changes: Any) -> Opening:
    return actions.propose_opening(wanted=wanted(**changes), by=Actor(ZHANG), at=NOW)


def mark_of(opening: Opening, at: Any = NOW) -> str:
    return queries.difference_of_opening(wanted=opening.wanted, at=at).mark


# --- opening ---------------------------------------------------------------------------------------------------------


def test_before_it_opens_one_sees_what_is_asked_how_long_it_is_kept_and_who_looks() -> None:
    lines = queries.difference_of_opening(wanted=wanted(), at=NOW).lines
    form = next(line for line in lines if line.part is Part.COLLECTED)
    assert (form.code, form.change, form.days) == ("household_sweep", Change.BEGINS, 30)
    assert {"health", "travel", "contact"} <= set(form.about) and "register" not in form.about
    by_name = next(line for line in lines if line.code == "screening.call_roll")
    assert by_name.about == ("grid_worker", "grid_lead")
    assert [line.code for line in lines if line.part is Part.GATE] == ["gate.travel_code"]
    assert [line.code for line in lines if line.part is Part.POLICY] == ["sweep.revisit"]
    assert [line.code for line in lines if line.part is Part.REMAINS] == ["counts", "decisions", "register"]
    assert next(line for line in lines if line.part is Part.DESTROYED).days == 30


def test_a_typhoon_asks_at_no_gate_and_begins_its_campaign() -> None:
    lines = queries.difference_of_opening(wanted=wanted(pack="typhoon_evacuation"), at=NOW).lines
    assert [line.code for line in lines if line.part is Part.GATE] == []
    campaign = next(line for line in lines if line.part is Part.CAMPAIGN)
    assert (campaign.code, campaign.days, campaign.change) == ("evacuation", 3, Change.BEGINS)


def test_nothing_begins_before_a_second_person_who_has_looked_agrees() -> None:
    opening = proposed()
    assert queries.incidents() == [] and queries.in_force(area=id_of("G1"), at=NOW).incident is None
    with refused("posture.second_person_needed"):
        actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(ZHANG), at=NOW)
    with refused("posture.look_again"):
        actions.confirm_opening(opening=opening.id, seen="something else", by=Actor(LI), at=NOW)
    incident = actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW)
    assert queries.in_force(area=id_of("G1"), at=NOW).incident == incident
    assert (incident.opened_by, queries.opening(id=opening.id).incident) == (LI, incident.id)


def test_of_two_who_sign_at_once_one_opens_it() -> None:
    opening = proposed()
    mark = mark_of(opening)
    actions.confirm_opening(opening=opening.id, seen=mark, by=Actor(LI), at=NOW)
    with refused("posture.opening_lapsed"):
        actions.confirm_opening(opening=opening.id, seen=mark, by=Actor(LI), at=NOW)
    assert len(queries.incidents()) == 1


def test_the_database_itself_refuses_one_person_as_two() -> None:
    opening = proposed()
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningTable.objects.filter(id=opening.id).update(confirmed_by=ZHANG)


def test_another_incident_on_the_same_ground_meanwhile_is_shown_before_one_signs() -> None:
    opening = proposed()
    before = mark_of(opening)
    other = opened(area=id_of("C1"), name="下面社区的", drill=False)
    with refused("posture.look_again"):
        actions.confirm_opening(opening=opening.id, seen=before, by=Actor(LI), at=NOW)
    now = queries.difference_of_opening(wanted=opening.wanted, at=NOW)
    beside = next(line for line in now.lines if line.part is Part.BESIDE)
    assert (beside.code, beside.until) == (str(other.id), other.ends_at)
    actions.confirm_opening(opening=opening.id, seen=now.mark, by=Actor(LI), at=NOW)
    assert len(queries.in_force(area=id_of("G1"), at=NOW).incidents) == 2


def test_what_nobody_signs_within_a_day_opens_nothing() -> None:
    opening = proposed()
    assert [one.id for one in queries.openings(at=NOW + DAY - timedelta(seconds=1))] == [opening.id]
    assert queries.openings(at=NOW + DAY) == []
    with refused("posture.opening_lapsed"):
        actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW + DAY)


def test_whoever_proposed_it_takes_it_back_and_nobody_else() -> None:
    opening = proposed()
    with refused("posture.not_yours_to_withdraw"):
        actions.withdraw_opening(opening=opening.id, by=Actor(LI), at=NOW)
    actions.withdraw_opening(opening=opening.id, by=Actor(ZHANG), at=NOW)
    assert queries.openings(at=NOW) == []
    with refused("posture.opening_lapsed"):
        actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ends_at": NOW - DAY}, "posture.ends_before_it_starts"),
        ({"ends_at": NOW + 31 * DAY}, "posture.longer_than_30_days"),
        ({"pack": "nothing"}, "posture.pack_unknown"),
        ({"starts_at": NOW - DAY}, "posture.starts_in_the_past"),
    ],
)
def test_what_could_not_be_opened_is_not_even_proposed(changes: dict[str, Any], code: str) -> None:
    with refused(code):
        proposed(**changes)
    assert queries.openings(at=NOW) == []


# --- renewing and closing --------------------------------------------------------------------------------------------


def test_a_renewal_taken_back_or_left_unsigned_prolongs_nothing() -> None:
    incident = opened()
    first = actions.propose_renewal(incident=incident.id, ends_at=NOW + 2 * WEEK, reason="x", by=Actor(ZHANG), at=NOW)
    with refused("posture.not_yours_to_withdraw"):
        actions.withdraw(proposal=first.id, by=Actor(LI), at=NOW)
    actions.withdraw(proposal=first.id, by=Actor(ZHANG), at=NOW)
    assert queries.open_proposals(incidents=[incident.id]) == {}
    second = actions.propose_renewal(incident=incident.id, ends_at=NOW + 2 * WEEK, reason="x", by=Actor(ZHANG), at=NOW)
    assert queries.in_force(area=id_of("G1"), at=NOW + WEEK).incident is None
    with refused("posture.incident_not_open"):
        actions.renew_incident(proposal=second.id, seen=None, by=Actor(LI), at=NOW + WEEK)


def test_a_renewal_is_shown_again_when_something_changed_since() -> None:
    incident = opened()
    waits = actions.propose_renewal(incident=incident.id, ends_at=NOW + 2 * WEEK, reason="x", by=Actor(ZHANG), at=NOW)
    mark = queries.difference_of(incident=incident, step=Step.RENEWING, at=NOW, ends_at=waits.ends_at).mark
    opened(area=id_of("C1"), name="旁边又有一起")
    with refused("posture.look_again"):
        actions.renew_incident(proposal=waits.id, seen=mark, by=Actor(LI), at=NOW)
    assert queries.incident(id=incident.id).ends_at == NOW + WEEK


def test_ending_it_early_takes_two_who_have_seen_what_stops() -> None:
    incident = opened()
    waits = actions.propose_closing(incident=incident.id, reason="警报解除", by=Actor(ZHANG), at=NOW)
    now = queries.difference_of(incident=incident, step=Step.CLOSING, at=NOW)
    assert {line.part for line in now.lines if line.change is Change.ENDS} >= {Part.GATE, Part.SEEN, Part.POLICY}
    with refused("posture.second_person_needed"):
        actions.confirm_closing(closing=waits.id, seen=now.mark, by=Actor(ZHANG), at=NOW)
    closed = actions.confirm_closing(closing=waits.id, seen=now.mark, by=Actor(LI), at=NOW + timedelta(hours=1))
    assert closed.closed_at == NOW + timedelta(hours=1)
    with refused("posture.proposal_unknown"):
        actions.confirm_closing(closing=waits.id, seen=now.mark, by=Actor(LI), at=NOW + timedelta(hours=1))


# --- the end ---------------------------------------------------------------------------------------------------------


def test_its_end_is_written_down_once_however_long_the_server_slept() -> None:
    incident = opened(drill=False)
    with clock.stopped_at(NOW + 2 * DAY):
        jobs.write_ends()
    assert not queries.incident(id=incident.id).end_written
    for _ in range(2):
        with clock.stopped_at(NOW + 90 * DAY):
            jobs.write_ends()
    assert queries.incident(id=incident.id).end_written
    assert actions.write_ends(at=NOW + 91 * DAY) == 0
    assert ledger.rebuild_differs() == []


def test_a_rebuild_gives_the_same_tables() -> None:
    opening = proposed(drill=True)
    proposed(name="还等着的")
    taken_back = proposed(name="撤回的")
    actions.withdraw_opening(opening=taken_back.id, by=Actor(ZHANG), at=NOW)
    incident = actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW)
    actions.propose_closing(incident=incident.id, reason="x", by=Actor(ZHANG), at=NOW)
    actions.write_ends(at=NOW + WEEK)
    assert ledger.rebuild_differs() == []


# --- exercises -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
def test_an_exercise_opened_by_two_forgets_by_itself_at_its_end(settings: Any, tmp_path: Any) -> None:
    settings.LIANFANG_BACKUPS = tmp_path / "backups"
    opening = proposed(drill=True)
    kept = next(line for line in opening.shown if line.part is Part.DESTROYED)
    assert kept.days == 0
    incident = actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW)
    assert actions.wipe_drills(at=NOW + WEEK - timedelta(seconds=1)) == []
    (proof,) = actions.wipe_drills(at=NOW + WEEK)
    assert (proof.by_itself, proof.proposed_by.account, proof.confirmed_by.account) == (True, ZHANG, LI)
    assert queries.incident(id=incident.id).forgotten_at == NOW + WEEK
    assert actions.wipe_drills(at=NOW + WEEK) == []
    assert ledger.rebuild_differs() == []


def test_the_real_thing_is_never_wiped_by_itself() -> None:
    opening = proposed()
    actions.confirm_opening(opening=opening.id, seen=mark_of(opening), by=Actor(LI), at=NOW)
    assert actions.wipe_drills(at=NOW + 90 * DAY) == []


# --- as a desk sends it ----------------------------------------------------------------------------------------------


def test_two_leaders_open_renew_and_end_it_at_their_desks() -> None:
    chief, deputy = (Clerk(name, Role.COMMAND) for name in ("chief", "deputy"))
    assert chief.post("incidents/difference", new())[1]["lines"]
    status, asked = chief.post("incidents", new(reason="每月演练"))
    assert (status, asked["proposed_by_me"], asked["waits"], asked["incident"]) == (201, True, True, None)
    assert [row["id"] for row in deputy.get("incidents/openings")[1]] == [asked["id"]]
    path = f"incidents/openings/{asked['id']}"
    _, shown = deputy.get(path)
    assert shown["moved"] == {"came": [], "went": []} and not shown["opening"]["proposed_by_me"]
    assert chief.post(f"{path}/confirm", {"seen": shown["now"]["mark"]})[1]["code"] == "posture.second_person_needed"
    assert deputy.post(f"{path}/confirm", {"seen": "old"})[1]["code"] == "posture.look_again"
    status, done = deputy.post(f"{path}/confirm", {"seen": shown["now"]["mark"]})
    assert status == 201 and done["incident"] and not done["waits"]
    assert deputy.get("incidents/openings")[1] == []

    path = f"incidents/{done['incident']}"
    until = {"ends_at": (NOW + 2 * WEEK).isoformat(), "reason": "还有病例"}
    _, waiting = chief.post(f"{path}/renew", until)
    sign = {"proposal": waiting["renewal"]["id"]}
    assert deputy.post(f"{path}/renew", sign)[1]["code"] == "posture.look_again"
    mark = deputy.get(f"{path}/difference?step=renewing")[1]["now"]["mark"]
    assert chief.post(f"{path}/renew", sign | {"seen": mark})[1]["code"] == "posture.second_person_needed"
    assert deputy.post(f"{path}/renew", sign | {"seen": mark})[1]["days_left"] == 14

    _, waiting = chief.post(f"{path}/close", {"reason": "演练结束"})
    assert waiting["state"] == "open" and waiting["closing"]["proposed_by_me"]
    assert deputy.post(f"{path}/withdraw", {"proposal": waiting["closing"]["id"]})[0] == 409
    shown = deputy.get(f"{path}/difference?step=closing")[1]
    ended = {"proposal": waiting["closing"]["id"], "seen": shown["now"]["mark"]}
    assert deputy.post(f"{path}/close", ended)[1]["state"] == "closed"


def test_nobody_next_door_sees_or_signs_what_waits_here() -> None:
    here, there = Clerk("here", Role.COMMAND, area="C1"), Clerk("there", Role.COMMAND, area="C2")
    _, asked = here.post("incidents", new())
    assert there.get("incidents/openings")[1] == []
    assert there.get(f"incidents/openings/{asked['id']}")[0] == 404
    assert there.post(f"incidents/openings/{asked['id']}/confirm", {"seen": "x"})[0] == 404
    assert there.post("incidents/difference", new())[0] == 404


def test_a_standing_incident_says_what_stands_because_of_it() -> None:
    row = opened_by_two(Clerk("one", Role.COMMAND), Clerk("two", Role.COMMAND), new())
    worker = Clerk("worker", Role.GRID_WORKER, area="G1")
    status, shown = worker.get(f"incidents/{row['id']}/difference")
    assert status == 200 and shown["now"]["drill"] and shown["moved"] is None
    assert {line["change"] for line in shown["now"]["lines"]} >= {"goes_on"}


def test_the_house_proposes_nothing() -> None:
    with refused("posture.second_person_needed"):
        actions.propose_opening(wanted=wanted(), by=THE_HOUSE, at=NOW)
    assert queries.openings(at=NOW) == []
