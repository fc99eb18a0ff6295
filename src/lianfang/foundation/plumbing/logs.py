"""JSON logs without people in them.

A log line says what happened to which id, by code. Every string value that looks like a telephone, identity number or
a run of Chinese (a name, an address) is replaced before it is written; a canary test keeps this true.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_LOOKS_PERSONAL = re.compile(r"\d{15,18}[\dXx]?|(?<!\d)1\d{10}(?!\d)|[\u4e00-\u9fff\u3400-\u4dbf]+")
_KEPT = frozenset({"event", "level", "timestamp", "logger"})


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what could be a person, in every value and in the message itself."""
    return {key: _redacted(value) if key not in _KEPT - {"event"} else value for key, value in event.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return _LOOKS_PERSONAL.sub("▮", value)
    if isinstance(value, Mapping):
        return {key: _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value if isinstance(value, int | float | bool | None) else _LOOKS_PERSONAL.sub("▮", str(value))


def configure(_: object = None) -> None:
    """Send Django's and our own loggers through structlog to standard error, one JSON object per line."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("django.request", "django.db.backends", "uvicorn.access", "axes", "httpx"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
