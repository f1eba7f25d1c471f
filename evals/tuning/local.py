"""Supervised fine-tuning on this machine: TRL with LoRA adapters, the loss on the answers alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stylegraph.agent.errors import InputError
from stylegraph.agent.extras import needed
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.evals.tuning.examples import Example, of_file
from stylegraph.evals.tuning.forms import completion

_SIZE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(b|m)(?![a-z])", re.IGNORECASE)
_A_MESSAGE = 5  # tokens that a chat template puts around a message
_RANK, _TRAINED = 16, 0.015  # adapters of this rank on all linear layers have about this share of the parameters
_WORDS = 150_000  # tokens that a model knows: each place of a batch has a number for each of them
_CARDS = (8, 12, 16, 24, 48, 80)  # gigabytes of the usual GPUs
_GPU_FLOPS, _CPU_FLOPS = 3e13, 2e11  # a second: a GPU of 24 GB at bfloat16, eight cores at float32


class Job(NamedTuple):
    """What is trained, and how."""

    base: str
    billions: float  # parameters of the base model
    epochs: int = 3
    batch: int = 4
    length: int = 1024  # tokens of an example at most; what is longer is cut at the end


class Plan(NamedTuple):
    """What a job takes: estimates, all but the examples and the steps."""

    examples: int
    tokens: int  # of one pass over them
    cut: int  # examples that are longer than the job allows
    steps: int
    gpu_gb: float  # memory at bfloat16
    cpu_gb: float  # memory without a GPU, at float32
    card_gb: int | None  # the smallest usual GPU that holds it; None: no single one
    gpu_hours: float
    cpu_hours: float


def check_installed() -> None:
    """Check whether TRL and PEFT are there.

    Raises:
        MissingExtraError: The extra `finetune` is not installed.
    """
    with needed("Tuning on this machine"):
        import peft  # noqa: F401
        import trl  # noqa: F401


def read_examples(path: Path) -> list[Example]:
    """Return the examples of an exported file, in any of its forms.

    Raises:
        InputError: It can't be read, or holds something else or nothing.
    """
    try:
        found = list(of_file(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Make one: stylegraph-evals tuning export.") from None
    if not found:
        raise InputError(f"{path} has no example.", "Make one: stylegraph-evals tuning export.")
    return found


def billions_of(base: str) -> float:
    """Return how many billions of parameters a model has, by its name.

    Raises:
        InputError: The name does not say it.
    """
    if said := _SIZE.search(base.rstrip("/").rpartition("/")[2]):
        return float(said[1]) / (1 if said[2].lower() == "b" else 1_000)
    raise InputError(f"The name {base} does not say how large the model is.", "Give it: --billions 1.5.")


def plan(examples: Sequence[Example], job: Job) -> Plan:
    """Estimate what a job takes, without loading anything."""
    lengths = [sum(estimated_tokens(one.content) + _A_MESSAGE for one in example.messages) for example in examples]
    kept = [min(length, job.length) for length in lengths]
    activations = max(kept) * job.batch * _WORDS * 10 / 1e9  # logits and their gradient; the layers are computed again
    adapters = job.billions * _TRAINED * 16  # float32 with its gradient and both of Adam's moments
    gpu, cpu = (round(1 + job.billions * wide + adapters + activations, 1) for wide in (2, 4))
    return Plan(
        *(len(examples), sum(kept), sum(length > job.length for length in lengths)),
        *(math.ceil(len(examples) / job.batch) * job.epochs, gpu, cpu),
        next((size for size in _CARDS if gpu <= size), None),
        *(6e9 * job.billions * sum(kept) * job.epochs / flops / 3600 for flops in (_GPU_FLOPS, _CPU_FLOPS)),
    )


def told(takes: Plan, job: Job) -> str:
    """Return what a job takes, in a few lines."""
    cut = f", {takes.cut:,} of them cut at {job.length:,} tokens" if takes.cut else ""
    card = f"a GPU of {takes.card_gb} GB" if takes.card_gb else "more than one GPU, or a smaller model"
    return (
        f"{takes.examples:,} examples{cut}, about {takes.tokens:,} tokens, {job.epochs} times: {takes.steps:,} steps of {job.batch}.\n"
        f"{job.base}, {job.billions:g} billion parameters: about {takes.gpu_gb:g} GB ({card}) and {takes.gpu_hours:.2g} hours; "
        f"without a GPU {takes.cpu_gb:g} GB of memory and {takes.cpu_hours:.2g} hours of eight cores.\n"
        "Estimates. Nobody is paid for it; the model is fetched from Hugging Face if it is not here."
    )


def trainer_of(examples: Sequence[Example], job: Job, out: Path, **more: Any) -> Any:  # noqa: ANN401 - TRL's
    """Return TRL's trainer of a job; only the tokens of the answers carry loss.

    What is named in `more` stands in the place of what it is given by itself, `args` of its settings.
    """
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    on_gpu = torch.cuda.is_available()
    settings: dict[str, Any] = {
        **{"completion_only_loss": True, "max_length": job.length, "num_train_epochs": job.epochs},
        **{"per_device_train_batch_size": job.batch, "learning_rate": 2e-4, "gradient_checkpointing": True},
        **{"bf16": on_gpu, "use_cpu": not on_gpu, "seed": 7},
        **{"model_init_kwargs": {"dtype": "bfloat16" if on_gpu else "float32"}},
        **{"logging_steps": 10, "save_strategy": "no", "report_to": "none", **more.pop("args", {})},
    }
    lora = LoraConfig(r=_RANK, lora_alpha=2 * _RANK, target_modules="all-linear", task_type="CAUSAL_LM")
    rows = Dataset.from_list([completion(one) for one in examples])
    given = {"model": job.base, "train_dataset": rows, "peft_config": lora, **more}
    return SFTTrainer(args=SFTConfig(output_dir=str(out), **settings), **given)


def train(examples: Sequence[Example], job: Job, out: Path) -> float:
    """Train, and write the adapters with their tokenizer into a folder; gives the mean loss.

    Raises:
        InputError: The base model can't be loaded.
    """
    try:
        trainer = trainer_of(examples, job, out)
    except OSError as error:
        raise InputError(f"{job.base} can't be loaded: {error}", "Give a folder that has it: --base.") from None
    loss = float(trainer.train().training_loss)
    trainer.save_model(str(out))
    return loss
