"""An occasion begins: what the house writes down when its day has come, so that its list is the register's of then."""

import msgspec

from lianfang.foundation.kernel.ids import CampaignId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.campaigns.terms import CampaignRef

_CAMPAIGN = "campaigns.campaign"


class OccasionBegun(msgspec.Struct, frozen=True):
    """From now on the households that meet the campaign's definition are due again."""

    campaign: CampaignId
    occasion: str


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: OccasionBegun = heard.body
    campaign: CampaignRef | None = known.get(Reference(_CAMPAIGN, body.campaign))
    if campaign is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.campaign)
    return Accepted(campaign.area, REGISTER_KEY, body)


OCCASION_BEGUN = Kind(
    "campaigns.occasion_begun.v1",
    OccasionBegun,
    OccasionBegun,
    _accept,
    wants=lambda body: [Reference(_CAMPAIGN, body.campaign)],
)
