"""Copies: made while others write, true to what was acknowledged, and unable to bring back what was destroyed."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection, connections

from lianfang.foundation.kernel.keys import KeyName
from lianfang.foundation.kernel.moments import utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.models import Cursor
from lianfang.foundation.plumbing import backup, clock, recovery, sealing, walls
from lianfang.foundation.plumbing.sealing import keyring

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])

NOW = utc(2021, 12, 10, 18, 30)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Iterator[Path]:
    settings.LIANFANG_BACKUPS = tmp_path / "backups"
    settings.LIANFANG_MASTER_KEY_FILE = tmp_path / "keys" / "master.key"
    sealing.write_master_key(settings.LIANFANG_MASTER_KEY_FILE)
    keyring.forget_opened()
    backup.install([backup.Witness("notes", _notes, lambda seen: seen <= Cursor.objects.count())])
    yield tmp_path / "backups"
    keyring.forget_opened()
    from lianfang.project import wiring

    wiring.wire()


def _notes(database: Any) -> int:
    return database.execute("SELECT count(*) FROM ledger_cursor").fetchone()[0]


def write(n: int) -> None:
    """A row of any table of ours."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_cursor (name, position) VALUES (%s, %s)", [f"journey {n:06}", n])


def written(database: Any) -> list[int]:
    return [n for (n,) in database.execute("SELECT position FROM ledger_cursor ORDER BY position").fetchall()]


@contextmanager
def restored(copy: backup.Copy, elsewhere: Path) -> Iterator[Any]:
    """The copy where nothing was: an empty folder, or an empty database beside the one under test."""
    if connection.vendor == "postgresql":
        with empty_database():
            backup.restore(source=copy.folder, data=elsewhere)
            yield connection.connection
        return
    backup.restore(source=copy.folder, data=elsewhere)
    (path,) = (path for path in elsewhere.iterdir() if "lianfang" in path.name)
    with closing(sqlite3.connect(path)) as database:
        yield database


@contextmanager
def nothing_there() -> Iterator[None]:
    """Nothing may be left behind in it either."""
    if connection.vendor != "postgresql":
        yield
        return
    with empty_database():
        yield
        assert connection.introspection.table_names() == []


@contextmanager
def empty_database() -> Iterator[None]:
    """As long as it lasts every connection goes to a database in which nothing is."""
    ours = connection.settings_dict["NAME"]
    with walls.owner_at_work():  # roles are named after their database, and this one has none
        _run("CREATE DATABASE elsewhere TEMPLATE template0")
        _turn_to("elsewhere")
        try:
            yield
        finally:
            _turn_to(ours)
            _run("DROP DATABASE elsewhere WITH (FORCE)")


def _turn_to(database: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = database


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_copy_restored_elsewhere_holds_all_that_was_written_before_it(tmp_path):
    for n in range(50):
        write(n)
    with restored(backup.make(at=NOW), tmp_path / "elsewhere") as there:
        assert written(there) == list(range(50))


def test_while_it_is_made_others_go_on_writing_and_it_is_one_moment(tmp_path):
    """Each write is acknowledged before the next.

    A copy holds the first so many of them, and at least those known before it began.
    """
    stop, acknowledged, made = Event(), [], []

    def go_on_writing() -> None:
        n = 0
        while not stop.is_set():
            write(n)
            acknowledged.append(n)
            n += 1
        connections.close_all()

    writer = Thread(target=go_on_writing)
    writer.start()
    try:
        for turn in range(3):
            before = len(acknowledged)
            made.append((before, backup.make(at=NOW + timedelta(days=turn))))
    finally:
        stop.set()
        writer.join()
    assert len(acknowledged) > 5
    for before, copy in made:
        with restored(copy, tmp_path / f"elsewhere-{before}") as there:
            found = written(there)
        assert found == list(range(len(found))) and len(found) >= before


def test_the_newest_copy_is_known_with_its_age_and_size(folder):
    assert backup.last_backup() is None
    backup.make(at=NOW)
    made = backup.make(at=NOW + timedelta(days=1))
    assert backup.last_backup() == made
    assert made.manifest.made_at == NOW + timedelta(days=1) and made.bytes > 0


def test_a_copy_that_was_broken_off_is_no_copy(folder):
    made = backup.make(at=NOW)
    (made.folder / backup.MANIFEST).unlink()
    assert backup.last_backup() is None
    with pytest.raises(Problem, match=r"backup\.not_a_copy"):
        backup.read(made.folder)


def test_a_damaged_copy_is_refused_and_leaves_nothing_behind(tmp_path):
    write(1)
    made = backup.make(at=NOW)
    (database,) = (path for path in made.folder.iterdir() if "lianfang" in path.name)
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2)
        file.write(b"torn" * 16)
    with nothing_there(), pytest.raises(Problem, match=r"backup\.copy_damaged"):
        backup.restore(source=made.folder, data=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_a_table_that_lacks_a_row_is_refused_and_leaves_nothing_behind(chosen_database, tmp_path):
    """Also when somebody has made file and manifest fit each other again."""
    write(1)
    made = backup.make(at=NOW)
    manifest = (made.folder / backup.MANIFEST).read_text()
    assert '"notes": 1' in manifest
    (made.folder / backup.MANIFEST).write_text(manifest.replace('"notes": 1', '"notes": 2'))
    with nothing_there(), pytest.raises(Problem, match=r"backup\.copy_differs"):
        backup.restore(source=made.folder, data=tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_data_that_is_there_is_never_overwritten(tmp_path):
    made = backup.make(at=NOW)
    with restored(made, tmp_path / "elsewhere"), pytest.raises(Problem, match=r"backup\.data(base)?_in_the_way"):
        backup.restore(source=made.folder, data=tmp_path / "elsewhere")


def test_neither_master_key_nor_data_keys_stand_in_the_copied_databases(settings):
    name = KeyName("incident:test")
    secret = keyring.ensure(name, at=NOW).secret
    wrapped = _wrapped(name)
    made = backup.make(at=NOW)
    master = Path(settings.LIANFANG_MASTER_KEY_FILE).read_bytes().strip()
    everything = contents(made.folder)
    assert len(everything) >= 3
    assert not any(master in content or bytes.fromhex(master.decode()) in content for content in everything.values())
    assert not any(secret in content for content in everything.values())
    assert not any(wrapped in content for content in everything.values())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, and what is packed in it; the keys' own file aside."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    for path in folder.glob("*.zip"):
        with ZipFile(path) as archive:
            found |= {name: archive.read(name) for name in archive.namelist()}
    return found


def _wrapped(name: KeyName) -> bytes:
    from lianfang.foundation.plumbing.models import DataKey

    return bytes(DataKey.objects.get(name=name).wrapped)


def test_what_was_sealed_can_be_opened_from_a_restored_copy(tmp_path):
    name = KeyName("incident:kept")
    sealed = keyring.ensure(name, at=NOW).seal(b"36.8", about=b"test")
    with restored(backup.make(at=NOW), tmp_path / "elsewhere") as there:
        wrapped, destroyed_at = there.execute(
            f"SELECT wrapped, destroyed_at FROM plumbing_datakey WHERE name = '{name}'"
        ).fetchone()
    assert destroyed_at is None
    assert sealing.DataKey(keyring._unwrap(name, bytes(wrapped))).open(sealed, about=b"test") == b"36.8"


def test_a_destroyed_key_does_not_come_back_with_an_older_copy(tmp_path):
    name = KeyName("incident:over")
    keyring.ensure(name, at=NOW)
    made = backup.make(at=NOW)
    keyring.destroy(name, at=clock.now())
    assert backup.forget_key(name) == 1
    with restored(made, tmp_path / "elsewhere") as there:
        assert there.execute(f"SELECT wrapped FROM plumbing_datakey WHERE name = '{name}'").fetchone() == (None,)
    assert backup.forget_key(name) == 0


def test_old_copies_go_and_one_a_day_then_one_a_week_stays():
    nights = [NOW - timedelta(days=n) for n in range(60)]
    gone = backup.superseded(nights, now=NOW)
    kept = [at for at in nights if at not in gone]
    assert kept[:7] == nights[:7]
    assert 3 <= len(kept) - 7 <= 5
    assert max((NOW - at).days for at in kept) < 7 + 28


def test_two_copies_of_one_day_are_one_too_many_and_the_newest_stays_however_old():
    morning, evening = utc(2021, 12, 10, 1), utc(2021, 12, 10, 9)
    assert backup.superseded([morning, evening], now=evening) == [morning]
    assert backup.superseded([morning], now=morning + timedelta(days=400)) == []


def test_a_copy_is_for_its_owner_only(folder):
    made = backup.make(at=NOW)
    assert made.folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.folder.iterdir())


def test_without_room_it_is_said_and_nothing_is_begun(folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 100, 0))
    with pytest.raises(Problem, match=r"backup\.no_room"):
        backup.make(at=NOW)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("beside", ["LIANFANG_DATA", "LIANFANG_BACKUPS"])
def test_the_master_key_is_never_made_where_data_or_copies_lie(settings, tmp_path, beside):
    setattr(settings, beside, tmp_path / "carried away")
    with pytest.raises(Problem, match=r"sealing\.key_beside_data"):
        sealing.write_master_key(tmp_path / "carried away" / "keys" / "master.key")
    assert not (tmp_path / "carried away").exists()


def test_four_words_tell_which_sheet_of_which_set_it_is():
    sheets, others = recovery.shares_of(bytes(32)), recovery.shares_of(bytes(32))
    said = [recovery.opening_of(" ".join(sheet.split()[:4])) for sheet in sheets]
    assert [one.member for one in said] == [1, 2, 3]
    assert {one.set for one in said} == {recovery.set_of(sheets)}
    assert recovery.set_of(sheets) != recovery.set_of(others)


@pytest.mark.parametrize("typed", ["  {0} {1}\t{2}  {3}\n", "{0},{1},{2},{3}", "1. {0} 2. {1} 3. {2} 4. {3}"])
def test_four_words_are_read_however_they_are_typed(typed):
    sheet = recovery.shares_of(bytes(32))[1]
    words = sheet.split()[:4]
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in typed.format(*words))
    for one in (typed.format(*words), typed.format(*words).upper(), wide):
        assert recovery.opening_of(one) == recovery.opening_of(" ".join(words))


def test_more_or_fewer_words_are_sent_back_and_none_of_them_is_repeated():
    words = recovery.shares_of(bytes(32))[0].split()
    for wrong in ("", "四个词", " ".join(words[:3]), " ".join(words[:5]), " ".join(words)):
        with pytest.raises(Problem, match=r"recovery\.four_words") as problem:
            recovery.opening_of(wrong)
        assert problem.value.details == {"words": 4}
    with pytest.raises(Problem, match=r"recovery\.unknown_word") as problem:
        recovery.opening_of(f"{words[0]} {words[1]} lianfang {words[3]}")
    assert problem.value.details == {"place": 3}


def test_any_two_of_three_shares_bring_the_master_key_back_and_one_does_not(settings, tmp_path):
    secret = sealing.read_master_key(Path(settings.LIANFANG_MASTER_KEY_FILE))
    one, two, three = recovery.shares_of(secret)
    assert recovery.secret_of([one, three]) == recovery.secret_of([two, f"  {three.upper()} "]) == secret
    with pytest.raises(Problem, match=r"recovery\.shares_do_not_fit"):
        recovery.secret_of([one])
    with pytest.raises(Problem, match=r"recovery\.shares_do_not_fit"):
        recovery.secret_of([one, recovery.shares_of(secret)[1]])
    recovery.write_back([one, two], tmp_path / "again.key")
    assert sealing.read_master_key(tmp_path / "again.key") == secret
    with pytest.raises(Problem, match=r"recovery\.key_is_there"):
        recovery.write_back([one, two], tmp_path / "again.key")
