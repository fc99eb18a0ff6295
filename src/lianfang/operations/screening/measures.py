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

# Narrow, so that a new pack needs no migration. The incident is part of the key: a drill's numbers never meet those of
# the real thing.
ANSWERS = TallyTable(name="screening_measure", measures=(VALUE,), keys=("incident_id", "pack", "measure"))
