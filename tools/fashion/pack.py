"""Fashion as a pack: a catalogue, the words of clothes, and what looks at pictures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.router.clarification import Clarification
from stylegraph.agent.local.router.examples import Labelled
from stylegraph.agent.protocols import Viewer
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.opening import open_fashion
from stylegraph.tools.fashion.source import OFFERED, FashionSource
from stylegraph.tools.fashion.vision.gallery import gallery_of
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.fashion.vision.query_rewriting import with_pictures
from stylegraph.tools.fashion.vision.subjects import garments
from stylegraph.tools.pack import Pack
from stylegraph.tools.unavailable import Blind, Broken

logger = logging.getLogger(__name__)

_WORDS = "stylegraph.tools.fashion"
LABELLED = Labelled(
    _WORDS,
    "words/examples.yaml",
    "words/cases.yaml",
    routes=(FashionSource.name,),
    recommends=FashionSource.name,
    depends=frozenset({FashionSource.name}),
)


@asynccontextmanager
async def open_pack(settings: Settings) -> AsyncIterator[Pack]:
    """Open the catalogue, and the network that looks at pictures."""
    async with AsyncExitStack() as stack:
        source = await _source(stack, settings)
        gallery = await asyncio.to_thread(gallery_of, settings.catalogue_in_use)
        yield fashion_pack([source], PictureViewer(settings, Garments(gallery=gallery)))


def fashion_pack(sources: Sequence[EvidenceSource] = (), viewer: Viewer | None = None) -> Pack:
    """Return the pack of a catalogue that is open.

    Args:
        sources: The catalogue.
        viewer: What looks at pictures; None: they are taken, and not looked at.
    """
    clarifications = {
        language: Clarification(**said) for language, said in read_yaml(_WORDS, "words/clarification.yaml").items()
    }
    return Pack(
        sources=sources,
        phrases={FashionSource.name: read_yaml(_WORDS, "words/templates.yaml")},
        small_talk=read_yaml(_WORDS, "words/smalltalk.yaml"),
        labelled=LABELLED,
        clarifications=clarifications,
        viewer=viewer or Blind(),
        rewrite=with_pictures,
        subjects=garments,
        offers=OFFERED,
    )


async def _source(stack: AsyncExitStack, settings: Settings) -> EvidenceSource:
    """Open the catalogue; where its index can be neither read nor made, what says so when it is asked."""
    try:
        return await stack.enter_async_context(open_fashion(settings, LocalEmbedder()))
    except IndexStoreError as error:
        logger.warning("the catalogue can't be opened: %s", error)
        known = FashionSource
        return Broken(known.name, known.node, known.description, error, known.examples, known.recommends)
