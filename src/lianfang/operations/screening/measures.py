"""Answers as numbers. Which numbers there are is a pack's business; here is only how they stand in the table."""

from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.ledger.terms import TallyTable

VALUE = Measure(
    name="value",
    unit=Unit.RECORDS,
    zh="数值",
    en="Value",
    definition_zh="应对方案所定义指标的数值,定义见该方案。",
    definition_en="The value of a measure that a hazard pack defines; its definition stands in the pack.",
)

FINDINGS_MADE = Measure(
    name="findings_made",
    unit=Unit.RECORDS,
    zh="发现问题",
    en="Findings",
    definition_zh="走访或复查时发现的问题处数;没整改好的同一处只算一处,整改好以后又出现的另算一处。",
    definition_en="Findings made at visits or re-checks; one still there counts once, one that comes back is another.",
)
FINDINGS_FIXED = Measure(
    name="findings_fixed",
    unit=Unit.RECORDS,
    zh="已整改",
    en="Fixed",
    definition_zh="其中有人去看过、已经整改好的处数。",
    definition_en="Of these, how many somebody went to see and found fixed.",
    denominator="findings_made",
)
FINDINGS_OPEN = Measure(
    name="findings_open",
    unit=Unit.RECORDS,
    zh="还没整改",
    en="Open",
    definition_zh="发现的减去已整改的。",
    definition_en="Findings made, less those fixed.",
    plus=("findings_made",),
    minus=("findings_fixed",),
    denominator="findings_made",
)
FINDING_MEASURES = (FINDINGS_MADE, FINDINGS_FIXED, FINDINGS_OPEN)

# Narrow, so that a new pack needs no migration. The incident is part of the key: a drill's numbers never meet those of
# the real thing.
ANSWERS = TallyTable(
    name="screening_measure",
    measures=(VALUE,),
    keys=("incident_id", "pack", "measure"),
    moves="screening_moved",
)
