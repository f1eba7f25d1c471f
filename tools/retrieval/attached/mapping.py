"""What the mapping of somebody else's index tells: its fields, and which of them text, vectors and filters are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.tools.retrieval.attached.registry import Field

KEYWORDS = frozenset({"keyword", "constant_keyword", "wildcard", "version", "flattened"})
NUMBERS = frozenset(
    {"long", "integer", "short", "byte", "unsigned_long", "double", "float", "half_float", "scaled_float"}
)
DATES = frozenset({"date", "date_nanos"})
FILTERED = KEYWORDS | NUMBERS | DATES | {"boolean"}
TEXTS = frozenset({"text", "match_only_text", "semantic_text", "annotated_text", "search_as_you_type"})
SEMANTIC = "semantic_text"
VECTORS = frozenset({"dense_vector", SEMANTIC})
_SPARSE = "sparse"
"""The similarity of what has scores without a bound."""


def fields_of(mappings: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    """Return the fields of one index, or of several that one name stands for, by path."""
    found: dict[str, Field] = {}
    aliases: dict[str, str] = {}
    for mapping in mappings:
        for field, target in _fields(mapping.get("properties", {}), "", ""):
            found.setdefault(field["path"], field)
            if target:
                aliases[field["path"]] = target
    return found | {path: found[target] for path, target in aliases.items() if target in found}


def filterable(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Return the fields that can be filtered by."""
    return {path: field for path, field in fields.items() if field["exact"]}


def text_field(fields: Mapping[str, Field], path: str) -> Field:
    """Return the field whose text is searched.

    Raises:
        InputError: There is none, or it is none of running text.
    """
    return _of_kind(fields, path, TEXTS, "text")


def vector_field(fields: Mapping[str, Field], path: str) -> Field:
    """Return the field that is searched by meaning.

    Raises:
        InputError: There is none, or it holds no vectors.
    """
    return _of_kind(fields, path, VECTORS, "vectors")


def shown_field(fields: Mapping[str, Field], path: str) -> Field:
    """Return a field that is only shown, such as the title.

    Raises:
        InputError: There is none.
    """
    return _of_kind(fields, path, TEXTS | FILTERED, "a value to be shown")


def is_sparse(field: Field) -> bool:
    """Check whether a field's scores by meaning have no bound."""
    return field["similarity"] == _SPARSE


def _of_kind(fields: Mapping[str, Field], path: str, kinds: frozenset[str], what: str) -> Field:
    right = [one for one, field in fields.items() if field["kind"] in kinds]
    if path in fields:
        if fields[path]["kind"] in kinds:
            return fields[path]
        said = f"The field {path} is {fields[path]['kind']}, not {what}."
    else:
        said = f"There is no field {path} in the index."
    raise InputError(said, nearest(path, right, f"No field holds {what}."))


def nearest(name: str, right: Iterable[str], nothing: str) -> str:
    """Return which name may be meant, of those that are right; in one sentence."""
    known = sorted(right)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    near = near or [one for one in known if one.rpartition(".")[2] == name.rpartition(".")[2]]
    if near:
        return f"Did you mean {near[0]}?"
    return f"There are: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}." if known else nothing


def _fields(properties: Mapping[str, Any], before: str, nested: str) -> Iterator[tuple[Field, str]]:
    """Yield each field, with the path that it stands for where it is an alias."""
    for name, described in properties.items():
        path, kind = before + name, described.get("type", "object")
        if "properties" in described:
            yield from _fields(described["properties"], f"{path}.", path if kind == "nested" else nested)
        elif kind == "alias":
            yield _field(path, {"type": kind}, nested), described.get("path", "")
        else:
            yield _field(path, described, nested), ""


def _field(path: str, described: Mapping[str, Any], nested: str) -> Field:
    model = described.get("model_settings", {})
    similarity = str(described.get("similarity") or model.get("similarity") or "cosine")
    if model.get("task_type") == "sparse_embedding":
        similarity = _SPARSE
    return Field(
        path=path,
        kind=described["type"],
        nested=nested,
        exact=_exact(path, described),
        similarity=similarity,
        dimension=0 if _unusable(described) else int(described.get("dims", 0)),
    )


def _exact(path: str, described: Mapping[str, Any]) -> str:
    if described["type"] in FILTERED:
        return "" if described.get("index") is False else path
    inside = described.get("fields", {}).items()
    return next((f"{path}.{name}" for name, one in inside if one.get("type") in KEYWORDS), "")


def _unusable(described: Mapping[str, Any]) -> bool:
    """Check whether vectors can't be searched by floats: they are bytes or bits, or not indexed."""
    return described.get("element_type", "float") not in ("float", "bfloat16") or described.get("index") is False
