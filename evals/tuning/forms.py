"""Training examples in the forms that trainers read, and which tokens carry loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from stylegraph.evals.tuning.examples import Example

Form = Literal["chat", "completion", "alpaca"]
NO_LOSS = -100
"""The label that PyTorch's cross entropy leaves out."""


def chat(example: Example) -> dict[str, Any]:
    """Return OpenAI's fine-tuning form; of several answers only the last, which was graded, carries loss (`weight`)."""
    *before, last = example.messages
    earlier = [
        {"role": one.role, "content": one.content, **({"weight": 0} if one.role == "assistant" else {})}
        for one in before
    ]
    return {"messages": [*earlier, {"role": last.role, "content": last.content, "weight": 1}]}


def completion(example: Example) -> dict[str, Any]:
    """Return TRL's conversational prompt-completion form: loss is on the completion alone."""
    *before, last = (message.model_dump() for message in example.messages)
    return {"prompt": before, "completion": [last]}


def alpaca(example: Example) -> dict[str, Any]:
    """Return the form of Stanford Alpaca: what was said before is the input."""
    *before, asked, answer = example.messages
    said = "\n".join(f"{message.role}: {message.content}" for message in before)
    return {"instruction": asked.content, "input": said, "output": answer.content}


FORMS: Mapping[Form, Callable[[Example], dict[str, Any]]] = {"chat": chat, "completion": completion, "alpaca": alpaca}


def answer_only_labels(tokens: Sequence[int], spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return the labels of a causal language model that learns the answers and nothing else.

    Args:
        tokens: Ids of a whole conversation.
        spans: Where the answers stand among them, `(first, one past the last)`; with the token that ends an answer, so
            that the model learns to stop.

    Returns:
        The token itself within a span, `NO_LOSS` elsewhere; as many as there are tokens.

    Raises:
        ValueError: A span is empty or not within the tokens.
    """
    labels = [NO_LOSS] * len(tokens)
    for first, end in spans:
        if not 0 <= first < end <= len(tokens):
            raise ValueError(f"The span {first}..{end} is empty or not within {len(tokens)} tokens.")
        labels[first:end] = tokens[first:end]
    return labels
