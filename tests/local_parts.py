"""What the tests of the local decisions need: sources, states and evidence in one call each."""

from __future__ import annotations

from langchain_core.messages import AIMessage, HumanMessage

from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.text.language import detect_language


class Described:
    """A source as the router sees it: by its name, its line and its examples."""

    node = "look"

    def __init__(self, name, description, examples):
        self.name, self.description, self.examples = name, description, examples

    async def gather(self, state):
        return {}


async def weigh(terms):
    """Every word is as telling as any other."""
    return dict.fromkeys(terms, 3.0)


def state_of(text, *before, image=False, asked_back=False):
    """Return a router's state: `before` are the earlier messages, the person's first."""
    said = [(AIMessage if place % 2 else HumanMessage)(one) for place, one in enumerate(before)]
    turn = {"asked": text, "image": "picture" if image else None, "language": detect_language(text)}
    return {"messages": [*said, HumanMessage(text)], "turn": turn, "shown": [], "asked_back": asked_back}


def passage(text, *, title="안내", route="documents", score=0.8, **data):
    """Return a piece of text as evidence."""
    return make_evidence(route, title, text, score=score, data=data)


def item(name, *, price=59000, reasons=("여름에 입기 좋아요.",), missed=(), text=""):
    """Return a catalogue item as evidence, as the fashion source does."""
    data = {
        "item": {"id": name},
        "name": name,
        "price_krw": price,
        "image": None,
        "reasons": [{"field": "seasons", "text": reason} for reason in reasons],
        "missed": list(missed),
    }
    return make_evidence("fashion", name, text or f"{name}.", data=data)


def answering(question, routes, evidence, *, language=None, **rest):
    """Return the state in which a question is answered from evidence."""
    spoken = language or detect_language(question)
    routing = {
        "question": question,
        "language": spoken,
        "routes": list(routes),
        "queries": {route: [question] for route in routes if route != "chat"},
        "filters": {},
        "ask_back": None,
        "choices": [],
        "confidence": 1.0,
    }
    return {"turn": {"asked": question, "language": spoken}, "routing": routing, "evidence": evidence, **rest}


BUILT_IN = tuple(Described(name, "", []) for name in ("documents", "web", "fashion"))
"""The built-in sources, of which nothing is known but their names."""
