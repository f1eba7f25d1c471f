"""A document that would keep the server busy is given up in time, can be stopped, and is in nobody's way."""

from __future__ import annotations

import asyncio
import io
import zipfile

import docx
import httpx
import psutil
import pytest
from langgraph_sdk import get_client
from served import Server, keys

KEYS, ENVIRONMENT = keys("kim", "lee")
QUESTION = {"messages": [{"role": "user", "content": "How do I wash wool?"}]}


def client_of(server, user="kim"):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


def long_document(paragraphs):
    """A Word document of empty paragraphs: small as it is sent, and long to read."""
    empty, whole = io.BytesIO(), io.BytesIO()
    docx.Document().save(empty)
    with zipfile.ZipFile(empty) as told, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as written:
        for part in told.infolist():
            content = told.read(part)
            if part.filename == "word/document.xml":
                content = content.replace(b"<w:body>", b"<w:body>" + b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * paragraphs)
            written.writestr(part, content)
    return whole.getvalue()


def send(server, name, content):
    headers = {"Authorization": f"Bearer {KEYS['kim']}"}
    answer = httpx.post(f"{server.url}/documents", files={"file": (name, content)}, headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text


def readers(server):
    """The processes in which documents are read."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if "stylegraph.tools.ingestion.formats.apart" in child.cmdline()]


@pytest.fixture(params=["20", "600"])
async def server(tmp_path, request):
    environment = {**ENVIRONMENT, "STYLEGRAPH_SERVER_READ_SECONDS": request.param}
    started = await asyncio.to_thread(Server, tmp_path, environment)
    yield started, float(request.param)
    await asyncio.to_thread(started.stop)


async def test_what_takes_too_long_is_given_up_or_stopped_and_others_are_answered_meanwhile(server):
    server, seconds = server
    kim, lee = client_of(server), client_of(server, "lee")
    send(server, "long.docx", await asyncio.to_thread(long_document, 900_000))
    send(server, "bomb.docx", await asyncio.to_thread(long_document, 3_000_000))
    thread = (await kim.threads.create())["thread_id"]
    wanted = {"documents": ["upload:bomb.docx", "upload:long.docx"]}
    run = await kim.runs.create(thread, "indexing", input=wanted)
    while not readers(server):
        await asyncio.sleep(0.05)
    assert (await lee.runs.wait(None, "assistant", input=QUESTION))["reply"]
    if seconds > 60:
        await asyncio.sleep(2)
        await kim.runs.cancel(thread, run["run_id"], wait=True)
        assert (await kim.runs.get(thread, run["run_id"]))["status"] == "interrupted"
    else:
        done = await kim.runs.join(thread, run["run_id"])
        bomb, long = (report["failures"][0]["reason"] for report in done["reports"])
        assert "far more than a document" in bomb
        assert "within 20 s" in long
    while readers(server):
        await asyncio.sleep(0.05)
    assert (await kim.threads.get(thread))["status"] != "busy"
