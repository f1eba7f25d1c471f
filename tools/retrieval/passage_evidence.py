"""A passage that was found, as evidence."""

from __future__ import annotations

from stylegraph.agent.evidence import Evidence, Locator, evidence_id
from stylegraph.tools.retrieval.hybrid.index import Hit


def evidence_of(route: str, index: str, hit: Hit) -> Evidence:
    """Return a passage of an index as evidence of the source `route`; its id is the same whenever it is found."""
    return Evidence(
        id=evidence_id(route, hit["source"], hit["document"], hit["text"]),
        route=route,
        title=hit["title"],
        text=hit["text"],
        url=linked(hit["url"], hit["locator"]),
        locator=hit["locator"],
        score=hit["score"],
        found_by="fused",
        data={**hit["metadata"], "source": hit["source"], "document": hit["document"], "index": index},
    )


def linked(url: str | None, locator: Locator) -> str | None:
    """Return the address of the very place: a page of a PDF, a second of a video. A file's path stays as it is."""
    if url is None or not url.startswith(("http://", "https://")):
        return url
    if "seconds" in locator:
        seconds = int(locator["seconds"])
        return f"{url}&t={seconds}s" if "youtube.com/watch?" in url else f"{url}#t={seconds}"
    return f"{url}#page={locator['page']}" if "page" in locator else url
