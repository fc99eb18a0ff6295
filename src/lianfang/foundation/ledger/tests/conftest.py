"""The ledger's tests live in a tiny town of their own.

Imports stand inside: this file is read before Django is set up.
"""

from collections.abc import Iterator

import pytest


@pytest.fixture
def tables_of_our_own(transactional_db: None) -> Iterator[None]:
    """For tests that really commit and make the town's tables themselves."""
    from lianfang.foundation.plumbing import walls

    with walls.owner_at_work():
        _new_tables("GRANT ALL ON {} TO")
        yield
        _new_tables("REVOKE ALL ON {} FROM")


def _new_tables(rights: str) -> None:
    """What this test makes is the writer's too, whose threads do not act as the owner."""
    from django.db import connection

    if connection.vendor == "postgresql":
        writer = f'"{connection.settings_dict["NAME"]}_writer"'
        with connection.cursor() as cursor:
            for things in ("TABLES", "SEQUENCES"):
                cursor.execute(f"ALTER DEFAULT PRIVILEGES {rights.format(things)} {writer}")


@pytest.fixture
def in_town(db: None) -> Iterator[None]:
    """Install the town, its tables and its keys; everything is rolled back after the test."""
    from django.db import connection

    from lianfang.foundation.kernel.keys import HELD_KEY, REGISTER_KEY
    from lianfang.foundation.ledger import actions
    from lianfang.foundation.ledger.tests import town
    from lianfang.foundation.plumbing import walls
    from lianfang.foundation.plumbing.sealing import keyring

    with walls.owner_at_work():  # the town's tables are its own, and some tests alter entries
        with connection.cursor() as cursor:
            for table in town.TABLES:
                cursor.execute(table)
        keyring.forget_opened()
        for name in (REGISTER_KEY, HELD_KEY):
            keyring.ensure(name, at=town.NOW)
        previous = actions.install(town.HOUSE)
        yield
        actions.install(previous)
    town.houses.clear()
    keyring.forget_opened()
