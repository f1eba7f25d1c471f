"""Self-Instruct against a scripted server: only what is new joins, all classes grow alike, and nothing is lost."""

import json
from collections import Counter
from itertools import cycle

import pytest
from standins.chat import ChatServer, Fault
from standins.http import serving
from typer.testing import CliRunner

from stylegraph.agent.errors import InputError, ModelError
from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings
from stylegraph.evals.cli import app
from stylegraph.evals.tuning.generate import generate
from stylegraph.evals.tuning.pool import (
    ROUTES,
    TOO_LIKE,
    Class,
    Generated,
    Pair,
    Pool,
    read_generated,
    read_seeds,
    rouge_l,
)

THINGS = {
    "Korean": ["양말", "모자", "우산", "이불", "커튼", "장갑", "허리띠", "목걸이", "지갑", "안경", "시계", "배낭", "수건", "방석"],
    "English": ["socks", "hats", "lamps", "quilts", "curtains", "gloves", "belts", "rings", "purses", "glasses", "watches", "rucksacks", "towels", "rugs"],
}  # fmt: skip
ASKED = {
    "Korean": {
        "documents;": "{}은 어디에 보관하나요",
        "weather": "오늘 {} 시세 알려 줘",
        "recommended": "{} 하나만 골라 줄래",
        "photo": "사진에 있는 {} 이름이 뭐야",
        "small talk": "고마워 {} 잘 쓸게",
    },
    "English": {
        "documents;": "Where do people keep {}?",
        "weather": "Who sold the most {} yesterday?",
        "recommended": "Pick {} that last for ten years",
        "photo": "Tell me the brand of those {}",
        "small talk": "Cheers, lovely {} indeed!",
    },
}


class Inventor:
    """Writes pairs in the language and of the kind that are asked for, each about something else."""

    def __init__(self):
        self.things = {
            language: cycle(zip(things[::2], things[1::2], strict=True)) for language, things in THINGS.items()
        }

    def __call__(self, seen):
        language = "Korean" if "all in Korean" in seen.system else "English"
        kind = seen.system.partition("of this kind:")[2].partition("\n")[0]
        asked = next((text for word, text in ASKED[language].items() if word in kind), ASKED[language]["documents;"])
        answer = "네, 찾아보고 알려 드릴게요." if language == "Korean" else "Yes, I would look that up for you."
        return {"pairs": [{"question": asked.format(" ".join(next(self.things[language]))), "answer": answer}]}


async def grown(out, answer, *, seeds=None, held_out=(), count=6, most_calls=30, each=1):
    server = ChatServer(chat=answer)
    async with serving(server.handle) as url:
        settings = Settings(_env_file=None, base_url=f"{url}/v1", model="inventor", model_retries=0)
        pool = Pool(seeds or read_seeds(), read_generated(out), held_out)
        async with open_caller(settings) as caller:
            outcome = await generate(caller, pool, out, count=count, most_calls=most_calls, each=each)
    return outcome, pool, server


def lines(out):
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


async def test_all_classes_grow_alike_and_every_line_says_what_it_is(tmp_path):
    outcome, _, _ = await grown(tmp_path / "pool.jsonl", Inventor(), count=20)
    made = lines(tmp_path / "pool.jsonl")
    assert outcome.ended == "there are enough"
    assert set(Counter((one["route"], one["language"]) for one in made).values()) == {2}
    assert len({one["id"] for one in made}) == 20
    assert {one["model"] for one in made} == {"inventor"}


def pairs(*questions, answer="Yes, I would look that up."):
    return {"pairs": [{"question": question, "answer": answer} for question in questions]}


ENGLISH = {Class("web", "en"): [Pair(question="Is the museum of design open on Monday?", answer="I would look it up.")]}


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Is the design museum open on Mondays?", "like one in the pool"),
        ("월요일에 미술관이 문을 여나요?", "another language"),
        ("Hm?", "too short"),
        ("Is kim@example.com a real address?", "personal data"),
        ("Which tram goes to the harbour at night?", "in the test split"),
    ],
)
async def test_what_is_refused_has_its_reason(question, reason, tmp_path):
    held_out = ["Which tram goes to the harbour at night?"]
    answers = [pairs(question), pairs("How much snow fell in Oslo?")]
    outcome, _, _ = await grown(tmp_path / "p.jsonl", answers, seeds=ENGLISH, held_out=held_out, count=1)
    assert [key for key in outcome.refused if key.startswith(reason)]
    assert [one["question"] for one in lines(tmp_path / "p.jsonl")] == ["How much snow fell in Oslo?"]


async def test_what_was_generated_is_shown_as_an_example_and_not_asked_twice(tmp_path):
    answers = [
        pairs("How much snow fell in Oslo?"),
        pairs("How much snow has fallen in Oslo?"),
        pairs("Who won the rowing?"),
    ]
    outcome, _, server = await grown(tmp_path / "p.jsonl", answers, seeds=ENGLISH, count=2)
    assert outcome.refused.total() == 1
    assert "How much snow fell in Oslo?" in server.seen[1].text
    assert "museum of design" in server.seen[0].text


async def test_the_calls_are_bounded_and_a_class_without_anything_new_is_left(tmp_path):
    same = pairs("How much snow fell in Oslo?")
    outcome, _, server = await grown(tmp_path / "p.jsonl", same, seeds=ENGLISH, count=9, most_calls=3)
    assert (server.count(), outcome.ended, outcome.kept) == (3, "the calls are used up", 1)
    outcome, _, server = await grown(tmp_path / "p.jsonl", same, seeds=ENGLISH, count=9)
    assert (server.count(), outcome.ended, outcome.kept) == (4, "the model brings nothing new", 0)


async def test_what_brought_nothing_new_is_not_asked_again_with_the_same_examples(tmp_path):
    seeds = {one: pairs for one, pairs in read_seeds().items() if one == Class("documents", "en")}
    known = pairs(seeds[Class("documents", "en")][0].question)
    outcome, _, server = await grown(tmp_path / "p.jsonl", known, seeds=seeds, count=1)
    assert (outcome.kept, server.count()) == (0, 4)
    assert len({seen.text for seen in server.seen}) == 4


async def test_a_failed_call_is_counted_and_the_next_goes_on(tmp_path):
    broken = Fault(status=500, body={"error": {"message": "busy"}})
    answers = [pairs("How much snow fell in Oslo?"), broken, pairs("Who won the rowing?")]
    outcome, _, _ = await grown(tmp_path / "p.jsonl", answers, seeds=ENGLISH, count=2)
    assert outcome.kept == 2
    assert [key.split(":")[0] for key in outcome.refused] == ["no answer"]


async def test_a_server_that_can_not_be_used_at_all_is_an_error(tmp_path):
    with pytest.raises(ModelError):
        await grown(tmp_path / "p.jsonl", Fault(status=401, body={"error": {"message": "key"}}), seeds=ENGLISH)


async def test_after_a_crash_nothing_is_lost_and_the_rest_is_generated(tmp_path):
    out = tmp_path / "p.jsonl"
    await grown(out, pairs("How much snow fell in Oslo?"), seeds=ENGLISH, count=1)
    before = out.read_bytes()
    out.write_bytes(before + '{"id": "web-en-0002", "question": "한글 중간에서 끊'.encode()[:-2])
    outcome, pool, _ = await grown(
        out, [pairs("How much snow fell in Oslo?"), pairs("Who won the rowing?")], seeds=ENGLISH, count=2
    )
    assert out.read_bytes().startswith(before)
    assert [one["id"] for one in lines(out)] == ["web-en-0001", "web-en-0002"]
    assert (outcome.kept, pool.size) == (1, 2)


def test_rouge_l_counts_korean_by_morphemes():
    assert rouge_l("울 니트는 어떻게 빨아요?", "울 니트를 어떻게 빠나요") > TOO_LIKE
    assert rouge_l("울 니트는 어떻게 빨아요?", "청바지는 어디에 걸어요?") < 0.4
    assert rouge_l("a b c d", "a b c d") == 1.0
    assert rouge_l("snow rain wind fog", "snow wind") == pytest.approx(2 * 2 / (4 + 2))


def test_the_shipped_seeds_are_of_every_route_in_both_languages_and_new_to_each_other():
    seeds = read_seeds()
    assert set(seeds) == {Class(route, language) for route in ROUTES for language in ("ko", "en")}
    assert min(map(len, seeds.values())) >= 3
    pool = Pool({}, [])
    for wanted, own in seeds.items():
        pool.generated.setdefault(wanted, [])
        for number, pair in enumerate(own):
            assert pool.refusal(pair, wanted) is None
            pool.add(Generated(id=str(number), model="people", **wanted._asdict(), **pair.model_dump()))


@pytest.mark.parametrize("text", ["- a", "documents: {ko: [{question: a}]}", "cooking: {en: []}", "a: ["])
def test_seeds_that_can_not_be_used_are_said(text, tmp_path):
    (tmp_path / "seeds.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="can't be used as seeds"):
        read_seeds(tmp_path / "seeds.yaml")


def test_another_file_is_not_written_over(tmp_path):
    (tmp_path / "notes.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="something else"):
        read_generated(tmp_path / "notes.jsonl")


def test_without_a_model_the_command_says_so(tmp_path, monkeypatch):
    for name in ("OPENAI_API_KEY", "STYLEGRAPH_OPENAI_API_KEY", "STYLEGRAPH_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["tuning", "generate", str(tmp_path / "p.jsonl")])
    assert result.exit_code == 2
    assert "no chat model" in result.stderr
