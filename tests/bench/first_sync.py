"""How long a new phone waits for its slice, and how large that is.

python -m tests.bench.first_sync [--people 2000] [--rounds 5]

One grid of so many people, a phone that has nothing yet, every page of the feed until there is no more, over loopback
and compressed as a phone asks for it (asked: 2 seconds or less for 2,000 people). Every round is a new phone.
"""

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx
import msgspec

from lianfang.demo import staff
from lianfang.demo.phones import FeedPage
from tests.bench.figures import Figure, say
from tests.serving import Server


def main() -> None:
    """Load the grid, then let phones come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianfang-bench-") as folder:
        server = Server(Path(folder), demo=True)
        server.run("demo", "--grids", "1", "--people", str(options.people))
        login = staff.read_logins(server.data / "demo-accounts.txt")["grid-01"]
        with server, httpx.Client(base_url=server.url, timeout=60) as client:
            synced = [_first_sync(client, login) for _ in range(options.rounds)]
    seconds = [round(took, 3) for took, _, _, _ in synced]
    _, people, plain, sent = synced[0]
    beside = {"people": people, "kilobytes": round(plain / 1000), "kilobytes_sent": round(sent / 1000)}
    say(Figure("first sync of a grid", median(seconds), "s", 2.0, at_most=True, rounds=seconds, beside=beside))


def _first_sync(client: httpx.Client, login: staff.Login) -> tuple[float, int, int, int]:
    """Seconds, people, bytes of JSON, bytes on the wire."""
    asked = {"account": login.account, "password": login.password, "device_name": "bench"}
    token = client.post("/api/v1/tokens", json=asked).json()["token"]
    began, after, shape, more = time.perf_counter(), 0, "", True
    people = plain = sent = 0
    while more:
        said = client.get(f"/api/v1/feed?after={after}&shape={shape}", headers={"Authorization": f"Bearer {token}"})
        page = msgspec.json.decode(said.content, type=FeedPage)
        after, shape, more = page.position, page.shape, page.more
        people += sum(len(household.residents) for household in page.households)
        plain, sent = plain + len(said.content), sent + said.num_bytes_downloaded
    return time.perf_counter() - began, people, plain, sent


if __name__ == "__main__":
    main()
