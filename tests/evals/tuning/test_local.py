"""A local tuning job: what it takes is told before it begins, without torch; `test_trl.py` trains one."""

from __future__ import annotations

import json
import sys
from datetime import date

import pytest
from typer.testing import CliRunner

from stylegraph.agent.errors import InputError, MissingExtraError
from stylegraph.evals.cli import app
from stylegraph.evals.tuning.local import Job, billions_of, check_installed, plan, read_examples
from stylegraph.evals.tuning.start import availability, check_tunable

PAIR = {
    "prompt": [{"role": "user", "content": "How hot can I iron silk?"}],
    "completion": [{"role": "assistant", "content": "At most 150 °C."}],
}
CHAT = {"messages": [*PAIR["prompt"], *PAIR["completion"]]}
LONG = {**PAIR, "completion": [{"role": "assistant", "content": "Silk is ironed damp. " * 400}]}


def written(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "train.jsonl", *[PAIR] * 10)


@pytest.fixture
def without_trl(monkeypatch):
    """As where the extra is not installed, whether it is here or not."""
    for name in ("peft", "trl"):
        monkeypatch.setitem(sys.modules, name, None)


def called(*arguments):
    return CliRunner().invoke(app, ["tuning", "local", *map(str, arguments)])


def test_every_exported_form_is_read(tmp_path):
    found = read_examples(written(tmp_path / "both.jsonl", PAIR, CHAT))
    assert [one.messages for one in found] == [found[0].messages] * 2


@pytest.mark.parametrize(("lines", "said"), [([], "has no example"), ([{"prompt": []}], "line 1 is no example")])
def test_a_file_without_examples_is_refused(lines, said, tmp_path):
    with pytest.raises(InputError, match=said):
        read_examples(written(tmp_path / "bad.jsonl", *lines))
    with pytest.raises(InputError, match="can't be read"):
        read_examples(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("base", "billions"),
    [("Qwen/Qwen3-0.6B", 0.6), ("models/llama-3.2-1b-instruct/", 1), ("SmolLM2-135M", 0.135), ("gemma-3-27b-it", 27)],
)
def test_a_models_size_is_read_off_its_name(base, billions):
    assert billions_of(base) == pytest.approx(billions)


def test_a_name_without_a_size_asks_for_it():
    with pytest.raises(InputError, match="how large"):
        billions_of("my/model-v2")


def test_steps_are_counted_with_the_last_batch_of_each_pass(file):
    takes = plan(read_examples(file), Job("m", 1, epochs=3, batch=4))
    assert (takes.examples, takes.steps, takes.cut) == (10, 9, 0)
    assert 10 * 20 <= takes.tokens <= 10 * 30


def test_a_larger_model_takes_more_and_one_that_no_gpu_holds_is_said(file):
    examples = read_examples(file)
    small, large, huge = (plan(examples, Job("m", size)) for size in (0.6, 8, 70))
    assert small.gpu_gb < large.gpu_gb < huge.gpu_gb
    assert small.gpu_gb > 0.6 * 2  # the weights alone at bfloat16
    assert small.cpu_gb > 0.6 * 4
    assert (small.card_gb, large.card_gb, huge.card_gb) == (8, 24, None)
    assert large.gpu_hours == pytest.approx(small.gpu_hours * 8 / 0.6)
    assert small.cpu_hours > small.gpu_hours


def test_what_is_too_long_is_counted_as_it_is_cut(tmp_path):
    takes = plan(read_examples(written(tmp_path / "long.jsonl", PAIR, LONG)), Job("m", 1, length=512))
    assert takes.cut == 1
    assert 512 < takes.tokens < 560


def test_a_dry_run_tells_all_and_needs_nothing_installed(file, without_trl):
    result = called(file, "--dry-run", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["steps"] == 9
    for told in ("10 examples", "9 steps", "0.6 billion parameters", "a GPU of 8 GB", "without a GPU", "Estimates"):
        assert told in called(file, "--dry-run").stderr


def test_what_is_not_installed_is_named_before_anything_is_asked(file, without_trl):
    with pytest.raises(MissingExtraError):
        check_installed()
    result = called(file)
    assert result.exit_code != 0
    assert "pip install 'stylegraph[finetune]'" in result.stderr
    assert "steps" not in result.stderr


def test_nothing_begins_when_nobody_can_be_asked(file, monkeypatch):
    monkeypatch.setattr("stylegraph.evals.tuning.local.check_installed", lambda: None)
    result = called(file)
    assert result.exit_code == 2
    assert "9 steps" in result.stderr
    assert "Add --yes" in result.stderr


def test_a_size_that_is_given_wins_over_the_name(file):
    assert "8 billion parameters" in called(file, "--dry-run", "--base", "my/model", "--billions", "8").stderr


@pytest.mark.parametrize("model", ["gpt-6-luna", "gpt-4.1-nano-2025-04-14"])
def test_a_model_that_openai_does_not_tune_is_refused_with_the_date(model):
    with pytest.raises(InputError, match=r"2026-\d\d") as caught:
        check_tunable(model)
    assert "tuning local" in caught.value.remedy
    check_tunable("gpt-4.1-mini-2025-04-14")


def test_who_can_start_a_job_at_openai_is_told_with_its_dates():
    assert "closes self-service fine-tuning on 2027-01-06" in availability(date(2027, 1, 5))
    assert "takes no new fine-tuning job since 2027-01-06" in availability(date(2027, 1, 6))
    assert "tuning local" in availability(date(2026, 12, 2))
