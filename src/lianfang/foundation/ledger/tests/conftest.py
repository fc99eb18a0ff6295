"""The ledger's tests live in a tiny town of their own."""

from collections.abc import Iterator

import pytest
from django.db import connection

from lianfang.foundation.kernel.keys import HELD_KEY, REGISTER_KEY
from lianfang.foundation.ledger import actions
from lianfang.foundation.ledger.tests import town
from lianfang.foundation.plumbing.sealing import keyring


@pytest.fixture
def in_town(db: None) -> Iterator[None]:
    """Install the town, with one known household per call of `a_house`."""
    with connection.cursor() as cursor:
        for table in town.TABLES:
            cursor.execute(table)
    keyring.forget_opened()
    keyring.ensure(REGISTER_KEY, at=town.NOW)
    keyring.ensure(HELD_KEY, at=town.NOW)
    previous = actions.install(town.HOUSE)
    yield
    actions.install(previous)
    town.houses.clear()
    keyring.forget_opened()
