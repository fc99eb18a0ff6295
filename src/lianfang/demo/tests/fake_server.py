"""A server of two hundred lines' worth of promises, in memory: what phones are promised, and nothing else."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from lianfang.demo.counts import Book, Count
from lianfang.foundation.kernel.ids import new_id

CAMPAIGN = "campaign-1"


class FakeServer:
    """Keeps records by id; a record is stored, or already held, or held because its device was revoked."""

    def __init__(self, households: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        self.households = households  # by worker
        self.codes: dict[str, str] = {}
        self.devices: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, dict[str, Any]] = {}
        self.held: dict[str, dict[str, Any]] = {}
        self.requests = 0
        self.cut_every = 0  # break off every nth answer after having stored
        self.busy_every = 0  # ask every nth to come back
        self.loses = 0  # a mutant: acknowledge every nth record without keeping it
        self.port = 0

    async def __aenter__(self) -> "FakeServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def campaign(self) -> str:
        return CAMPAIGN

    async def enrolment_code(self, worker: str) -> str:
        code = f"code-{len(self.codes)}"
        self.codes[code] = worker
        return code

    async def revoke(self, device: str) -> None:
        next(d for d in self.devices.values() if d["id"] == device)["revoked"] = True

    async def accept_held(self, phone: str) -> int:
        names = {device["id"]: device["name"] for device in self.devices.values()}
        mine = [id for id, record in self.held.items() if names[record["device"]] == phone]
        for id in mine:
            self.entries[id] = self.held.pop(id)
        return len(mine)

    async def coverage(self, campaign: str, grids: Sequence[str]) -> dict[str, Count]:
        return {grid: self.book(grid).count() for grid in grids}

    def book(self, grid: str) -> Book:
        book = Book()
        for household in self._households():
            if household["grid"] == grid:
                book.lists(household["id"])
        for record in self._records("registry.household_found.v1"):
            if record["body"]["area"] == grid:
                book.finds(record["body"]["household"])
        for record in self._records("screening.household_visited.v1"):
            task = record["body"]["task"]
            if self._grid_of(task["target"]) == grid:
                book.visits(task["target"], task["outcome"], record["body"]["people"])
        return book

    def _households(self) -> list[dict[str, Any]]:
        return [household for households in self.households.values() for household in households]

    def _grid_of(self, target: str) -> str:
        found = {r["body"]["household"]: r["body"]["area"] for r in self._records("registry.household_found.v1")}
        return ({h["id"]: h["grid"] for h in self._households()} | found)[target]

    def _records(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.entries.values() if record["kind"] == kind]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, target, _ = head.split("\r\n")[0].split(" ")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
                body = await reader.readexactly(int(fields["content-length"]))
                self.requests += 1
                if self.busy_every and self.requests % self.busy_every == 0:
                    status, headers, answer = 503, ["retry-after: 0"], {"code": "wire.busy"}
                else:
                    status, headers, answer = self._answer(method, target, fields, body)
                if self.cut_every and self.requests % self.cut_every == 0:
                    return
                payload = msgspec.json.encode(answer)
                lines = [f"HTTP/1.1 {status} X", f"content-length: {len(payload)}", *headers, "", ""]
                writer.write("\r\n".join(lines).encode() + payload)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, method: str, target: str, fields: dict[str, str], body: bytes) -> tuple[int, list[str], Any]:
        if target == "/api/v1/tokens":
            return 200, [], self._enrol(msgspec.json.decode(body))
        if target == "/api/v1/server-key":
            return 200, [], {"public_key": "AAAA", "key_id": "1"}
        device = self.devices[fields["authorization"].removeprefix("bearer ")]
        wipe = ["Lianfang-Wipe: people"] if device["revoked"] else []
        if target == "/api/v1/records":
            return 200, wipe, self._keep(device, msgspec.json.decode(body)["records"])
        if device["revoked"]:
            return 401, wipe, {"code": "access.token_unknown"}
        return 200, [], self._feed(device, parse_qs(urlsplit(target).query))

    def _enrol(self, asked: dict[str, str]) -> dict[str, Any]:
        token, id = f"token-{len(self.devices)}", str(new_id())
        worker = self.codes.pop(asked["enrolment_code"])
        self.devices[token] = {"id": id, "worker": worker, "name": asked["device_name"], "revoked": False, "n": 0}
        return {"token": token, "device": {"id": id}}

    def _keep(self, device: dict[str, Any], records: list[dict[str, Any]]) -> dict[str, Any]:
        receipts = []
        for record in records:
            record["device"] = device["id"]
            device["n"] = max(device["n"], record["n"])
            if record["id"] in self.entries or record["id"] in self.held:
                fate = "already_held"
            elif device["revoked"]:
                fate, self.held[record["id"]] = "held", record
            elif self.loses and len(self.entries) % self.loses == self.loses - 1:
                fate, self.loses = "stored", 0
            else:
                fate, self.entries[record["id"]] = "stored", record
            receipts.append({"id": record["id"], "fate": fate})
        return {"receipts": receipts, "position": len(self.entries), "device": self._counts(device)}

    def _counts(self, device: dict[str, Any]) -> dict[str, int]:
        stored, held = (
            sum(record["device"] == device["id"] for record in kept.values()) for kept in (self.entries, self.held)
        )
        return {"stored": stored, "held": held, "highest_n": device["n"]}

    def _feed(self, device: dict[str, Any], query: dict[str, list[str]]) -> dict[str, Any]:
        mine = self.households[device["worker"]]
        after, page = int(query["after"][0]), 40
        states = {grid: self.book(grid)._states for grid in {household["grid"] for household in mine}}
        tasks = [
            {"campaign": CAMPAIGN, "target": h["id"], "occasion": "1", "state": states[h["grid"]][h["id"]]}
            for h in mine[after : after + page]
        ]
        form = {"id": "f", "questions": [{"code": "fever", "per": "household", "type": "yes_no", "default": False}]}
        return {
            "reset": after == 0,
            "position": min(len(mine), after + page),
            "more": after + page < len(mine),
            "shape": "s",
            "campaigns": [{"id": CAMPAIGN, "name": "排查", "occasion": "1", "form": form}],
            "households": mine[after : after + page],
            "tasks": tasks,
            "device": self._counts(device),
        }
