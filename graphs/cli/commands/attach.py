"""`stylegraph index attach` and `detach`: an index that others made, as one more to be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.agent.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.retrieval.attached.index import AttachedIndex
    from stylegraph.tools.retrieval.attached.registry import Attachment, Field

EXAMPLES = (
    "stylegraph index attach https://search.example.com:9200/articles --text body",
    "stylegraph index attach http://localhost:9200/wiki --text content --title headline --vector embedding --name wiki",
    "stylegraph index attach https://hr.example.com/policies --text text --audience staff --api-key-env HR_KEY",
)
DETACH_EXAMPLES = ("stylegraph index detach wiki",)
_FILTERS = 12
"""Filters that are told."""

Address = Annotated[
    str, typer.Argument(metavar="URL/INDEX", help="The cluster's address, and an index, alias or pattern.")
]
Text = Annotated[str, typer.Option("--text", metavar="FIELD", help="The field whose text is searched and cited.")]
Title = Annotated[
    str, typer.Option("--title", metavar="FIELD", help="What a document is called; a field of a usual name otherwise.")
]
Vector = Annotated[
    str,
    typer.Option(
        "--vector",
        metavar="FIELD",
        help="A dense_vector or semantic_text, for search by meaning; the only one otherwise.",
    ),
]
Link = Annotated[
    str, typer.Option("--url", metavar="FIELD", help="Where a document is opened; a field of a usual name otherwise.")
]
Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="What the index is called here; its own name otherwise.")
]
Audience = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="WHO",
        help="Whom it is for: a user or group of the server; repeatable. Everybody who may ask otherwise.",
    ),
]
KeyEnv = Annotated[
    str,
    typer.Option(
        "--api-key-env",
        metavar="VARIABLE",
        help="The environment variable with the API key of this cluster, where it is another than the one that is set.",
    ),
]
Detached = Annotated[str, typer.Argument(metavar="NAME", help="The index, as `index list` names it.")]


async def attach(  # noqa: PLR0913 - each is an option of the command
    screen: Screen,
    address: Address,
    *,
    text: Text,
    title: Title = "",
    vector: Vector = "",
    url: Link = "",
    name: Name = "",
    audience: Audience = None,
    api_key_env: KeyEnv = "",
) -> None:
    """Search an Elasticsearch index that others made, as it is; nothing is indexed again, nothing is written there.

    Words are searched by the index's own analyzer. Meaning is searched too
    where there is a semantic_text, or a dense_vector of the embedding that is
    set: STYLEGRAPH_EMBEDDING_MODEL names the model that made the vectors.
    keyword, date, number and boolean fields filter: --only FIELD=VALUE. Long
    texts are cut into passages when they are read.

    The credentials are STYLEGRAPH_ELASTICSEARCH_API_KEY, or _USER and
    _PASSWORD; where STYLEGRAPH_ELASTICSEARCH_URL names another cluster, what
    --api-key-env names. They are never kept. `read` and
    `view_index_metadata` are all that they need.

    Attach it again, under the same name, after its mapping has changed.
    """
    import asyncio

    from stylegraph.agent.extras import needed
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.embeddings.opening import open_embedder
    from stylegraph.tools.ingestion.sources import for_audience
    from stylegraph.tools.retrieval.attached.registry import Registry

    with needed("An attached index"):
        from stylegraph.tools.retrieval.attached.attaching import Wanted, look_at

    settings, audiences = load_settings(), list(for_audience(audience or ()).get("audience", ()))
    wanted = Wanted(address, text, title, vector, url, name, audiences, api_key_env)
    async with open_embedder(settings) as embedder:
        attachment = await look_at(wanted, settings, embedder)
        async with open_library(settings, embedder) as library:
            if attachment["name"] in await library.own.indexes():
                said = f"There is an index called {attachment['name']} already."
                raise InputError(said, "Call this one something else: --name NAME.")
    await asyncio.to_thread(Registry(settings.home).add, attachment)
    _tell(screen, attachment)


async def detach(screen: Screen, name: Detached) -> None:
    """Search an attached index no more; it stays as it is where it is."""
    import asyncio

    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.retrieval.attached.registry import Registry

    await asyncio.to_thread(Registry(load_settings().home).remove, name)
    if screen.json:
        screen.record({"detached": name})
    else:
        screen.say(f"{name} is detached.")


def meant(attached: Mapping[str, AttachedIndex], source: str, index: str | None) -> str:
    """Return the attached index that somebody wants a source to be removed from; empty: none."""
    for name, one in attached.items():
        places = (f"{one.attachment['url']}/{one.attachment['index']}", f"elasticsearch:{one.attachment['index']}")
        if name == index or (index is None and source in places):
            return name
    return ""


def _tell(screen: Screen, attachment: Attachment) -> None:
    if screen.json:
        screen.record(
            {name: value for name, value in attachment.items() if name != "fields"} | {"filters": _filters(attachment)}
        )
        return
    screen.say(f"{attachment['name']} is attached: {attachment['url']}/{attachment['index']}", "bold")
    shown = {"text": attachment["text"], "title": attachment["title"], "URL": attachment["link"]}
    screen.say("  " + ", ".join(f"{part} from {_path(one)}" for part, one in shown.items() if one))
    screen.say(f"  {_searched(attachment)}")
    if filters := _filters(attachment):
        more = ", …" if len(filters) > _FILTERS else ""
        screen.say(f"  filters: {', '.join(filters[:_FILTERS])}{more}", "dim")
    screen.say(f"  for {', '.join(attachment['audience']) or 'everybody who may ask'}", "dim")


def _filters(attachment: Attachment) -> list[str]:
    return sorted(attachment["fields"])


def _path(field: Field | None) -> str:
    return field["path"] if field else ""


def _searched(attachment: Attachment) -> str:
    if attachment["embedding"]:
        how = f"by words and by meaning, {_path(attachment['vector'])} with {attachment['embedding']}"
        return f"searched {how}; if another model made its vectors, name it in STYLEGRAPH_EMBEDDING_MODEL"
    if not attachment["why_words"]:
        return f"searched by meaning on the cluster itself, {_path(attachment['vector'])}"
    said = f"searched by words only: {attachment['why_words']}."
    remedy = " Name the model that made them in STYLEGRAPH_EMBEDDING_MODEL, and attach it again."
    return said + (remedy if attachment["vector"] else "")
