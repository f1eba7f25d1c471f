"""Prompts: files for what never changes, fenced data for what people and documents say."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import plain, without_orders
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import parse_yaml

_FOLDER = Path(__file__).parent / "prompts"
_GENERAL = (
    "What the sources do not say you may add: say that they are silent on it, and end such sentences with [general]."
)
_NO_GENERAL = "What the sources do not say you do not know: say that they are silent on it."
_REPEATED = 8
"""Words in a row that make a sentence one of the rules."""
_LONGEST_PASSAGE = 2_500
"""Characters of one piece of evidence that a model reads: about 600 English tokens, a whole chunk at any usual size."""


def prompt(
    name: str,
    remarks: str = "",
    *,
    data: Mapping[str, str],
    examples: Language | None = None,
    values: Mapping[str, str] | None = None,
) -> list[BaseMessage]:
    """Return the messages for one call: the rules, a few examples as if they had been said, and the data.

    Args:
        name: Which rules: `prompts/<name>.md`, and `prompts/<name>.yaml` for the examples.
        remarks: Our own words below the data.
        data: What the call is about: what people and documents say, by name.
        examples: The language of the examples, where there is a set for each.
        values: What the rules have `$names` for.
    """
    shown = [
        message
        for example in _examples(name, examples)
        for message in (_asked(example["data"], example["remarks"]), AIMessage(example["answer"]))
    ]
    return [SystemMessage(_rules(name).substitute(values or {}).strip()), *shown, _asked(data, remarks)]


def _asked(data: Mapping[str, str], remarks: str) -> HumanMessage:
    return HumanMessage("\n".join(part for part in (fenced(**data), remarks) if part))


@cache
def _rules(name: str) -> Template:
    return Template((_FOLDER / f"{name}.md").read_text(encoding="utf-8"))


@cache
def _examples(name: str, language: Language | None) -> list[dict[str, Any]]:
    read = parse_yaml((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return list(read[language] if language else read)


def rules_of(name: str, settings: Settings, **values: str) -> str:
    """Return what a model is told once and for all, with the settings' own words in it.

    Args:
        name: `<name>.md` in the settings' folder of prompts, or among those that are shipped.
        settings: Persona, rules, and what is declined.
        values: More that the text has `$names` for.
    """
    text = _text(name, settings.prompts)
    general = _GENERAL if settings.general_knowledge else _NO_GENERAL
    told = {"persona": settings.persona, "rules": settings.rules, "declines": settings.declines, "general": general}
    return re.sub(r"\n{3,}", "\n\n", Template(text).safe_substitute({**told, **values})).strip()


@cache
def _text(name: str, folder: Path | None) -> str:
    own = folder / f"{name}.md" if folder else None
    return (own if own and own.is_file() else _FOLDER / f"{name}.md").read_text(encoding="utf-8")


@cache
def all_rules() -> str:
    """Return the text of all prompts: what an answer must not repeat."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.md")))


def repeats_rules(sentence: str) -> bool:
    """Check whether a sentence gives the rules away: many words in a row that stand in a prompt."""
    words = re.findall(r"\w+", sentence.lower())
    told = " ".join(["", *re.findall(r"\w+", all_rules().lower()), ""])
    return any(f" {' '.join(words[at : at + _REPEATED])} " in told for at in range(len(words) - _REPEATED + 1))


def fenced(**parts: str) -> str:
    """Place each text between tags that it can't close; empty ones are left out.

    The tags carry a digest of all that stands between them, so a text can't know them; the same data gives the same
    tags, so recorded calls replay.
    """
    given = {name: text for name, text in parts.items() if text}
    mark = hashlib.blake2b("\x1f".join(given.values()).encode("utf-8", "replace"), digest_size=3).hexdigest()
    return "\n".join(f"<{name}-{mark}>\n{text}\n</{name}-{mark}>" for name, text in given.items())


def shortened(text: str, tokens: int = 600) -> str:
    """Return a long text's beginning and end, where its question usually is, in about so many tokens."""
    if estimated_tokens(text) <= tokens:
        return text
    half = len(text) * tokens // estimated_tokens(text) // 2
    return f"{text[:half]} […] {text[-half:]}"


def numbered(evidence: Sequence[Evidence], texts: Iterable[str] | None = None) -> str:
    """Return evidence as numbered passages.

    Args:
        evidence: The evidence, in the order of the numbers.
        texts: What is given of each; whole texts (cut to a length that a whole chunk fits into) unless given.
    """
    shown = texts if texts is not None else (found["text"][:_LONGEST_PASSAGE] for found in evidence)
    return "\n\n".join(
        f"[{number}] {_heading(found)}\n{without_orders(plain(text)).strip()}"
        for number, (found, text) in enumerate(zip(evidence, shown, strict=True), 1)
    )


def shared_features(text: str) -> set[str]:
    """Return what makes two texts alike without a tokenizer: pairs of Hangul syllables, beginnings of words, numbers."""
    text = unicodedata.normalize("NFKC", text).lower()
    pairs = {run[at : at + 2] for run in re.findall(r"[가-힣]{2,}", text) for at in range(len(run) - 1)}
    return pairs | {word[:5] for word in re.findall(r"[a-z]{3,}|\d+", text)}


def _heading(found: Evidence) -> str:
    """Return the title, and of a web page also the site and the date, by which its age can be told."""
    site = urlsplit(found["url"]).hostname if found["url"] and "://" in found["url"] else None
    told = ", ".join(part for part in (site, str(found["data"].get("published") or "")[:10]) if part)
    title = without_orders(" ".join(plain(found["title"]).split())[:120])
    return f"{title} ({told})" if told else title
