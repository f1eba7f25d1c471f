"""A process that writes and rewrites documents until it is killed; a line for every call that has ended.

The hash of each document is the list of its texts, so that whoever finds it can tell whether it is whole.
"""

from __future__ import annotations

import asyncio
import itertools
import json

from integration.elastic_documents import Bag, document

from stylegraph.agent.settings import load_settings
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary


async def main() -> None:
    index = await ElasticLibrary(load_settings(), Bag()).index("care")
    for turn in itertools.count():
        documents = []
        for number in range(60):
            texts = [f"{turn} {part}" for part in range((number + turn) % 9)]
            documents.append(document(f"d{number}", *texts, source="endless", content=json.dumps(texts)))
        await index.add(documents)
        print(turn, flush=True)  # noqa: T201


asyncio.run(main())
