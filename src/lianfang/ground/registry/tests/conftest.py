"""Every test of the register begins in the same small town. (Imports wait until Django is set up.)"""

from collections.abc import Iterator

import pytest


@pytest.fixture
def in_town(db: None) -> Iterator[None]:
    """A loaded tree of areas and an empty register."""
    from lianfang.foundation.plumbing.sealing import keyring
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town

    keyring.forget_opened()
    town.load()
    yield
    contacts.forget()
    keyring.forget_opened()
