"""A town whose rows are really committed, and a running writer. (Imports wait until Django is set up.)"""

from collections.abc import Iterator

import pytest


@pytest.fixture
def town(transactional_db: None) -> Iterator[None]:
    """Areas, keys, and the ledger's writer in its own thread."""
    from lianfang.foundation.ledger import actions as ledger
    from lianfang.foundation.plumbing import copies
    from lianfang.foundation.plumbing.sealing import keyring
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town as areas

    copies.forget_all()
    keyring.forget_opened()
    areas.load()
    ledger.writer.start()
    yield
    ledger.writer.stop()
    contacts.forget()
    copies.forget_all()
    keyring.forget_opened()
