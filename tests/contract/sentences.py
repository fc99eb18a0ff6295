"""What makes a sentence clear: it is in its reader's language, has no blank where a fact belongs, and says where."""

import re

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_QUOTED = re.compile(r"[「“][^」”]*[」”]|‘[^’]*’")
# A decoder's own words are clear to whoever wrote it.
_MACHINE = re.compile(r"Expected|malformed|parsed_body|codec|Invalid|recursion|\$\.|Traceback|Error\b|\bgot\b")


def assert_clear(chinese: str, english: str | None = None, *, row: int | None = None, column: str = "") -> None:
    """The sentence is one, in Chinese, and (where it was asked for) in English."""
    assert _CHINESE.search(chinese), f"no Chinese: {chinese}"
    assert chinese[-1] in "。?!" or chinese.endswith("。"), f"no sentence: {chinese}"
    for said in filter(None, (chinese, english)):
        assert not _MACHINE.search(said), f"a machine's words: {said}"
        assert "—" not in said and "{" not in said, f"a blank: {said}"
        assert row is None or str(row) in said, f"does not name row {row}: {said}"
        assert column in said, f"does not name {column}: {said}"
    if english is not None:
        assert not _CHINESE.search(_QUOTED.sub("", english)), f"no English: {english}"
        assert english[-1] in ".?!", f"no sentence: {english}"
