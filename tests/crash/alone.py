"""A world of its own for what needs root: mounts that nobody else sees and processes that end with it.

`alone.run(function, …)` starts `unshare` with a mount and a process namespace; when the first process in it ends,
however it ends, the kernel ends the others and takes the mounts away. So nothing is left behind on failure either.
"""

import ctypes
import fcntl
import importlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.serving import ROOT

HERE = Path(os.environ.get("LIANFANG_CRASH_FOLDER", "/tmp/crash"))
PARENT_DEATH_SIGNAL = 1  # prctl(2)
SHUT_DOWN = 0x8004587D  # the ioctl 'X', 125 of XFS, which ext4 understands as well
WITHOUT_THE_LOG = struct.pack("I", 2)  # not even the file system's own log is written any more


def cannot(*programs: str) -> str:
    """Why this machine cannot do it; empty when it can."""
    if os.geteuid() != 0:
        return "needs root, for mounts"
    missing = [program for program in ("unshare", "mount", *programs) if not shutil.which(program)]
    if missing:
        return f"needs {', '.join(missing)}"
    tried = subprocess.run([*_UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
    return "" if tried.returncode == 0 else f"cannot mount: {tried.stderr.strip()}"


def cannot_loop(*programs: str) -> str:
    """The same for file systems in a file."""
    return cannot("losetup", *programs) or ("" if Path("/dev/loop-control").exists() else "needs loop devices")


_UNSHARE = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")


def run(function: Callable[..., dict[str, Any]], **options: Any) -> dict[str, Any]:
    """Call it there with an empty folder `place=`, and answer what it answered."""
    HERE.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=HERE))
    place.chmod(0o755)  # PostgreSQL runs as another user
    name = f"{function.__module__.removeprefix('tests.crash.')}:{function.__name__}"
    command = [*_UNSHARE, sys.executable, "-m", "tests.crash.alone", name, json.dumps(options), str(place)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=end_with_the_parent
        )
        assert done.returncode == 0, f"{name} ended with {done.returncode}"
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found
    finally:
        shutil.rmtree(place, ignore_errors=True)


def end_with_the_parent() -> None:
    """Called in a child: the kernel kills it when whoever started it ends, however that ends."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


class Disk:
    """A file with a file system in it, mounted at `folder`; its power can be cut."""

    def __init__(self, place: Path, kind: str, megabytes: int = 400) -> None:
        self.folder = place / "disk"
        self.folder.mkdir()
        self._image, self._kind = place / "disk.image", kind
        with self._image.open("wb") as file:
            file.truncate(megabytes << 20)
        _do(f"mkfs.{kind}", "-q", self._image)
        self.mount()

    def mount(self) -> None:
        """As after the power came back: the file system recovers."""
        _do("mount", "-o", "loop", "-t", self._kind, self._image, self.folder)

    def cut_power(self) -> None:
        """From now on nothing reaches the disk; what had not reached it is gone."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUT_DOWN, WITHOUT_THE_LOG)
        finally:
            os.close(handle)

    def restore_power(self) -> None:
        """Every process that had files open there must have ended."""
        _do("umount", self.folder)
        self.mount()


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk in memory that is soon full; it can be made larger by `resize`."""
    folder = place / "small"
    folder.mkdir()
    _do("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder)
    yield folder


def _do(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.stderr or done.stdout}"


def main() -> None:
    """In the world of its own: call the function and print what it found as the last line."""
    name, options, place = sys.argv[1:]
    module, function = name.split(":")
    call = getattr(importlib.import_module(f"tests.crash.{module}"), function)
    try:
        found = call(place=Path(place), **json.loads(options))
    except BaseException:
        for log in Path(place).glob("*.log"):
            sys.stderr.write(f"── {log.name}\n{log.read_text(errors='replace')[-6000:]}\n")
        raise
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
