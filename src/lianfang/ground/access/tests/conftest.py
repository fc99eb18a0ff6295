"""Every test of access begins in the same small town, remembering nothing. (Imports wait until Django is set up.)"""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 takes a tenth of a second on purpose; the one test about it puts it back."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def in_town(db: None) -> Iterator[None]:
    """A loaded tree of areas."""
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town

    town.load()
    yield
    contacts.forget()


@pytest.fixture
def in_lasting_town(transactional_db: None) -> Iterator[None]:
    """The same, committed for good, so that other threads see it."""
    from lianfang.foundation.plumbing import copies
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town

    copies.forget_all()
    town.load()
    yield
    contacts.forget()
    copies.forget_all()
