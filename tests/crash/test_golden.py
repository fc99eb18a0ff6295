"""A phone that lay in a drawer hands in its day: what the clients of every release sent is understood for ever (P7).

The sets, and how one is added at each release: tests/crash/golden/README.md.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries
from lianfang.foundation.ledger.models import Refused
from lianfang.foundation.plumbing import clock, copies
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access import contacts
from lianfang.screens.field.tests.phone import ask
from tests.crash.databases import on_postgresql  # noqa: F401 - a fixture
from tests.crash.golden import town
from tests.crash.golden.town import FOLDER, Expected, Sent, World

Say = Callable[..., None]
SETS = sorted(each for each in FOLDER.iterdir() if each.is_dir() and (each / "world.json").exists())
CLIENTS = ("web", "drill")


@pytest.fixture
def empty_server(transactional_db: None) -> Iterator[None]:
    """Nothing but a running writer."""
    copies.forget_all()
    keyring.forget_opened()
    ledger.writer.start()
    yield
    ledger.writer.stop()
    contacts.forget()
    copies.forget_all()
    keyring.forget_opened()


def handed_in(world: World, sent: list[Sent]) -> list[list[str]]:
    """Every request again, byte by byte, with a token of today; answers the fates."""
    worker = AccountId(world.worker)
    code = access.issue_enrolment(account=worker, by=THE_HOUSE, at=clock.now()).code
    token = access.enrol_device(device_name="旧手机", code=code, at=clock.now()).token
    answers = [ask("POST", each.path, body=each.text.encode(), token=token, headers=each.headers) for each in sent]
    assert {answer.status for answer in answers} == {200}
    return [[receipt["fate"] for receipt in answer.json()["receipts"]] for answer in answers]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_what_a_released_client_sent_is_stored_and_counted_as_on_that_day(
    empty_server: None, folder: Path, client: str, proof: Say
) -> None:
    world = town.read(folder, "world.json", World)
    expected = town.read(folder, "expected.json", dict[str, Expected])[client]
    sent = town.read(folder, f"{client}.json", list[Sent])
    town.make_again(world)
    with clock.stopped_at(world.now + timedelta(hours=3)):
        assert handed_in(world, sent) == expected.fates
        assert town.sums(world) == expected.sums
    proof("P7", f"recorded batches of {folder.name}, {client}", size=sum(map(len, expected.fates)), refused=0)
    assert queries.verify() == [] and ledger.rebuild_differs() == []


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_half_a_year_later_nothing_of_it_is_refused_for_being_old(
    empty_server: None, folder: Path, client: str
) -> None:
    world = town.read(folder, "world.json", World)
    town.make_again(world)
    with clock.stopped_at(world.now + timedelta(days=180)):
        fates = handed_in(world, town.read(folder, f"{client}.json", list[Sent]))
    assert set().union(*fates) <= {"stored", "already_held"}
    assert Refused.objects.count() == 0


def test_there_is_a_set_of_every_release() -> None:
    assert SETS, "record one: tests/crash/golden/README.md"


def test_on_postgresql_it_is_the_same(on_postgresql: Callable[[], int]) -> None:  # noqa: F811
    assert on_postgresql() == 0
