"""A citation is true when its evidence is of this turn and its quote stands there, word for word."""

import unicodedata

import pytest
from local_parts import passage

from stylegraph.agent.citations import cite, cited_sentences, locate, stands, without_markers

PIECE = passage("린넨은 30도에서 빱니다. 그늘에서\n말립니다.")


def test_what_was_cited_stands():
    citation = cite(PIECE, 0, 14)
    assert citation["quote"] == PIECE["text"][0:14]
    assert stands(citation, [PIECE])


def test_white_space_and_unicode_form_may_differ():
    citation = cite(PIECE, 15, len(PIECE["text"]))
    citation["quote"] = unicodedata.normalize("NFD", citation["quote"].replace("\n", "  "))
    assert stands(citation, [PIECE])


@pytest.mark.parametrize(
    "change",
    [{"quote": "린넨은 60도에서 빱니다."}, {"evidence": "documents-0000000000"}, {"start": 3}, {"quote": "  "}],
)
def test_anything_else_does_not_stand(change):
    assert not stands({**cite(PIECE, 0, 14), **change}, [PIECE])


def test_a_quote_is_found_whatever_its_white_space():
    assert PIECE["text"][slice(*locate("그늘에서 말립니다.", PIECE["text"]))] == "그늘에서\n말립니다."
    assert locate("햇볕에서 말립니다.", PIECE["text"]) is None


def test_a_marker_behind_a_stop_belongs_to_its_sentence():
    assert cited_sentences("찬물에 빱니다. [1] 그늘에 둡니다. [2][3]") == [
        ("찬물에 빱니다. [1]", [1]),
        ("그늘에 둡니다. [2][3]", [2, 3]),
    ]
    assert without_markers("찬물에 빱니다. [1] 끝. [12]") == "찬물에 빱니다. 끝."
