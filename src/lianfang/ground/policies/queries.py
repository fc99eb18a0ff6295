"""Which tables there are, which are in force where and when, and a decision once more. None of it names a resident."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.policies import rules
from lianfang.ground.policies.rules import cell_of as cell_of
from lianfang.ground.policies.rules import chosen as chosen
from lianfang.ground.policies.rules import decide as decide
from lianfang.ground.policies.rules import left_to_ask as left_to_ask
from lianfang.ground.policies.rules import unheard_of as unheard_of
from lianfang.ground.policies.terms import Edition, InForce, PolicyDecision
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Policy
from lianfang.ground.territory import queries as territory

_HERE = Path(__file__).parent


def editions() -> Mapping[str, Edition]:
    """The tables that can be put in force, by name: those that come with the house, and the district's own from
    `policies/` in its data folder, which take the place of those of the same name.
    """
    folders = (_HERE / "editions", Path(settings.LIANFANG_DATA) / "policies")
    files = [file for folder in folders for file in sorted(folder.glob("*/policy.toml"))]
    found = [_edition(file, file.stat().st_mtime_ns) for file in files]
    return {edition.name: edition for edition in found}


@cache
def _edition(file: Path, changed: int) -> Edition:
    return rules.read_edition(file.read_bytes(), name=f"{file.parent.name}/{file.name}")


def in_force(*, code: str, area: AreaId, at: datetime) -> InForce | None:
    """The table of that code by which is decided on an area at an instant; None: there is none."""
    lineage = territory.lineage(area=area, on=local_day(at))
    return chosen(issued(areas=lineage), code=code, lineage=lineage, at=at)


def in_force_or_coming(*, area: AreaId, at: datetime) -> list[InForce]:
    """What a phone takes along: all that is in force on an area, and all that is to come, so that it changes at
    midnight without asking anybody.
    """
    lineage = territory.lineage(area=area, on=local_day(at))
    found = [p for p in issued(areas=lineage) if p.ends_at is None or p.ends_at > at]
    nearest = {id(chosen(found, code=p.edition.code, lineage=lineage, at=at)) for p in found}
    return [p for p in found if id(p) in nearest or p.starts_at > at]


def issued(*, areas: Sequence[AreaId]) -> list[InForce]:
    """Every decision table that was ever put in force on these areas, oldest first. One of an incident ends with it.

    What a drill put in force decides nothing about anybody who really stands at a gate.
    """
    found = posture.policies(areas=areas)
    drills = posture.drills(ids=[each.incident for each in found if each.incident])
    return list(_tables(each for each in found if each.incident not in drills))


def by_id(*, ids: Sequence[UUID]) -> list[InForce]:
    """Those of these that are decision tables and were put in force."""
    return list(_tables(posture.policies(ids=list(ids))))


def policy(*, id: UUID) -> InForce:
    """One that was put in force; `access.not_found` (404) when there is none, or it is no decision table."""
    found = next(_tables(posture.policies(ids=[id])), None)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def replay(decision: PolicyDecision) -> PolicyDecision:
    """A decision once more, by the version and the facts that were stored with it."""
    return rules.replay(decision, policy(id=decision.policy) if decision.policy else None)


def _tables(policies: Iterable[Policy]) -> Iterator[InForce]:
    for each in policies:
        edition = _edition_of(each.rows)
        if edition is not None:
            yield _in_force(each, edition)


def _edition_of(rows: Sequence[Mapping[str, object]]) -> Edition | None:
    """A decision table is stored whole, as the one row of its policy; bands and the like are no decision tables."""
    try:
        return msgspec.convert(rows[0], type=Edition) if len(rows) == 1 else None
    except msgspec.ValidationError:
        return None


def _in_force(stored: Policy, edition: Edition) -> InForce:
    over = [stored.ends_at, posture.incident(id=stored.incident).over_at if stored.incident else None]
    return InForce(
        id=stored.id,
        version=stored.version,
        area=stored.area,
        issuer=stored.issuer,
        basis=stored.basis,
        starts_at=stored.starts_at,
        ends_at=min((end for end in over if end is not None), default=None),
        edition=edition,
    )
