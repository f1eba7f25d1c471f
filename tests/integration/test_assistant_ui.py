"""assistant-ui itself in a browser: its components and its LangGraph runtime, bundled by esbuild, against a real server."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest
import pytest_asyncio

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from front_end import server_for, site_of
from page_site import expect
from served import keys

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]
KEYS, ENVIRONMENT = keys("kim")
PINNED = (
    "@assistant-ui/react-langgraph@0.14.25", "@assistant-ui/react@0.15.22", "@langchain/langgraph-sdk@1.15.0",
    "@langchain/core@1.4.0", "react@19.3.1", "react-dom@19.3.1", "esbuild@0.28.2",
)  # fmt: skip
APP = Path(__file__).with_name("assistant_ui.jsx")
VAGUE = "그거 어떻게 빨아?"
LAST = "away from heat. [5]"
"""How the answer on wool ends."""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The chat as one script; skipped where node, npm or a package is missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node or npm")
    folder = tmp_path_factory.mktemp("assistant-ui")
    install = ["npm", "install", *PINNED, "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    done = subprocess.run(install, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        pytest.skip(f"npm could not install assistant-ui: {done.stderr[-300:]}")
    made = [str(folder / "node_modules" / ".bin" / "esbuild"), shutil.copy(APP, folder), "--bundle", "--jsx=automatic"]
    made += ["--format=esm", f"--outfile={folder / 'app.js'}", '--define:process.env.NODE_ENV="production"']
    done = subprocess.run(made, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return (folder / "app.js").read_text("utf-8")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(bundle):
    async with site_of(bundle) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory, site):
    async with server_for(site, tmp_path_factory.mktemp("served"), ENVIRONMENT) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def chat(browser, server, site):
    """The chat in a browser."""
    context = await browser.new_context(locale="en-US")
    page = await context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    await page.goto(f"{site}/?{urlencode({'url': server.url, 'key': KEYS['kim']})}")
    yield page
    await context.close()


async def ask(page, text):
    await page.get_by_placeholder("Ask").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def test_an_answer_comes_into_one_message_and_its_citations_beside_it(chat):
    await ask(chat, "How do I wash wool?")
    answer = chat.locator("[data-role=assistant]")
    await expect(answer).to_contain_text("[1]")
    await expect(answer).to_contain_text("Regenerate")
    await expect(answer).to_have_count(1)
    await expect(chat.locator("[data-role=sources] li")).not_to_have_count(0)
    text = await answer.inner_text()
    assert "wool" in text.lower()
    await ask(chat, "And silk?")
    await expect(chat.locator("[data-role=assistant]")).to_have_count(2)
    await expect(chat.locator("[data-role=assistant]").last).to_contain_text("silk")
    assert chat.wrong == []


async def test_a_question_is_edited_and_an_answer_asked_for_again(chat):
    await ask(chat, "How do I wash wool?")
    answer = chat.locator("[data-role=assistant]")
    await expect(answer).to_contain_text("[1]")
    await expect(answer).to_contain_text(LAST)
    async with chat.expect_response("**/runs/stream") as again:
        await chat.get_by_role("button", name="Regenerate").click()
    assert (await again.value).ok
    await expect(answer).to_contain_text(LAST)
    await expect(answer).to_have_count(1)
    await chat.get_by_role("button", name="Edit").click()
    await chat.locator("[data-role=editing] textarea").fill("How should I wash silk?")
    await chat.get_by_role("button", name="Send again").click()
    await expect(answer).to_contain_text("silk")
    await expect(answer).to_have_count(1)
    await expect(chat.locator("[data-role=user]")).to_contain_text("How should I wash silk?")
    assert chat.wrong == []


async def test_a_question_put_back_is_an_interrupt_and_is_answered(chat):
    await ask(chat, VAGUE)
    asked = chat.locator("[data-role=asked-back]")
    await expect(asked).to_be_visible()
    await asked.get_by_role("button", name="Answer").click()
    await expect(asked).to_have_count(0)
    await expect(chat.locator("[data-role=assistant]").last).to_contain_text("[1]")
    assert chat.wrong == []
