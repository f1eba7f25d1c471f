"""What an error says stays out of the log; what it was and where it happened does not."""

from __future__ import annotations

import asyncio
import gc
import io
import logging

import pytest
import structlog

from stylegraph.graphs.server.observability.logs import WithoutContent, without_words

SECRET = "zanzibar"


@pytest.fixture
def log():
    """A log written by both of the server's ways."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=[structlog.processors.format_exc_info],
    )
    handler.setFormatter(formatter)
    handler.addFilter(WithoutContent())
    logger = logging.getLogger("stylegraph.test.logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, written
    logger.removeHandler(handler)


def failing():
    try:
        raise ValueError(f"first {SECRET}\n  input_value='{SECRET}'")
    except ValueError as error:
        raise KeyError(SECRET) from error


def test_of_an_error_the_kind_and_the_place_are_left(log):
    logger, written = log
    try:
        failing()
    except KeyError:
        logger.exception("a source failed")
    assert SECRET not in written.getvalue()
    for word in ("a source failed", "ValueError", "KeyError", "test_logs.py", "in failing"):
        assert word in written.getvalue()


def test_and_so_it_is_with_structured_records(log):
    logger, written = log
    chain = [structlog.processors.format_exc_info, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structured = structlog.wrap_logger(logger, processors=chain, wrapper_class=structlog.stdlib.BoundLogger)
    try:
        failing()
    except KeyError as error:
        structured.exception(f"Run failed: {type(error)}({error}\nand {SECRET})", run_id="r1")
    assert SECRET not in written.getvalue()
    for word in ("Run failed: <class 'KeyError'>", "r1", "ValueError", "in failing"):
        assert word in written.getvalue()


def test_an_error_that_is_told_by_itself_is_told_by_its_kind(log):
    logger, written = log
    structured = structlog.wrap_logger(
        logger, processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter], wrapper_class=structlog.stdlib.BoundLogger
    )  # fmt: skip
    logger.warning("keys could not be fetched: %s", ValueError(SECRET))
    logger.warning("keys could not be fetched: %(error)s", {"error": ValueError(SECRET)})
    structured.error("the stream broke", error=f"no {SECRET}", error_type="ValueError", cause=KeyError(SECRET))
    assert SECRET not in written.getvalue()
    for word in ("keys could not be fetched: ValueError", "the stream broke", "error_type", "KeyError"):
        assert word in written.getvalue()


async def test_a_task_that_nobody_waited_for_tells_no_more(log):
    logger, written = log
    tasks = logging.getLogger("asyncio")
    tasks.addHandler(logger.handlers[0])
    try:
        task = asyncio.create_task(asyncio.to_thread(failing))
        await asyncio.wait([task])
        del task
        gc.collect()
        await asyncio.sleep(0)
    finally:
        tasks.removeHandler(logger.handlers[0])
    assert SECRET not in written.getvalue()
    assert "Task exception was never retrieved" in written.getvalue()
    assert "in failing" in written.getvalue()


@pytest.mark.parametrize("line", [f'File "{SECRET}"', f"Traceback {SECRET}", f"During handling {SECRET}"])
def test_words_that_look_like_a_traceback_are_words(line):
    assert SECRET not in without_words(f"Traceback (most recent call last):\nValueError: first\n{line}")


def test_a_message_of_several_lines_goes_whole():
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    f(secret)\na.b.OddError: one\n  two\nthree: four'
    assert without_words(trace) == 'Traceback (most recent call last):\n  File "a.py", line 1, in f\na.b.OddError'
