"""Documents of several servers lie in Elasticsearch: what is indexed through one is found through the other."""

from __future__ import annotations

import asyncio
import secrets

import httpx
import pytest
from postgres_server import postgres

from .machines import KEYS, two

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
NOTE = b"# The Halden mill\n\nThe Halden mill dries its felt at 41 degrees for nine hours.\n"
SECRET = b"# The Halden mill's prices\n\nThe Halden mill sells its felt at 7,300 won a metre.\n"
QUESTION = "At how many degrees does the Halden mill dry its felt?"
PRICE = "At what price a metre does the Halden mill sell its felt?"


async def indexed(client, name, content, **audience):
    async with httpx.AsyncClient(base_url=str(client.http.client.base_url), headers=client.http.client.headers) as http:
        sent = await http.post("/documents", files={"file": (name, content)}, timeout=60)
    reference = sent.json()["documents"][0]["reference"]
    done = await client.runs.wait(None, "indexing", input={"documents": [reference], **audience})
    assert done["reports"][0]["failures"] == []


async def answer(client, question):
    values = await client.runs.wait(None, "assistant", input={"messages": [{"role": "user", "content": question}]})
    return values["reply"]


async def test_what_is_indexed_on_one_is_found_on_the_other_by_whom_it_is_for(tmp_path, elastic_node):
    reached = {f"STYLEGRAPH_{name.upper()}": value for name, value in elastic_node.settings.items()}
    reached["STYLEGRAPH_ELASTICSEARCH_PREFIX"] = f"test-{secrets.token_hex(4)}"
    with postgres() as database:
        groups = {"STYLEGRAPH_SERVER_GROUPS": '{"editors": ["user-0"]}'}
        async with two(tmp_path, database, **reached, **groups) as (machines, _):
            first, second = machines.alive
            editor, reader = machines.client(first, "user-0"), machines.client(second, "user-1")
            assert "41" not in (await answer(reader, QUESTION))["text"]
            await indexed(editor, "mill.md", NOTE)
            await indexed(editor, "prices.md", SECRET, audience=["user-0"])
            for _ in range(60):  # a server lists the cluster's indexes again after some seconds
                found = await answer(reader, QUESTION)
                if "41 degrees" in found["text"]:
                    break
                await asyncio.sleep(1)
            assert "41 degrees" in found["text"]
            assert found["citations"]
            assert "7,300" not in str(await answer(reader, PRICE))
            assert "7,300" in (await answer(editor, PRICE))["text"]
    assert KEYS["user-0"] not in first.said() + second.said()
