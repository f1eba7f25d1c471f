"""A run's context is read safely, whoever's it is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from langgraph.runtime import Runtime
from pydantic import BaseModel

from stylegraph.graphs.nodes.context import context_of


@dataclass
class Data:
    user: str = "theirs"


class Model(BaseModel):
    user: str = "theirs"


@pytest.mark.parametrize("context", [None, Data(), Model(), {"tenant": "acme", "user": 7, "effort": "heroic"}])
def test_another_graphs_context_is_left_alone(context):
    assert context_of(Runtime(context=context)) == {}


def test_ours_is_taken_as_it_is():
    ours = {
        "user": "kim",
        "effort": "quick",
        "index": "notes",
        "only": {"audience": ["staff"]},
        "image": ["https://example.com/a.png"],
        "budget": {"seconds": 3},
        "feedback": {"like": ["p1"]},
    }
    assert context_of(Runtime(context=ours)) == ours
