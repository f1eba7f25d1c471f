"""Several packs' eyes look one after another: nothing that one spent or noted is lost, and none ends the turn."""

from __future__ import annotations

import pytest
from langgraph.errors import GraphInterrupt

from stylegraph.tools.pack import Viewers

STATE = {"turn": {"language": "en"}}
UNREADABLE = {"code": "image_unreadable", "text": "A picture can't be read."}
UNSURE = {"code": "unsure", "text": "That may be a box."}
SEEN = {"seen": [{"game": "orchard"}], "evidence": ["Orchard"]}


class Eyes:
    """Eyes that see the same in every picture."""

    def __init__(self, found):
        self.found = found

    async def look(self, state):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def viewers(*found):
    return Viewers([Eyes(one) for one in found])


async def test_what_eyes_spent_and_noted_is_kept_where_the_next_have_seen_something():
    nothing = {"seen": [], "evidence": ["Nothing"], "ledger": ["first"], "notes": [UNREADABLE, UNSURE]}
    found = await viewers(nothing, {**SEEN, "ledger": ["second"], "notes": [UNREADABLE]}).look(STATE)
    assert found == {**SEEN, "ledger": ["first", "second"], "notes": [UNREADABLE, UNSURE]}


async def test_who_has_seen_something_is_the_last_to_look():
    assert await viewers(SEEN, {"seen": [], "notes": [UNSURE]}).look(STATE) == SEEN


@pytest.mark.parametrize("wrong", [RuntimeError("a secret"), None, 3], ids=repr)
async def test_eyes_that_fail_are_noted_and_the_next_look(wrong, caplog):
    found = await viewers(wrong, SEEN).look(STATE)
    (note,) = found.pop("notes")
    assert found == SEEN
    assert note["code"] == "image_failed"
    assert "secret" not in note["text"]
    assert "a viewer failed" in caplog.text


async def test_where_all_eyes_fail_the_turn_goes_on():
    found = await viewers(RuntimeError(), ValueError()).look({"turn": {"language": "ko"}})
    assert [("RuntimeError" in one["text"], "사진" in one["text"]) for one in found["notes"]] == [
        (True, True),
        (False, True),
    ]
    assert set(found) == {"notes"}


async def test_eyes_may_interrupt_the_graph():
    with pytest.raises(GraphInterrupt):
        await viewers(GraphInterrupt(), SEEN).look(STATE)
