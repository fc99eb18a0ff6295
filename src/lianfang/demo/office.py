"""What a drill needs of people in offices.

A campaign to sweep for, codes for phones, one phone locked out, its records accepted.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lianfang.demo.counts import Count


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

    async def accept_held(self, device: str) -> int:
        """Count what a revoked phone handed in after all; answers how many records."""
        ...

    async def coverage(self, campaign: str, grids: Sequence[str]) -> Mapping[str, Count]:
        """What the server shows, grid by grid."""
        ...
