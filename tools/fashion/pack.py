"""Fashion, as the assistant is told of it: words, and what looks at pictures."""

from __future__ import annotations

from stylegraph.agent.local.router.clarification import Clarification
from stylegraph.agent.local.templates import register
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.source import OFFERED, FashionSource
from stylegraph.tools.fashion.vision.query_rewriting import with_pictures
from stylegraph.tools.fashion.vision.subjects import garments
from stylegraph.tools.pack import Pack

_WORDS = "stylegraph.tools.fashion"


def fashion_pack() -> Pack:
    """Register the catalogue's phrases, and return what goes beside it."""
    register(FashionSource.name, read_yaml(_WORDS, "words/templates.yaml"))
    clarifications = {
        language: Clarification(**said) for language, said in read_yaml(_WORDS, "words/clarification.yaml").items()
    }
    return Pack(clarifications, looks=True, rewrite=with_pictures, subjects=garments, offers=OFFERED)
