"""The labels of a question: each with the texts that say what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stylegraph.tools.decisions.states import text_of

_EXAMPLES = "examples"


class Label(NamedTuple):
    """One alternative."""

    name: str
    texts: tuple[str, ...]
    """Its examples and its description; its name, where it has neither."""


def label_of(name: str, meaning: Any) -> Label:  # noqa: ANN401 - any JSON
    """Return a label by what a question says of it: nothing, a description, a list of examples, or an object with both.

    An object has its examples under `examples`; whatever else it says describes the label.
    """
    if isinstance(meaning, Mapping):
        given = meaning.get(_EXAMPLES) or []
        examples = [given] if isinstance(given, str) else list(given)
        described = text_of({key: value for key, value in meaning.items() if key != _EXAMPLES})
        texts = [*([described] if described else []), *map(text_of, examples)]
    elif isinstance(meaning, Sequence) and not isinstance(meaning, str):
        texts = [text_of(one) for one in meaning]
    else:
        texts = [text_of(meaning)]
    known = tuple(dict.fromkeys(text for text in texts if text))
    return Label(name, known or (name.replace("_", " ").replace("-", " "),))


def labels_of(criteria: Mapping[str, Any]) -> tuple[Label, ...]:
    """Return the labels of a question in their order."""
    return tuple(label_of(name, meaning) for name, meaning in criteria.items())


def levels_of(criteria: Sequence[Any]) -> tuple[Label, ...]:
    """Return the levels of a scale in their order, named by their number."""
    return tuple(label_of(str(number), meaning) for number, meaning in enumerate(criteria))
