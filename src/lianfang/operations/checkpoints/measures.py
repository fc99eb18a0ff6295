"""The numbers of a gate, with their definitions. A passage is one time of one person: 人次, never 人."""

from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.ledger.terms import TallyTable


def _of_passages(name: str, zh: str, en: str, definition_zh: str, definition_en: str) -> Measure:
    return Measure(
        name,
        Unit.PERSON_TIMES,
        zh,
        en,
        definition_zh,
        definition_en,
        denominator=None if name == "passages" else "passages",
    )


PASSAGES = _of_passages(
    "passages",
    "查验",
    "Passages",
    "卡口记下的人次;撤销的不算,同一条送来几次只算一次,车上的人一人算一次。",
    "Times somebody was noted at a gate; what was undone does not count, what is sent twice counts once, and each "
    "occupant of a vehicle counts.",
)
ENTERED = _of_passages("entered", "进", "In", "其中往里走的人次。", "Of these, on the way in.")
LEFT = _of_passages("went_out", "出", "Out", "其中往外走的人次。", "Of these, on the way out.")
PASSED = _of_passages("passed", "放行", "Passed", "其中最后放行的人次。", "Of these, let pass in the end.")
BY_HAND = _of_passages(
    "by_hand",
    "转人工",
    "Left to a person",
    "其中转给工作人员、当场没有定下来的人次。",
    "Of these, handed to a colleague and not settled there.",
)
TEST_FIRST = _of_passages(
    "test_first", "先检测", "Test first", "其中请先做检测的人次。", "Of these, asked to take a test first."
)
TURNED_BACK = _of_passages("turned_back", "劝返", "Turned back", "其中劝返的人次。", "Of these, asked to turn back.")
QUARANTINE_PATH = _of_passages(
    "quarantine_path",
    "交专人",
    "Handed over",
    "其中按政策请专人来处理的人次;是否隔离由两个人签的决定来定。",
    "Of these, for whom the policy calls a colleague; quarantine itself takes an order of two people.",
)
WITHOUT_PHONE = _of_passages(
    "without_phone",
    "没有手机或证件",
    "Without phone or document",
    "其中走专用通道的人次。",
    "Of these, in the lane of their own.",
)
OVERRIDDEN = _of_passages(
    "overridden",
    "负责人改判",
    "Decided otherwise",
    "其中负责人写明理由、没有照政策办的人次。",
    "Of these, where a colleague who may decide did so otherwise, with a reason.",
)
VEHICLES = Measure(
    "vehicles", Unit.THINGS, "车辆", "Vehicles", "其中的车辆数,一辆车算一次。", "Vehicles among them, each once."
)
GIVEN = Measure(
    "given",
    Unit.THINGS,
    "发放物品",
    "Given away",
    "在卡口送出的口罩等物品件数。",
    "Masks and the like given away at the gate, in pieces.",
)

# By gate and hour; the incident is part of the key, so a drill's numbers never meet those of the real thing.
COUNTED = TallyTable(
    "checkpoints_hour",
    (
        *(PASSAGES, ENTERED, LEFT, PASSED, BY_HAND, TEST_FIRST, TURNED_BACK, QUARANTINE_PATH),
        *(WITHOUT_PHONE, OVERRIDDEN, VEHICLES, GIVEN),
    ),
    keys=("incident_id", "gate_id", "hour"),
)
MEASURES = COUNTED.measures
