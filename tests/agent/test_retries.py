"""What is asked over a network is asked again by one policy: so often, so long, and when the server says."""

import asyncio
import math
import time

import pytest

from stylegraph.agent.retries import Passing, Retries, asked_pause


class BusyError(Exception):
    def __init__(self, pause=None):
        super().__init__("busy")
        self.pause = pause


def passes(error):
    return Passing(error.pause) if isinstance(error, BusyError) else None


class Server:
    """Raises what it is given, one a try, then answers."""

    def __init__(self, *faults, seconds=0.0):
        self.faults, self.seconds, self.asked = list(faults), seconds, []

    async def answer(self):
        self.asked.append(time.monotonic())
        await asyncio.sleep(self.seconds)
        if self.faults:
            raise self.faults.pop(0)
        return "answer"

    @property
    def pauses(self):
        return [later - earlier for earlier, later in zip(self.asked, self.asked[1:], strict=False)]


async def test_a_fault_that_passes_is_tried_again_after_pauses_that_double():
    server = Server(*[BusyError() for _ in range(3)])
    assert await Retries(3, 10.0, first_pause=0.02).call(server.answer, passes) == "answer"
    assert len(server.asked) == 4
    assert all(pause >= least for pause, least in zip(server.pauses, (0.02, 0.04, 0.08), strict=True))


async def test_no_more_often_than_it_may_and_the_last_fault_is_raised():
    faults = [BusyError() for _ in range(5)]
    server = Server(*faults)
    with pytest.raises(BusyError) as raised:
        await Retries(2, 10.0, first_pause=0.01).call(server.answer, passes)
    assert (len(server.asked), raised.value) == (3, faults[2])


async def test_the_pause_that_a_server_asks_for_is_kept_whether_longer_or_shorter():
    server = Server(BusyError(0.3), BusyError(0.0))
    await Retries(2, 10.0, first_pause=5.0).call(server.answer, passes)
    assert server.pauses[0] >= 0.3
    assert server.pauses[1] < 4  # its own would be five seconds


async def test_a_pause_longer_than_the_time_that_is_left_is_not_begun():
    server, begun = Server(BusyError(3600)), time.monotonic()
    with pytest.raises(BusyError):
        await Retries(5, 60.0).call(server.answer, passes)
    assert time.monotonic() - begun < 30
    assert len(server.asked) == 1


@pytest.mark.parametrize("error", [TypeError("ours"), ValueError("ours"), KeyError("ours")])
async def test_an_error_that_the_caller_does_not_name_is_ours_and_raised_at_once(error):
    server = Server(error)
    with pytest.raises(type(error), match="ours"):
        await Retries(5, 10.0).call(server.answer, passes)
    assert len(server.asked) == 1


async def test_a_try_that_hangs_is_cut_off_when_the_time_of_all_is_over():
    server = Server(BusyError(0.0), seconds=0.6)
    with pytest.raises(TimeoutError):
        await Retries(5, 1.0).call(server.answer, passes)
    assert len(server.asked) == 2


async def test_or_may_end_where_cutting_it_off_would_leave_half_of_it_written():
    server = Server(seconds=0.2)
    assert await Retries(5, 0.05, cuts=False).call(server.answer, passes) == "answer"


async def test_a_server_that_says_at_once_is_not_hammered_where_only_the_time_counts():
    server = Server(*[BusyError(0.0) for _ in range(3)])
    await Retries(math.inf, 10.0, first_pause=0.05).call(server.answer, passes)
    assert min(server.pauses) >= 0.045


async def test_whoever_gives_up_is_let_go():
    server = Server(seconds=30)
    task = asyncio.create_task(Retries(5, 60.0).call(server.answer, passes))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "said", ["", "soon", "nan", "inf", "-inf", "Thu, 99 Foo 2026", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"]
)
def test_a_pause_that_can_not_be_read_is_none(said):
    assert asked_pause({"retry-after": said}) is None
