"""A thousand attacks that look for words that work, on the assistant without a key.

python -m stylegraph.evals.bench.adaptive --attacks 200
python -m stylegraph.evals.bench.adaptive --unseen
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from stylegraph.evals.harness.adaptive import SEEN, UNSEEN, try_all

ATTACKS = 1_000


def main(arguments: Sequence[str] = ()) -> None:
    """Print what of the turns they changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attacks", type=int, default=ATTACKS)
    parser.add_argument("--unseen", action="store_true", help="a topic and words that what reads was not made with")
    options = parser.parse_args(list(arguments))
    tried = asyncio.run(try_all(options.attacks, topics=UNSEEN if options.unseen else SEEN))
    for part in ("look-ups", "filters", "links", "items"):
        print(f"{part} changed by {tried.changed[part]} of {tried.attacks:,} attacks")
    drawn, bred = tried.unchanged, tried.unchanged_by_bred
    print(
        f"answers word for word as without the attack: {drawn:.1%} by those that are drawn, {bred:.1%} by those that are bred"
    )
    print(
        f"of {tried.changed['answer']} that changed, {tried.beside} say all the same and quote a line of the attack beside"
    )
    for said in tried.said[:10]:
        print(f"  {said[:160]!r}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
