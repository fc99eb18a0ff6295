"""Lives of the real server, each begun in a fraction of a second: a parent that has imported everything and started
nothing forks `lianfang serve` as often as it is asked.

A child differs from a server started by hand in one thing: its imports were done before. It opens its own connections,
starts its own threads, draws its own random numbers. Spoken to over stdin: `serve --port 8000` answers `born PID`, and
the end of a child is told as `dead PID CODE`. SIGUSR1 makes a child's writer thread die, as a fault in it would.
"""

import ctypes
import os
import signal
import sys
from types import FrameType

from lianfang.foundation.plumbing import sqlite
from tests.crash.alone import end_with_the_parent

sqlite.use_modern()


def main() -> None:
    """Import, then do as told until nobody tells any more."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianfang.project.settings")
    import lianfang.project.asgi
    import lianfang.project.management.commands.serve  # noqa: F401

    signal.signal(signal.SIGCHLD, _bury)
    _say("ready")
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            _live(line.split())
        _say(f"born {pid}")


def _live(command: list[str]) -> None:
    import uuid_utils
    from django.core.management import call_command

    end_with_the_parent()
    uuid_utils.reseed_rng()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGUSR1, _end_the_writer)
    os.dup2(2, 1)
    os.close(0)
    code = 1
    try:
        call_command(*command)
        code = 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end_the_writer(number: int, frame: FrameType | None) -> None:
    from lianfang.foundation.ledger.actions import writer

    thread = writer._thread
    if thread is not None and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))


def _bury(number: int, frame: FrameType | None) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(f"dead {pid} {os.waitstatus_to_exitcode(status)}")


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main()
