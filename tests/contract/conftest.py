"""What the contract tests share. (Imports wait until Django is set up.)"""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The oracle's town, made once: every test asks in it and undoes what its questions did."""
    from django.db import connection, transaction

    from lianfang.foundation.plumbing import clock, copies
    from tests.contract.town_of_the_oracle import NOW, World

    with django_db_blocker.unblock(), clock.stopped_at(NOW):
        copies.forget_all()
        with transaction.atomic(using="plumbing"), transaction.atomic():
            world = World()
            # As if it were committed: what is kept in memory may be kept from here on.
            connection.run_on_commit = []
            copies.forget_all()
            yield world
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="plumbing")
    copies.forget_all()


@pytest.fixture
def world(town: Any, django_db_blocker: Any, settings: Any) -> Iterator[Any]:
    """See `town`."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the question is who may, not how well
    with django_db_blocker.unblock():
        yield town
