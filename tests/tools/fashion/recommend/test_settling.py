"""What the catalogue calls what a wish names otherwise."""

from __future__ import annotations

import csv
from pathlib import Path

from shops import opened_shop

_NAMES = ("Grid Fleece", "Fleece Pullover", "Down Jacket", "Rain Jacket", "Denim Jacket", "Hard Cooler")


async def _asked(folder: Path, *wishes: str) -> list[list[str]]:
    file = folder / "camp.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "name", "price"])
        rows.writerows((f"{name}-{number}", f"Tarn {name}", 20 + number) for name in _NAMES for number in range(4))
    async with opened_shop(file, folder, "USD") as source:
        return [[piece.name for piece in (await source.recommend(wish, 4))[0]] for wish in wishes]


async def test_a_thing_is_found_by_what_it_is_made_of_and_by_another_name(tmp_path: Path) -> None:
    fleece, puffer, box, denim = await _asked(
        tmp_path, "a fleece jacket", "a puffer jacket", "a cool box", "a denim jacket"
    )
    assert all("Fleece" in name for name in fleece)
    assert all("Down Jacket" in name for name in puffer)
    assert all("Cooler" in name for name in box)
    assert all("Denim Jacket" in name for name in denim)
    assert all((fleece, puffer, box, denim))
