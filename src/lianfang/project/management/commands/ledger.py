"""`lianfang ledger verify | rebuild | forget INCIDENT`: prove that nothing was altered; fold everything again and
compare; destroy an incident's key, by two people.

It stands here and not with the ledger, which knows no incident and no account.
"""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lianfang.foundation.kernel.ids import IncidentId
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.ledger import actions, queries
from lianfang.foundation.plumbing import clock, forgotten
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture import queries as incidents
from lianfang.ground.posture.permissions import Permission
from lianfang.ground.posture.terms import Certificate, Incident
from lianfang.ground.territory import queries as territory
from lianfang.project.terminal import signed_in


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "账本:verify 核对链条,rebuild 重算各表并比对,forget 两人遗忘一次应急 / verify the chain, rebuild the read"
        " models and compare, forget an incident (two people)"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One word, and what was written down elsewhere; for forgetting which incident, whose signature, and why."""
        parser.add_argument("verb", choices=["verify", "rebuild", "forget"])
        said = "早先抄下的链头,可多次 / a head that was written down earlier, as often as wanted"
        parser.add_argument("--head", action="append", default=[], type=_head, metavar="POSITION:DIGEST", help=said)
        parser.add_argument("incident", nargs="?", type=UUID, help="forget:应急事件的编号 the incident's id")
        parser.add_argument("--by", help="forget:谁签字(账号) whose signature: an account, its password is asked for")
        parser.add_argument("--reason", default="", help="forget:理由,第一个人写 why; the first of the two says it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 when something is not as it should be."""
        if options["verb"] == "forget":
            self._forget(options["incident"], options["by"], options["reason"])
            return
        broken = self._verify(dict(options["head"])) if options["verb"] == "verify" else self._rebuild()
        if broken:
            sys.exit(1)

    def _verify(self, heads: dict[int, bytes]) -> bool:
        found = queries.verify(heads=heads)
        for one in found:
            self.stderr.write(f"位置 {one.position}: {one.what}")
        if not found:
            self.stdout.write(f"账本完整:{queries.head():,} 条,链条相符 / ledger whole, chain holds")
            position, digest = queries.chain_head()
            self.stdout.write(f"链头(请抄存别处) head, to be kept elsewhere: {position}:{digest.hex()}")
        return bool(found)

    def _rebuild(self) -> bool:
        differing = actions.rebuild_differs(say=self._progress)
        self.stderr.write("")
        for table in differing:
            self.stderr.write(f"不一致 / differs: {table}")
        if not differing:
            self.stdout.write("重算结果与现有各表完全一致 / rebuilt tables equal the live ones")
        return bool(differing)

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty() and (done == total or done % 500 == 0):
            self.stderr.write(f"\r{done:,} / {total:,}", ending="")

    def _forget(self, id: UUID | None, by: str | None, reason: str) -> None:
        """Whoever comes first proposes; another one agrees, and then it is done. There is no way with one person."""
        if id is None or not by:
            raise CommandError("用法 usage: lianfang ledger forget INCIDENT --by ACCOUNT [--reason …]")
        at = clock.now()
        incident = incidents.incident(id=IncidentId(id))
        viewer = signed_in(by, Permission.FORGET, at=at, lineage=territory.lineage(incident.area, local_day(at)))
        waiting = incidents.forgetting_proposals(incidents=[incident.id]).get(incident.id)
        if waiting is None or waiting.proposed_by == viewer.account:
            self._weigh(incident)
            if waiting is None:
                waiting = posture.propose_forgetting(incident=incident.id, reason=reason, by=viewer.actor, at=at)
            self.stdout.write(f"✓ {viewer.name} 已提出,等另一个人同意 · proposed; another person has to agree")
            return
        self._weigh(incident)
        if (
            input(f"输入「{incident.name}」确认,之后无法恢复 type its name; it cannot be undone: ").strip()
            != incident.name
        ):
            raise CommandError("没有确认,什么也没有动 not confirmed; nothing was changed")
        self._tell(posture.forget_incident(proposal=waiting.id, by=viewer.actor, at=at))

    def _weigh(self, incident: Incident) -> None:
        weighed = actions.weigh(incident_key(incident.id), area=incident.area)
        self.stdout.write(f"「{incident.name}」")
        self.stdout.write("将没有 will go:")
        for kind, count in weighed.entries.items():
            self.stdout.write(f"  {count:>9,}  {kind}")
        self.stdout.write(f"  {weighed.waiting:>9,}  搁置或退回 held or refused")
        self.stdout.write("将留下 will stay:")
        for name, total in weighed.totals.items():
            self.stdout.write(f"  {total:>9,}  {name}")

    def _tell(self, found: Certificate) -> None:
        first, second = found.proposed_by, found.confirmed_by
        self.stdout.write(f"✓ 已遗忘 forgotten: {found.name} · {first.name} + {second.name}")
        self.stdout.write(f"  {found.position:,} {found.chain}")
        self.stdout.write(f"  证明 certificate: {forgotten.folders()[0] / str(found.incident)}.json, .pdf")


def _head(text: str) -> tuple[int, bytes]:
    position, _, digest = text.partition(":")
    return int(position), bytes.fromhex(digest)
