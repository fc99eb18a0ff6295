"""Orders, evidence and somebody they are about, for tests that need no database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId, ResidentId, new_id
from lianfang.ground.codes.terms import Evidence, Order, OrderGround, OrderMeasure, OrderTerms, Shown
from lianfang.ground.policies.tests.builders import NOW, STREET
from lianfang.ground.posture.terms import Words

ZHANG, LI, WANG = (AccountId(UUID(int=n)) for n in (0xA1, 0xA2, 0xA3))
SOMEBODY, INCIDENT = ResidentId(UUID(int=0x21)), IncidentId(UUID(int=0x31))
DAY = timedelta(days=1)


def terms(**more: Any) -> OrderTerms:
    """Seven days at home for a close contact."""
    plain: dict[str, Any] = {
        "resident": SOMEBODY,
        "incident": INCIDENT,
        "ground": OrderGround.CLOSE_CONTACT,
        "evidence": (Shown("8月5日与病例同桌吃饭", "流调记录 2021-08-06 第3号"),),
        "measure": OrderMeasure.HOME_QUARANTINE,
        "basis": "public_health_emergencies",
        "issuer": "莘塍街道办事处",
        "reason": "8月5日与确诊病例同桌吃饭一小时",
        "days": 7,
    }
    return OrderTerms(**(plain | more))


def an_order(*, at: datetime = NOW, area: AreaId = STREET, **more: Any) -> Order:
    """Proposed and signed just now by two people, and the person was told."""
    plain: dict[str, Any] = {
        "terms": terms(),
        "proposed_by": ZHANG,
        "proposed_at": at,
        "signed_by": LI,
        "starts_at": at,
        "ends_at": at + 7 * DAY,
        "told_at": at,
    }
    return Order(id=new_id(), area=area, **(plain | more))


def proposed(**more: Any) -> Order:
    """One that waits for its second person."""
    nothing: dict[str, Any] = {"signed_by": None, "starts_at": None, "ends_at": None, "told_at": None}
    return an_order(**(nothing | more))


def a_test(*, sampled: datetime, **more: Any) -> Evidence:
    """A negative test that the person has in hand."""
    facts = {"sampled": sampled.isoformat(), "reported": sampled.isoformat()}
    return Evidence(new_id(), Words("核酸阴性报告", "A negative test"), facts | more)
