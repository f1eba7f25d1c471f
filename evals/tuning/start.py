"""An OpenAI fine-tuning job: the file checked, its cost estimated, uploaded, started and followed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any, NamedTuple

import httpx2
import openai

from stylegraph.agent.errors import InputError, ModelError, SettingsError
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.resources import read_yaml

LEAST_EXAMPLES = 10
"""OpenAI takes no fewer."""
ON_THIS_MACHINE = "train on this machine: stylegraph-evals tuning local."
_A_MESSAGE = 4
"""Tokens that a message costs beside its words."""
ENDED = ("succeeded", "failed", "cancelled")


class TrainingFile(NamedTuple):
    """A file in OpenAI's chat form."""

    path: Path
    examples: int
    tokens: int
    """An estimate: the tokenizer of the model is not asked."""


class Price(NamedTuple):
    """What a million trained tokens cost."""

    dollars: float
    source: str
    """Where the figure is from, with its date."""


class Progress(NamedTuple):
    """Where a job stands."""

    job: str
    status: str
    done: int
    """Steps, when they are told."""
    total: int
    said: str
    """The newest event."""
    model: str | None
    """The fine-tuned model, once there is one."""


def read_training_file(path: Path) -> TrainingFile:
    """Check a file before anything is sent.

    Raises:
        InputError: It can't be read, is not in the chat form, or is too short; says which line.
    """
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Make one: stylegraph-evals tuning export.") from None
    if len(lines) < LEAST_EXAMPLES:
        raise InputError(
            f"{path} has {len(lines)} examples; OpenAI takes no fewer than {LEAST_EXAMPLES}.", "Export more."
        )
    return TrainingFile(path, len(lines), sum(_tokens(path, number, line) for number, line in enumerate(lines, 1)))


def _tokens(path: Path, number: int, line: str) -> int:
    try:
        messages = json.loads(line)["messages"]
        said = [(str(one["role"]), str(one["content"])) for one in messages]
    except (ValueError, KeyError, TypeError):
        said = []
    if not said or said[-1][0] != "assistant":
        raise InputError(
            f"{path}, line {number} is no conversation that ends in an answer.",
            "Export it in the chat form: stylegraph-evals tuning export --form chat.",
        )
    return sum(estimated_tokens(text) + _A_MESSAGE for _, text in said)


def price_of(model: str, given: float | None = None) -> Price:
    """Return the price of training a model: as it was given, or as the table has it.

    Raises:
        InputError: Neither is known.
    """
    if given is not None:
        return Price(given, "as given by --price")
    table = _prices()
    for name, dollars in table["dollars_per_million_tokens"].items():
        if model.startswith(name):
            return Price(float(dollars), f"list price of {table['as_of']}")
    raise InputError(
        f"What training {model} costs is not in the table.", "Give it: --price DOLLARS (per million tokens)."
    )


def check_tunable(model: str) -> None:
    """Check whether OpenAI takes jobs for a model, as far as is known.

    Raises:
        InputError: It does not; says since when.
    """
    for name, why in _prices()["not_tunable"].items():
        if model.startswith(name):
            raise InputError(f"{model} {why}.", f"Choose another --model, or {ON_THIS_MACHINE}")


def availability(today: date) -> str:
    """Return who can still start a job at OpenAI on a day, in a sentence or two."""
    known: dict[str, date] = _prices()["self_service"]
    if today >= known["closes"]:
        return f"OpenAI takes no new fine-tuning job since {known['closes']} (announced on {known['noticed']}): {ON_THIS_MACHINE}"
    return (
        f"OpenAI closes self-service fine-tuning on {known['closes']} (announced on {known['noticed']}); since {known['narrowed']} it takes jobs "
        f"only from those who asked a fine-tuned model within 60 days. Else {ON_THIS_MACHINE}"
    )


@cache
def _prices() -> dict[str, Any]:
    return dict(read_yaml(__package__, "prices.yaml"))


@contextmanager
def open_client(settings: Settings) -> Iterator[openai.OpenAI]:
    """Open OpenAI's official client; what goes wrong in the block becomes an error of ours, without the key.

    Raises:
        SettingsError: There is no key.
        ModelError: The server refuses, fails or can't be reached.
    """
    key = settings.openai_api_key
    if key is None:
        raise SettingsError("There is no key for OpenAI.", "Set OPENAI_API_KEY.")
    with httpx2.Client(timeout=settings.model_timeout, follow_redirects=True) as http:
        client = openai.OpenAI(
            api_key=key.get_secret_value(),
            base_url=settings.base_url,
            max_retries=settings.model_retries,
            http_client=http,
        )
        try:
            yield client
        except openai.APIError as error:
            raise _explained(error, key.get_secret_value()) from None


def upload_and_start(
    client: openai.OpenAI, file: TrainingFile, model: str, *, epochs: int | None, suffix: str | None
) -> str:
    """Upload the file and start the job; gives its id."""
    uploaded = client.files.create(file=file.path, purpose="fine-tune")
    hyperparameters: Any = {"n_epochs": epochs if epochs is not None else "auto"}
    job = client.fine_tuning.jobs.create(
        training_file=uploaded.id,
        model=model,
        suffix=suffix if suffix else openai.omit,
        method={"type": "supervised", "supervised": {"hyperparameters": hyperparameters}},
    )
    return job.id


def follow(
    client: openai.OpenAI,
    job: str,
    told: Callable[[Progress], None],
    *,
    every: float,
    wait: Callable[[float], None] = sleep,
) -> Progress:
    """Follow a job until it ends; gives how.

    Args:
        client: The client.
        job: The job's id.
        told: Called with where it stands whenever that was asked.
        every: Seconds between two questions.
        wait: Waits so many seconds.

    Raises:
        ModelError: It failed; says what the server says.
    """
    while True:
        progress = _progress(client, job)
        told(progress)
        if progress.status in ENDED:
            break
        wait(every)
    if progress.status == "failed":
        raise ModelError(f"The job {job} failed: {progress.said}", "Correct the file and start it again.")
    return progress


def _progress(client: openai.OpenAI, job: str) -> Progress:
    found = client.fine_tuning.jobs.retrieve(job)
    events = client.fine_tuning.jobs.list_events(job, limit=20).data  # the newest first
    steps: Any = next((event.data for event in events if event.type == "metrics" and event.data), {})
    said = (found.error.message if found.error else None) or (events[0].message if events else found.status)
    done, total = int(steps.get("step", 0)), int(steps.get("total_steps", 0) or 0)
    return Progress(job, found.status, done, total, said, found.fine_tuned_model)


def _explained(error: openai.APIError, key: str) -> ModelError:
    """Return what went wrong and what to do; what the server said is repeated without the key."""
    said = error.message.replace(key, "***")
    if isinstance(error, openai.AuthenticationError):
        return ModelError("OpenAI does not take the key.", "Set another in OPENAI_API_KEY.")
    if isinstance(error, openai.PermissionDeniedError):
        return ModelError(
            f"The key may not do that: {said}", f"Use a key with the right to fine-tune, or {ON_THIS_MACHINE}"
        )
    if isinstance(error, openai.RateLimitError):
        return ModelError(
            f"OpenAI's limit is reached: {said}", "Wait, or raise the limit; a job that runs is followed by --job ID."
        )
    if isinstance(error, openai.APIStatusError):
        return ModelError(f"OpenAI refused ({error.status_code}): {said}", "Correct what it names, and start it again.")
    return ModelError(
        "OpenAI can't be reached.", "See to the network and STYLEGRAPH_BASE_URL; a job goes on by itself: --job ID."
    )
