"""What the server's log must not hold: what people asked, were answered, or named.

A run logs its id, its times and how it ended. What an error says may repeat a question, so of errors only their kinds
and the places in the code are kept, unless a setting says otherwise.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

_KIND = re.compile(r"(<class '[\w.]+'>)\(.*", re.DOTALL)
_LINE = re.compile(
    r'^(?:\s*File "[^"]+", line \d+(?:, in [\w.<>]+)?|Traceback \(most recent call last\):'
    r"|During handling of the above exception, another exception occurred:"
    r"|The above exception was the direct cause of the following exception:)$"
)
_RAISED = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning|Refused|Timeout)\w*)(?::|$)")
_WORDY = ("httpx", "httpx2")
"""Libraries that log the addresses that they ask, which people may have written."""
_TASKS = "asyncio"
"""Below its first line it shows a task that failed, with what its error says."""


def keep_content_out() -> None:
    """Let nothing that people wrote into the log of this process."""
    for name in _WORDY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        if not any(isinstance(one, WithoutContent) for one in handler.filters):
            handler.addFilter(WithoutContent())


class WithoutContent(logging.Filter):
    """Takes out of every record what an error says."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record, and let it through."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        told = without_words("".join(traceback.format_exception(error))) if error else ""
        if isinstance(record.msg, dict):  # structlog's
            record.msg = {name: _cleaned(name, value) for name, value in record.msg.items()}
            record.msg |= {"exception": told} if told else {}
        else:
            record.args = _kinds(record.args)
            message = record.getMessage()
            message = message.partition("\n")[0] if record.name == _TASKS else message
            record.msg, record.args = f"{message}\n{told}" if told else message, ()
        record.exc_info = None
        return True


def without_words(trace: str) -> str:
    """Return a traceback without what its errors say and without lines of code."""
    kept = []
    for line in trace.splitlines():
        if _LINE.match(line):
            kept.append(line)
        elif raised := _RAISED.match(line):
            kept.append(raised[1])
    return "\n".join(kept)


def _kinds(args: Any) -> Any:  # noqa: ANN401 - whatever is logged
    """Return what goes into a message with errors by their kinds."""
    if isinstance(args, tuple):
        return tuple(_cleaned("", value) for value in args)
    return {name: _cleaned("", value) for name, value in args.items()} if isinstance(args, dict) else args


def _cleaned(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, BaseException):
        return type(value).__name__
    if name in ("exception", "error") and isinstance(value, str):
        return without_words(value)
    if name == "event" and isinstance(value, str):
        return _KIND.sub(r"\1", value)
    return value
