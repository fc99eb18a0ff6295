"""The data files that come with the house, read without Django. Forms that stand in workbooks are not among them."""

from pathlib import Path

import msgspec

from lianfang.ground.posture.rules import read_pack
from lianfang.ground.posture.terms import Basis

_HERE = Path(__file__).parents[1]
BASES = {b.code: b for b in msgspec.json.decode((_HERE / "legal_bases.json").read_bytes(), type=list[Basis])}
PACKS = {p.code: p for p in (read_pack(f.read_bytes(), name=f.name) for f in sorted((_HERE / "packs").glob("*.json")))}
