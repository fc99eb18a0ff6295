"""The numbers of venues, with their definitions. A visit is one time of one person: 人次, never 人."""

from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.ledger.terms import TallyTable

VISITS = Measure(
    "visits",
    Unit.PERSON_TIMES,
    "亮码",
    "Code shown",
    "场所码在门口出示、由值守的人或场所的人记下的人次;不等于到过这里的人数。",
    "Times a venue's code was shown where it hangs and noted by whoever stood there; not how many people were there.",
)
NO_VISITS = Measure(
    "no_visits",
    Unit.PERSON_TIMES,
    "不算到访",
    "No visit",
    "收到了但不算到访的扫码:转发的、作废的码、应急结束以后的。",
    "Scans that were kept and are no visit: of a code sent on, of one withdrawn, or after the end of the incident.",
)

# By code; the incident is part of the key, so a drill's numbers never meet those of the real thing.
COUNTED = TallyTable("venues_day", (VISITS, NO_VISITS), keys=("incident_id", "code_id"))
MEASURES = COUNTED.measures
