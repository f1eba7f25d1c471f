"""Replies as a simulated person gets them, over real pieces of the sample catalogue and a real quote."""

from __future__ import annotations

from stylegraph.agent.budget import tally
from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.reply import Citation, Recommendation, Reply, Status
from stylegraph.evals.harness.simulated.goals import Goal
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

ITEMS = sample_items()


def piece(category, colour=None, least=0, most=10**9):
    """Return the id of the first piece of a kind with this main colour and a price between these."""
    return next(
        item["id"]
        for item in ITEMS
        if item["category"] == category and least <= item["price_krw"] <= most
        if colour in (None, item["colours"][0])
    )


def reply(text="Here you are.", *ids, status=Status.ANSWERED, language="en", quote="", title="Care"):
    """Return a reply that shows pieces; with a quote, one that cites it."""
    evidence = make_evidence("documents", title, quote) if quote else None
    cited = [Citation(evidence=evidence["id"], quote=quote, start=0, end=len(quote), title=title)] if evidence else []
    return Reply(
        text=text,
        status=status,
        language=language,
        routes=["fashion"],
        citations=cited,
        evidence=[evidence] if evidence else [],
        recommendations=[Recommendation(id=one, name=one, reasons=[]) for one in ids],
        spent=tally([], 0.1, 0),
    )


DRESS = {
    "say": "A dress for a wedding, please",
    "what": "a dress",
    "details": "For a woman",
    "items": {"must": [{"category": ["dress"]}], "price": {"lte": 60_000}},
}
WASH = {
    "say": "How warm may I wash silk?",
    "what": "the temperature",
    "details": "By hand",
    "facts": [["30 °C"]],
}
AGAIN = {"say": "How warm was it again?", "what": "the temperature", "details": "Silk", "repeats": 1}
NO_PINK = {"fields": {"colours": ["pink"]}, "word": "pink"}


def goal(*needs, **more):
    return Goal(**{"id": "sim-en-900", "person": "a guest", "needs": list(needs), **more})


GOOD = piece("dress", "black", most=60_000)
OTHER = piece("dress", "navy", most=60_000)
DEAR = piece("dress", "blue", least=70_000)
PINK = piece("dress", "pink", most=60_000)
SHIRT = piece("shirt")
TOLD = reply("At most 30 °C. [1]", quote="Wash silk at most at 30 °C.")
