"""Questions that are asked of the database at the same time are answered together: one thread, one statement, one
commit.

A thread for each look-up costs more than the look-up. Here the first question is taken at once; whatever is asked
while it is being answered is answered next, all of it. So nobody waits for company, and the busier it is, the cheaper
a question becomes, as with the writer and records.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import close_old_connections

from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing.database import is_away
from lianfang.foundation.plumbing.raw import Mailbox, readers

Q = TypeVar("Q")
A = TypeVar("A")
Outcome: TypeAlias = A | BaseException

MOST_AT_ONCE = 128  # whoever comes next waits for no more than these


class Together(Generic[Q, A]):
    """`answer` is given all questions that wait and answers each, in the same order: with what was asked for, or with
    the Problem that it meets. If it breaks, that is one question's fault: then each is asked alone.
    """

    def __init__(self, answer: Callable[[Sequence[Q]], Sequence[A | Problem]]) -> None:
        self._answer = answer
        self._waiting: deque[tuple[Q, Callable[[Outcome[A]], None]]] = deque()
        self._lock = threading.Lock()
        self._at_work = False

    async def ask(self, question: Q) -> A:
        """From the loop, which goes on meanwhile."""
        answer, tell = Mailbox.here().expect()
        with self._lock:
            self._waiting.append((question, tell))
            begin, self._at_work = not self._at_work, True
        if begin:
            readers.submit(self._work)
        found: A = await answer
        return found

    def outcomes(self, questions: Sequence[Q]) -> Sequence[Outcome[A]]:
        """In this thread."""
        try:
            return self._answer(questions)
        except Exception as error:
            if len(questions) == 1 or is_away(error):
                return [error] * len(questions)
        return [outcome for question in questions for outcome in self.outcomes([question])]

    def _work(self) -> None:
        while asked := self._take():
            try:
                close_old_connections()
                outcomes = self.outcomes([question for question, _ in asked])
            except Exception as error:  # whatever it was: nobody must wait for ever
                outcomes = [error] * len(asked)
            for (_, tell), outcome in zip(asked, outcomes, strict=True):
                tell(outcome)

    def _take(self) -> list[tuple[Q, Callable[[Any], None]]]:
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            self._at_work = bool(taken)
        return taken
