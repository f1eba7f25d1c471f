"""A domain comes as a pack: its sources, words, instructions and eyes, given as an object, opened, or installed.

The pack is the one that the documentation shows, a wiki of board games; nothing in the package knows it.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from standins.chat import calls, chat_server

from stylegraph import Clarification, Pack, Settings, SettingsError, Status, ask, make_evidence, open_assistant
from stylegraph.tools.pack import joined

EXAMPLE = Path(__file__).parents[2] / "docs/examples/boardgames"
GRADE = {"unsupported": [], "answers": "fully", "missing": []}
QUESTIONS = [
    ("How many people can play Orchard?", "three to six players"),
    ("항구의 밤에서 비기면 누가 이겨?", "남은 동전이 많은 사람"),
    ("Who goes first in Last Signal?", "holds the red card"),
    ("과수원은 한 판에 얼마나 걸려?", "20분"),
]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install the example as far as Python looks: its folder on the path, its entry points in its metadata."""
    metadata = tmp_path / "site" / "stylegraph_boardgames-1.0.dist-info"
    metadata.mkdir(parents=True)
    offered = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    points = [f"[{group}]\n" + "\n".join(f"{n} = {v}" for n, v in named.items()) for group, named in offered.items()]
    (metadata / "entry_points.txt").write_text("\n".join(points))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stylegraph-boardgames\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(metadata.parent)
    monkeypatch.syspath_prepend(EXAMPLE)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "boardgames"]:
        del sys.modules[name]


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


@pytest.fixture
def box(tmp_path):
    """Make a picture of a box of a colour."""
    image = pytest.importorskip("PIL.Image")

    def picture(*colour):
        path = tmp_path / f"{'-'.join(map(str, colour))}.png"
        image.new("RGB", (64, 64), colour).save(path)
        return path

    return picture


def test_the_wheel_of_the_example_holds_what_its_entry_point_names():
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    (pack,) = project["project"]["entry-points"]["stylegraph.packs"].values()
    assert packages == [pack.partition(":")[0]]
    assert (EXAMPLE / packages[0] / "__init__.py").is_file()


@pytest.mark.parametrize("builtin", [[], ["fashion"]], ids=["alone", "beside fashion"])
async def test_an_installed_pack_is_opened_by_name_and_answers_from_its_own(settings, installed, builtin):
    async with open_assistant(settings, packs=["boardgames"], builtin=builtin) as assistant:
        for question, answer in QUESTIONS:
            reply = await ask(assistant, question)
            assert (reply.status, reply.routes) == (Status.ANSWERED, ["games"]), question
            assert answer in reply.text
            assert reply.citations[0].url.startswith("https://games.example/")
        dress = await ask(assistant, "여름 원피스 추천해줘")
    assert ("fashion" in dress.routes) == bool(builtin)
    assert bool(dress.artifacts or dress.recommendations) == bool(builtin)


async def test_a_setting_names_packs_too(settings, installed):
    async with open_assistant(settings.model_copy(update={"packs": ["boardgames"]}), builtin=[]) as assistant:
        assert "search_games" in assistant.nodes


async def test_a_model_is_told_its_instructions_and_offered_its_sources(settings, installed):
    answer = calls(search_games={"query": "Orchard players"}), "Three to six can play Orchard [1.1]."
    for builtin in ([], ["fashion", "documents"]):
        async with chat_server(agent=[*answer], grade=GRADE) as server:
            chat = {"base_url": server.url, "openai_api_key": "sk-1", "model": "a-model", "prefetch": False}
            given = settings.model_copy(update=chat)
            async with open_assistant(given, packs=["boardgames"], builtin=builtin) as assistant:
                reply = await ask(assistant, "How many people can play Orchard?")
        first = server.of("agent")[0]
        assert "Say so where a rule differs between editions." in first.system
        assert {"search_games", "read_games"} <= {*first.tools}
        assert ({"recommend", "search_documents"} <= {*first.tools}) == bool(builtin)
        assert (reply.status, reply.routes) == (Status.ANSWERED, ["games"])
        assert reply.text == "Three to six can play Orchard [1]."


@pytest.mark.parametrize("builtin", [[], ["fashion"]], ids=["alone", "beside fashion"])
async def test_its_eyes_tell_which_game_a_picture_shows_and_the_wiki_is_asked_about_it(
    settings, installed, box, builtin
):
    async with open_assistant(settings, packs=["boardgames"], builtin=builtin) as assistant:
        english = await ask(assistant, "How many people can play this?", image=box(42, 138, 61))
        korean = await ask(assistant, "이 게임 누가 먼저 시작해?", image=box(205, 58, 44))
    assert "The picture shows the box of Orchard." in english.text
    assert "three to six players" in english.text
    assert "붉은 카드를 가진 사람이 먼저" in korean.text
    assert [note["code"] for note in [*english.notes, *korean.notes]] == []


async def test_what_one_packs_eyes_do_not_know_the_next_looks_at(settings, installed, box):
    async with open_assistant(settings, packs=["boardgames"], builtin=["fashion"]) as assistant:
        other = await ask(assistant, "이게 뭐야?", image=box(128, 128, 128))
    assert "게임 상자" not in other.text
    assert other.evidence[0]["route"] == "image"
    assert "사진" in other.evidence[0]["text"]


async def test_where_a_question_says_nothing_it_asks_in_its_own_words(settings, installed):
    async with open_assistant(settings, packs=["boardgames"], builtin=[]) as assistant:
        reply = await ask(assistant, "이거 어떻게 해?")
    assert (reply.status, reply.text) == (Status.ASKED_BACK, "어떤 게임을 말씀하세요?")
    assert reply.choices == ["항구의 밤", "과수원", "마지막 신호"]


async def test_small_talk_is_its_own_and_of_clothes_nothing_is_said_without_them(settings, installed):
    async with open_assistant(settings, packs=["boardgames"], builtin=[]) as assistant:
        assert (await ask(assistant, "안녕하세요")).text == "안녕하세요! 어떤 게임이 궁금하세요?"
    async with open_assistant(settings, sources=[Orders()], builtin=[]) as assistant:
        said = [(await ask(assistant, text)).text for text in ("안녕", "hello", "너는 누구야?", "what can you do?")]
    async with open_assistant(settings, builtin=["fashion"]) as assistant:
        with_clothes = (await ask(assistant, "what can you do?")).text
    assert not [text for text in said if "옷" in text or "clothes" in text]
    assert "clothes" in with_clothes


def test_nothing_of_fashion_is_loaded_with_it(tmp_path):
    import subprocess

    script = f"""
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {str(EXAMPLE)!r})
from boardgames import open_pack
from stylegraph import Settings, ask, open_assistant

async def main():
    settings = Settings(_env_file=None, home=Path({str(tmp_path)!r}), samples=False)
    async with open_assistant(settings, packs=[open_pack], builtin=[]) as assistant:
        reply = await ask(assistant, "How many people can play Orchard?")
        assert reply.citations, reply

asyncio.run(main())
print(*[name for name in sys.modules if "fashion" in name or name == "onnxruntime"])
"""
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ended.stdout.split() == []


class Orders:
    name, node, description = "orders", "look_up_orders", "The user's orders and parcels."
    examples = ("Where is my parcel?", "Has my order shipped?")

    async def gather(self, state):
        return {"evidence": [make_evidence(self.name, "Order 7", "Your parcel arrives on Friday.")]}


async def test_a_pack_may_be_given_as_it_is(settings):
    pack = Pack(sources=[Orders()], clarifications={"en": Clarification("Which order?", "Which?")})
    async with open_assistant(settings, packs=[pack], builtin=[]) as assistant:
        assert (await ask(assistant, "Where is my parcel?")).routes == ["orders"]


async def test_in_a_language_that_a_pack_has_no_words_for_it_asks_in_those_that_ship(settings):
    pack = Pack(sources=[Orders()], clarifications={"en": Clarification("Which order?", "Which?")})
    async with open_assistant(settings, packs=[pack], builtin=[]) as assistant:
        replies = [await ask(assistant, question) for question in ("이거 어떻게 해?", "How much is it?")]
    assert [reply.status for reply in replies] == [Status.ASKED_BACK] * 2
    assert replies[0].text.startswith("앞서 나눈 이야기가 없어서요.")
    assert replies[1].text == "Which order?"


def test_of_two_packs_each_language_and_intent_is_said_in_the_words_of_the_first_that_has_it():
    order, game = Clarification("Which order?", "Which?"), Clarification("Which game?", "Which?")
    korean = Clarification("어떤 게임을 말씀하세요?", "어떤 상자인가요?")
    one = Pack(clarifications={"en": order}, small_talk={"en": {"greeting": "Hello!"}})
    two = Pack(
        clarifications={"en": game, "ko": korean},
        small_talk={"en": {"greeting": "Hi!", "thanks": "Any time."}, "ko": {"greeting": "안녕하세요!"}},
    )
    both = joined([one, Pack(), two])
    assert both.clarifications == {"en": order, "ko": korean}
    assert both.small_talk == {"en": {"greeting": "Hello!", "thanks": "Any time."}, "ko": {"greeting": "안녕하세요!"}}
    assert joined([Pack()]).clarifications is None


async def test_a_source_of_ones_own_takes_the_place_of_a_packs(settings):
    class Mine(Orders):
        node = "ask_my_own"

    async with open_assistant(settings, packs=[Pack(sources=[Orders()])], sources=[Mine()], builtin=[]) as assistant:
        assert "ask_my_own" in assistant.nodes
        assert "look_up_orders" not in assistant.nodes


@pytest.mark.parametrize(
    ("packs", "says"),
    [
        (["fashon"], "no installed pack fashon.*mean fashion"),
        ([7], "is no pack"),
        ([Orders()], "is no pack"),
        ([Pack(sources=[Orders()]), Pack(sources=[Orders()], instructions="x")], "Two packs have a source called"),
    ],
)
async def test_what_is_no_pack_is_refused(settings, packs, says):
    with pytest.raises(SettingsError, match=says):
        async with open_assistant(settings, packs=packs, builtin=[]):
            pass
