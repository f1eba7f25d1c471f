"""LibreChat's own package (`@librechat/agents` of npm, which its server asks every model by) against a real server.

LibreChat itself needs MongoDB and is not run: what its server adds around the package (the headers of `librechat.yaml`, a file's
text before the question, the prompt for titles that is the package's own) is as its source has it.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from langgraph_sdk import get_client
from picture_parts import PHOTOS
from served import keys, served

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
KEYS, ENVIRONMENT = keys("kim")
PINNED = ("@librechat/agents@3.9.2", "@langchain/core@1.2.8", "@langchain/langgraph@1.4.8", "openai@6.49.0")
SCRIPT = Path(__file__).with_name("librechat.mjs")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("librechat"), **ENVIRONMENT) as started:
        yield started


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A folder with the package; skipped where node, npm or the package is missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node or npm")
    folder = tmp_path_factory.mktemp("librechat-agents")
    flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", "--prefix", str(folder))
    done = subprocess.run(["npm", "install", *PINNED, *flags], capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        pytest.skip(f"npm could not install LibreChat's package: {done.stderr[-300:]}")
    shutil.copy(SCRIPT, folder)
    return folder


@pytest.fixture(scope="module")
def seen(server, package):
    """What LibreChat would show and keep."""
    picture = "data:image/webp;base64," + base64.b64encode((PHOTOS / "dress.webp").read_bytes()).decode()
    command = ["node", SCRIPT.name, server.url, KEYS["kim"], picture]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=package, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def shown(content, kind="text"):
    return "".join(part[kind] for part in content if part["type"] == kind)


async def kept(server, talk):
    """Return the messages of a thread, as the server keeps them: asked, answered, asked."""
    state = await get_client(url=server.url, api_key=KEYS["kim"]).threads.get_state(talk["thread"])
    return [words(one) for one in state["values"]["messages"]]


def words(message):
    content = message["content"]
    return content if isinstance(content, str) else "\n".join(part["text"] for part in content if "text" in part)


def test_assistants_are_its_models(seen):
    assert seen["models"] == ["assistant", "assistant:quick", "assistant:standard", "assistant:thorough"]


async def test_an_answer_has_its_look_ups_as_thoughts_and_a_follow_up_is_asked_in_its_thread(server, seen):
    first, following, _ = seen["talk"]["answers"]
    assert "Looking in documents" in shown(first, "think")
    assert "[1]" in shown(first)
    assert "silk" in shown(following).lower()
    said = await kept(server, seen["talk"])
    assert said[0] == "How do I wash a wool sweater?"
    assert said[2] == "And silk?"


async def test_a_title_is_the_question_and_no_part_of_the_conversation_also_when_asked_first(server, seen):
    assert seen["title"] == seen["early"] == "How do I wash a wool sweater?"
    assert len(await kept(server, seen["talk"])) == 4
    assert len(await kept(server, seen["afterTitle"])) == 2


async def test_an_answer_asked_for_again_or_a_question_edited_takes_the_place_of_the_first(server, seen):
    assert (await kept(server, seen["talk"]))[3].strip() == shown(seen["talk"]["answers"][2]).strip()
    said = await kept(server, seen["edited"])
    assert said[0::2] == ["How do I wash linen?", "And how is it ironed?"]


def test_a_picture_is_seen_and_something_like_it_found(seen):
    colour, like = seen["picture"]["answers"]
    assert "빨간색" in shown(colour)
    assert "원)" in shown(like)


async def test_files_that_come_as_text_or_whole_are_said_not_to_be_read_and_are_no_question(server, seen):
    text, whole = seen["attached"]["answers"]
    for name in ("fables.md", "notes.txt"):
        assert shown(text).count(name) == 1
    assert "was not read: chairs.pdf" in shown(whole)
    assert (await kept(server, seen["attached"]))[0] == "How do I wash a wool sweater?"
