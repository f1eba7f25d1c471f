"""An index looked at before it is attached: which of its fields are searched and shown, and whether its vectors can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from stylegraph.agent.errors import EmbeddingError, IndexStoreError, InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.retrieval.attached import mapping, passages
from stylegraph.tools.retrieval.attached.access import has_credentials, is_own, settings_for
from stylegraph.tools.retrieval.attached.refusals import explained
from stylegraph.tools.retrieval.attached.registry import Attachment, Field
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import IndexGoneError
from stylegraph.tools.retrieval.elastic.mapping import described
from stylegraph.tools.retrieval.hybrid.encoding import known_dimension
from stylegraph.tools.retrieval.library import check_name

_TITLES = ("title", "headline", "subject", "heading", "name")
_LINKS = ("url", "link", "permalink", "href", "uri")
_SAMPLES = 5
_OWN_MODEL = 0.4
"""Cosine from which on a vector is taken for one of the embedding that is set: those of two models are about 0."""
_EMBEDDED_CHARS = 400


@dataclass(frozen=True)
class Wanted:
    """What a user says of an index to be attached."""

    address: str
    """URL/INDEX."""
    text: str
    title: str = ""
    vector: str = ""
    link: str = ""
    name: str = ""
    audience: Sequence[str] = field(default_factory=list)
    api_key_env: str = ""


async def look_at(wanted: Wanted, settings: Settings, embedder: Embedder) -> Attachment:
    """Return what is to be known of an index to search it. Nothing is written, there or here.

    Raises:
        InputError: The address, the name or a field can't be used; names the nearest that can.
        IndexStoreError: The cluster does not answer, or says no.
    """
    url, index = _parted(wanted.address)
    name = wanted.name or index.strip(".*-_").replace("*", "-")
    check_name(name)
    cluster = Cluster(settings_for(settings, url, wanted.api_key_env))
    try:
        return await _Looking(cluster, name, url, index, wanted, embedder, is_own(settings, url)).attachment()
    finally:
        await cluster.close()


class _Looking:
    def __init__(
        self, cluster: Cluster, name: str, url: str, index: str, wanted: Wanted, embedder: Embedder, is_own: bool
    ) -> None:
        self._cluster, self._is_own = cluster, is_own
        self._name, self._url, self._index = name, url, index
        self._wanted = wanted
        self._embedder = embedder

    async def attachment(self) -> Attachment:
        fields = mapping.fields_of(await self._mappings())
        wanted = self._wanted
        text = mapping.text_field(fields, wanted.text)
        made = Attachment(
            name=self._name,
            url=self._url,
            index=self._index,
            api_key_env=wanted.api_key_env,
            text=text,
            title=_shown(fields, wanted.title, _TITLES),
            link=_shown(fields, wanted.link, _LINKS),
            vector=None,
            embedding="",
            why_words="",
            fields=mapping.filterable(fields),
            audience=list(wanted.audience),
        )
        vector = _vector(fields, wanted.vector, text)
        sampled = await self._samples(made, vector)
        return await self._with_vector(made, vector, sampled)

    async def _mappings(self) -> list[Mapping[str, Any]]:
        try:
            answer = await self._asked(
                lambda: self._cluster.client.indices.get(index=self._index, features=["mappings"])
            )
        except IndexGoneError:
            answer = {}
        if not answer:
            raise InputError(
                f"There is no index {self._index} in Elasticsearch at {self._cluster.where}.",
                mapping.nearest(self._index, await self._names(), "There is none that these credentials may see."),
            )
        found = list(answer.values())
        if any(described(one) is not None for one in found):
            raise InputError(
                f"{self._index} was made by stylegraph.",
                f"It needs no attaching: set STYLEGRAPH_ELASTICSEARCH_URL={self._url} and its prefix.",
            )
        return [one.get("mappings", {}) for one in found]

    async def _names(self) -> list[str]:
        try:
            answer = await self._asked(lambda: self._cluster.client.indices.get(index="*", features=["aliases"]))
        except IndexStoreError:
            return []
        names = {name for index, one in answer.items() for name in (index, *one.get("aliases", {}))}
        return sorted(name for name in names if not name.startswith("."))

    async def _samples(self, made: Attachment, vector: Field | None) -> list[Mapping[str, Any]]:
        """Return some documents that have text, with their vectors where they are given.

        Raises:
            InputError: There are documents, and none gives its text.
        """
        text = made["text"]
        exists: Mapping[str, Any] = {"exists": {"field": text["path"]}}
        if text["nested"]:
            exists = {"nested": {"path": text["nested"], "query": exists}}
        shown = [one["path"] for one in (text, made["title"]) if one is not None]
        body: dict[str, Any] = {"query": exists, "size": _SAMPLES, "source": shown}
        if vector is not None and vector["dimension"]:
            body["fields"] = [vector["path"]]
        answer = await self._asked(lambda: self._cluster.client.search(index=self._index, **body))
        hits: list[Mapping[str, Any]] = answer["hits"]["hits"]
        if hits and not any(passages.texts(hit, text) for hit in hits):
            raise InputError(
                f"The documents of {self._index} don't give {text['path']} back, so nothing could be cited.",
                "The mapping keeps it out of _source: keep it there, or name another field with --text.",
            )
        return hits

    async def _with_vector(
        self, made: Attachment, vector: Field | None, samples: Sequence[Mapping[str, Any]]
    ) -> Attachment:
        if vector is None:
            return Attachment(**{**made, "why_words": "it has no vectors"})
        if vector["kind"] == mapping.SEMANTIC:
            return Attachment(**{**made, "vector": vector})
        why = await self._unlike(vector, samples, made)
        embedding = "" if why else self._embedder.name
        return Attachment(**{**made, "vector": vector, "embedding": embedding, "why_words": why})

    async def _unlike(self, vector: Field, samples: Sequence[Mapping[str, Any]], made: Attachment) -> str:
        """Return why questions can't be compared with its vectors; empty where they can."""
        path, own = vector["path"], self._embedder.name
        if not vector["dimension"]:
            return f"{path} can't be asked by floats, or is not indexed"
        try:
            dimension = await known_dimension(self._embedder)
        except EmbeddingError as error:
            return f"the embedding {own} did not answer ({error.message.rstrip('.')})"
        if dimension != vector["dimension"]:
            return f"the vectors of {path} have {vector['dimension']:,} numbers, those of {own} {dimension:,}"
        near = await self._nearness(vector, samples, made)
        if near is not None and near < _OWN_MODEL:
            return f"the vectors of {path} come from another model than {own} (cosine {near:.2f} to its own)"
        return ""

    async def _nearness(self, vector: Field, samples: Sequence[Mapping[str, Any]], made: Attachment) -> float | None:
        """Return how near stored vectors are to those that our embedding makes of the same texts; None: none is given."""
        nearest = []
        for hit in samples:
            texts, stored = _beginning(hit, made), _stored(hit, vector)
            if texts and stored is not None:
                own = await self._embedder.embed(texts)
                nearest.append(float((own @ (stored / max(float(np.linalg.norm(stored)), 1e-9))).max()))
        if not nearest:
            return None
        return float(np.median(nearest))

    async def _asked(self, call: Any) -> Any:  # noqa: ANN401 - the client's own
        try:
            return (await self._cluster.ask(self._index, call)).body
        except IndexGoneError:
            raise
        except IndexStoreError as error:
            raise self._denied(error) from error

    def _denied(self, error: IndexStoreError) -> IndexStoreError:
        """Return the error, where credentials are missing with the setting that holds them for this cluster."""
        if "does not accept the credentials" not in error.message:
            return explained(error, self._name, self._index)
        if not self._is_own and not self._wanted.api_key_env:
            remedy = "Name the environment variable that holds its API key: --api-key-env NAME."
            return IndexStoreError(f"Elasticsearch at {self._cluster.where} wants credentials of its own.", remedy)
        if has_credentials(self._cluster.settings):
            return error
        return IndexStoreError(
            f"Elasticsearch at {self._cluster.where} wants credentials.",
            "Set STYLEGRAPH_ELASTICSEARCH_API_KEY, or STYLEGRAPH_ELASTICSEARCH_USER and _PASSWORD.",
        )


def _parted(address: str) -> tuple[str, str]:
    """Return the cluster's address and the index's name in it.

    Raises:
        InputError: It is not URL/INDEX, or holds a password.
    """
    parts = urlsplit(address)
    path, _, index = parts.path.rstrip("/").rpartition("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or not index or parts.query or parts.fragment:
        raise InputError(f"{_harmless(address)} is not URL/INDEX.", "Write it such as https://localhost:9200/articles.")
    if "@" in parts.netloc:
        raise InputError(
            "Credentials don't belong into the address.",
            "Set STYLEGRAPH_ELASTICSEARCH_API_KEY, or name the variable that holds the key: --api-key-env NAME.",
        )
    return f"{parts.scheme}://{parts.netloc}{path}", index


def _harmless(address: str) -> str:
    """Return an address as it is told: without what may be a password."""
    return address.rpartition("@")[2][:80]


def _shown(fields: Mapping[str, Field], named: str, usual: Sequence[str]) -> Field | None:
    if named:
        return mapping.shown_field(fields, named)
    found = (fields[one] for one in usual if one in fields)
    return next((one for one in found if one["kind"] in mapping.TEXTS | mapping.FILTERED), None)


def _vector(fields: Mapping[str, Field], named: str, text: Field) -> Field | None:
    """Return the field with vectors that is named, or the only one there is."""
    if named:
        return mapping.vector_field(fields, named)
    if text["kind"] == mapping.SEMANTIC:
        return text
    found = [one for one in fields.values() if one["kind"] in mapping.VECTORS]
    return found[0] if len(found) == 1 else None


def _beginning(hit: Mapping[str, Any], made: Attachment) -> list[str]:
    """Return what a document's vector may have been made of: its text, or title and text."""
    said = [text for text in passages.texts(hit, made["text"]) if text.strip()]
    title = " ".join(passages.texts(hit, made["title"])) if made["title"] else ""
    parts = [text[:_EMBEDDED_CHARS] for text in [" ".join(said), *said[:4]] if text]
    return [*parts, *(f"{title}. {text}" for text in parts[:1] if title), *([title] if title else [])]


def _stored(hit: Mapping[str, Any], vector: Field) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """Return a document's vector, or the first of several, where the cluster gives it."""
    found: Any = hit.get("fields", {})
    if vector["nested"]:
        inside = vector["path"].removeprefix(f"{vector['nested']}.")
        objects = found.get(vector["nested"], [])
        found = next((one.get(inside) for one in objects if inside in one), None)
    else:
        found = found.get(vector["path"])
    while isinstance(found, list) and found and isinstance(found[0], list):
        found = found[0]
    return np.array(found, dtype=np.float32) if found and len(found) == vector["dimension"] else None
