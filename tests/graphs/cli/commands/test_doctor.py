"""`stylegraph doctor`: every part, and what a missing one costs."""

from __future__ import annotations

import pytest
from standins.chat import Fault, chat_server
from standins.embedding import embedding_server
from standins.tavily import tavily_server

from stylegraph.agent.settings import Settings
from stylegraph.graphs.cli.commands.checks import examine, look_at_index


@pytest.fixture
def doctor(cli):
    def run(**env):
        result = cli("doctor", "--json", env=env)
        parts = {}
        for finding in result.records:
            parts.setdefault(finding["part"], []).append(finding)
        return result.exit_code, parts

    return run


def test_a_fresh_machine_is_well_and_is_told_what_it_goes_without(doctor):
    code, parts = doctor()
    assert code == 0
    assert {part for part, [found, *_] in parts.items() if found["state"] == "ok"} == {
        *(
            "settings",
            "home",
            "conversations",
            "profiles",
            "embedding",
            "Korean words",
            "catalogue",
            "pictures",
            "server",
        )
    }
    for part in ("index", "document embedding", "chat model", "web search"):
        [found] = parts[part]
        assert (found["state"], bool(found["cost"])) == ("missing", True)


def test_nothing_is_made_by_looking(doctor, home):
    doctor()
    assert not home.exists()


async def test_of_a_very_large_file_elasticsearch_is_recommended_with_the_reason():
    class Large:
        """Stands in for an index that takes an hour to make: only what it says of itself."""

        def __init__(self, chunks, engine):
            self.said = {"name": "all", "documents": 9, "chunks": chunks, "engine": engine}

        async def describe(self):
            return self.said

    found = await look_at_index(Large(1_000_001, "embedded"), "")
    assert "looks at all of its chunks" in found.cost
    assert "STYLEGRAPH_ELASTICSEARCH_URL" in found.remedy
    for chunks, engine in ((1_000_000, "embedded"), (9_000_000, "elasticsearch")):
        assert (await look_at_index(Large(chunks, engine), "")).remedy == ""


def test_what_is_set_is_named_and_no_secret_is_shown(doctor, tmp_path):
    (tmp_path / ".env").write_text("TAVILY_API_KEY=tvly-secret\n")
    nobody = "http://127.0.0.1:9"
    code, parts = doctor(
        STYLEGRAPH_OPENAI_API_KEY="sk-secret", STYLEGRAPH_BASE_URL=nobody, STYLEGRAPH_TAVILY_BASE_URL=nobody
    )
    for name in ("STYLEGRAPH_OPENAI_API_KEY", "TAVILY_API_KEY", "STYLEGRAPH_HOME"):
        assert name in parts["settings"][0]["detail"]
    assert "secret" not in str(parts)
    for part in ("chat model", "web search"):
        assert (parts[part][0]["state"], bool(parts[part][0]["remedy"])) == ("broken", True)
    assert code == 1


@pytest.fixture
def looked_at(tmp_path):
    """Examine in this loop, where the stand-ins for servers run."""

    async def examined(part, **given):
        settings = Settings(_env_file=None, home=tmp_path / "home", openai_api_key="sk-secret", **given)
        findings = {finding.part: finding async for finding in examine(settings)}
        return findings[part]

    return examined


async def test_a_model_is_asked_something_tiny_and_no_more(looked_at):
    async with chat_server(chat={"colour": "green"}) as server:
        found = await looked_at("chat model", base_url=server.url)
    assert (found.state, found.cost, server.count()) == ("ok", "", 1)
    assert "tokens, in the form that was asked for" in found.detail


async def test_a_model_whose_price_nobody_knows_is_told_with_the_setting_that_gives_it(looked_at):
    async with chat_server(chat={"colour": "green"}) as server:
        found = await looked_at("model price", base_url=server.url)
        assert (found.state, found.detail) == ("missing", "no price of gpt-6-luna is known")
        assert 'STYLEGRAPH_MODEL_PRICES={"gpt-6-luna": ' in found.remedy
        with pytest.raises(KeyError):
            await looked_at("model price", base_url=server.url, model_prices={"gpt-6": {"input": 1, "output": 6}})


async def test_a_server_without_structured_output_is_found_out_and_worked_around(looked_at):
    async with chat_server(chat='Sure: {"colour": "green"}') as server:
        server.refuses = {"response_format": "response_format is not supported"}
        found = await looked_at("chat model", base_url=server.url)
    assert found.state == "ok"
    assert "no structured output" in found.cost


async def test_a_key_that_is_refused_says_where_to_get_one(looked_at):
    async with chat_server(chat=Fault(401, {"error": {"message": "bad key sk-secret"}})) as server:
        found = await looked_at("chat model", base_url=server.url)
    assert found.state == "broken"
    assert "OPENAI_API_KEY" in found.remedy
    assert "platform.openai.com" in found.remedy
    assert "sk-secret" not in str(found)


async def test_a_servers_embedding_is_asked_for_one_vector(looked_at):
    async with embedding_server() as server:
        given = {"embedding_model": "words-1", "embedding_api_key": "sk-secret"}
        address = server.url.replace("http://", "http://kim:sk-secret@")
        found = await looked_at("document embedding", embedding_base_url=address, **given)
        assert (found.state, found.cost, len(server.asked)) == ("ok", "", 1)
        assert "words-1 at http://127.0.0.1" in found.detail
        assert "gave 64 numbers" in found.detail
        assert "sk-secret" not in str(found)
        server.key = "another"
        refused = await looked_at("document embedding", embedding_base_url=server.url, **given)
    assert refused.state == "broken"
    assert "STYLEGRAPH_EMBEDDING_API_KEY" in refused.remedy


async def test_a_search_is_made_to_see_that_it_works(looked_at):
    async with tavily_server() as server:
        found = await looked_at("web search", tavily_base_url=server.url)
    assert found.state == "ok"
    assert "tavily found" in found.detail


def test_a_setting_that_does_not_exist_is_pointed_at(doctor):
    code, parts = doctor(STYLEGRAPH_HOEM="/tmp")
    assert (code, parts["settings"][1]["state"]) == (1, "broken")
    assert "STYLEGRAPH_HOEM" in parts["settings"][1]["detail"]


def test_a_home_that_cant_be_written_is_broken(doctor, tmp_path):
    (tmp_path / "file").write_text("")
    code, parts = doctor(STYLEGRAPH_HOME=str(tmp_path / "file" / "home"))
    assert (code, parts["home"][0]["state"]) == (1, "broken")
    assert parts["home"][0]["remedy"]


def test_files_that_are_damaged_are_broken_and_the_rest_is_looked_at(doctor, home):
    (home / "indexes").mkdir(parents=True)
    (home / "indexes" / "notes.sqlite").write_bytes(b"not an index" * 100)
    (home / "threads.sqlite").write_bytes(b"not a database" * 100)
    code, parts = doctor()
    assert code == 1
    assert parts["index"][0]["state"] == parts["conversations"][0]["state"] == "broken"
    assert parts["index"][0]["remedy"]
    assert "server" in parts


def test_a_catalogue_is_read_row_by_row(doctor, tmp_path):
    (tmp_path / "mine.jsonl").write_text('{"id": "a", "name_ko": "셔츠", "category": "shirt"}\nbroken\n')
    [found] = doctor(STYLEGRAPH_CATALOGUE=str(tmp_path / "mine.jsonl"))[1]["catalogue"]
    assert "1 items, 1 rows left out" in found["detail"]
    assert "line 2" in found["remedy"]
    (tmp_path / "empty.csv").write_text("id,name_ko\n")
    for path in ("empty.csv", "missing.csv"):
        code, parts = doctor(STYLEGRAPH_CATALOGUE=str(tmp_path / path))
        assert (code, parts["catalogue"][0]["state"]) == (1, "broken")


def test_for_people_it_reads_as_a_list(cli, home):
    shown = cli("doctor").stdout
    assert "ok      embedding: " in shown
    assert "missing web search: no key\n        So " in shown
