"""When an incident is forgotten the numbers stay, its people go, and neither a late phone nor an old copy brings them
back.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.conf import settings as django_settings
from django.db import connection

from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.ledger.models import HeldRecord, Refused
from lianfang.foundation.plumbing import backup, forgotten, walls
from lianfang.foundation.plumbing.models import DataKey
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.campaigns.models import Said, Task
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    ZHANG,
    a_campaign,
    a_household,
    a_visit,
    an_incident,
    fates,
    hand_in,
    tallies,
)
from lianfang.ground.posture import actions
from lianfang.ground.posture.terms import Certificate, Incident
from lianfang.ground.territory.tests import town
from lianfang.operations.screening.models import Answered, PackMeasure
from lianfang.operations.screening.tests.test_screening import WELL

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])

CANARY = "金丝雀甲"
LATER = NOW + timedelta(days=60)


@pytest.fixture(autouse=True)
def _town(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIANFANG_BACKUPS = tmp_path / "backups"
    keyring.forget_opened()
    town.load()
    yield
    keyring.forget_opened()
    for file in forgotten.folders()[1].glob("*"):
        file.unlink()


@pytest.fixture
def swept() -> tuple[Incident, CampaignRef]:
    """An incident with a campaign; three households visited, with a name in the answers."""
    incident = an_incident(drill=False)  # of a drill nothing is kept for any days
    homes = [a_household(), a_household("G1"), a_household("G2")]
    campaign = a_campaign(incident=incident)
    answers = WELL | {"fever_or_cough": True, "who_was_met": CANARY}
    hand_in([a_visit(campaign, home, people=4, answers=answers) for home in homes])
    return incident, campaign


def forget(incident: Incident) -> Certificate:
    proposal = actions.propose_forgetting(incident=incident.id, reason="保存期已满", by=ZHANG, at=LATER)
    return actions.forget_incident(proposal=proposal.id, by=LI, at=LATER)


def measures() -> list[tuple[Any, ...]]:
    return sorted(PackMeasure.objects.values_list("measure", "area_id", "day", "value"))


def test_it_takes_two_people_an_end_and_the_days_that_were_promised(swept: tuple[Incident, CampaignRef]) -> None:
    incident, _ = swept
    with pytest.raises(Problem, match=r"posture\.not_over_yet"):
        actions.propose_forgetting(incident=incident.id, reason="早了", by=ZHANG, at=NOW + timedelta(days=1))
    with pytest.raises(Problem, match=r"posture\.kept_until"):
        actions.propose_forgetting(incident=incident.id, reason="早了", by=ZHANG, at=NOW + timedelta(days=8))
    with pytest.raises(Problem, match=r"posture\.reason_missing"):
        actions.propose_forgetting(incident=incident.id, reason=" ", by=ZHANG, at=LATER)
    proposal = actions.propose_forgetting(incident=incident.id, reason="保存期已满", by=ZHANG, at=LATER)
    for alone in (ZHANG, Actor(name="lianfang")):
        with pytest.raises(Problem, match=r"posture\.second_forgetter_needed"):
            actions.forget_incident(proposal=proposal.id, by=alone, at=LATER)
    assert keyring.get(incident_key(incident.id)) is not None
    assert actions.forget_incident(proposal=proposal.id, by=LI, at=LATER).confirmed_by.account == LI.account
    with pytest.raises(Problem, match=r"posture\.forgotten_already"):
        actions.propose_forgetting(incident=incident.id, reason="再来", by=ZHANG, at=LATER)


def test_the_counts_stay_also_after_a_rebuild_and_the_chain_holds(swept: tuple[Incident, CampaignRef]) -> None:
    incident, _ = swept
    counts, answers = tallies(), measures()
    assert counts and answers
    forget(incident)
    assert (tallies(), measures()) == (counts, answers)
    assert ledger.rebuild_differs() == []
    assert (tallies(), measures()) == (counts, answers)
    assert entries.verify() == []


def test_the_people_go_from_every_table_and_no_body_opens_any_more(swept: tuple[Incident, CampaignRef]) -> None:
    incident, _ = swept
    assert Task.objects.count() == Said.objects.count() == Answered.objects.count() == 3
    forget(incident)
    assert not (Task.objects.exists() or Said.objects.exists() or Answered.objects.exists())
    visits = entries.entries_after(0, kinds=frozenset({"screening.household_visited.v1"}))
    assert [visit.body for visit in visits] == [None] * 3
    assert keyring.get(incident_key(incident.id)) is None


def test_another_incident_is_left_alone(swept: tuple[Incident, CampaignRef]) -> None:
    other = an_incident()
    campaign = a_campaign(incident=other)
    hand_in([a_visit(campaign, a_household(), people=2, answers=WELL)])
    forget(swept[0])
    assert Said.objects.get().campaign_id == campaign.id and Task.objects.filter(campaign_id=campaign.id).exists()
    assert ledger.rebuild_differs() == []


def test_the_certificate_says_what_went_what_stays_who_decided_and_where_the_chain_stood(
    swept: tuple[Incident, CampaignRef],
) -> None:
    incident, _ = swept
    found = forget(incident)
    assert (found.proposed_by.account, found.confirmed_by.account) == (ZHANG.account, LI.account)
    assert found.entries_gone == {"screening.household_visited.v1": 3}
    assert found.counts_kept["campaigns_tally.done"] == 3
    assert found.counts_kept["screening_measure.people_with_fever_or_cough"] == 12
    assert found.chain == entries.chain_at(found.position) and len(found.chain) == 64
    beside_copies, beside_key = forgotten.folders()
    written = (beside_copies / f"{incident.id}.json").read_bytes()
    assert msgspec.json.decode(written, type=Certificate) == found
    assert (beside_key / f"{incident.id}.json").read_bytes() == written
    papers = [(beside_copies / f"{incident.id}.{lang}.pdf").read_bytes() for lang in ("zh-Hans", "en")]
    assert all(paper.startswith(b"%PDF") for paper in papers)
    assert not any(CANARY.encode() in paper for paper in [written, *papers])


def test_a_phone_that_comes_too_late_is_told_so_and_nothing_of_it_is_kept(swept: tuple[Incident, CampaignRef]) -> None:
    incident, campaign = swept
    late = a_visit(campaign, a_household(), answers={"who_was_met": CANARY})
    forget(incident)
    reply = hand_in([late, a_visit(campaign, a_household())], at=LATER)
    assert [(r.fate, r.code) for r in reply.receipts] == [("refused", "ledger.forgotten")] * 2
    assert not (HeldRecord.objects.exists() or Refused.objects.exists())


def test_what_waited_or_was_refused_under_another_key_is_emptied(swept: tuple[Incident, CampaignRef]) -> None:
    incident, campaign = swept
    home = UUID(int=7)  # a household nobody has heard of: the visit waits for it
    waits = a_visit(campaign, home, answers={"who_was_met": CANARY})  # type: ignore[arg-type]
    broken = a_visit(campaign, a_household())
    broken["body"]["people"] = "viele"
    elsewhere = a_visit(a_campaign(), home)  # type: ignore[arg-type]
    assert fates(hand_in([waits, broken, elsewhere])) == ["held", "refused", "held"]
    assert forget(incident).waiting_gone == 2
    emptied = HeldRecord.objects.get(record_id=waits["id"])
    assert bytes(emptied.sealed) == b"" and emptied.settled_how == "forgotten"
    assert bytes(Refused.objects.get().sealed) == b""
    assert bytes(HeldRecord.objects.get(record_id=elsewhere["id"]).sealed) != b""
    assert fates(hand_in([waits], at=LATER)) == ["already_held"]


def test_no_file_of_the_house_holds_the_name_or_the_key_afterwards(swept: tuple[Incident, CampaignRef]) -> None:
    incident, _ = swept
    backup.make(at=NOW)
    row = DataKey.objects.get(name=incident_key(incident.id))
    wrapped, secret = bytes(row.wrapped), keyring.need(incident_key(incident.id)).secret
    assert in_files(wrapped)
    forget(incident)
    connection.close()  # nobody keeps the log before the file open
    for canary in (wrapped, secret, CANARY.encode()):
        assert not in_files(canary)
    assert all(wrapped is None for wrapped in (keys_in(copy.folder)[row.name] for copy in backup.copies()))


def in_files(canary: bytes) -> bool:
    """In the database's own files, in its log, in a copy, in whatever is written beside them?"""
    folders = [Path(django_settings.LIANFANG_DATA), Path(django_settings.LIANFANG_BACKUPS), forgotten.folders()[1]]
    if connection.vendor == "postgresql":
        with walls.owner_at_work(), connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            folders.append(Path(cursor.fetchone()[0]) / "base")
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    return any(canary in file.read_bytes() for file in files)


def keys_in(copy: Path) -> dict[str, str | None]:
    return {key["name"]: key["wrapped"] for key in msgspec.json.decode((copy / backup.KEYS).read_bytes())}


def test_a_copy_out_of_reach_still_has_the_key_and_is_not_let_in_with_it(
    swept: tuple[Incident, CampaignRef], tmp_path: Path
) -> None:
    """The list lies beside the master key too, without which no copy opens."""
    from lianfang.foundation.plumbing.tests.test_backup import restored

    incident, _ = swept
    drawer = backup.make(at=NOW).folder.rename(tmp_path / "a drawer")
    forget(incident)
    name = incident_key(incident.id)
    assert keys_in(drawer)[name] is not None
    with restored(backup.read(drawer), tmp_path / "elsewhere") as there:
        wrapped, destroyed_at = there.execute(
            f"SELECT wrapped, destroyed_at FROM plumbing_datakey WHERE name = '{name}'"
        ).fetchone()
    assert wrapped is None and destroyed_at is not None
