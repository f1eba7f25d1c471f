"""Work on a schedule: again and again whatever fails, and a signal ends it cleanly."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from stylegraph.agent.errors import FetchError, InputError
from stylegraph.graphs.cli.ui.schedule import repeat, span_of
from stylegraph.graphs.cli.ui.screen import Screen


@pytest.mark.parametrize(("written", "seconds"), [(None, 0), ("15m", 900), ("6h", 21_600), ("daily", 86_400)])
def test_a_span_is_written_as_people_do(written, seconds):
    assert span_of(written) == seconds


@pytest.mark.parametrize("written", ["", "soon", "0m", "15", "-5m", "1.5h"])
def test_what_is_no_span_is_refused(written):
    with pytest.raises(InputError, match="--every"):
        span_of(written)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_failure_is_said_and_the_next_time_comes_and_a_signal_ends_it(number, capsys):
    times = 0

    async def once():
        nonlocal times
        times += 1
        if times == 1:
            raise FetchError("The shop is closed.", "Wait.")
        if times == 3:
            os.kill(os.getpid(), number)
            await asyncio.sleep(30)

    await asyncio.wait_for(repeat(Screen(), once, 0.01), 20)
    assert times == 3
    assert "The shop is closed. Wait." in " ".join(capsys.readouterr().err.split())
