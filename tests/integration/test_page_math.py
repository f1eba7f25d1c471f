"""Formulas in answers: drawn by the browser from MathML that Temml makes, and never what is none."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_site import accessibility, said, tell
from playwright.async_api import expect

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]
TEXT = r"""Heat is $Q = m c \Delta T$, and \(x_1\) is **bold $y^2$**.

$$
\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}
$$

It costs $5, or US$ 6, and `$z^2$` is code. Broken: $\frac{1$. Linked: $\href{https://evil.example}{x_1}$.

| law | formula |
|---|---|
| Ohm | $U = R I$ |
"""
LOADED = "performance.getEntriesByType('resource').some((one) => one.name.endsWith('/vendor/temml.js'))"


async def answered_with(visitor, reply):
    await tell(visitor, {"event": "reply", "reply": reply})
    await visitor.ask("Which law?")
    await visitor.answered()


async def test_formulas_are_drawn_and_prices_code_and_broken_ones_stay_as_they_are(visitors):
    lee = await visitors.come(locale="en-US", viewport={"width": 390, "height": 800})
    await answered_with(lee, said(TEXT))
    text = lee.page.locator(".answer .text")
    await expect(text.locator("math")).to_have_count(5)
    await expect(text.locator("div.formula math mfrac msqrt")).to_have_count(1)
    await expect(text.locator("strong math msup")).to_have_count(1)
    await expect(text.locator("td math")).to_have_count(1)
    await expect(text).to_contain_text("It costs $5, or US$ 6, and $z^2$ is code. Broken: $\\frac{1$.")
    await expect(text.locator("math a, math [href]")).to_have_count(0)
    await expect(text).to_contain_text("$\\href{https://evil.example}{x_1}$")
    assert await accessibility(lee.page) == []
    assert (lee.wrong, lee.elsewhere) == ([], [])
    assert await lee.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_draws_them_is_loaded_only_where_there_is_one(visitors):
    lee = await visitors.come(locale="en-US")
    await answered_with(lee, said("It costs $5, or US$ 6."))
    assert not await lee.evaluate(LOADED)
    await lee.page.unroute_all()
    await tell(lee, {"event": "reply", "reply": said("So $E = mc^2$.")})
    await lee.ask("And energy?")
    await lee.answered(2)
    await expect(lee.page.locator("math")).to_have_count(1)
    assert await lee.evaluate(LOADED)


async def test_a_quote_that_begins_within_a_formula_is_marked_where_it_stands(visitors):
    text = "The law is $E = mc^2$ here. Next."
    quote = "mc^2$ here."
    start = text.index(quote)
    found = {
        "id": "e1",
        "route": "documents",
        "title": "Laws",
        "url": "laws.md",
        "score": 1,
        "locator": {},
        "text": text,
    }
    cited = {
        "evidence": "e1",
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "title": "Laws",
        "url": "laws.md",
    }
    lee = await visitors.come(locale="en-US")
    await answered_with(lee, said("See. [1]", citations=[cited], evidence=[{**found, "data": {"document": "laws.md"}}]))
    await lee.page.locator(".cite").first.click()
    await expect(lee.page.locator("dialog.quote mark")).to_have_text(["mc^2$", " here."])
    assert lee.wrong == []
