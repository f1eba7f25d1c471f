"""The command line as a process of its own: exit codes, pipes, signals, terminals that are not ours."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import pty
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

STYLEGRAPH = str(Path(sys.executable).with_name("stylegraph"))


@pytest.fixture
def environment(tmp_path):
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STYLEGRAPH", "OPENAI", "TAVILY"))
    }
    return {**kept, "STYLEGRAPH_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(tmp_path, environment):
    def run(*args, stdin=None, env=None, **options):
        return subprocess.run(
            [STYLEGRAPH, *map(os.fspath, args)],
            check=False,
            cwd=tmp_path,
            env={**environment, **(env or {})},
            input=stdin,
            capture_output=True,
            timeout=600,
            **options,
        )

    return run


@pytest.fixture
def start(tmp_path, environment):
    started = []

    def start(*args, env=None, **options):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        command, variables = [STYLEGRAPH, *map(os.fspath, args)], {**environment, **(env or {})}
        process = subprocess.Popen(command, cwd=tmp_path, env=variables, **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def care(tmp_path_factory):
    """A home with twelve long documents on wool in it: more text than a pipe holds."""
    folder = tmp_path_factory.mktemp("care")
    for number in range(12):
        (folder / f"{number}.txt").write_text("울은 찬물에 빨아요 ☃. " + "wool " * 1_500, encoding="utf-8")
    home = {**os.environ, "STYLEGRAPH_HOME": str(folder / "home")}
    subprocess.run([STYLEGRAPH, "index", folder, "--chunk-size", "20000"], env=home, check=True, capture_output=True)
    return {"STYLEGRAPH_HOME": str(folder / "home")}


def documents(run):
    """Return how many documents are indexed; every index must be whole enough to be opened."""
    listed = run("index", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return sum(json.loads(line)["documents"] for line in listed.stdout.splitlines())


def wait_for(condition, seconds=600):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def test_help_comes_at_once(run):
    def cpu():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    spent = []
    for _ in range(5):
        before = cpu()
        shown = run("--help")
        spent.append(cpu() - before)
    assert (shown.returncode, shown.stderr) == (0, b"")
    for command in ("ask", "chat", "index", "search", "route", "recommend", "profile", "graph", "serve", "doctor"):
        assert f" {command} " in shown.stdout.decode()
    assert min(spent) <= 0.4


def test_the_version_is_told(run):
    assert run("--version").stdout.decode().startswith("stylegraph 0.")


@pytest.mark.parametrize(
    "args",
    [
        ["search", b"\xff\xfe"],
        ["index", b"caf\xe9.txt"],
        ["frobnicate"],
        ["profile", "forget", "nothing"],
    ],
)
def test_bad_input_exits_with_2_and_no_traceback(run, args):
    ended = run(*args)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.strip()
    assert b"Traceback" not in ended.stderr


def test_what_fails_for_another_reason_exits_with_1(run, tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    ended = run("profile", "show")
    assert ended.returncode == 1
    assert b"STYLEGRAPH_HOME" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"Traceback" in run("profile", "show", "--debug").stderr


def test_a_setting_that_cant_be_used_is_named(run):
    ended = run("doctor", "--json", env={"STYLEGRAPH_CHUNK_SIZE": "huge"})
    assert ended.returncode == 1
    assert "STYLEGRAPH_CHUNK_SIZE" in json.loads(ended.stderr)["error"]["message"]


def test_doctor_tells_what_is_there_and_what_is_missing(run):
    ended = run("doctor", "--json")
    found = {line["part"]: line for line in map(json.loads, ended.stdout.splitlines())}
    assert ended.returncode == 0, ended.stdout
    assert {found[part]["state"] for part in ("home", "embedding", "Korean words")} == {"ok"}
    for part in ("index", "chat model", "web search"):
        assert found[part]["state"] == "missing"
        assert found[part]["cost"]
        assert found[part]["remedy"]
    assert run("doctor", env={"STYLEGRAPH_HOEM": "typo"}).returncode == 1


@pytest.mark.parametrize(
    "terminal",
    [
        {"PYTHONIOENCODING": "cp949"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_terminal_without_unicode_is_no_reason_to_crash(run, care, terminal):
    shown = run("search", "-", "-k", "1", stdin="울".encode(), env={**care, **terminal})
    assert (shown.returncode, b"Traceback" in shown.stderr) == (0, False)
    record = json.loads(run("search", "-", "--json", stdin="울".encode(), env={**care, **terminal}).stdout)
    assert record["hits"][0]["text"].startswith("울은 찬물에 빨아요 ☃.")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_reader_that_goes_away_is_no_reason_to_complain(start, care, as_json):
    process = start("search", "wool", "-k", "40", *as_json, env=care)
    process.stdout.close()
    assert process.wait(600) != 0
    assert process.stderr.read() == b""


def test_ctrl_c_ends_indexing_quietly_and_the_next_run_completes_it(run, start, tmp_path):
    rows = (json.dumps({"id": str(number), "text": f"울 문서 {number}"}) for number in range(3_000))
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    process = start("index", "rows.jsonl")
    written = tmp_path / "home" / "indexes" / "default.sqlite-wal"
    wait_for(lambda: written.exists() and written.stat().st_size > 200_000)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert 0 < documents(run) < 3_000
    again = json.loads(run("index", "rows.jsonl", "--json").stdout)
    assert again["added"] + again["unchanged"] == documents(run) == 3_000


def test_a_question_is_answered_from_the_samples_with_nothing_set_up(run):
    ended = run("ask", "울 니트는 어떻게 세탁해?", "--thread", "care", "--json")
    assert (ended.returncode, ended.stderr) == (0, b"")
    [line] = ended.stdout.splitlines()
    reply = json.loads(line)
    assert (reply["status"], reply["language"]) == ("answered", "ko")
    texts = {evidence["id"]: evidence["text"] for evidence in reply["evidence"]}
    assert reply["citations"]
    for citation in reply["citations"]:
        assert texts[citation["evidence"]][citation["start"] : citation["end"]] == citation["quote"]
    shown = run("ask", "그럼 물 온도는?", "--thread", "care")
    assert "니트" in shown.stdout.decode()  # which only the first process was asked about
    assert "출처" in shown.stdout.decode()


def test_serve_serves_from_any_folder_keeps_its_files_at_home_and_ends_with_ctrl_c(start, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / ".env").write_text("STYLEGRAPH_EVIDENCE_K=3\n")
    process = start("serve", "--port", str(port), "--json", stderr=subprocess.DEVNULL)
    announced = json.loads(process.stdout.readline())
    assert announced == {"url": f"http://127.0.0.1:{port}", "pid": process.pid}

    def answers():
        assert process.poll() is None
        try:
            return httpx.get(f"{announced['url']}/ok", timeout=5).is_success
        except httpx.HTTPError:
            return False

    wait_for(answers)
    served = httpx.post(f"{announced['url']}/assistants/search", json={}, timeout=60).json()
    assert {assistant["graph_id"] for assistant in served} == {"assistant", "indexing"}
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert out == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "home"]
    assert (tmp_path / "home" / ".langgraph_api").is_dir()


ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
SLOW = """
import asyncio
from functools import partial

from stylegraph.agent.evidence import make_evidence
from stylegraph.graphs import build, cli


class Slow:
    name, node, description, examples = "documents", "retrieve", "Notes.", ("울 니트는 어떻게 세탁해요?",)

    async def gather(self, state):
        if "천천히" in state["question"]:
            await asyncio.sleep(60)
        if "실패" in state["question"]:
            raise RuntimeError("the notes are gone")
        return {"evidence": [make_evidence("documents", "울 세탁", "울 니트는 찬물에 중성 세제로 손세탁해요.")]}


build.open_assistant = partial(build.open_assistant, sources=[Slow()])
cli.main()
"""


@pytest.fixture
def terminal(tmp_path, environment, request):
    """A terminal with a command in it, a conversation if none is named: `type` types, `shows` waits for something to be shown."""
    command = getattr(request, "param", ["chat", "--thread", "t"])
    script = tmp_path / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    variables = {**environment, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "PYTHONWARNINGS": "default"}
    process, screen = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, str(script), *command], variables)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    class Terminal:
        seen = ""

        def type(self, text):
            os.write(screen, text.encode())

        def shows(self, text, seconds=600):
            def there():
                while select.select([screen], [], [], 0.05)[0]:
                    try:
                        self.seen += decoder.decode(os.read(screen, 65536))
                    except OSError:
                        break
                self.seen = ESCAPES.sub("", self.seen)
                return text in self.seen

            try:
                wait_for(there, seconds)
            except AssertionError:
                pytest.fail(f"{text!r} was not shown, but: {self.seen!r}")
            before, _, self.seen = self.seen.partition(text)
            return before

        def ended(self):
            wait_for(lambda: select.select([screen], [], [], 0)[0] and not _readable(screen), 120)
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    yield Terminal()
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    os.close(screen)


def _readable(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # its other end is closed
        return b""


def test_a_long_wait_in_a_conversation_has_a_spinner_that_says_what_it_waits_for(terminal):
    terminal.shows("› ")
    terminal.type("울 니트를 천천히 세탁해도 돼요?\r")
    waited_for(terminal)


@pytest.mark.parametrize("terminal", [["ask", "울 니트를 천천히 세탁해도 돼요?"]], indirect=True)
def test_a_long_wait_for_one_answer_has_it_too(terminal):
    waited_for(terminal)
    terminal.type("\x03")
    assert terminal.ended() == 128 + signal.SIGINT


def waited_for(terminal):
    """Check that what is waited for is shown, beside a spinner that turns, and how long once that is long."""
    turned = {terminal.shows(shown, seconds=60)[-2] for shown in ("질문을 읽는 중", *["문서 (찾는 중)  "] * 4)}
    assert turned <= set(SPINNER)
    assert len(turned) > 1
    assert terminal.shows("초", seconds=60).isdecimal()


SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


def test_a_conversation_in_a_terminal_is_watched_stopped_and_ended(terminal):
    terminal.shows("› ")
    terminal.type("울 니트는 어떻게 세탁해요?\r")
    assert "Warning" not in terminal.shows("[1] 울 세탁")
    terminal.shows("› ")
    terminal.type("울 니트를 천천히 세탁해도 돼요?\r")
    terminal.shows("· 문서에서 찾는 중: ")
    terminal.type("\x03")
    assert "Traceback" not in terminal.shows("Stopped")
    terminal.shows("› ")
    terminal.type("울 니트 세탁에 실패하면 어떻게 해요?\r")
    shown = terminal.shows("(RuntimeError: the notes are")
    assert "Traceback" not in shown + terminal.shows("› ")
    terminal.type("half a line\x03")
    terminal.shows("› ")
    terminal.type("울 니트는 어떻게 세탁해요?\r")
    terminal.shows("[1] 울 세탁")
    terminal.shows("› ")
    terminal.type("\x04")
    assert terminal.ended() == 0
