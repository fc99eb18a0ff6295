"""The numbers of a campaign, with their definitions. 户 and 人 are different measures and are never added; of
a campaign that goes to places or buildings they are 处 or 栋.
"""

import msgspec

from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.ledger.terms import TallyTable
from lianfang.ground.registry.terms import TargetKind

LISTED = Measure(
    name="listed",
    unit=Unit.HOUSEHOLDS,
    zh="名单户数",
    en="Listed",
    definition_zh="行动开始时底册里符合条件的户数。",
    definition_en="Households in the register that the campaign was meant for when it began.",
)
FOUND = Measure(
    name="found",
    unit=Unit.HOUSEHOLDS,
    zh="新增户数",
    en="Found",
    definition_zh="行动开始后才知道的户数:上门发现的,或后来导入底册的。",
    definition_en="Households learnt of after the campaign began: found at the door, or brought by a later roster.",
)
STRUCK = Measure(
    name="struck",
    unit=Unit.HOUSEHOLDS,
    zh="核销户数",
    en="Struck",
    definition_zh="有人报告已搬走或空置的户数,记有报告人;报错了只能更正那一条记录。",
    definition_en="Households reported as moved away or vacant, and by whom; undone only by correcting that record.",
)
DONE = Measure(
    name="done",
    unit=Unit.HOUSEHOLDS,
    zh="已完成户数",
    en="Done",
    definition_zh="完成走访的户数;同一户走访多次只算一次,算在第一次那天。",
    definition_en="Households with a finished visit; one visited more than once counts once, on the day of the first.",
    denominator="due",
)
ATTEMPTED = Measure(
    name="attempted",
    unit=Unit.HOUSEHOLDS,
    zh="尝试未遇户数",
    en="Attempted",
    definition_zh="去过但没人在、不愿接受或人在外地的户数,仍算在剩余里。",
    definition_en="Households called at without success (nobody home, refused, elsewhere); they stay in the remainder.",
    denominator="due",
)
PEOPLE = Measure(
    name="people",
    unit=Unit.PEOPLE,
    zh="已完成人数",
    en="People reached",
    definition_zh="已完成住户中走访到的人数,每人只算一次;同一户走访多次取人数多的一次。",
    definition_en="People covered in finished households, each once; of several visits to one the larger number.",
    denominator="people_due",
)
PEOPLE_DUE = Measure(
    name="people_due",
    unit=Unit.PEOPLE,
    zh="应查人数",
    en="People due",
    definition_zh="应走访住户(名单+新增−核销)在加入行动时登记的人数。",
    definition_en="People on record in the households due (listed + found − struck) when these joined the campaign.",
)
DISPUTED = Measure(
    name="disputed",
    unit=Unit.HOUSEHOLDS,
    zh="待核对户数",
    en="To be settled",
    definition_zh="有人报告搬走或空置、又有人走访到的户数;算在核销里,等人更正。",
    definition_en="Households one reported as gone and another has met; counted as struck until corrected.",
)
HOUSEHOLDS_BY_HOUR = Measure(
    name="households",
    unit=Unit.HOUSEHOLDS,
    zh="每小时完成户数",
    en="Households by hour",
    definition_zh="在这一小时里第一次完成走访的户数。",
    definition_en="Households whose first finished visit fell within the hour.",
)
PEOPLE_BY_HOUR = Measure(
    name="people",
    unit=Unit.PEOPLE,
    zh="每小时完成人数",
    en="People by hour",
    definition_zh="这些住户中走访到的人数,每人只算一次。",
    definition_en="People covered in those households, each once.",
)

DUE = Measure(
    name="due",
    unit=Unit.HOUSEHOLDS,
    zh="应走访户数",
    en="Due",
    definition_zh="名单户数加新增户数,减核销户数。",
    definition_en="Listed and found households, less those struck.",
    plus=("listed", "found"),
    minus=("struck",),
)
REMAINING = Measure(
    name="remaining",
    unit=Unit.HOUSEHOLDS,
    zh="剩余户数",
    en="Remaining",
    definition_zh="应走访而还没完成的户数,去过没碰上的也在里面。",
    definition_en="Households due and not finished, those called at in vain among them.",
    plus=("due",),
    minus=("done",),
    denominator="due",
)
UNTOUCHED = Measure(
    name="untouched",
    unit=Unit.HOUSEHOLDS,
    zh="还没去的户数",
    en="Untouched",
    definition_zh="剩余里一次也没有去过的户数。",
    definition_en="Remaining households where nobody has called yet.",
    plus=("remaining",),
    minus=("attempted",),
    denominator="due",
)

COVERAGE = TallyTable(
    name="campaigns_tally",
    measures=(LISTED, FOUND, STRUCK, DONE, ATTEMPTED, PEOPLE, PEOPLE_DUE, DISPUTED),
    keys=("campaign_id",),
    moves="campaigns_moved",
)
CURVE = TallyTable(name="campaigns_hour", measures=(HOUSEHOLDS_BY_HOUR, PEOPLE_BY_HOUR), keys=("campaign_id", "hour"))

MEASURES = (*COVERAGE.measures, DUE, REMAINING, UNTOUCHED)

# --- of places and buildings -----------------------------------------------------------------------------------------


def _of(unit: Unit, noun_zh: str, noun_en: str, counter: str) -> tuple[Measure, ...]:
    """The same counts, in the words of what the campaign goes to. People are not counted there."""
    said = {
        LISTED.name: (
            f"名单{counter}数",
            "Listed",
            f"行动开始时在册的{noun_zh}数。",
            f"{noun_en.capitalize()} on record that the campaign was meant for when it began.",
        ),
        FOUND.name: (
            f"新增{counter}数",
            "Found",
            f"行动开始后才知道的{noun_zh}数。",
            f"{noun_en.capitalize()} learnt of after the campaign began.",
        ),
        STRUCK.name: (
            f"核销{counter}数",
            "Struck",
            f"有人报告已经不在的{noun_zh}数,记有报告人;报错了只能更正那一条记录。",
            f"{noun_en.capitalize()} reported as no more, and by whom; undone only by correcting that record.",
        ),
        DONE.name: (
            f"已完成{counter}数",
            "Done",
            f"完成走访的{noun_zh}数;去过多次只算一次,算在第一次那天。",
            f"{noun_en.capitalize()} with a finished visit; visited more than once, counted once, on the first day.",
        ),
        ATTEMPTED.name: (
            f"尝试未遇{counter}数",
            "Attempted",
            f"去过但没人在、没开门或不让进的{noun_zh}数,仍算在剩余里。",
            f"{noun_en.capitalize()} called at without success (nobody there, shut, refused); they stay remaining.",
        ),
        DISPUTED.name: (
            f"待核对{counter}数",
            "To be settled",
            f"有人报告已经不在、又有人走访到的{noun_zh}数;算在核销里,等人更正。",
            f"{noun_en.capitalize()} one reported as no more and another has met; counted as struck until corrected.",
        ),
        DUE.name: (
            f"应走访{counter}数",
            "Due",
            f"名单{counter}数加新增{counter}数,减核销{counter}数。",
            f"Listed and found {noun_en}, less those struck.",
        ),
        REMAINING.name: (
            f"剩余{counter}数",
            "Remaining",
            f"应走访而还没完成的{noun_zh}数,去过没碰上的也在里面。",
            f"{noun_en.capitalize()} due and not finished, those called at in vain among them.",
        ),
        UNTOUCHED.name: (
            f"还没去的{counter}数",
            "Untouched",
            f"剩余里一次也没有去过的{noun_zh}数。",
            f"Remaining {noun_en} where nobody has called yet.",
        ),
    }
    return tuple(_worded(measure, unit, *said[measure.name]) for measure in MEASURES if measure.name in said)


def _worded(measure: Measure, unit: Unit, zh: str, en: str, definition_zh: str, definition_en: str) -> Measure:
    words = {"zh": zh, "en": en, "definition_zh": definition_zh, "definition_en": definition_en}
    return msgspec.structs.replace(measure, unit=unit, **words)


_MEASURES_OF = {
    TargetKind.HOUSEHOLDS: MEASURES,
    TargetKind.PLACES: _of(Unit.PLACES, "场所", "places", "处"),
    TargetKind.BUILDINGS: _of(Unit.BUILDINGS, "楼栋", "buildings", "栋"),
}


def measures_of(of: TargetKind) -> tuple[Measure, ...]:
    """The numbers of a campaign that goes to such."""
    return _MEASURES_OF[of]
