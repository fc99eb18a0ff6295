"""Shops, schools and buildings of the town, a form that asks once, and a hand that goes there."""

from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.ground.campaigns import actions
from lianfang.ground.campaigns.records import TaskOutcome
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import NOW, TODAY, ZHANG, a_record
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms.terms import FindingRule, Form
from lianfang.ground.forms.tests.builders import a_question
from lianfang.ground.posture.terms import Words
from lianfang.ground.registry import following
from lianfang.ground.registry.terms import PlaceKind, TargetDefinition, TargetKind
from lianfang.ground.territory.tests import town

BLOCKED = a_question(
    "exit_blocked", "安全出口堵了吗?", "Is the exit blocked?", finding=FindingRule(("yes",), 7), retention="register"
)


def a_place(name: str, *, grid: str = "G1", kind: PlaceKind = PlaceKind.SHOP, door: str = "", at: Any = NOW) -> UUID:
    """A place on the register."""
    return following.set_place(grid=town.id_of(grid), kind=kind, name=name, door=door, by=THE_HOUSE, at=at)


def an_inspection(of: TargetKind = TargetKind.PLACES, *kinds: PlaceKind, **more: Any) -> CampaignRef:
    """A campaign over the places (or buildings) of the town, in quiet times."""
    form = more.pop("form", None) or Form("premises_check", Words("九小场所检查", "Small premises"), (BLOCKED,))
    area = more.pop("area", "S")
    target = more.pop("target", None) or TargetDefinition((town.id_of(area),), of=of, places=kinds)
    return actions.open_campaign(
        name="九小场所检查",
        area=town.id_of(area),
        form=forms.publish_form(form=form, area=town.id_of("S"), by=ZHANG, at=NOW).id,
        target=target,
        **({"starts_on": TODAY, "ends_on": TODAY, "by": ZHANG, "at": NOW} | more),
    )


def a_look(
    campaign: CampaignRef, target: UUID, outcome: Outcome = Outcome.DONE, *, minutes: int = 0, **answers: Any
) -> dict[str, Any]:
    """A visit to a place or building as a phone would send it."""
    task = TaskOutcome(campaign.id, target, campaign.occasion, outcome)  # type: ignore[arg-type]
    return a_record("screening.premises_visited.v1", {"task": task, "answers": answers}, minutes=minutes)
