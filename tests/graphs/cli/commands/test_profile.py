"""`stylegraph profile`: shown, and forgotten on request."""

from __future__ import annotations

import asyncio

import pytest

from stylegraph.agent.profile import learn
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.persistence import open_people


@pytest.fixture
def known(home):
    async def tell():
        async with open_people(load_settings()) as people:
            await learn(people, "kim", {"likes": ["네이비", "린넨"], "sizes": ["M"]})

    asyncio.run(tell())


def test_what_is_known_of_a_person_is_shown(cli, known):
    assert cli("profile", "show", "--user", "kim").stdout == "likes: 네이비, 린넨\nsizes: M\n"
    assert cli("profile", "--user", "kim", "--json").records == [
        {"user": "kim", "profile": {"likes": ["네이비", "린넨"], "sizes": ["M"]}}
    ]


def test_of_somebody_new_nothing_is_known(cli, known):
    assert cli("profile").stdout == "Nothing is known of local.\n"
    assert cli("profile", "--json").records == [{"user": "local", "profile": {}}]


def test_one_word_is_forgotten_or_everything(cli, known):
    left = {"likes": ["린넨"], "sizes": ["M"]}
    assert cli("profile", "forget", "네이비", "--user", "kim", "--json").records == [{"user": "kim", "profile": left}]
    assert cli("profile", "forget", "--user", "kim").stdout == "Nothing is known of kim.\n"
    assert cli("profile", "--user", "kim", "--json").records[0]["profile"] == {}


def test_what_is_not_known_cant_be_forgotten(cli, known):
    result = cli("profile", "forget", "가죽", "--user", "kim")
    assert (result.exit_code, "가죽" in result.stderr) == (2, True)


def test_an_item_is_liked_and_disliked_and_a_field_corrected(cli, stocked):
    assert cli("profile", "like", "sg001").stdout == "liked: sg001\n"
    assert cli("profile", "dislike", "sg001", "--json").records[0]["profile"] == {"disliked": ["sg001"]}
    assert cli("profile", "set", "likes", "네이비", "린넨").stdout == "disliked: sg001\nlikes: 네이비, 린넨\n"
    assert cli("profile", "forget", "disliked").stdout == "likes: 네이비, 린넨\n"


def test_an_item_that_is_not_there_and_a_field_that_is_none_are_refused(cli, stocked):
    for line in (("like", "nowhere"), ("set", "age", "30")):
        result = cli("profile", *line)
        assert result.exit_code == 2
        assert result.stderr


def test_nothing_is_kept_where_the_profile_is_off(cli, home):
    off = {"STYLEGRAPH_PROFILE": "false"}
    assert cli("profile", "like", "sg001", env=off).exit_code == 2
    assert cli("profile", "set", "likes", "navy", env=off).exit_code == 2
    assert cli("profile").stdout == "Nothing is known of local.\n"


def test_what_is_liked_counts_on_the_command_line(cli, stocked):
    plain = [item["id"] for item in cli("recommend", "셔츠 추천해줘", "--json").records[0]["recommendations"]]
    cli("profile", "dislike", plain[0])
    later = [item["id"] for item in cli("recommend", "셔츠 추천해줘", "--json").records[0]["recommendations"]]
    assert plain[0] not in later
