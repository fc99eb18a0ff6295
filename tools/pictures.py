"""./lf pictures [--full] [--only-keep]: take every picture of the screens, keep the chosen ones for README and manual.

The browser tests take them into out/screens/. `--full` also loads the whole demo district, lets the drill run and
takes the pictures in which the numbers move. The chosen ones are made small and put into docs/screens/; look at them.
"""

from pathlib import Path

from tools import environment, house
from tools.house import ROOT, Stopped
from tools.testing import ready_for_browsers

TAKEN = house.OUT / "screens"
KEPT = ROOT / "docs" / "screens"
CHOICE = KEPT / "chosen.txt"
MOST_BYTES = 6_000_000
COLOURS = 96  # of a screen in flat colours nothing is lost to the eye
LOOKS = ("tests/browser/test_desk_looks.py", "tests/browser/test_field_looks.py")


def main(arguments: list[str]) -> int:
    """Take them, make the chosen ones small, say what is missing and what is too much."""
    environment.packages(development=True)
    if "--only-keep" not in arguments:
        ready_for_browsers()
        code = house.show([environment.PYTHON, "-m", "pytest", "-m", "browser", *LOOKS], env=house.ENVIRONMENT)
        if code == 0 and "--full" in arguments:
            code = house.show([environment.PYTHON, "-m", "tests.browser.full_district"], env=house.ENVIRONMENT)
        if code != 0:
            return code
    environment.tool("pillow")
    return keep(chosen())


def chosen() -> list[str]:
    """The names in docs/screens/chosen.txt, one a line; `#` begins a remark."""
    lines = (line.partition("#")[0].strip() for line in CHOICE.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def keep(names: list[str]) -> int:
    """Small copies of these in docs/screens, and nothing else there."""
    missing = [name for name in names if not _taken(name) and not _kept(name).is_file()]
    if missing:
        raise Stopped(f"没有拍到 no such picture: {' '.join(missing)}")
    for old in KEPT.glob("*.png"):
        if old.stem not in names:
            old.unlink()
    fresh = [name for name in names if _taken(name)]
    house.run([environment.PYTHON, "-c", SHRINK, str(COLOURS), TAKEN, KEPT, *fresh])
    size = sum(_kept(name).stat().st_size for name in names)
    print(f"{len(names)} 张 pictures · {len(fresh)} 张新 new · {size / 1e6:.1f} MB → {KEPT.relative_to(ROOT)}")
    if size > MOST_BYTES:
        raise Stopped(f"超过 more than {MOST_BYTES / 1e6:.0f} MB")
    return 0


def _taken(name: str) -> bool:
    return (TAKEN / f"{name}.png").is_file()


def _kept(name: str) -> Path:
    return KEPT / f"{name}.png"


SHRINK = """
import sys
from pathlib import Path
from PIL import Image

colours, taken, kept, *names = sys.argv[1:]
for name in names:
    picture = Image.open(Path(taken) / f"{name}.png").convert("RGB")
    few = picture.quantize(int(colours), method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(Path(kept) / f"{name}.png", optimize=True)
"""
