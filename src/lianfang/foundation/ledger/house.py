"""What the wiring installed: the kinds, projections, look-ups and journeys of all modules, and the area port."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.ledger.terms import Kept, Kind, Loader, Projection, Reaction, Sender

Lineage = Callable[[AreaId, date], tuple[AreaId, ...]]
Standing = Callable[[Sender, datetime], Sender]


def _alone(area: AreaId, on: date) -> tuple[AreaId, ...]:
    return (area,)


def _as_before(sender: Sender, at: datetime) -> Sender:
    return sender


class House(msgspec.Struct, dict=True):
    """Everything the ledger has to be told; built once by `project`, or small by a test."""

    kinds: Mapping[str, Kind] = {}
    projections: Sequence[Projection] = ()
    loaders: Mapping[str, Loader] = {}
    reactions: Sequence[Reaction] = ()
    kept: Sequence[Kept] = ()
    lineage: Lineage = _alone
    standing: Standing = _as_before

    @cached_property
    def folded_by(self) -> dict[str, tuple[Projection, ...]]:
        """Kind name → the projections that fold it, in the order of the layers."""
        return {name: tuple(p for p in self.projections if _folds(p, kind)) for name, kind in self.kinds.items()}

    @cached_property
    def parts(self) -> dict[tuple[str, type], str]:
        """(kind name, part type) → the body's field that holds an engine's part."""
        return {
            (name, field.type): field.name
            for name, kind in self.kinds.items()
            for field in msgspec.structs.fields(kind.body)
        }

    @cached_property
    def body_decoders(self) -> dict[str, msgspec.json.Decoder[Any]]:
        """One compiled decoder per kind's body."""
        return {name: msgspec.json.Decoder(kind.body) for name, kind in self.kinds.items()}


def _folds(projection: Projection, kind: Kind) -> bool:
    if projection.part is not None and any(f.type is projection.part for f in msgspec.structs.fields(kind.body)):
        return True
    return kind.name in projection.kinds


_installed = House()


def install(house: House) -> House:
    """Make this the house in force; answers the one before it (tests put that back)."""
    global _installed
    previous, _installed = _installed, house
    return previous


def installed() -> House:
    """The house in force."""
    return _installed
