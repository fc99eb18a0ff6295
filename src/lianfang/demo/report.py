"""What a drill came to, as a table on a terminal. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from lianfang.demo.counts import Count, total
from lianfang.demo.drill import Played

_COLUMNS = ("listed", "found", "struck", "done", "attempted", "untouched", "remaining", "people")
_ZH = ("名单", "新增", "核销", "已完成", "尝试未遇", "未走访", "剩余", "人")


class Countings(msgspec.Struct, frozen=True):
    """The three countings of the same grids."""

    phones: Mapping[str, Count]
    server: Mapping[str, Count]
    entries: Mapping[str, Count]


def differences(one: Mapping[str, Count], other: Mapping[str, Count]) -> list[str]:
    """Where two countings of the same grids do not agree, one line per grid."""
    lines = []
    for grid in sorted(one.keys() | other.keys()):
        left, right = (msgspec.structs.asdict(side.get(grid, Count())) for side in (one, other))
        wrong = [f"{name} {left[name]} ≠ {right[name]}" for name in left if left[name] != right[name]]
        if wrong:
            lines.append(f"{grid}: {', '.join(wrong)}")
    return lines


def disagreements(countings: Countings) -> list[str]:
    """Everything in which the three do not agree."""
    against = (("手机 ≠ 服务器 phones ≠ server", countings.server), ("手机 ≠ 账目 phones ≠ entries", countings.entries))
    return [f"{what} {line}" for what, other in against for line in differences(countings.phones, other)]


def lines(played: Played, countings: Countings) -> Iterator[str]:
    """The whole report."""
    yield ""
    yield f"  {played.campaign.name}"
    yield "  " + _row("", _ZH)
    yield "  " + _row("", _COLUMNS)
    for name, side in (
        ("手机 phones", countings.phones),
        ("服务器 server", countings.server),
        ("账目 entries", countings.entries),
    ):
        yield "  " + _row(name, [f"{getattr(total(side.values()), column):,}" for column in _COLUMNS])
    yield ""
    yield from _people(played)
    yield from _rates(played)
    for what in (*disagreements(countings), *played.log.strange):
        yield f"  ✗ {what}"
    if not disagreements(countings) and not played.log.strange:
        yield f"  ✓ 三处数目一致 the three countings agree, grid by grid ({len(countings.phones)})"


def _people(played: Played) -> Iterator[str]:
    who = played.people
    reached, remaining, gone = f"{who.reached:,}", f"{who.remaining:,}", f"{who.struck:,}"
    yield f"  名单上 {who.listed:,} 人:走访到 {reached} 人,还要找 {remaining} 人,搬走或空户 {gone} 人"
    yield f"  of {who.listed:,} people listed, {reached} were reached, {remaining} are still named, {gone} are gone"


def _rates(played: Played) -> Iterator[str]:
    log, seconds = played.log, max(played.seconds, 0.001)
    fates = " · ".join(f"{fate} {count:,}" for fate, count in sorted(log.fates.items()))
    mishaps = " · ".join(f"{what} {count:,}" for what, count in sorted(log.mishaps.items()))
    yield (
        f"  {played.doors:,} 次敲门 doors · {len(log.seconds):,} 次上传 requests · {log.records:,} 条记录 records"
        f" · {seconds:.1f} s · {log.records / seconds:,.0f} 条/秒 records/s"
    )
    yield f"  上传用时 request time p50 {_share(log.seconds, 0.5):.0f} ms · p99 {_share(log.seconds, 0.99):.0f} ms"
    yield f"  {fates}"
    yield f"  {mishaps}"


def _share(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def _row(name: str, cells: Sequence[str]) -> str:
    return _padded(name, 16) + "".join(_padded(cell, 11, right=True) for cell in cells)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    """Chinese characters take two places on a terminal."""
    room = " " * max(0, width - sum(2 if ord(sign) > 0x2E7F else 1 for sign in text))
    return room + text if right else text + room
