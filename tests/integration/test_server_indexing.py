"""Documents are added over HTTP, found by whom they are for, and by nobody else."""

from __future__ import annotations

import json

import httpx
import pytest
from ingestion_web import Web
from langgraph_sdk import get_client
from served import keys, served
from standins.http import serving

KEYS, ENVIRONMENT = keys("kim", "lee", "ed")
GROUPS = {"STYLEGRAPH_SERVER_GROUPS": json.dumps({"staff": ["kim", "lee"], "editors": ["ed"]})}
SALARY = "# Quibblewort handbook\n\nThe quibblewort allowance of the Zephyr team is 4,217 florins a month."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    limits = {"STYLEGRAPH_SERVER_UPLOAD_BYTES": "100000", "STYLEGRAPH_FETCH_ALLOW_HOSTS": "localhost"}
    with served(tmp_path_factory.mktemp("indexing"), **ENVIRONMENT, **GROUPS, **limits) as started:
        yield started


def http_of(server, user):
    return httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {KEYS[user]}"}, timeout=90)


def client_of(server, user):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


async def send(server, user, name, content):
    async with http_of(server, user) as http:
        return await http.post("/documents", files={"file": (name, content)})


async def told(server, user, **wanted):
    """Index, and give the events and the end."""
    events, last = [], {}
    client = client_of(server, user)
    thread = (await client.threads.create())["thread_id"]
    async for part in client.runs.stream(thread, "indexing", input=wanted, stream_mode=["custom", "values"]):
        if part.event == "error":
            return events, part.data
        events += [part.data] if part.event == "custom" else []
        last = part.data if part.event == "values" else last
    return events, last


async def quotes(server, user, question):
    values = await client_of(server, user).runs.wait(
        None, "assistant", input={"messages": [{"role": "user", "content": question}]}
    )
    assert str(server.folder) not in json.dumps(values)
    return " ".join(found["text"] for found in values["reply"]["evidence"])


ASKED = "What is the quibblewort allowance of the Zephyr team according to the handbook?"


async def test_an_uploaded_document_is_indexed_with_progress_and_found_by_its_owner_only(server):
    sent = await send(server, "kim", "handbook.md", SALARY)
    assert (sent.status_code, sent.json()["documents"][0]["reference"]) == (201, "upload:handbook.md")
    events, end = await told(server, "kim", documents=["upload:handbook.md"])
    assert {event["event"] for event in events} == {"indexing", "indexed"}
    assert events[-1]["report"]["added"] == 1
    assert end["reports"][0]["source"] == "upload:handbook.md"
    assert str(server.folder) not in json.dumps([events, end])
    assert "4,217" in await quotes(server, "kim", ASKED)
    assert "4,217" not in await quotes(server, "lee", ASKED)
    again, _ = await told(server, "kim", documents=["upload:handbook.md"])
    assert (again[-1]["report"]["added"], again[-1]["report"]["unchanged"]) == (0, 1)


async def test_what_is_for_a_group_is_found_by_its_members(server):
    text = {"title": "Flumpet rules", "text": "A flumpet must be wound 88 times before the gloaming festival."}
    await told(server, "kim", texts=[text], audience=["staff"])
    asked = "How many times must a flumpet be wound before the gloaming festival?"
    assert "88 times" in await quotes(server, "lee", asked)
    assert "88 times" not in await quotes(server, "ed", asked)


async def test_only_editors_index_for_everybody_and_import_catalogues(server):
    text = {"title": "Gribble", "text": "The gribble opens at 07:13 on market days."}
    await told(server, "ed", texts=[text])
    assert "07:13" in await quotes(server, "lee", "When does the gribble open on market days?")
    _, refused = await told(server, "kim", texts=[text], audience=["editors"])
    assert "can't index for" in refused["message"]
    shop = "id,name,category,price_krw\np1,네이비 울 코트,코트,120000\np2,회색 니트,니트,50000\n"
    for user in ("kim", "ed"):
        await send(server, user, "shop.csv", shop)
    _, refused = await told(server, "kim", catalogue="upload:shop.csv")
    assert "editors" in refused["message"]
    events, end = await told(server, "ed", catalogue="upload:shop.csv")
    assert end.get("reports", [{}])[-1].get("added") == 2, end
    assert events[-1]["event"] == "indexed"


@pytest.mark.parametrize(
    "document",
    ["/etc/passwd", "file:///etc/passwd", "upload:../../threads.sqlite", "upload:/etc/passwd", "upload:.", "upload:none.md",
     "handbook.md", "", "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data"],
)  # fmt: skip
async def test_nothing_of_the_server_and_its_network_is_read(server, document):
    _, end = await told(server, "lee", documents=[document])
    reports = end.get("reports", [])
    assert "message" in end or reports[0]["failed"] == 1
    assert all(report["added"] == 0 for report in reports)
    assert "root:" not in json.dumps(end)


async def test_another_ones_file_is_not_there(server):
    await send(server, "kim", "mine.md", "kim's own")
    _, end = await told(server, "lee", documents=["upload:mine.md"])
    assert "no file" in end["message"]
    async with http_of(server, "lee") as lee, http_of(server, "kim") as kim:
        assert (await lee.get("/documents")).json() == {"documents": []}
        assert (await lee.delete("/documents/mine.md")).status_code == 400
        assert {"reference": "upload:mine.md", "bytes": 9} in (await kim.get("/documents")).json()["documents"]
        async with httpx.AsyncClient(base_url=server.url) as nobody:
            for method, path in (("GET", "/documents"), ("POST", "/documents"), ("DELETE", "/documents/mine.md")):
                assert (await nobody.request(method, path)).status_code == 401


async def test_a_file_that_is_removed_is_found_no_more(server):
    await send(server, "kim", "snark.md", "The snark bell rings at 19:41 sharp every Thursday.")
    await told(server, "kim", documents=["upload:snark.md"])
    asked = "When does the snark bell ring every Thursday?"
    assert "19:41" in await quotes(server, "kim", asked)
    async with http_of(server, "kim") as kim:
        assert (await kim.delete("/documents/snark.md")).json() == {"removed": 1}
    assert "19:41" not in await quotes(server, "kim", asked)


@pytest.mark.parametrize("name", ["../../evil.md", "a/b\\c.md", "한글 문서.md", "x" * 300 + ".md", "..md"])
async def test_a_name_leads_to_no_other_folder(server, name):
    sent = await send(server, "lee", name, "text")
    assert sent.status_code == 201
    reference = sent.json()["documents"][0]["reference"]
    assert "/" not in reference
    assert ".." not in reference
    assert not list(server.folder.rglob("evil.md")) or "uploads" in str(next(server.folder.rglob("evil.md")))


async def test_a_user_has_so_much_room(server):
    assert (await send(server, "ed", "one.txt", "x" * 90_000)).status_code == 201
    refused = await send(server, "ed", "two.txt", "x" * 20_000)
    assert refused.status_code == 413
    assert "no room" in refused.json()["detail"]
    assert (await send(server, "ed", "one.txt", "x" * 80_000)).status_code == 201


async def test_a_run_that_was_stopped_goes_on_where_it_was(server):
    texts = [{"title": f"part {number}", "text": f"Part {number} of the almanac. " * 50} for number in range(6)]
    client = client_of(server, "lee")
    thread = (await client.threads.create())["thread_id"]
    async for part in client.runs.stream(thread, "indexing", input={"texts": texts}, stream_mode=["custom"]):
        if part.event == "metadata":
            run = part.data["run_id"]
        if part.event == "custom" and part.data["event"] == "indexed":
            await client.runs.cancel(thread, run, wait=True)
            break
    left = (await client.threads.get_state(thread))["values"]["left"]
    assert 0 < len(left) < 6
    end = await client.runs.wait(thread, "indexing", input=None)
    assert len(end["reports"]) == 6
    assert {report["added"] + report["unchanged"] for report in end["reports"]} == {1}


async def test_nobody_takes_anothers_document_away_by_indexing_the_same_address(server):
    """Nor learns by it that it is indexed: whoever names an address first or second is told the same."""
    web = Web(pages={"/wumpus": ("The wumpus gate opens at 05:52 on feast days.", {"content-type": "text/plain"})})
    web.pages["/wumpus"] = (200, *web.pages["/wumpus"])
    asked = "When does the wumpus gate open on feast days?"
    async with serving(web.handle) as url:
        address = f"{url.replace('127.0.0.1', 'localhost')}/wumpus"
        counts = {}
        for user, wanted in (("ed", {}), ("kim", {"audience": ["staff"]}), ("lee", {})):
            _, end = await told(server, user, documents=[address], **wanted)
            report = end["reports"][0]
            assert report["source"] == address
            counts[user] = (report["added"], report["changed"], report["unchanged"])
        assert set(counts.values()) == {(1, 0, 0)}
        _, end = await told(server, "lee", documents=[address])
        assert end["reports"][0]["unchanged"] == 1
    for user in ("ed", "kim", "lee"):
        assert "05:52" in await quotes(server, user, asked), user


async def test_only_editors_begin_another_index(server):
    """Each index is one more that every question is looked up in."""
    text = {"title": "Borogove", "text": "A borogove is fed at noon."}
    _, refused = await told(server, "kim", texts=[text], index="mine")
    assert "editors" in refused["message"]
    _, made = await told(server, "ed", texts=[text], index="zoo")
    assert made["reports"][0]["added"] == 1
    _, added = await told(server, "kim", texts=[text], index="zoo")
    assert added["reports"][0]["added"] == 1
