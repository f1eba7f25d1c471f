"""What model calls cost, by a dated list of prices that the settings may overrule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from stylegraph.agent.budget import Charge
from stylegraph.agent.settings import Price, Settings
from stylegraph.agent.text.resources import read_yaml

_MILLION = 1_000_000


def cost_of(charge: Charge, model: str, settings: Settings) -> float | None:
    """Return what a call costs in dollars; None where nobody knows the model's price.

    Args:
        charge: The call: cached tokens are a part of those that went in, hidden reasoning of those that came out.
        model: The model's name.
        settings: Prices that overrule the list.
    """
    price = price_of(model, settings)
    if price is None:
        return None
    cached = charge.get("tokens_cached", 0)
    fresh = charge["tokens_in"] - cached
    return (fresh * price.input + cached * price.cached_input + charge["tokens_out"] * price.output) / _MILLION


def price_of(model: str, settings: Settings) -> Price | None:
    """Return what a model costs, by the settings or else by the list; None where nobody knows."""
    return _price(model, {**_listed(), **settings.model_prices})


def example(model: str) -> str:
    """Return the setting that gives a model's price, in dollars for a million tokens, with figures to be filled in."""
    return f'STYLEGRAPH_MODEL_PRICES={{"{model}": {{"input": X, "cached": Y, "output": Z}}}}'


def listed_on() -> str:
    """Return when the prices were listed: a year and a month."""
    return str(read_yaml(__package__, "prices.yaml")["as_of"])


def _price(model: str, prices: Mapping[str, Price]) -> Price | None:
    name = model.rpartition(":")[2]
    known = [one for one in prices if name.startswith(one)]
    return prices[max(known, key=len)] if known else None


@cache
def _listed() -> Mapping[str, Price]:
    data = read_yaml(__package__, "prices.yaml")
    return {name: Price.model_validate(price) for name, price in data["models"].items()}
