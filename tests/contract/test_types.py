"""The desk's types are the server's: what its own document describes, generated and compared."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

NOT_HERE = "needs Node and the front end's packages: ./lf test sets them up"


def test_each_kind_of_record_has_a_word_on_the_desk(repository: Path) -> None:
    from lianfang.project.wiring import build

    words = json.loads((repository / "web" / "desk" / "locale" / "zh-Hans.json").read_text("utf-8"))
    assert [kind for kind in build().kinds if f"record.{kind}" not in words] == []


def test_the_desk_s_types_are_what_the_server_answers(repository: Path) -> None:
    from lianfang.project import urls  # every module's endpoints are known once the addresses are
    from lianfang.project.openapi import document

    web, node = repository / "web", shutil.which("node")
    if node is None or not (web / "node_modules" / "openapi-typescript").is_dir():
        pytest.skip(NOT_HERE)
    assert urls.urlpatterns
    described = repository / "out" / "openapi.json"
    described.parent.mkdir(exist_ok=True)
    described.write_text(json.dumps(json.loads(document()), ensure_ascii=False, indent=1), encoding="utf-8")
    compared = subprocess.run(
        [node, "api/generate.mjs", "--check", str(described)], cwd=web, capture_output=True, text=True
    )
    assert compared.returncode == 0, compared.stderr
