"""What a type checker must refuse of a user."""

from __future__ import annotations

from stylegraph import Reply, SourceTask, open_sync


class Nameless:
    """No source: it has no name."""

    async def gather(self, state: SourceTask) -> dict[str, int]:
        return {"evidence": 7}


def wrong(reply: Reply) -> int:
    """Use it as it can't be used."""
    with open_sync(sources=[Nameless()]):
        pass
    with open_sync(builtin=["document"]):
        pass
    with open_sync(checkpoint=None):
        pass
    return reply.text
