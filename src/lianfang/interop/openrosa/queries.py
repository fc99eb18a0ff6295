"""What an OpenRosa client may ask for: who it is, which forms there are, the doors of its grids."""

import csv
import hashlib
import io
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.core.cache import cache

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, DeviceId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.access import queries as access
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignDocument
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.interop.openrosa import models, xform
from lianfang.interop.openrosa.terms import InexpressibleError, LoginOf

log = logging.getLogger(__name__)
_CARRY = "field.carry"
_MOST_GRIDS, _MOST_DOORS = 12, 5_000
_MOST_WRONG, _WRONG_FOR = 10, 15 * 60
_KNOWN_FOR = 10 * 60


def login(name: str, password: str) -> LoginOf:
    """Whose user name and password these are; `openrosa.not_known` (401). Ten wrong ones in a quarter of an hour, and
    the name is shut for the rest of it: `access.locked_out` (429).

    Hashing takes 100 MB for a tenth of a second, so a password that was right is known for ten minutes, by its digest.
    """
    wrong, right = f"openrosa-wrong/{_digest(name)}", f"openrosa-right/{_digest(name, password)}"
    if cache.get(wrong, 0) >= _MOST_WRONG:
        raise Problem("access.locked_out", status=429)
    row = models.Login.objects.filter(name=name[:40]).first()
    known = row is not None and cache.get(right) == row.encoded
    if row is None or not (known or check_password(password, row.encoded)):
        cache.add(wrong, 0, _WRONG_FOR)
        cache.incr(wrong)
        raise Problem("openrosa.not_known", status=401)
    cache.set(right, row.encoded, _KNOWN_FOR)
    return LoginOf(DeviceId(row.device_id), AccountId(row.account_id))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def viewer_of(found: LoginOf, at: datetime) -> Viewer:
    """Who looks through this device; `access.device_revoked` (401) when it was withdrawn."""
    viewer = None if access.is_revoked(found.device) else access.viewer_of(found.account, at, device=found.device)
    if viewer is None:
        raise Problem("access.device_revoked", status=401)
    return viewer


def sender_of(found: LoginOf, at: datetime) -> Sender:
    """The device as the ledger knows it, with the areas in which it may record."""
    return access.standing(Sender(found.account, found.device, frozenset(), as_of=-1), at)


class Offered(NamedTuple):
    """A campaign's form as it is offered."""

    campaign: CampaignDocument
    id: str
    xml: bytes

    @property
    def hash(self) -> str:
        """Of the form, as the specification writes it."""
        return f"md5:{hashlib.md5(self.xml, usedforsecurity=False).hexdigest()}"


def offered(viewer: Viewer) -> list[Offered]:
    """The forms of the campaigns that run in the viewer's grids, as far as they can be said in XPath."""
    running = campaigns.open_campaigns(areas=_grids(viewer), at=viewer.at)
    found = [_offer(each) for each in running if each.of is TargetKind.HOUSEHOLDS]  # its list is one of homes
    return [each for each in found if each is not None]


def offer(viewer: Viewer, campaign: CampaignId) -> Offered:
    """One of them; `access.not_found` (404) when it is none of these."""
    found = next((each for each in offered(viewer) if each.campaign.id == campaign), None)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def _offer(campaign: CampaignDocument) -> Offered | None:
    key = (campaign.id, campaign.form.id)
    if key not in _xml:  # a campaign's form never changes; None: it cannot be said
        _xml[key] = _written(campaign)
    xml = _xml[key]
    return Offered(campaign, form_id(campaign.id), xml) if xml else None


_xml: dict[tuple[CampaignId, UUID], bytes | None] = {}


def form_id(campaign: CampaignId) -> str:
    """What OpenRosa calls the form of a campaign."""
    return f"lianfang_{campaign.hex}"


def _written(campaign: CampaignDocument) -> bytes | None:
    title = f"【演练】{campaign.name}" if campaign.drill else campaign.name
    try:
        return xform.written(campaign.form, id=form_id(campaign.id), title=title)
    except InexpressibleError as error:
        log.warning("a form is not offered over OpenRosa", extra={"form": str(campaign.form.id), "what": error.what})
        return None


def _grids(viewer: Viewer) -> list[AreaId]:
    viewer.require(_CARRY)
    on = local_day(viewer.at)
    grids = {grid.id for root in viewer.roots(_CARRY) for grid in territory.grids_under(root, on)}
    if len(grids) > _MOST_GRIDS:
        raise Problem("field.slice_too_large", status=403, grids=len(grids), most=_MOST_GRIDS)
    return sorted(grids)


def doors(viewer: Viewer) -> bytes:
    """The doors of the viewer's grids as csv: id and address, no name. Downloading is written down as a look."""
    grids = _grids(viewer)
    found, after, more = [], 0, True
    while more:
        page = registry.household_documents(grids, after, _MOST_DOORS, viewer)
        found += page.households
        after, more = page.position, page.more
    target = io.StringIO()
    write = csv.writer(target, lineterminator="\n")
    write.writerow(("name", "label"))
    names = {grid: territory.area(grid).name for grid in grids}
    rows: Sequence[tuple[int, str, str]] = sorted(
        (each.walk, f"{names[each.grid]} {each.door}", str(each.id)) for each in found
    )
    write.writerows((id, label) for _, label, id in rows)
    return target.getvalue().encode("utf-8")
