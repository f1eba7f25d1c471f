"""Files of questions: every line gets its result or its failure, in order, side by side, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections import Counter

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui import bulk
from stylegraph.graphs.cli.ui.bulk import Entry, Failure, Job, Line, read_lines, run_bulk
from stylegraph.graphs.cli.ui.screen import Screen


class Asked(Entry):
    thread: str | None = None


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.jsonl"

    def write(*lines):
        raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
        path.write_bytes(b"\n".join(raw))
        return path

    return write


def lines_of(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def shout(entry):
    return {"text": entry.text.upper()}


def job(answer=shout, **more):
    return Job(Asked, answer, "Asking", **{"workers": 3, "lane": lambda entry: entry.thread, **more})


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"id": 1, "text": ', "not JSON: Expecting value at character 18"),
        (b'{"id": 1, "text": "\xff"}', "not valid UTF-8 at byte 19"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"text": "no id"}', "id"),
        (b'{"id": "a"}', "text"),
        (b'{"id": "a", "text": 5}', "text"),
        (b'{"id": "a", "text": "x", "thread": {}}', "thread"),
        (b"[" * 100_000, ""),
        (b'{"id": "' + b"x" * 4_000_001, "longer than 4,000,000 bytes"),
    ],
)
def test_a_line_that_cant_be_used_is_named_by_number_and_the_next_ones_are_read(source, raw, reason):
    path = source({"id": 1, "text": "one"}, raw, {"id": "셋", "text": "three"})
    first, broken, third = read_lines(path, Asked)
    assert isinstance(broken, Failure)
    assert (broken.number, reason in broken.message) == (2, True)
    assert (first.entry.id, third.number, third.entry.id) == (1, 3, "셋")


def test_blank_lines_a_byte_order_mark_and_fields_of_others_are_fine(source):
    path = source(b'\xef\xbb\xbf{"id": 1, "text": "one", "note": []}', b"", b"  ", {"id": 2, "text": "two"}, b"")
    assert [(line.number, line.entry.text) for line in read_lines(path, Asked)] == [(1, "one"), (4, "two")]


@given(st.lists(st.binary(max_size=60).filter(lambda raw: b"\n" not in raw), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_bytes_crash_the_reader(tmp_path, raws):
    path = tmp_path / "wild.jsonl"
    path.write_bytes(b"\n".join(raws))
    read = list(read_lines(path, Asked))
    assert len(read) == sum(bool(raw.strip()) for raw in raws)
    assert all(isinstance(one, Failure | Line) for one in read)


async def test_results_stand_in_the_order_of_the_lines_whoever_is_quicker(source, tmp_path):
    async def slow_first(entry):
        await asyncio.sleep(0.05 if entry.id == 0 else 0)
        return {"text": entry.text}

    path = source(*({"id": number, "text": f"t{number}"} for number in range(50)))
    await run_bulk(Screen(), job(slow_first), path, tmp_path / "out.jsonl")
    assert [line["id"] for line in lines_of(tmp_path / "out.jsonl")] == list(range(50))


async def test_a_thread_is_asked_in_order_and_different_threads_at_the_same_time(source, tmp_path):
    asked, running, most = [], Counter(), 0

    async def answer(entry):
        nonlocal most
        running[entry.thread] += 1
        most = max(most, running.total())
        assert running[entry.thread] == 1
        await asyncio.sleep(0.01 if entry.id % 2 else 0.001)
        asked.append((entry.thread, entry.id))
        running[entry.thread] -= 1
        return {}

    path = source(*({"id": number, "text": "t", "thread": "abc"[number % 3]} for number in range(24)))
    await run_bulk(Screen(), job(answer), path, tmp_path / "out.jsonl")
    assert most == 3
    for thread in "abc":
        ids = [number for name, number in asked if name == thread]
        assert ids == sorted(ids)


async def test_however_many_lines_there_are_only_some_are_held(source, tmp_path, monkeypatch):
    held = most = 0

    def counting(path, model):
        nonlocal held, most
        for line in read_lines(path, model):
            held += 1
            most = max(most, held)
            yield line

    async def answer(entry):
        nonlocal held
        await asyncio.sleep(0)
        held -= 1
        return {}

    monkeypatch.setattr(bulk, "read_lines", counting)
    path = source(*({"id": number, "text": "t"} for number in range(2_000)))
    await run_bulk(Screen(), job(answer), path, tmp_path / "out.jsonl")
    assert most <= 3 * 8


async def test_failures_are_told_with_their_line_and_end_in_exit_code_1(source, tmp_path, capsys):
    async def answer(entry):
        if entry.text == "bad":
            raise InputError("Too long.", "Shorten it.")
        if entry.text == "bug":
            raise ZeroDivisionError
        return {"text": entry.text}

    path = source({"id": 1, "text": "bad"}, b"{", {"id": 3, "text": "bug"}, {"id": 4, "text": "fine"})
    with pytest.raises(typer.Exit) as ended:
        await run_bulk(Screen(json=True), job(answer), path, tmp_path / "out.jsonl")
    assert ended.value.exit_code == 1
    assert [line["id"] for line in lines_of(tmp_path / "out.jsonl")] == [4]
    shown = capsys.readouterr()
    told = [json.loads(line) for line in shown.err.splitlines()]
    assert [(one["line"], one["id"], one["error"]["type"]) for one in told] == [
        (1, 1, "InputError"),
        (2, None, "InputError"),
        (3, 3, "ZeroDivisionError"),
    ]
    counts = {"answered": 1, "skipped": 0, "failed": 3}
    assert json.loads(shown.out) == {**counts, "out": str(tmp_path / "out.jsonl")}


async def test_without_a_file_results_go_to_standard_output(source, capsys):
    await run_bulk(Screen(), job(), source({"id": 1, "text": "가 a"}), None)
    shown = capsys.readouterr()
    assert shown.out == '{"id": 1, "text": "가 A"}\n'
    assert "1 results" in shown.err


async def test_resuming_keeps_what_is_there_and_redoes_a_line_that_was_cut_off(source, tmp_path):
    asked = []

    async def answer(entry):
        asked.append(entry.id)
        return {"text": entry.text}

    out = tmp_path / "out.jsonl"
    out.write_text('{"id": 1, "text": "kept"}\n{"id": 2, "te', encoding="utf-8")
    path = source(*({"id": number, "text": f"t{number}"} for number in (1, 2, 3)))
    await run_bulk(Screen(), job(answer), path, out, resume=True)
    assert asked == [2, 3]
    assert [(line["id"], line["text"]) for line in lines_of(out)] == [(1, "kept"), (2, "t2"), (3, "t3")]


async def test_without_resuming_the_file_is_written_anew(source, tmp_path):
    out = tmp_path / "out.jsonl"
    out.write_text("old\n")
    await run_bulk(Screen(), job(), source({"id": 1, "text": "a"}), out)
    assert lines_of(out) == [{"id": 1, "text": "A"}]


@pytest.mark.parametrize("out", ["in.jsonl", "missing/out.jsonl", "."])
async def test_a_file_that_cant_be_written_is_refused_and_the_questions_survive(source, tmp_path, out):
    path = source({"id": 1, "text": "a"})
    with pytest.raises(InputError):
        await run_bulk(Screen(), job(), path, tmp_path / out)
    assert lines_of(path) == [{"id": 1, "text": "a"}]


async def test_when_it_is_stopped_the_work_in_hand_is_stopped_and_whole_lines_remain(source, tmp_path):
    stopped = []

    async def answer(entry):
        if entry.id < 3:
            return {"text": entry.text}
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(entry.id)
            raise

    out = tmp_path / "out.jsonl"
    path = source(*({"id": number, "text": "t"} for number in range(9)))
    running = asyncio.create_task(run_bulk(Screen(), job(answer), path, out))
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert set(stopped) >= {3, 4, 5}
    assert [line["id"] for line in lines_of(out)] == [0, 1, 2]
