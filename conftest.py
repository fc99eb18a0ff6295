"""How tests run here: on SQLite or PostgreSQL, in a data folder of their own, and with no way out to any network."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests import network, postgres  # noqa: E402

_CLOSERS: list[tempfile.TemporaryDirectory[str] | postgres.PrivateServer] = []
_NEEDS_A_DATABASE = {
    "db",
    "transactional_db",
    "django_db_setup",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db", choices=["sqlite", "postgres"], default="sqlite", help="which database the model tests run on"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Before Django is imported: the modern SQLite, the database asked for, a data folder that is thrown away."""
    if _only_hands_out_work(config):
        return
    network.close_the_way_out()
    _own_data_folder()
    if config.getoption("--db") == "postgres":
        server = postgres.start_for_this_run()
        _CLOSERS.append(server)
        os.environ["LIANFANG_DATABASE_URL"] = server.url
    else:
        os.environ.pop("LIANFANG_DATABASE_URL", None)
    _configure_django()


def _only_hands_out_work(config: pytest.Config) -> bool:
    """With `-n` the tests run in processes started by this one, each with a folder and a database of its own."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")


def pytest_unconfigure() -> None:
    for closer in reversed(_CLOSERS):
        closer.stop() if isinstance(closer, postgres.PrivateServer) else closer.cleanup()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--db')}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that touches a database is a model test, whoever wrote it and however it asked for the database."""
    for item in items:
        if _touches_a_database(item):
            item.add_marker(pytest.mark.model)
        _skip_where_it_says_nothing(item, config.getoption("--db"))


def _skip_where_it_says_nothing(item: pytest.Item, database: str) -> None:
    """`sqlite_only("…")` and `postgres_only("…")` say why a test is about one database and not the other."""
    for name in {"sqlite", "postgres"} - {database}:
        mark = item.get_closest_marker(f"{name}_only")
        if mark is not None:
            item.add_marker(pytest.mark.skip(reason=f"{name} only: {mark.args[0]}"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the whole project."""
    return ROOT


@pytest.fixture
def chosen_database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgres`: for a test that asks each of them in its own words."""
    return str(request.config.getoption("--db"))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """What one test's database held in memory is nothing to the next one."""
    yield
    from lianfang.foundation.plumbing import copies

    copies.forget_all()


def _touches_a_database(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    case = getattr(item, "cls", None)
    if case is not None and issubclass(case, TransactionTestCase):
        return True
    return item.get_closest_marker("django_db") is not None or bool(
        _NEEDS_A_DATABASE & set(getattr(item, "fixturenames", ()))
    )


def _own_data_folder() -> None:
    folder = tempfile.TemporaryDirectory(prefix="lianfang-tests-")
    _CLOSERS.append(folder)
    os.environ["LIANFANG_DATA"] = f"{folder.name}/data"
    os.environ["LIANFANG_KEYS"] = f"{folder.name}/keys"
    os.environ["LIANFANG_BACKUPS"] = f"{folder.name}/backups"
    os.environ["LIANFANG_VALIDATE_ANSWERS"] = "1"
    os.makedirs(os.environ["LIANFANG_DATA"])
    os.environ.pop("LIANFANG_DEMO", None)


def _empty_tables_as_their_owner() -> None:
    """On PostgreSQL tests run as the writer, who may not empty tables as Django does after tests that commit."""
    from django.core.management.commands import flush

    from lianfang.foundation.plumbing import walls

    handle = flush.Command.handle

    def handle_as_owner(self: flush.Command, **options: object) -> None:
        with walls.owner_at_work():
            handle(self, **options)

    flush.Command.handle = handle_as_owner  # type: ignore[method-assign]


def _configure_django() -> None:
    from lianfang.foundation.plumbing import sqlite

    sqlite.use_modern()
    os.environ["DJANGO_SETTINGS_MODULE"] = "lianfang.project.settings"
    from django.conf import settings

    _empty_tables_as_their_owner()
    assert settings.DATABASES  # reading one setting loads them all; pytest-django takes it from there

    from lianfang.foundation.plumbing.sealing import write_master_key

    write_master_key(settings.LIANFANG_MASTER_KEY_FILE)
