"""Key files are whole or not there, and never written over."""

from pathlib import Path

import pytest

from lianfang.foundation.plumbing import durable


def test_a_key_file_is_written_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "master.key"
    durable.write_new(file, b"first")
    with pytest.raises(FileExistsError):
        durable.write_new(file, b"second")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"first", 0o400)
    assert list(file.parent.iterdir()) == [file]


def test_replacing_leaves_the_new_content_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "note.json"
    durable.replace(file, b"before")
    durable.replace(file, b"after")
    assert file.read_bytes() == b"after" and list(tmp_path.iterdir()) == [file]
