"""What older numbers say is read once, without folding the register anew."""

from pathlib import Path

import pytest
from django.core.management import call_command

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import numbers, upkeep
from lianfang.ground.registry.models import Edit, Resident
from lianfang.ground.registry.quality import Flaw
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.files import a_number, row
from lianfang.ground.registry.tests.homes import changed, fates, hand_in
from lianfang.project import wiring

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]


def as_before(folder: Path) -> None:
    """Two people with numbers, one of them corrected since, on a register that never asked what numbers say."""
    people = [row(f"张{n}", ("1幢", "1单元", n), 证件号码=a_number()) for n in "三四五"]
    files.publish(files.workbook(folder / "a.xlsx", people))
    one = Resident.objects.get(name="张三")
    otherwise = {"change": "field", "resident": one.id, "field": "born_on", "base_version": 0, "value": "1971-01-01"}
    other = {"change": "field", "resident": one.id, "field": "id_number", "base_version": 0, "value": a_number()}
    records = [changed(household=one.household_id, **said) for said in (otherwise, other)]
    assert fates(hand_in(*records)) == ["stored", "stored"]
    Resident.objects.update(id_says=None)
    Edit.objects.update(says=None)


def told(flaw: Flaw) -> int:
    return upkeep.flaw_summary(viewer=viewer(hire(f"officer {flaw}", Role.COMMUNITY_OFFICER))).total.get(flaw, 0)


def test_afterwards_the_register_says_of_them_what_a_rebuild_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "AT_A_TIME", 2)
    as_before(tmp_path)
    assert told(Flaw.BIRTHDAY_DIFFERS) == 0
    assert numbers.read_numbers() == 3 + 2  # three people; of the corrected one both words are kept
    assert ledger.rebuild_differs() == []
    assert Resident.objects.filter(id_says=None).count() == 0
    assert numbers.read_numbers() == 0, "once is enough"


def test_an_upgrade_does_it_and_so_does_a_command(tmp_path: Path) -> None:
    as_before(tmp_path)
    for step in wiring.exported("jobs", "ON_UPGRADE"):
        step()
    assert Resident.objects.filter(id_says=None).count() == 0
    Resident.objects.update(id_says=None)
    call_command("read_numbers")
    assert Resident.objects.filter(id_says=None).count() == 0
