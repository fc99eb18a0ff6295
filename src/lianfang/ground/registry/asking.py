"""What several of the register's addresses are asked, and answer with."""

from typing import Annotated, Any
from uuid import UUID

import msgspec

from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.wire import Page
from lianfang.ground.registry import queries
from lianfang.ground.registry.terms import Slice

Words = Annotated[str, msgspec.Meta(max_length=100)]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
Number = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Size = Annotated[int, msgspec.Meta(ge=1, le=queries.MOST_ROWS)]


class Listed(msgspec.Struct, frozen=True):
    """Which page of a list."""

    area: UUID | None = None
    page: Number = 1
    page_size: Size = 50


class Recorded(msgspec.Struct, frozen=True):
    """The entry that was written."""

    id: UUID


class Undoing(msgspec.Struct, frozen=True):
    """Why something is taken back, or is so."""

    reason: Reason = ""


def paged(found: Slice, page: int, page_size: int) -> Page[Any]:
    """A page with its time."""
    return Page(found.rows, found.total, page, page_size, clock.now().isoformat())
