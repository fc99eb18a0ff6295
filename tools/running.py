"""./lf run: from a bare machine to a subdistrict being swept before one's eyes."""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import environment, house
from tools.house import OUT, ROOT, Stopped, step

DEMO_DATA = ROOT / "data" / "demo"
ACCOUNTS = DEMO_DATA / "demo-accounts.txt"  # written last: where it is, the whole district is
ACCOUNTS_SHOWN = 10
TABLES = DEMO_DATA / ".tables"
DEVICES_IN_THE_DRILL = 69
SECONDS_TO_COME_UP = 60


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    began = time.monotonic()
    _refuse_a_port_in_use(asked.port)
    environment.packages()
    with house.beside(environment.front_end):
        _load_demo(fresh=asked.fresh)
    _upgrade()
    return _serve(asked, began)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./lf run", description="装好一切,载入演示街道,打开服务 set up, load the demo, serve"
    )
    parser.add_argument(
        "--lan", action="store_true", help="同一网络的手机也能打开(HTTPS) phones on this network too, over HTTPS"
    )
    parser.add_argument("--port", type=int, default=8000, help="端口 port (8000)")
    parser.add_argument("--fresh", action="store_true", help="演示数据重来 load the demo district anew")
    parser.add_argument(
        "--no-drill", action="store_true", help="不演练,数字静止 no live drill: nothing moves by itself"
    )
    return parser


def _refuse_a_port_in_use(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stopped(f"端口 {port} 已被占用,换一个: ./lf run --port {port + 1} · port {port} is taken") from None


def _load_demo(*, fresh: bool) -> None:
    """The demo district has a data folder of its own; it is loaded once, and whole or not at all."""
    if ACCOUNTS.is_file() and not fresh:
        return
    shutil.rmtree(DEMO_DATA, ignore_errors=True)
    DEMO_DATA.mkdir(parents=True)
    print("▸ 载入演示街道 loading the demo district", flush=True)
    began = time.monotonic()
    if house.show(environment.lianfang("demo"), env=_demo()) != 0:
        raise Stopped("演示街道没有载入成功,上面是原因 the demo district could not be loaded; the reason stands above")
    house.remember(TABLES, _tables())
    print(f"  ✓ {time.monotonic() - began:.1f} s", flush=True)


def _upgrade() -> None:
    """Demo data loaded by an older version get this version's tables."""
    if house.is_current(TABLES, _tables()):
        return
    with step("准备数据库", "preparing the database"):
        house.run(environment.lianfang("upgrade"), env=_demo())
    house.remember(TABLES, _tables())


def _tables() -> str:
    return house.fingerprint((ROOT / "src").rglob("migrations/*.py"))


def _demo() -> dict[str, str]:
    return {**house.ENVIRONMENT, "LIANFANG_DATA": str(DEMO_DATA), "LIANFANG_DEMO": "1"}


def _serve(asked: argparse.Namespace, began: float) -> int:
    """Start the server, wait until it can store, say where it is, then let the drill play."""
    _end_on_hang_up()
    OUT.mkdir(exist_ok=True)
    server = _start("serve", "--port", str(asked.port), *(["--lan"] if asked.lan else []))
    drill = None
    try:
        with step("启动服务", "starting the server"):
            _wait_until_ready(server, asked.port)
        _welcome(asked, time.monotonic() - began)
        if not asked.no_drill:
            drill = _start("drill", "sweep", "--devices", str(DEVICES_IN_THE_DRILL), "--port", str(asked.port))
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        for process in filter(None, (drill, server)):
            _end(process)


def _end_on_hang_up() -> None:
    """A closed terminal or a polite kill ends the children too, as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _start(*command: str) -> subprocess.Popen[str]:
    """A child in a session of its own: Ctrl-C reaches only us, and we end the drill before the server."""
    words = [str(part) for part in environment.lianfang(*command)]
    child = subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, **_demo(), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    threading.Thread(target=_listen, args=(child, OUT / f"{command[0]}.log"), daemon=True).start()
    return child


def _listen(child: subprocess.Popen[str], log: Path) -> None:
    """Everything goes to a file; what is meant for people (the log's JSON is not) to the screen as well."""
    assert child.stdout is not None
    with log.open("w", encoding="utf-8") as file:
        for line in child.stdout:
            file.write(line)
            file.flush()
            if not line.startswith("{"):
                print(line, end="", flush=True)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()


def _wait_until_ready(server: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_COME_UP
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Stopped(f"服务没有起来,原因见 the server ended, see {OUT / 'serve.log'}")
        if _is_ready(port):
            return
        time.sleep(0.1)
    raise Stopped(f"{SECONDS_TO_COME_UP} 秒内服务没有就绪 the server was not ready within {SECONDS_TO_COME_UP} seconds")


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(asked: argparse.Namespace, seconds: float) -> None:
    drill = (
        ""
        if asked.no_drill
        else f"{DEVICES_IN_THE_DRILL} 部手机正在演练 {DEVICES_IN_THE_DRILL} phones are on a drill · "
    )
    print(
        f"""
  联防 lianfang · 演示街道已就绪 the demo district is ready ({seconds:.0f} s)

  办公桌面 desk    http://127.0.0.1:{asked.port}/
  手机界面 phone   http://127.0.0.1:{asked.port}/m/
{_accounts()}
  {drill}按 Ctrl-C 结束 Ctrl-C ends it
""",
        flush=True,
    )


def _accounts() -> str:
    lines = ACCOUNTS.read_text(encoding="utf-8").splitlines()
    more = [f"… {ACCOUNTS.relative_to(ROOT)}"] if len(lines) > ACCOUNTS_SHOWN else []
    words = ["演示账号 demo accounts, made for this machine alone", *lines[:ACCOUNTS_SHOWN], *more]
    return "\n" + "\n".join(f"  {line}" for line in words) + "\n"
