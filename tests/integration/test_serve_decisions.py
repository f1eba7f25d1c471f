"""`stylegraph serve-decisions`, really started, asked by the clients that people have for its two protocols."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
import ollama
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai.decisions import Choice, OpenAIDecisions, Predicate, Score
from pydantic_ai import Agent
from pydantic_ai.models.system_one import SystemOneModel
from pydantic_ai.providers.system_one import SystemOneProvider
from served import free_port, wait_until_serving

from stylegraph.graphs.server.auth.accounts import new_key

pytestmark = [pytest.mark.filterwarnings("ignore:.*OpenAIDecisions.*")]

TEAMS = {
    "billing": "a payment, an invoice or a refund: 환불, 결제, 청구서",
    "technical": "a fault or an error: 오류, 로그인, 앱이 꺼져요",
}


def started(folder, port, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STYLEGRAPH_")}
    command = [sys.executable, "-m", "stylegraph.graphs.cli", "serve-decisions", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**kept, **environment}, stdout=log, stderr=log)
    wait_until_serving(process, f"http://127.0.0.1:{port}", folder / "log")
    return process


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A server where nobody has to say who they are."""
    port = free_port()
    process = started(tmp_path_factory.mktemp("decisions"), port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


async def test_langchains_client_for_openai_is_answered(url):
    client = OpenAIDecisions(model="local", base_url=f"{url}/v1", api_key="none", max_retries=0)
    asked = {
        "team": Choice(instructions="Which team?", choices=TEAMS),
        "charged": Choice(instructions="Was it charged?", choices={True: "환불, 결제, paid", False: None}),
        "money": Predicate(instructions="Is this about money?"),
        "anger": Score(instructions="How angry?", levels=["calm", "annoyed", "furious"]),
    }
    told = await client.ainvoke({"input": "결제가 두 번 됐어요, 환불해 주세요", "questions": asked})
    assert told.model == "local"
    assert told.choices["team"].choice == "billing"
    assert told.choices["charged"].choice in (True, "true")
    assert 0 < told.predicates["money"].probability < 1
    assert told.scores["anger"].legend == {0: "calm", 1: "annoyed", 2: "furious"}
    assert told.usage.input_tokens == 0
    said = [HumanMessage("Hello"), AIMessage("How can I help?"), HumanMessage("로그인이 안 되고 오류가 나요")]
    told = await client.ainvoke({"input": said, "questions": {"team": asked["team"]}})
    assert told.choices["team"].choice == "technical"


async def test_what_evidence_bears_can_be_asked_as_text(url):
    """OpenAI's protocol takes instructions as text alone: an object is sent as its JSON."""
    client = OpenAIDecisions(model="local", base_url=f"{url}/v1", api_key="none", max_retries=0)
    asked = {
        name: Predicate(
            instructions=f'{{"claim": "{claim}", "evidence": ["Dogs are not allowed. Entry costs 4 pounds."]}}'
        )
        for name, claim in (("said", "Entry costs 4 pounds."), ("swapped", "Entry costs 9 pounds."))
    }
    told = (await client.ainvoke({"input": "-", "questions": asked})).predicates
    assert told["said"].probability > 0.6 > 0.5 > told["swapped"].probability


def test_ollamas_client_is_answered(url):
    asked = {
        "team": {"type": "choice", "instructions": "Which team?", "criteria": TEAMS},
        "money": {"type": "noul", "instructions": "Is this about money?"},
        "anger": {"type": "score", "instructions": "How angry?", "criteria": ["calm", "furious"]},
    }
    told = ollama.Client(url).systemone("local", "환불해 주세요", asked)
    assert told.answers["team"].choice == "billing"
    assert told.answers["anger"].legend == {"0": "calm", "1": "furious"}
    assert 0 < told.answers["money"].noul < 1


async def test_an_agent_of_pydantic_ai_decides_by_it(url):
    model = SystemOneModel("local", provider=SystemOneProvider(base_url=url))
    ran = await Agent(model, output_type=bool, instructions="Is this about money?").run("환불해 주세요")
    assert ran.output in (True, False)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/v1/systemone", "{", "JSON"),
        ("/v1/systemone", '{"state": "x", "questions": {}}', "questions"),
        ("/v1/systemone", '{"state": "x", "questions": {"q": {"type": "box", "instructions": "cat"}}}', "box"),
        ("/v1/systemone", '{"state": [{"type": "image", "base64": ""}], "questions": {"q": {"type": "noul", "instructions": "?"}}}', "text alone"),
        ("/v1/decisions", '{"model": "m", "input": "x", "questions": [{"type": "score", "name": "s", "instructions": "?", "levels": []}]}', "levels"),
    ],
)  # fmt: skip
def test_what_can_not_be_answered_is_refused_with_the_reason(url, path, body, said):
    answer = httpx.post(url + path, content=body)
    assert answer.status_code == 400
    assert said in str(answer.json()["error"])


def test_pages_of_other_sites_may_not_ask(url):
    answer = httpx.post(f"{url}/v1/systemone", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_where_users_are_set_a_key_is_needed(tmp_path):
    (key, kept), port = new_key(), free_port()
    process = started(tmp_path, port, STYLEGRAPH_SERVER_KEYS=f'{{"kim": "{kept}"}}')
    asked = {"state": "환불", "questions": {"q": {"type": "noul", "instructions": "money?"}}}
    try:
        url = f"http://127.0.0.1:{port}/v1/systemone"
        assert httpx.post(url, json=asked).status_code == 401
        assert httpx.post(url, json=asked, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    finally:
        process.terminate()
        process.wait(10)
