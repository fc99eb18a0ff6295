"""A worker's day: door after door in walking order, sending when there is a network, and all that goes wrong."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from random import Random
from typing import Any

from lianfang.demo.counts import Book
from lianfang.demo.doors import ATTEMPTS, Visit, found_next_door, visit
from lianfang.demo.phones import FeedCampaign, FeedHousehold, Phone, Question
from lianfang.foundation.kernel.ids import new_id

Pace = Callable[[], Awaitable[None]]


class Round:
    """One worker, her phone, her grids and what she has written down."""

    def __init__(
        self, *, phone: Phone, book: Book, seed: str, now: Callable[[], datetime], pace: Pace, misfortunes: bool
    ) -> None:
        self.phone = phone
        self.book = book
        self.doors_rung = 0
        self._seed = seed
        self._now = now
        self._pace = pace
        self._misfortunes = misfortunes
        self._draw = Random(f"{seed}/{phone.worker}")
        self._offline_for = self._spell()
        self._first_lucks = [0.22, 0.15, 0.05]  # each of them happens to everybody once, then by chance

    def take(self, phone: Phone) -> None:
        """Go on with another phone, and with the same book."""
        self.phone = phone

    def ring_next(self, campaign: FeedCampaign) -> None:
        """One more door, and nothing sent."""
        for household in self.to_visit(campaign.id)[:1]:
            self._ring(campaign, household, 1)

    def open_book(self, campaign: str) -> None:
        """Copy today's tasks from the slice, with how far each had come before today."""
        for (of, target), state in self.phone.tasks.items():
            if of == campaign:
                household = self.phone.households.get(target)
                self.book.lists(target, state, residents=len(household.residents) if household else 0)

    def to_visit(self, campaign: str) -> list[FeedHousehold]:
        """Who is still to be reached, in walking order."""
        waiting = {
            target
            for (of, target), state in self.phone.tasks.items()
            if of == campaign and state in ("untouched", "attempted")
        }
        doors = (household for id, household in self.phone.households.items() if id in waiting)
        return sorted(doors, key=lambda household: (household.grid, household.walk, household.door))

    async def walk(self, campaign: FeedCampaign, *, stop_after: int | None = None) -> None:
        """Ring at every door, then again where nobody was home, then once more.

        Stops early when told after how many doors.
        """
        waiting = self.to_visit(campaign.id)
        for attempt in range(1, ATTEMPTS + 1):
            missed = []
            for household in waiting:
                if stop_after is not None and self.doors_rung >= stop_after:
                    return
                if self._ring(campaign, household, attempt) == "attempted":
                    missed.append(household)
                await self._pace()
                await self._maybe_send()
            waiting = missed

    def _ring(self, campaign: FeedCampaign, household: FeedHousehold, attempt: int) -> str:
        self.doors_rung += 1
        seen = visit(seed=self._seed, household=household.id, members=household.residents, attempt=attempt)
        written = self._write_visit(campaign, household.id, seen)
        for change in seen.changes:
            self._write_change(household.id, written, change)
        if seen.outcome == "done":
            self._look_next_door(campaign, household)
        return self._note(campaign, household.id, seen)

    def _note(self, campaign: FeedCampaign, target: str, seen: Visit) -> str:
        self.book.visits(target, seen.outcome, seen.people)
        state = (
            "done" if seen.outcome == "done" else "struck" if seen.outcome in ("moved_away", "vacant") else "attempted"
        )
        self.phone.tasks[campaign.id, target] = state
        return state

    def _write_visit(self, campaign: FeedCampaign, target: str, seen: Visit) -> str:
        now = self._now()
        task: dict[str, Any] = {
            "campaign": campaign.id,
            "target": target,
            "occasion": campaign.occasion,
            "outcome": seen.outcome,
        }
        if seen.appointment:
            task["appointment"] = f"{now:%Y-%m-%d}T19:30"
        done = seen.outcome == "done"
        body = {
            "task": task,
            "present": list(seen.present),
            "answers": answers(campaign.form.questions) if done else {},
            "exceptions": [{"resident": seen.ill, "answers": otherwise(campaign.form.questions)}] if seen.ill else [],
            "people": seen.people,
        }
        return self.phone.write("screening.household_visited.v1", body, at=now)

    def _write_change(self, household: str, parent: str, change: Any) -> None:
        body: dict[str, Any] = {"household": household, "parent": parent, "change": change.change}
        body["resident"] = change.resident or str(new_id())
        if change.change == "field":
            body |= {"field": change.field, "base_version": change.base_version, "value": change.value}
        if change.person:
            body["person"] = change.person
        if change.change == "struck":
            body |= {"reason": change.reason, "versions": dict(change.versions)}
        self.phone.write("registry.household_changed.v1", body, at=self._now())

    def _look_next_door(self, campaign: FeedCampaign, household: FeedHousehold) -> None:
        found = found_next_door(seed=self._seed, household=household.id, door=household.door)
        if found is None:
            return
        id = str(new_id())
        people = [{"id": str(new_id()), **person} for person in found.people]
        body = {
            "household": id,
            "dwelling": str(new_id()),
            "area": household.area,
            "door": found.door,
            "people": people,
        }
        self.phone.write("registry.household_found.v1", body, at=self._now())
        self.book.finds(id)
        seen = Visit(outcome="done", present=tuple(person["id"] for person in people), people=len(people))
        self._write_visit(campaign, id, seen)
        self._note(campaign, id, seen)

    def _spell(self) -> int:
        """For how many doors there is no network, or no hand free to send."""
        return self._draw.choice((1, 2, 3, 5, 8, 13, 40, 90)) if self._misfortunes else 20

    async def _maybe_send(self) -> None:
        self._offline_for -= 1
        if self._offline_for <= 0:
            self._offline_for = self._spell()
            await self._send()

    async def _send(self) -> None:
        if not self._misfortunes:
            await self.phone.send()
            return
        luck = self._first_lucks.pop() if self._first_lucks else self._draw.random()
        if luck < 0.10:
            await self.phone.send(hang_up=True)
        elif luck < 0.20:
            self.phone.shuffle_outbox()
            await self.phone.send(most=self._draw.randint(1, 30))
        elif luck < 0.24:
            await self.phone.send(sealed=True, most=20)
        else:
            await self.phone.send()
            if luck > 0.93:
                await self.phone.send_again()


def answers(questions: Iterable[Question]) -> dict[str, Any]:
    """Today's questions answered once for the household, as most are."""
    return {question.code: _usual(question) for question in questions}


def otherwise(questions: Iterable[Question]) -> dict[str, Any]:
    """What is different for the one person to whom something has happened."""
    return {question.code: True for question in questions if question.per == "person" and question.type == "yes_no"}


def _usual(question: Question) -> Any:
    if question.default is not None:
        return question.default
    if question.type == "choice":
        return question.choices[0]["value"]
    return {"yes_no": False, "integer": 0}.get(question.type, "无")
