"""Several server processes on one port and one PostgreSQL: started, started again when one dies, ended together.

The parent opens the port, hands it to its children and touches no database. Each child is a whole server with a writer
of its own; the database's lock gives them turns. A pipe from the parent is each child's tie: when the parent is gone,
killed too, nobody is left serving.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time

log = logging.getLogger(__name__)
MOST = 32
_TIE = "LIANFANG_TIE"  # the pipe's number, in a child's environment
_BACKLOG = 2048
_BREATH = 1.0  # seconds before a child that died is started again
_PATIENCE = 25.0  # seconds for children to finish what they have in hand


def listen(host: str, port: int) -> socket.socket:
    """The one port that all children answer on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    port_of_all = socket.socket(family)
    port_of_all.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port_of_all.bind((host, port))
    port_of_all.listen(_BACKLOG)
    return port_of_all


class Family:
    """The children. `serve` returns when it was asked to end and they have."""

    def __init__(self, port: socket.socket, size: int) -> None:
        self._port = port
        self._size = size
        self._held, self._tie = os.pipe()
        self._ending = threading.Event()
        self._children: list[subprocess.Popen[bytes]] = []

    def serve(self) -> None:
        """Until a signal says stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._ending.set())
        self._children = [self._start() for _ in range(self._size)]
        while not self._ending.wait(_BREATH):
            self._children = [child if child.poll() is None else self._replace(child) for child in self._children]
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        handed = (self._port.fileno(), self._held)
        command = [sys.executable, "-m", "lianfang.project.cli", "serve", "--fd", str(handed[0])]
        # A session of its own: ^C in a terminal reaches the parent alone, which then ends its children in order.
        return subprocess.Popen(
            command, pass_fds=handed, env={**os.environ, _TIE: str(handed[1])}, start_new_session=True
        )

    def _replace(self, dead: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        log.error("a server process died and is started again", extra={"exit": dead.returncode})
        return self._start()

    def _end(self) -> None:
        for child in self._children:
            child.send_signal(signal.SIGINT)
        deadline = time.monotonic() + _PATIENCE
        for child in self._children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def end_with_the_parent() -> None:
    """In a child: when the other end of the pipe closes, end as if asked to."""
    tie = os.environ.pop(_TIE, None)
    if tie is None:
        return

    def watch() -> None:
        os.read(int(tie), 1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, name="tie", daemon=True).start()
