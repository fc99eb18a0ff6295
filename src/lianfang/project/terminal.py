"""What several commands do in a terminal: ask who it is, show the three sheets."""

import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from getpass import getpass

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import recovery
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts


def signed_in(name: str, permission: str, *, at: datetime, lineage: Collection[AreaId] = ()) -> Viewer:
    """With their own password: owning the machine makes nobody two people."""
    prompt = f"{name} 的密码 password: "
    account = access.check_credentials(name=name, password=getpass(prompt) if sys.stdin.isatty() else input())
    viewer = accounts.viewer_of(AccountId(account.id), at)
    if viewer is None or accounts.must_change_password(AccountId(account.id)):
        raise Problem("access.password_must_be_changed", status=403)
    viewer.require(permission, lineage=lineage)
    return viewer


def sheets(shares: Sequence[str]) -> Iterator[str]:
    """The one time they are shown."""
    yield (
        "\n主密钥的恢复份额,只显示这一次:请分别抄在纸上,交给不同地方的三个人保管。任意两份可以恢复,一份什么也看不出。"
        "\nRecovery shares of the master key, shown this once: copy each to paper and give them to three people in"
        " different places.\nAny two bring the key back; one alone tells nothing."
    )
    for number, share in enumerate(shares, start=1):
        yield f"\n  {number}/{recovery.MADE}  {share}"
    yield (
        f"\n  请其中 {recovery.NEEDED} 人各用自己的账号,在总览页底部点「恢复份额」,"
        f"输入自己那份的前 {recovery.OPENING} 个词。"
        f"\n  Have {recovery.NEEDED} of them type the first {recovery.OPENING} words of theirs, each from an account of"
        " their own: at the foot of the overview."
    )
