"""The one script: it finds words, sees gaps between languages, and knows when nothing has to be done."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import checking, environment, house, locales, pictures, testing, where

ZH_HANS = "locale/zh-Hans.json"
EN = "locale/en.json"


def test_the_script_says_what_it_can_do(repository: Path) -> None:
    said = subprocess.run([sys.executable, repository / "lf", "--help"], capture_output=True, text=True)
    assert said.returncode == 0
    assert all(f"./lf {verb}" in said.stdout for verb in ("run", "test", "proof", "pictures", "check", "where"))


@pytest.mark.parametrize("asked", ["搁置", "held", "HELD"])
def test_a_word_leads_to_its_module_and_the_line_that_defines_it(
    asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert where.main([asked]) == 0
    said = capsys.readouterr().out
    assert "src/lianfang/foundation/ledger/" in said
    assert "foundation/ledger/terms.py:" in said and "class Held(" in said


def test_a_name_outside_the_glossary_is_looked_for_in_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert where.main(["private server"]) == 1
    assert where.main(["installed fingerprint"]) == 1
    assert where.main(["hand in reply"]) == 0
    assert "class HandInReply" in capsys.readouterr().out


def test_a_planned_module_is_said_to_be_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    glossary = tmp_path / "glossary.md"
    glossary.write_text(
        "| 中文 | identifier | where | what |\n|---|---|---|---|\n| 气球 | `balloon` | operations/balloons | flies |\n"
    )
    monkeypatch.setattr(where, "GLOSSARY", glossary)
    assert where.main(["气球"]) == 0
    assert "not built yet" in capsys.readouterr().out


def test_the_glossary_names_each_thing_once_and_every_place_is_in_the_plan() -> None:
    terms = where.glossary()
    names = [term.identifier for term in terms]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [
        term
        for term in terms
        if not term.identifier.replace("_", "").isalpha() or term.identifier.lower() != term.identifier
    ] == []
    layers = {"foundation", "ground", "operations", "journeys", "interop", "screens", "demo", "project"}
    assert {term.module.split("/")[0] for term in terms} <= layers


def test_a_sentence_in_one_language_only_is_found(tmp_path: Path) -> None:
    _module(tmp_path, zh={"a.one": "一", "a.two": "二"}, en={"a.one": "one"})
    assert locales.problems(tmp_path) == ["src/a/locale: a.two stands only in zh-Hans.json"]


def test_a_placeholder_in_one_language_only_is_found(tmp_path: Path) -> None:
    _module(tmp_path, zh={"a.rows": "第 {row} 行,共 {rows} 行"}, en={"a.rows": "row {row}"})
    (found,) = locales.problems(tmp_path)
    assert "a.rows has different placeholders" in found


def test_a_missing_file_an_empty_sentence_and_broken_json_are_found(tmp_path: Path) -> None:
    _module(tmp_path / "one", zh={"a.one": " "}, en={"a.one": "one"})
    _module(tmp_path / "two", zh={"a.one": "一"}, en={"a.one": "one"})
    (tmp_path / "two/src/a" / EN).unlink()
    _module(tmp_path / "three", zh={"a.one": "一"}, en={"a.one": "one"})
    (tmp_path / "three/src/a" / EN).write_text("{")
    assert [len(locales.problems(tmp_path / name)) for name in ("one", "two", "three")] == [1, 1, 1]


def test_nested_words_of_the_screens_are_compared_too(tmp_path: Path) -> None:
    folder = tmp_path / "web" / "i18n"
    folder.mkdir(parents=True)
    (folder / "zh-Hans.json").write_text(json.dumps({"a": {"one": "一"}}))
    (folder / "en.json").write_text(json.dumps({"a": {"two": "two"}}))
    assert len(locales.problems(tmp_path)) == 2


def test_a_fingerprint_changes_with_content_and_with_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "ROOT", tmp_path)
    file = tmp_path / "lock"
    file.write_text("one")
    before = house.fingerprint([file])
    file.touch()
    assert house.fingerprint([file]) == before
    file.write_text("two")
    assert house.fingerprint([file]) != before


def test_a_failed_step_shows_what_was_said_and_what_was_run() -> None:
    with pytest.raises(house.Stopped, match="sorry"):
        house.run([sys.executable, "-c", "print('sorry'); raise SystemExit(3)"])


def test_a_single_package_is_taken_from_the_lock_with_its_hashes() -> None:
    block = environment._locked("uv")
    assert block.startswith("uv==") and "--hash=sha256:" in block
    assert block.count("==") == 1
    with pytest.raises(house.Stopped):
        environment._locked("no-such-package")


def test_the_kept_pictures_are_the_chosen_ones_and_small_together(repository: Path) -> None:
    names = pictures.chosen()
    kept = {file.stem: file.stat().st_size for file in pictures.KEPT.glob("*.png")}
    assert sorted(kept) == sorted(names)
    assert sum(kept.values()) <= pictures.MOST_BYTES
    pages = [repository / "README.md", *(repository / "docs").rglob("*.md")]
    shown = {name for page in pages for name in re.findall(r"screens/([\w-]+)\.png", page.read_text("utf-8"))}
    assert shown - set(names) == set()


def test_a_run_that_breaks_off_counts_as_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    assert testing._counted(report, 0) == testing.Count(failed=1)
    report.write_text('<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>')
    assert testing._counted(report, 1) == testing.Count(passed=3, failed=2, skipped=2)
    report.write_text('<testsuites><testsuite tests="7" failures="0" errors="0" skipped="0"/></testsuites>')
    assert testing._counted(report, 3) == testing.Count(passed=7, failed=1)


def test_a_check_that_finds_something_fails_and_says_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "CHECKS", {"good": lambda: "", "bad": lambda: "line 7 is wrong"})
    assert checking.run([]) == [("good", ""), ("bad", "line 7 is wrong")]
    assert "line 7 is wrong" in capsys.readouterr().out


def _module(root: Path, *, zh: dict[str, str], en: dict[str, str]) -> None:
    folder = root / "src" / "a"
    (folder / "locale").mkdir(parents=True)
    (folder / ZH_HANS).write_text(json.dumps(zh))
    (folder / EN).write_text(json.dumps(en))
