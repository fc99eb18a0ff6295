"""Who may be what, and how often one may look. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from unicodedata import normalize

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.moments import Window
from lianfang.foundation.kernel.people import Grant
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import SEPARATED_ROLES, Purpose, Role
from lianfang.ground.access.terms import HeldGrant, ShareSet

ENROLMENT_LASTS = timedelta(minutes=10)
TOKEN_LASTS = timedelta(days=30)
CACHE_HOURS = 72  # after that a phone that heard nothing drops the names it keeps

# The roles that need two people: who administers, and who may export.
NEED_TWO = SEPARATED_ROLES | {Role.DATA_OFFICER}
# What an officer may hand out in their own area without an administrator.
FIELD_ROLES = frozenset({Role.GRID_WORKER, Role.GRID_LEAD, Role.VOLUNTEER, Role.SAMPLER})

_STAFF = frozenset({Purpose.REGISTER_UPKEEP, Purpose.INCIDENT_RESPONSE, Purpose.CARE})
_PURPOSES: dict[Role, frozenset[Purpose]] = {
    Role.RESIDENT: frozenset(),
    Role.VOLUNTEER: frozenset({Purpose.INCIDENT_RESPONSE}),
    Role.SAMPLER: frozenset({Purpose.INCIDENT_RESPONSE}),
    Role.TRACER: frozenset({Purpose.INCIDENT_RESPONSE}),
    Role.COMMAND: frozenset({Purpose.INCIDENT_RESPONSE}),
    Role.HOTLINE_OPERATOR: frozenset({Purpose.CARE}),
    Role.SYSTEM_ADMIN: frozenset({Purpose.OPERATIONS}),
    Role.SECURITY_ADMIN: frozenset({Purpose.OPERATIONS}),
    Role.AUDIT_ADMIN: frozenset({Purpose.AUDIT}),
    Role.DATA_OFFICER: frozenset({Purpose.REGISTER_UPKEEP, Purpose.OPERATIONS}),
}

MOST_BY_TWO = 5000  # rows about people that two may let out at once: more is no list that anybody walks along
EXPORT_LASTS = timedelta(hours=24)  # so long after it was agreed to, a list may be fetched

# How many values one account may reveal on one day (promises §3.1). A policy is dated data: the last line not after
# the day.
REVEALS_A_DAY: Sequence[tuple[date, int]] = ((date(2020, 1, 1), 50),)

SHORTEST_REASON = 4
# Crockford's alphabet: nothing in it is read as something else over the telephone.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10  # 50 bits: enough for ten minutes and one use
_READ_AS = str.maketrans("OILU", "011V", "- ")


def purposes_of(role: Role) -> frozenset[Purpose]:
    """What a role looks at people for, unless its grant says less."""
    return _PURPOSES.get(role, _STAFF)


def exclude_each_other(one: Role, other: Role) -> bool:
    """三员分立: whoever administers does nothing else, and nobody is two administrators."""
    return one != other and bool({one, other} & SEPARATED_ROLES)


def excluded_by(role: Role, window: Window, held: Iterable[HeldGrant]) -> Role | None:
    """The role already held at some same time that this one must not stand beside."""
    for grant in held:
        together = _overlap(window, Window(grant.starts_at, grant.ends_at))
        if together and exclude_each_other(role, grant.role):
            return grant.role
    return None


def needs_two(role: Role) -> bool:
    """Must a second person agree before this role is held?"""
    return role in NEED_TWO


def in_force(held: HeldGrant, *, at: datetime) -> bool:
    """Does it hold at that moment?"""
    return held.starts_at <= at and (held.ends_at is None or at < held.ends_at)


def as_grants(held: Iterable[HeldGrant], permissions: dict[str, frozenset[str]], *, at: datetime) -> tuple[Grant, ...]:
    """The grants in force, with the permissions their roles carry now."""
    return tuple(
        Grant(
            role=grant.role,
            area=grant.area,
            permissions=permissions.get(grant.role, frozenset()),
            purposes=grant.purposes,
            window=Window(grant.starts_at, grant.ends_at),
        )
        for grant in held
        if in_force(grant, at=at)
    )


def reveals_a_day(on: date) -> int:
    """The quota in force on a day."""
    return [most for since, most in REVEALS_A_DAY if since <= on][-1]


def says_why(reason: str | None) -> bool:
    """Is it a reason, or only something typed to get past the box?"""
    letters = {c for c in reason or "" if c.isalnum()}
    return len((reason or "").strip()) >= SHORTEST_REASON and len(letters) > 1


def check_share(*, current: ShareSet | None, mark: int, member: int, made: int, by: AccountId) -> None:
    """Two people are two accounts and two sheets: of the set that counts, each person one, each sheet once."""
    if current is None:
        raise Problem("access.no_shares_made", status=409)
    if mark != current.mark or member > made:
        raise Problem("access.share_of_another_set", status=422)
    if any(one.account.id == by for one in current.confirmed):
        raise Problem("access.share_confirmed_by_you", status=409)
    if any(one.member == member for one in current.confirmed):
        raise Problem("access.share_confirmed_by_another", status=409)


def account_name(typed: str) -> str:
    """A login name as it is kept: full-width letters, capitals and blanks around it make no difference."""
    return normalize("NFKC", typed).replace("\0", "").strip().casefold()


def enrolment_code(typed: str) -> str:
    """A code as it is kept, however it was read aloud and typed."""
    return normalize("NFKC", typed).upper().translate(_READ_AS).strip()


def _overlap(one: Window, other: Window) -> bool:
    starts = max(w.start for w in (one, other) if w.start) if one.start or other.start else None
    ends = [w.end for w in (one, other) if w.end]
    return starts is None or not ends or starts < min(ends)
