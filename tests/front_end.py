"""A front-end that others made, bundled: the site that it stands on, and a server that lets that site in."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

from served import Server
from standins.http import serving

_HTML = '<!doctype html><html lang="en"><title>Chat</title><div id="root"></div><script type="module" src="/app.js"></script>'


@asynccontextmanager
async def site_of(script):
    """Serve a page that is one script; yield its address, which is another than the server's."""

    async def give(exchange):
        found, kind = (script, "text/javascript") if exchange.path == "/app.js" else (_HTML, "text/html")
        await exchange.answer(200, found, {"content-type": kind})

    async with serving(give) as url:
        yield url


@asynccontextmanager
async def server_for(site, folder, environment):
    """Start a server that a site may ask; stop it afterwards."""
    origins = {"STYLEGRAPH_SERVER_ORIGINS": json.dumps([site])}
    started = await asyncio.to_thread(Server, folder, {**environment, **origins})
    try:
        yield started
    finally:
        await asyncio.to_thread(started.stop)
