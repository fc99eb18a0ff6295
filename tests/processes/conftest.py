"""Several server processes on one PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lianfang.demo import staff
from tests.serving import BEFORE_IT_HANGS_UP, Server


class Caller:
    """Somebody with a token. Speaks to whichever server is named."""

    def __init__(self, server: Server, account: str) -> None:
        password = staff.read_logins(server.data / "demo-accounts.txt")[account].password
        asked = {"account": account, "password": password, "device_name": account}
        self._client = httpx.Client(timeout=30, limits=BEFORE_IT_HANGS_UP)
        enrolled = self._client.post(f"{server.url}/api/v1/tokens", json=asked).json()
        self.device: str = enrolled["device"]["id"]
        self.account: str = enrolled["account"]["id"]
        self._client.headers["Authorization"] = f"Bearer {enrolled['token']}"

    def get(self, server: Server, path: str) -> httpx.Response:
        return self._client.get(f"{server.url}/api/v1/{path}")

    def post(self, server: Server, path: str, body: Any) -> httpx.Response:
        return self._client.post(f"{server.url}/api/v1/{path}", json=body)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two grids and a few hundred people."""
    folder = tmp_path_factory.mktemp("processes")
    Server(folder, demo=True).run("demo", "--grids", "2", "--people", "300")
    return folder


@pytest.fixture(scope="module")
def pair(district: Path) -> Iterator[tuple[Server, Server]]:
    """Two processes of one district, each on a port of its own, so that a test can choose."""
    with Server(district, demo=True) as one, Server(district, demo=True) as two:
        yield one, two
