"""Nobody's name, number or address reaches a log line."""

import io
import json
import logging

import pytest

from lianfang.foundation.plumbing import logs

CANARIES = ("王小明", "13800138000", "330381199001011234", "33038119900101123X", "明镜社区3幢402", "阿卜杜拉·买买提")


@pytest.fixture
def written() -> io.StringIO:
    logs.configure()
    stream = io.StringIO()
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_in_message_argument_or_field_is_blotted_out(canary: str, written: io.StringIO) -> None:
    log = logging.getLogger("lianfang.test")
    log.error("could not store %s", canary)
    log.error(f"could not store {canary}", extra={"who": canary, "rows": [canary], "deep": {"a": canary}})
    try:
        raise ValueError(f"bad value {canary}")
    except ValueError:
        log.exception("broke")
    assert canary not in written.getvalue()
    assert canary not in json.dumps([json.loads(line) for line in written.getvalue().splitlines()], ensure_ascii=False)


def test_codes_ids_and_counts_stay_readable(written: io.StringIO) -> None:
    logging.getLogger("lianfang.test").warning("ledger.projection_failed at %s", 12345)
    line = json.loads(written.getvalue())
    assert "ledger.projection_failed" in line["event"] and "12345" in line["event"]
