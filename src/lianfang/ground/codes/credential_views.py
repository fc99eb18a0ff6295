"""Credentials and keys as a desk sees them. Lists name nobody; one person's credentials are a look at them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, ResidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.ground.codes import models, queries
from lianfang.ground.codes.credential_terms import (
    LONGEST_TERM,
    CarriedBy,
    Carrier,
    CredentialState,
    KeyState,
)
from lianfang.ground.codes.permissions import Permission
from lianfang.ground.registry import queries as registry
from lianfang.ground.territory import queries as territory


class CredentialRow(msgspec.Struct, frozen=True):
    """That a credential was issued, for somebody of which grid, on what, and until when it lives. Not to whom."""

    id: UUID
    place: str
    carrier: Carrier
    carried_by: CarriedBy
    issued_at: datetime | None
    until: datetime
    revoked_at: datetime | None
    state: CredentialState


class KeyRow(msgspec.Struct, frozen=True):
    """A key that credentials are believed by. `believed_until`: the last of what it signed ends by then."""

    id: str
    signs_from: datetime
    signs_until: datetime
    believed_until: datetime
    withdrawn_at: datetime | None
    state: KeyState


class CredentialSlice(msgspec.Struct, frozen=True):
    """A page of credentials, and how many there are."""

    rows: list[CredentialRow]
    total: int


def credentials(
    *,
    viewer: Viewer,
    area: AreaId | None = None,
    state: CredentialState | None = None,
    page: int = 1,
    page_size: int = 50,
) -> CredentialSlice:
    """Those issued in one's areas, the latest first. It names nobody."""
    rows = queries.within(models.Credential.objects.order_by("-issued_at", "number"), Permission.ISSUE, area, viewer)
    found = _rows(rows, viewer)
    if state is not None:
        found = [row for row in found if row.state is state]
    return CredentialSlice(found[(page - 1) * page_size : page * page_size], len(found))


def credentials_of(resident: ResidentId, *, viewer: Viewer) -> list[CredentialRow]:
    """What one person was given; the look is noted."""
    place = registry.resident_place(resident, viewer=viewer, permission=Permission.ISSUE)
    queries.note_look("codes.credentials", [place.id], area=place.grid, viewer=viewer)
    hashes = queries.hashes_of(place.id)
    return _rows(models.Credential.objects.filter(person__in=hashes).order_by("-issued_at", "number"), viewer)


def one_credential(number: UUID, *, viewer: Viewer) -> CredentialRow:
    """One of them, by its number, for somebody whose permission was asked for already."""
    return _row(models.Credential.objects.get(number=number), viewer)


def keys(*, at: datetime) -> list[KeyRow]:
    """Every key there ever was, the latest first. All of it is public."""
    signing = models.IssuerKey.objects.filter(signs_from__lte=at, signs_until__gt=at, withdrawn_at=None)
    now = signing.order_by("-signs_from").values_list("id", flat=True).first()
    return [
        KeyRow(
            id=row.id,
            signs_from=row.signs_from,
            signs_until=row.signs_until,
            believed_until=row.withdrawn_at or row.signs_until + LONGEST_TERM,
            withdrawn_at=row.withdrawn_at,
            state=KeyState.SIGNING if row.id == now else _state_of_key(row, at),
        )
        for row in models.IssuerKey.objects.order_by("-signs_from", "id")
    ]


def _state_of(row: models.Credential, at: datetime) -> CredentialState:
    if row.revoked_at is not None and row.revoked_at <= at:
        return CredentialState.REVOKED
    return CredentialState.GOOD if at < row.until else CredentialState.ENDED


def _state_of_key(row: models.IssuerKey, at: datetime) -> KeyState:
    if row.withdrawn_at is not None:
        return KeyState.WITHDRAWN
    if at < row.signs_from:
        return KeyState.COMING
    return KeyState.BELIEVED if at < row.signs_until + LONGEST_TERM else KeyState.PAST


def _rows(rows: Iterable[models.Credential], viewer: Viewer) -> list[CredentialRow]:
    return [_row(row, viewer) for row in rows]


def _row(row: models.Credential, viewer: Viewer) -> CredentialRow:
    found = territory.find(AreaId(row.area_id), local_day(viewer.at))
    path: Sequence[str] = found.path[-2:] if found else ()
    return CredentialRow(
        id=row.number,
        place=" › ".join(path),
        carrier=Carrier(row.carrier),
        carried_by=CarriedBy(row.carried_by),
        issued_at=row.issued_at,
        until=row.until,
        revoked_at=row.revoked_at,
        state=_state_of(row, viewer.at),
    )
