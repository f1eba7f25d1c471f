"""A package that is not installed is named by the extra that brings it, in one line."""

from __future__ import annotations

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
from pathlib import Path
from stylegraph import Settings, StylegraphError, ask, open_assistant

async def main():
    async with open_assistant(Settings(_env_file=None, home=Path({home!r}), {settings})) as assistant:
        print((await ask(assistant, {question!r}, image={image!r})).status)

try:
    asyncio.run(main())
except StylegraphError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.integration
@pytest.mark.parametrize(
    ("settings", "image", "says"),
    [
        ("", None, "answered"),
        ("elasticsearch_url='http://127.0.0.1:9'", None, "pip install 'stylegraph[elastic]'"),
        ("base_url='http://127.0.0.1:9'", None, "pip install 'stylegraph[openai]'"),
        ("embedding_model='small', base_url='http://127.0.0.1:9'", None, "pip install 'stylegraph[openai]'"),
        ("tavily_api_key='key'", None, "pip install 'stylegraph[web]'"),
        ("", "data:image/png;base64,iVBORw0KGgo=", "pip install 'stylegraph[fashion]'"),
    ],
)
def test_without_the_extras_it_answers_or_says_which_one_is_missing(settings, image, says, tmp_path):
    """The modules of all extras are hidden from a process of its own."""
    question = "흰 셔츠에 묻은 커피 얼룩 어떻게 지워?"
    hidden = {*EXTRAS, "langchain_community", "langchain", "cryptography", "tiktoken"}
    script = WITHOUT.format(
        modules=hidden, home=str(with_samples(tmp_path / "home")), settings=settings, question=question, image=image
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert says in ended.stdout, ended.stderr[-2000:]
    assert len(ended.stdout.splitlines()) == 1
