"""A package that is not installed is named by the extra that brings it, in one line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from homes import with_samples

from stylegraph.agent.errors import MissingExtraError
from stylegraph.agent.extras import EXTRAS, needed

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def brought_by(extra):
    """Return the packages of an extra, those of the extras that it is made of included."""
    found = set()
    for requirement in PROJECT["optional-dependencies"][extra]:
        name, _, extras = re.match(r"([\w.-]+)(\[([^\]]*)\])?", requirement).groups()
        if name == "stylegraph":
            found |= {one for inner in extras.split(",") for one in brought_by(inner)}
        else:
            found.add(normal(name))
    return found


def test_each_module_is_brought_by_the_extra_that_is_named_for_it():
    distributions = packages_distributions()
    for module, extra in EXTRAS.items():
        if module != "elastic_transport":  # comes with elasticsearch
            assert {normal(one) for one in distributions.get(module, [module])} & brought_by(extra), module


def test_the_extra_is_named():
    with (
        pytest.raises(MissingExtraError, match=re.escape("pip install 'stylegraph[elastic]'")),
        needed("Elasticsearch"),
    ):
        raise ModuleNotFoundError("No module named 'elasticsearch.helpers'", name="elasticsearch.helpers")


def test_any_other_module_that_is_missing_is_a_defect():
    with pytest.raises(ModuleNotFoundError), needed("Elasticsearch"):
        raise ModuleNotFoundError("No module named 'typo'", name="typo")


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {modules!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
import asyncio
import json
from pathlib import Path
from stylegraph import Settings, StylegraphError, ask, open_assistant

async def main(settings, image):
    async with open_assistant(Settings(_env_file=None, home=Path({home!r}), **settings)) as assistant:
        return (await ask(assistant, {question!r}, image=image)).status

for settings, image in {cases!r}:
    try:
        told = asyncio.run(main(settings, image))
    except StylegraphError as error:
        told = f"{{type(error).__name__}} {{error}}"
    print(json.dumps(told))
"""
NOWHERE = "http://127.0.0.1:9"
ANSWERED_OR_NAMED = [
    ({}, None, "answered"),
    ({"elasticsearch_url": NOWHERE}, None, "pip install 'stylegraph[elastic]'"),
    ({"base_url": NOWHERE}, None, "pip install 'stylegraph[openai]'"),
    ({"embedding_model": "small", "base_url": NOWHERE}, None, "pip install 'stylegraph[openai]'"),
    ({"tavily_api_key": "key"}, None, "pip install 'stylegraph[web]'"),
    ({}, "data:image/png;base64,iVBORw0KGgo=", "pip install 'stylegraph[fashion]'"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a process of its own says of each case, the modules of all extras hidden from it."""
    folder = tmp_path_factory.mktemp("bare")
    script = WITHOUT.format(
        modules={*EXTRAS, "langchain_community", "langchain", "cryptography", "tiktoken"},
        home=str(with_samples(folder / "home")),
        question="흰 셔츠에 묻은 커피 얼룩 어떻게 지워?",
        cases=[(settings, image) for settings, image, _ in ANSWERED_OR_NAMED],
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.integration
@pytest.mark.parametrize("case", range(len(ANSWERED_OR_NAMED)), ids=[str(one[:2]) for one in ANSWERED_OR_NAMED])
def test_without_the_extras_it_answers_or_says_which_one_is_missing(case, told):
    assert len(told) == len(ANSWERED_OR_NAMED)  # a line each
    assert ANSWERED_OR_NAMED[case][2] in told[case]
    assert len(told[case].splitlines()) == 1
