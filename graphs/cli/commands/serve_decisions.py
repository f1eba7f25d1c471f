"""`stylegraph serve-decisions`: the local decision model over HTTP."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stylegraph.graphs.cli.commands.serve import Host, Port, check_free, check_guarded

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen

EXAMPLES = (
    "stylegraph serve-decisions --port 2025",
    "curl -s localhost:2025/v1/systemone -H 'content-type: application/json' "
    """-d '{"state": "환불해 주세요", "questions": {"urgent": {"type": "noul", "instructions": "Is this about money?"}}}'""",
)


async def serve_decisions(screen: Screen, *, host: Host = "127.0.0.1", port: Port = 2025) -> None:
    """Answer typed questions over HTTP: `/v1/systemone` and OpenAI's `/v1/decisions`, without a model or a key.

    On this machine nobody has to say who they are. Others can reach another
    address, so it is only listened on where the server knows its users, as
    `stylegraph serve` does. docs/decisions.md has the rest.
    """
    from stylegraph.agent.extras import needed
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.decisions.local import LocalDecisions

    with needed("The server of decisions"):
        import uvicorn

        from stylegraph.graphs.server.decisions.app import decisions_app

    settings, model = load_settings(), LocalDecisions()
    check_free(host, port)
    check_guarded(host, settings)
    app = decisions_app(model, settings)
    await model.embedder.embed(["준비"])  # so that the first question need not wait for it
    url = f"http://{host}:{port}"
    if screen.json:
        screen.record({"url": url, "pid": os.getpid()})
    else:
        screen.say(f"{url}/v1/systemone and {url}/v1/decisions  (Ctrl-C ends it)")
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve()
