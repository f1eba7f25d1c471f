"""A server that sends requests on notices where the other one has lost its network."""

from __future__ import annotations

import socket

import pytest
from served import free_port

pytest.importorskip("langgraph_api")
from stylegraph.graphs.server.cluster.forwarding import ToHome


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the platform has no such option")
async def test_a_connection_to_another_server_ends_when_that_has_lost_its_network():
    told = {}
    with socket.create_server(("127.0.0.1", free_port())) as there:
        client = ToHome(app=None)._client
        request = client.build_request("GET", f"http://127.0.0.1:{there.getsockname()[1]}/")

        async def connected(name, info):
            if name == "connection.connect_tcp.complete":
                mine = info["return_value"].get_extra_info("socket")
                told["alive"] = mine.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
                told["patience"] = mine.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                raise ConnectionError

        request.extensions["trace"] = connected
        with pytest.raises(ConnectionError):
            await client.send(request)
        await client.aclose()
    assert told == {"alive": 1, "patience": 20_000}
