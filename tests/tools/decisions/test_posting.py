"""A request to a server of decisions or of a reranker is tried again as the server asks."""

import time

import httpx
import pytest
from standins.http import serving

from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.tools.decisions.posting import posted


class Server:
    """Answers with what is scripted: a status and its headers, one a request; then well."""

    def __init__(self, *faults):
        self.faults, self.asked = list(faults), []

    async def handle(self, exchange):
        self.asked.append(time.monotonic())
        if self.faults:
            status, headers = self.faults.pop(0)
            await exchange.answer(status, {"error": "busy"}, headers)
        else:
            await exchange.answer(200, {"score": 1})

    async def post(self, retries=2, seconds=2.0, body=None):
        async with serving(self.handle) as url, httpx.AsyncClient(timeout=seconds) as client:
            return await posted(client, url, body or {}, None, retries)


@pytest.mark.parametrize("status", [429, 503])
async def test_the_pause_that_a_server_asks_for_is_kept(status):
    server = Server((status, {"retry-after": "1"}))
    assert await server.post() == {"score": 1}
    assert server.asked[1] - server.asked[0] >= 1


async def test_a_pause_longer_than_a_decision_may_take_is_told_at_once():
    server, begun = Server((429, {"retry-after": "600"})), time.monotonic()
    with pytest.raises(DecisionError, match="429"):
        await server.post(seconds=60.0)
    assert time.monotonic() - begun < 30
    assert len(server.asked) == 1


async def test_what_does_not_pass_is_asked_once():
    server = Server((401, {}))
    with pytest.raises(DecisionError, match="401"):
        await server.post()
    assert len(server.asked) == 1


async def test_a_body_that_is_no_json_is_our_own_mistake():
    server = Server()
    with pytest.raises(TypeError):
        await server.post(body={"state": object()})
    assert server.asked == []
