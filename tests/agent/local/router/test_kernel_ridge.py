"""What is learned from examples: it tells kinds apart, and is kept in a form that says the same as the examples."""

import numpy as np
import pytest

from stylegraph.agent.local.router.classifier import as_texts
from stylegraph.agent.local.router.kernel_ridge import correction, fit
from stylegraph.agent.local.router.weights import coarse

CARE = ["울 니트 세탁법 알려줘", "실크 셔츠 다림질 방법", "how do I wash a wool sweater", "how to iron a silk shirt"]
WEATHER = ["내일 서울 날씨 알려줘", "오늘 부산에 비 와?", "weather in London tomorrow", "will it rain in Busan today"]
TARGETS = np.array([[1.0, -1.0]] * len(CARE) + [[-1.0, 1.0]] * len(WEATHER), dtype=np.float32)


@pytest.fixture(scope="module")
def read(embedder):
    async def read(texts):
        return as_texts(texts, coarse(await embedder.embed(texts)))

    return read


async def test_kinds_are_told_apart_in_both_languages(read):
    head = fit(await read([*CARE, *WEATHER]), TARGETS)
    margins = head.margins(await read(["캐시미어 세탁 방법", "weather in Oslo today"]))
    assert margins.argmax(axis=1).tolist() == [0, 1]


async def test_the_weights_of_the_grams_say_the_same_as_comparing_with_every_example(read):
    examples, asked = await read([*CARE, *WEATHER]), await read(["울 니트 다림질", "will it snow", "zzz"])
    head = fit(examples, TARGETS)
    assert np.allclose(head.margins(asked), head.similarity(asked, examples) @ head.dual, atol=1e-4)


async def test_a_few_more_examples_correct_what_was_learned(read):
    head = fit(await read([*CARE, *WEATHER]), TARGETS)
    more = await read(["세탁소는 내일 몇 시에 열어?"])
    missing = np.array([[-1.0, 1.0]], dtype=np.float32) - head.margins(more)
    corrected = head.margins(more) + head.similarity(more, more) @ correction(head.similarity(more, more), missing)
    assert corrected.argmax(axis=1).tolist() == [1]
