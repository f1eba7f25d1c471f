"""What a model is told about a draft of its own that was not good enough."""

from __future__ import annotations

from stylegraph.agent.llm.complaint import complaint


def grade(unsupported=(), missing=(), supported=("괜찮은 문장 [1].",)):
    told = [(text, False) for text in unsupported] + [(text, True) for text in supported]
    return {
        "good": False,
        "grounded": 0.5,
        "answers": 0.5,
        "in_language": True,
        "sentences": [{"text": text, "supported": held, "citations": []} for text, held in told],
        "missing": list(missing),
    }


def test_without_a_draft_to_mend_nothing_is_said(a_state):
    assert complaint(a_state()) == ""
    assert complaint(a_state(grade=None)) == ""


def test_the_sentences_are_quoted_and_what_is_good_is_not(a_state):
    told = complaint(a_state(grade=grade(["건조기에 돌려요 [1].", "삶아요."])))
    assert "- 건조기에 돌려요 [1].\n- 삶아요." in told
    assert "괜찮은 문장" not in told
    assert "not answered" not in told


def test_what_is_missing_is_named(a_state):
    told = complaint(a_state(grade=grade(missing=["가격", "온도"])))
    assert "Asked and not answered: 가격; 온도." in told
    assert "Not borne out" not in told
