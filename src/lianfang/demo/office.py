"""What a drill needs of people in offices: a campaign to sweep for, codes for phones, one phone locked out.

`Office` is what the drill asks for; `DeskOffice` does it by the same HTTP as the desk's pages.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec

from lianfang.demo.counts import Count
from lianfang.demo.desk import Desk, DeskRefusedError
from lianfang.demo.district import SUBDISTRICT

INCIDENT_NAME = "全员排查演练"
BASIS, PACK = "emergency_response_2024", "household_sweep"
ISSUER = f"{SUBDISTRICT}应急演练指挥部"
INCIDENT_LASTS = timedelta(days=29)
SWEEP_LASTS = timedelta(days=6)


class Office(Protocol):
    """The desk's part of a drill."""

    async def campaign(self) -> str:
        """The sweep that is open, or a new one."""
        ...

    async def enrolment_code(self, worker: str) -> str:
        """A code that enrols one phone for this worker."""
        ...

    async def revoke(self, device: str) -> None:
        """The phone is lost: its token opens nothing from now on."""
        ...

    async def accept_held(self, phone: str) -> int:
        """Somebody looks at what the phone of this name handed in, and counts it; answers how many records."""
        ...

    async def coverage(self, campaign: str, grids: Sequence[str]) -> Mapping[str, Count]:
        """What the server shows, grid by grid."""
        ...


class DeskOffice:
    """See the module docstring. `today` is the district's day."""

    def __init__(self, *, desk: Desk, command: Desk, today: date) -> None:
        self._desk = desk
        self._command = command
        self._today = today
        self._accounts: dict[str, str] = {}
        self._turn = asyncio.Lock()  # one connection each: one question at a time

    async def campaign(self) -> str:
        """The newest drill sweep with somebody still to reach, or the next round."""
        async with self._turn:
            sweeps = [row for row in await self._rows(self._command, "/api/v1/campaigns") if row["drill"]]
            for sweep in sweeps:
                if sweep["state"] == "running" and sweep["totals"]["untouched"]:
                    return str(sweep["id"])
            return await self._open_next(sweeps)

    async def _open_next(self, sweeps: Sequence[Mapping[str, Any]]) -> str:
        area = await self._root()
        incident = await self._incident(area)
        forms = await self._rows(self._command, "/api/v1/forms")
        form = next(form for form in forms if form["code"] == PACK)
        body = {
            "name": f"入户排查(演练)第 {len(sweeps) + 1} 轮",
            "area": area,
            "incident": incident,
            "form": form["id"],
            "occasion": f"drill-{len(sweeps) + 1}",
            "starts_on": self._today.isoformat(),
            "ends_on": (self._today + SWEEP_LASTS).isoformat(),
        }
        answer = await self._command.post("/api/v1/campaigns", body)
        return str(answer["id"])

    async def enrolment_code(self, worker: str) -> str:
        """The account's page, the button, the code."""
        async with self._turn:
            if worker not in self._accounts:
                found = await self._rows(self._desk, "/api/v1/accounts?q=grid-")
                self._accounts = {row["name"]: row["id"] for row in found}
            answer = await self._desk.post(f"/api/v1/accounts/{self._accounts[worker]}/enrolment", {})
            return str(answer["code"])

    async def revoke(self, device: str) -> None:
        """Reported lost."""
        async with self._turn:
            await self._desk.post(f"/api/v1/devices/{device}/revoke", {"reason": "演练:手机丢失"})

    async def accept_held(self, phone: str) -> int:
        """Somebody looks at what the lost phone handed in, and counts it."""
        async with self._turn:
            held = [row["id"] for row in await self._rows(self._desk, "/api/v1/held") if row["device"] == phone]
            later = [id for id in held if not await self._counted(id)]  # before what it belongs to
            return len(held) - sum([not await self._counted(id) for id in later])

    async def _counted(self, held: str) -> bool:
        try:
            await self._desk.post(f"/api/v1/held/{held}/settle", {"accept": True, "reason": "演练:手机已找回"})
        except DeskRefusedError as refused:
            if "ledger.parent_missing" not in str(refused):
                raise
            return False
        return True

    async def coverage(self, campaign: str, grids: Sequence[str]) -> Mapping[str, Count]:
        """One question per grid, as the desk's drawer asks it."""
        async with self._turn:
            return {grid: await self._coverage(campaign, grid) for grid in grids}

    async def _coverage(self, campaign: str, grid: str) -> Count:
        answer = await self._command.get(f"/api/v1/campaigns/{campaign}/coverage?area={grid}")
        return msgspec.convert(answer["totals"], Count)

    async def _rows(self, desk: Desk, path: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        rows: list[dict[str, Any]] = []
        while True:
            joint = "&" if "?" in path else "?"
            page = await desk.get(f"{path}{joint}page_size=200&page={len(rows) // 200 + 1}")
            rows += page["rows"]
            if not page["rows"] or len(rows) >= page["total"]:
                return rows

    async def _root(self) -> str:
        me = await self._command.get("/api/v1/me")
        return str(me["grants"][0]["area"]["id"])

    async def _incident(self, area: str) -> str:
        """The drill that is open, or a new one, signed by two, when it has ended by itself."""
        for row in await self._rows(self._command, "/api/v1/incidents?state=open"):
            if row["drill"]:
                return str(row["id"])
        ends_on = self._today + timedelta(days=INCIDENT_LASTS.days)
        body = {"name": INCIDENT_NAME, "area": area, "basis": BASIS, "pack": PACK, "issuer": ISSUER, "drill": True}
        asked = await self._command.post("/api/v1/incidents", {**body, "ends_at": f"{ends_on}T00:00:00+08:00"})
        opening = f"/api/v1/incidents/openings/{asked['id']}"
        shown = await self._desk.get(opening)
        answer = await self._desk.post(f"{opening}/confirm", {"seen": shown["now"]["mark"]})
        return str(answer["incident"])
