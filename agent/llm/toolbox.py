"""The sources as tools of a chat model, and its calls as look-ups."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import ToolCall

from stylegraph.agent.acts import LookUp
from stylegraph.agent.evidence import Evidence, EvidenceSource, FilteringSource, SchemedSource, ToolSource, ToolSpec
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.passages import cited_span

ASK = "ask_person"
"""The tool by which a model puts a question back."""
_ASK_SPEC = ToolSpec(
    name=ASK,
    description="Ask one short question back, without an answer: only where it can't be told what is meant; else look up "
    "what is likely, and say what you assumed.",
    parameters={
        "type": "object",
        "properties": {
            "question": {"type": "string", "description": "In the person's language."},
            "choices": {"type": "array", "items": {"type": "string"}, "description": "Up to four short answers."},
        },
        "required": ["question"],
    },
)
_QUERY = {
    "type": "object",
    "properties": {"query": {"type": "string", "description": "What to look for, in a few words."}},
    "required": ["query"],
}
_ASKING = ("query", "wish", "question", "url", "id", "title", "document")
"""Arguments that say what is looked for, the first that is there."""
_LONGEST_QUERY = 1_000
_ADDRESS = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?")


@dataclass(frozen=True)
class _Offered:
    """A tool, and the source that answers it."""

    source: EvidenceSource
    spec: ToolSpec


class Toolbox:
    """What a model may call.

    Args:
        sources: The sources that are set up.
        k: Pieces of evidence that one look-up asks for.
    """

    def __init__(self, sources: Sequence[EvidenceSource], k: int) -> None:
        self._offered = {one.spec["name"]: one for source in sources for one in _offers(source)}
        self._k = k

    @property
    def names(self) -> list[str]:
        """The names of all tools that look something up."""
        return list(self._offered)

    def specs(self, holds: Mapping[str, str], *, asking: bool) -> list[dict[str, Any]]:
        """Return the tools in OpenAI's form, which LangChain turns into any provider's.

        Args:
            holds: Source -> what it holds now: told with the first of its tools.
            asking: Whether a question may be put back.
        """
        specs = [*self._with_holdings(holds), *([_ASK_SPEC] if asking else [])]
        return [{"type": "function", "function": dict(spec)} for spec in specs]

    def described(self, holds: Mapping[str, str]) -> str:
        """Return the tools in words, for a model that can't be handed any."""
        return "\n".join(
            f"- {spec['name']}({', '.join(spec['parameters'].get('properties', {}))}): {spec['description']}"
            for spec in self._with_holdings(holds)
        )

    def _with_holdings(self, holds: Mapping[str, str]) -> Iterator[ToolSpec]:
        told: set[str] = set()
        for one in self._offered.values():
            held = holds.get(one.source.name) if one.source.name not in told else None
            told.add(one.source.name)
            yield ToolSpec(**{**one.spec, "description": f"{one.spec['description']}\n{held}"}) if held else one.spec

    def look_up(self, call: ToolCall, passages: Sequence[Evidence] = ()) -> LookUp | None:
        """Return a call as a look-up; None where there is no such tool.

        Args:
            call: The call.
            passages: What the model was shown: an address in `around` names a place in one of them.
        """
        offered = self._offered.get(call["name"])
        if offered is None:
            return None
        given: dict[str, Any] = call["args"] or {}
        arguments = {**_declared(given, offered.spec), **_place(given, passages)}
        queries = queries_of({**given, **arguments})
        return LookUp(
            id=call["id"] or call["name"],
            source=offered.source.name,
            question=queries[0],
            queries=queries,
            filters=_filters(offered.source, queries),
            k=self._k,
            tool=call["name"],
            arguments=arguments,
        )


def _declared(given: Mapping[str, Any], spec: ToolSpec) -> dict[str, Any]:
    """Return the arguments that a tool says it takes: what else our own code may ask of a source is not a model's to say."""
    parameters = spec["parameters"]
    if "properties" not in parameters or parameters.get("additionalProperties"):
        return dict(given)
    return {name: value for name, value in given.items() if name in parameters["properties"]}


def _place(arguments: Mapping[str, Any], passages: Sequence[Evidence]) -> dict[str, Any]:
    """Return the document and the character in it that an address names; nothing where it names none."""
    address = _ADDRESS.search(str(arguments.get("around") or ""))
    if address is None or not 1 <= int(address[1]) <= len(passages):
        return {}
    found = passages[int(address[1]) - 1]
    span = cited_span(found, int(address[2] or 1), int(address[2] or 1))
    if span is None or not {"index", "source", "document"} <= found["data"].keys():
        return {}
    document = {name: found["data"][name] for name in ("index", "source", "document")}
    return {"document": document, "at": found["locator"].get("start", 0) + span[0]}


def queries_of(arguments: Mapping[str, Any]) -> list[str]:
    """Return what a call looks for; all of its arguments where none of them says so."""
    several = arguments.get("queries")
    told = (
        several if isinstance(several, list) else [next((arguments[one] for one in _ASKING if arguments.get(one)), "")]
    )
    texts = [plain(str(one)).strip()[:_LONGEST_QUERY] for one in told]
    return [text for text in dict.fromkeys(texts) if text] or [json.dumps(arguments, ensure_ascii=False)]


def _offers(source: EvidenceSource) -> list[_Offered]:
    if isinstance(source, ToolSource):
        return [_Offered(source, spec) for spec in source.tools()]
    return [_Offered(source, ToolSpec(name=source.name, description=source.description, parameters=_schema(source)))]


def _schema(source: EvidenceSource) -> dict[str, Any]:
    """Return the schema of a source's arguments: its own, a pydantic class's, or a query."""
    schema = source.args_schema if isinstance(source, SchemedSource) else None
    if schema is None:
        return _QUERY
    if isinstance(schema, Mapping):
        return dict(schema)
    told: dict[str, Any] = schema.model_json_schema()
    return told


def _filters(source: EvidenceSource, queries: Sequence[str]) -> dict[str, Any]:
    return dict(source.read_filters(queries[0])) if isinstance(source, FilteringSource) else {}
