"""Names of data keys. What is sealed under a key can be read while the key lives, and never after."""

from functools import cache
from typing import NewType
from uuid import UUID

from lianfang.foundation.kernel.ids import IncidentId

KeyName = NewType("KeyName", str)

REGISTER_KEY = KeyName("register")  # the district's own: the register outlives every incident
HELD_KEY = KeyName("held")  # records kept but not yet understood or placed


@cache
def incident_key(incident: IncidentId) -> KeyName:
    """The key of what only this incident asks. It is destroyed when the incident is forgotten."""
    return KeyName(f"incident:{incident}")


def incident_of(key: KeyName) -> IncidentId | None:
    """Whose key it is; None for one that outlives every incident."""
    kind, _, id = key.partition(":")
    return IncidentId(UUID(id)) if kind == "incident" else None
