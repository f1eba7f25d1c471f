"""Agent Chat UI itself in a browser: the page that `create-agent-chat-app` of npm makes, bundled, against a real server.

Its looks (Tailwind) are left out: what it sends and shows is what counts here.
"""

from __future__ import annotations

import shutil
import subprocess
import tarfile

import pytest
import pytest_asyncio

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from front_end import server_for, site_of
from page_site import expect
from served import keys

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(900)]
KEYS, ENVIRONMENT = keys("kim")
MADE_BY = "create-agent-chat-app@0.1.6"
NEEDS = (
    "@langchain/core@0.3.80", "@langchain/langgraph@0.2.74", "@langchain/langgraph-sdk@0.0.57",
    "@radix-ui/react-avatar@1.3.1", "@radix-ui/react-dialog@1.3.1", "@radix-ui/react-label@2.1.17",
    "@radix-ui/react-separator@1.2.0", "@radix-ui/react-slot@1.5.0", "@radix-ui/react-switch@1.4.1",
    "@radix-ui/react-tooltip@1.4.1", "class-variance-authority@0.7.1", "clsx@2.1.1", "date-fns@4.4.0",
    "esbuild@0.25.12", "framer-motion@12.43.0", "katex@0.16.47", "lodash@4.18.1", "lucide-react@0.476.0",
    "next-themes@0.4.6", "nuqs@2.10.2", "react@19.3.1", "react-dom@19.3.1", "react-markdown@10.1.0",
    "react-router-dom@6.30.6", "react-syntax-highlighter@15.6.6", "rehype-katex@7.0.1", "remark-gfm@4.0.1",
    "remark-math@6.0.0", "sonner@2.0.8", "tailwind-merge@3.7.1", "use-stick-to-bottom@1.1.6", "uuid@11.1.1",
    "zod@3.25.76",
)  # fmt: skip
"""What the page is made of, of what its own package.json allows."""
BUNDLED = (
    "--bundle", "--jsx=automatic", "--format=esm", "--loader:.css=empty", "--define:import.meta.env={}",
    '--define:process.env.NODE_ENV="production"', "--log-level=error",
)  # fmt: skip
WOOL, SILK, VAGUE = "How do I wash wool?", "How should I wash silk?", "그거 어떻게 빨아?"


def npm(folder, *arguments):
    """Run npm; skip where it can't have the packages."""
    done = subprocess.run(["npm", *arguments], capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        pytest.skip(f"npm could not get Agent Chat UI: {done.stderr[-300:]}")
    return done.stdout


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The page as one script; skipped where node, npm or a package is missing."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node or npm")
    folder = tmp_path_factory.mktemp("agent-chat-ui")
    packed = npm(folder, "pack", MADE_BY).split()[-1]
    with tarfile.open(folder / packed) as archive:
        archive.extractall(folder, filter="data")
    app = folder / "package" / "templates" / "vite"
    (app / "package.json").unlink()
    flags = ("--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", "--prefix", str(app))
    npm(app, "install", *NEEDS, *flags)
    command = [str(app / "node_modules" / ".bin" / "esbuild"), "src/main.tsx", f"--outfile={folder / 'app.js'}"]
    command += ["--tsconfig=tsconfig.app.json", *BUNDLED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=app)
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
async def page(browser, site):
    context = await browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    await page.goto(site)
    yield page
    await context.close()


async def connect(page, server, assistant="assistant"):
    """Fill in the form that it begins with, as a person does."""
    await page.locator("input[name=apiUrl]").fill(server.url)
    await page.locator("input[name=assistantId]").fill(assistant)
    await page.locator("input[name=apiKey]").fill(KEYS["kim"])
    await page.get_by_role("button", name="Continue").click()


async def ask(page, text):
    await page.get_by_placeholder("Type your message...").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


def answers(page):
    return page.locator(".markdown-content")


async def hovered(page, message, command):
    await message.hover()
    await page.get_by_role("button", name=command).last.click()


async def test_a_conversation_is_held_and_stands_in_its_list(page, server):
    await connect(page, server)
    await ask(page, WOOL)
    await expect(answers(page)).to_contain_text("[1]")
    assert "wool" in (await answers(page).inner_text()).lower()
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await ask(page, "And silk?")
    await expect(answers(page)).to_have_count(2)
    await expect(answers(page).last).to_contain_text("silk")
    # who leaves earlier stops the run
    await expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await page.reload()
    await expect(answers(page)).to_have_count(2)
    await expect(page.get_by_role("button", name=WOOL)).not_to_have_count(0)
    assert page.wrong == []


async def test_an_answer_is_asked_for_again_and_a_question_edited_each_a_branch(page, server):
    await connect(page, server)
    await ask(page, WOOL)
    await expect(answers(page)).to_contain_text("[5]")
    await hovered(page, answers(page), "Refresh")
    await expect(page.get_by_text("2 / 2")).to_be_visible()
    await expect(answers(page)).to_have_count(1)
    await expect(answers(page)).to_contain_text("[5]")
    await hovered(page, page.get_by_text(WOOL).last, "Edit")
    await page.locator("textarea").first.fill(SILK)
    await page.get_by_role("button", name="Submit").click()
    await expect(answers(page)).to_contain_text("silk")
    await expect(answers(page)).to_have_count(1)
    assert page.wrong == []


async def test_a_question_put_back_ends_the_turn_and_is_answered_in_the_next(page, server):
    await connect(page, server)
    await ask(page, VAGUE)
    await expect(answers(page)).to_have_count(1)
    await expect(answers(page)).not_to_contain_text("[1]")
    await ask(page, "울 니트")
    await expect(answers(page)).to_have_count(2)
    await expect(answers(page).last).to_contain_text("[1]")
    assert page.wrong == []
