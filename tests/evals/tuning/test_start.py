"""A fine-tuning job against a scripted server: checked, asked, uploaded, started, followed, and never a key in sight."""

import json

import pytest
from standins.http import Exchange, serving
from typer.testing import CliRunner

from stylegraph.agent.errors import InputError, ModelError
from stylegraph.agent.settings import Settings
from stylegraph.evals.cli import app
from stylegraph.evals.tuning.start import follow, open_client, price_of, read_training_file, upload_and_start

KEY = "sk-secret-0123456789"
LINE = {
    "messages": [
        {"role": "user", "content": "울은 어떻게 빨아요?"},
        {"role": "assistant", "content": "찬물에 빱니다.", "weight": 1},
    ]
}


UPLOADED = {
    **{"id": "file-1", "object": "file", "bytes": 9, "created_at": 1, "filename": "f", "purpose": "fine-tune"},
    "status": "processed",
}
METRICS = {
    **{"object": "fine_tuning.job.event", "id": "e", "created_at": 1, "level": "info", "type": "metrics"},
    **{"message": "Step 4/12: loss 0.61", "data": {"step": 4, "total_steps": 12}},
}


class Tuner:
    """Speaks the parts of OpenAI's API that a fine-tuning job needs; the job ends after a few looks."""

    def __init__(self, *looks, fault=None):
        self.looks = list(looks) or ["validating_files", "running", "succeeded"]
        self.fault = fault
        self.seen = []

    async def handle(self, exchange: Exchange):
        self.seen.append(exchange)
        if self.fault:
            await exchange.answer(*self.fault)
        elif exchange.path.endswith("/files"):
            await exchange.answer(200, UPLOADED)
        elif exchange.path.endswith("/jobs"):
            await exchange.answer(200, self.job("queued"))
        elif "/events" in exchange.path:
            await exchange.answer(200, {"object": "list", "data": [METRICS], "has_more": False})
        else:
            await exchange.answer(200, self.job(self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]))

    def job(self, status):
        error = {"code": "invalid", "message": "line 3 is broken", "param": None} if status == "failed" else None
        made = "ft:gpt-4o-mini:me::1" if status == "succeeded" else None
        return {
            **{"id": "ftjob-1", "object": "fine_tuning.job", "status": status, "model": "gpt-4o-mini", "created_at": 1},
            **{"fine_tuned_model": made, "error": error, "hyperparameters": {"n_epochs": 3}, "organization_id": "o"},
            **{"result_files": [], "seed": 1, "training_file": "file-1"},
        }

    def of(self, end):
        return next(exchange for exchange in self.seen if exchange.path.endswith(end))


def settings(url):
    return Settings(_env_file=None, openai_api_key=KEY, base_url=f"{url}/v1", model_retries=0)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps(LINE, ensure_ascii=False) + "\n" for _ in range(12)), encoding="utf-8")
    return path


async def in_thread(url, work):
    """The client is not async: it runs beside the server's loop."""
    import asyncio

    def run():
        with open_client(settings(url)) as client:
            return work(client)

    return await asyncio.to_thread(run)


async def test_a_file_is_uploaded_and_its_job_followed_to_the_end(file):
    tuner, told = Tuner(), []

    def work(client):
        job = upload_and_start(client, read_training_file(file), "gpt-4o-mini", epochs=2, suffix="shop")
        return follow(client, job, told.append, every=0)

    async with serving(tuner.handle) as url:
        ended = await in_thread(url, work)
    assert (ended.status, ended.model) == ("succeeded", "ft:gpt-4o-mini:me::1")
    assert [at.status for at in told] == ["validating_files", "running", "succeeded"]
    assert (told[1].done, told[1].total, told[1].said) == (4, 12, "Step 4/12: loss 0.61")
    assert file.read_bytes() in tuner.of("/files").body
    asked = tuner.of("/jobs").json
    assert (asked["training_file"], asked["model"], asked["suffix"]) == ("file-1", "gpt-4o-mini", "shop")
    assert asked["method"]["supervised"]["hyperparameters"] == {"n_epochs": 2}


async def test_a_job_that_was_started_is_followed_and_nothing_is_sent():
    tuner = Tuner("running", "succeeded")
    async with serving(tuner.handle) as url:
        ended = await in_thread(url, lambda client: follow(client, "ftjob-1", lambda _: None, every=0))
    assert ended.status == "succeeded"
    assert {exchange.method for exchange in tuner.seen} == {"GET"}


async def test_a_failed_job_says_what_the_server_says():
    async with serving(Tuner("failed").handle) as url:
        with pytest.raises(ModelError, match="line 3 is broken"):
            await in_thread(url, lambda client: follow(client, "ftjob-1", lambda _: None, every=0))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "does not take the key"),
        (403, "may not do that"),
        (429, "limit is reached"),
        (400, "refused"),
        (500, "refused"),
    ],
)
async def test_errors_are_clear_and_never_show_the_key(status, said):
    tuner = Tuner(fault=(status, {"error": {"message": f"wrong with {KEY}", "type": "t", "code": "c"}}))
    async with serving(tuner.handle) as url:
        with pytest.raises(ModelError, match=said) as caught:
            await in_thread(url, lambda client: follow(client, "ftjob-1", lambda _: None, every=0))
    assert KEY not in str(caught.value)
    assert caught.value.remedy


async def test_a_server_that_is_not_there_is_said():
    with pytest.raises(ModelError, match="can't be reached"):
        await in_thread("http://127.0.0.1:9", lambda client: follow(client, "ftjob-1", lambda _: None, every=0))


def test_the_file_is_counted_before_anything_is_sent(file):
    training = read_training_file(file)
    assert training.examples == 12
    assert 12 * 12 < training.tokens < 12 * 60


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([json.dumps(LINE)] * 3, "no fewer than 10"),
        ([json.dumps(LINE)] * 10 + ["{"], "line 11"),
        ([json.dumps({"instruction": "a", "output": "b"})] * 10, "line 1"),
        ([json.dumps({"messages": LINE["messages"][:1]})] * 10, "line 1"),
    ],
)
def test_a_file_that_openai_would_refuse_is_refused_here(lines, said, tmp_path):
    (tmp_path / "f.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_training_file(tmp_path / "f.jsonl")


def test_the_price_is_the_tables_or_as_given():
    assert price_of("gpt-4.1-nano-2025-04-14").dollars < price_of("gpt-4.1-2025-04-14").dollars
    assert "2025" in price_of("gpt-4o-mini").source
    assert price_of("anything", 7.0).dollars == 7.0
    with pytest.raises(InputError, match="not in the table"):
        price_of("llama")


def called(*arguments, monkeypatch, key=KEY, **more):
    for name in ("STYLEGRAPH_OPENAI_API_KEY", "STYLEGRAPH_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    if key:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    return CliRunner().invoke(app, ["tuning", "start", *arguments], **more)


def test_nothing_is_sent_when_nobody_can_be_asked(file, monkeypatch):
    result = called(str(file), "--epochs", "2", "--price", "3", monkeypatch=monkeypatch)
    assert result.exit_code == 2
    assert "An estimate: 3 dollars" in result.stderr
    assert "Add --yes" in result.stderr
    assert KEY not in result.output


@pytest.mark.parametrize("arguments", [(), ("FILE", "--job", "ftjob-1")])
def test_a_file_or_a_job_must_be_named(arguments, file, monkeypatch):
    result = called(*(str(file) if one == "FILE" else one for one in arguments), monkeypatch=monkeypatch)
    assert result.exit_code == 2
    assert "a file to start with, or a job to follow" in result.stderr


def test_without_a_key_it_is_said(file, monkeypatch):
    result = called(str(file), "--yes", monkeypatch=monkeypatch, key=None)
    assert result.exit_code == 1
    assert "Set OPENAI_API_KEY" in result.stderr


def test_whoever_says_no_sends_nothing(file, monkeypatch):
    monkeypatch.setattr("rich.console.Console.is_terminal", property(lambda _: True))
    result = called(str(file), monkeypatch=monkeypatch, input="n\n")
    assert result.exit_code == 1
    assert "Upload" in result.stderr
    assert "Started" not in result.stderr


async def test_the_command_starts_the_job_and_names_it_for_later(file, monkeypatch):
    import asyncio

    async with serving(Tuner().handle) as url:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("STYLEGRAPH_BASE_URL", f"{url}/v1")
        arguments = ["tuning", "start", str(file), "--yes", "--every", "0", "--json"]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["model"] == "ft:gpt-4o-mini:me::1"
    assert "tuning start --job ftjob-1" in result.stderr
    assert KEY not in result.output
