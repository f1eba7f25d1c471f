"""Questions that can be asked here, for who does not know yet what to ask: of what the sources know and whoever asks may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.graphs.nodes.identity import Asker, asker_over, shown_to
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.unavailable import Unavailable

_MOST = 4
_OF_EACH = 2
"""Of a source's own examples: those further down may lean on what was said before."""
_LANGUAGES: tuple[Language, ...] = ("ko", "en")
_ABOUT: dict[Language, str] = {"ko": "‘{title}’ 내용을 요약해줘", "en": "Summarise “{title}”"}


class Example(TypedDict):
    """A question, and the route that it goes."""

    route: str
    question: str


async def show(request: Request) -> Response:
    """Return up to four examples in each language, from all that can be asked, the sources in turns."""
    sources = (await parts()).sources
    titles = await _titles(sources, asker_over(request.scope.get("user"), person_of(request)))
    return JSONResponse({language: _examples(sources, titles, language) for language in _LANGUAGES})


def _examples(sources: Sequence[EvidenceSource], titles: Sequence[str], language: Language) -> list[Example]:
    columns = [list(_of_source(source, titles, language)) for source in sources]
    return [example for row in zip_longest(*columns) for example in row if example][:_MOST]


def _of_source(source: EvidenceSource, titles: Sequence[str], language: Language) -> Iterator[Example]:
    if isinstance(source, Unavailable):
        return
    if isinstance(source, DocumentsSource):
        asked = [_ABOUT[language].format(title=title) for title in titles if detect_language(title) == language]
    else:
        asked = [question for question in source.examples if detect_language(question) == language]
    yield from (Example(route=source.name, question=question) for question in asked[:_OF_EACH])


async def _titles(sources: Sequence[EvidenceSource], by: Asker) -> list[str]:
    documents = next((source for source in sources if isinstance(source, DocumentsSource)), None)
    with suppress(SourceError):  # where no index answers there are the sources' own examples
        return [title for _, title in await documents.titles(shown_to(by))] if documents else []
    return []
