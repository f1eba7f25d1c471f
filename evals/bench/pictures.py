"""Looks at pictures without a key: how often right, how honest, how fast.

The photos are reached through STYLEGRAPH_SHARED (a folder with `data/clothing-photos` and `data/catalogue`). A folder
of further pictures without garments may be named on the command line.
"""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from stylegraph.agent.settings import load_settings
from stylegraph.evals.bench.drawn import not_garments
from stylegraph.evals.training import images
from stylegraph.evals.training.images.figures import annotators_agree, attribute_figures, label_figures, looks_of
from stylegraph.evals.training.images.items import Item, read_attributes, read_items, read_photos
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.tools.fashion.vision.gallery import Gallery
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.image.picture import Picture, read_picture

_GOALS = {"colour": "0.85", "pattern": "0.80", "sleeve": "0.90"}
_ROUNDS = 60


def main() -> None:
    """Print every figure."""
    garments = Garments()
    others(garments, Path(sys.argv[1]) if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir() else None)
    nearest()
    shared = os.environ.get("STYLEGRAPH_SHARED")
    if not shared:
        print("STYLEGRAPH_SHARED is not set: figures over the photos are left out.")
        return
    data = Path(shared) / "data"
    items = read_items(data / "clothing-photos/labels.csv", data / "catalogue/catalogue.jsonl", None)
    photos = read_photos(data / "clothing-photos/photos.tar")
    labels(garments, items, photos)
    attributes(garments, items, photos)
    alike(garments, items, photos)
    asyncio.run(checkpoint(list(photos.values())[:10]))
    speed(garments, photos)


def _line(what: str, figure: str, goal: str = "") -> None:
    print(f"{what:<62}{figure:>12}   {goal and 'goal ' + goal}")


def labels(garments: Garments, items: list[Item], photos: Mapping[str, bytes]) -> None:
    """Print how good labels are on the validation photos."""
    kept = [item for item in items if item.part == "validation"]
    figures = label_figures(kept, looks_of(garments, kept, photos))
    _line(
        f"label, top-1 of 17 ({figures.photos} photos, {figures.labels} labels occur)", f"{figures.top1:.3f}", ">= 0.93"
    )
    _line("label, macro F1", f"{figures.macro_f1:.3f}", ">= 0.90")
    _line("expected calibration error", f"{figures.calibration_error:.3f}", "<= 0.05")
    _line("garments taken for none", f"{figures.mistaken:.3f}")
    _line("labels said to be a guess", f"{figures.unsure:.3f}")
    for right, said, count in figures.confused[:8]:
        print(f"    {right} said to be {said}: {count}")


def attributes(garments: Garments, items: list[Item], photos: Mapping[str, bytes]) -> None:
    """Print how good attributes are on catalogue items that were kept for this."""
    kept = [item for item in items if item.part == "test"]
    for name, (share, count) in attribute_figures(kept, looks_of(garments, kept, photos)).items():
        goal = f">= {_GOALS[name]}" if name in _GOALS else ""
        _line(f"{name} ({count} {'values' if count > len(kept) else 'items'})", f"{share:.3f}", goal)
    twice = Path(images.__file__).parent / "annotated_twice.csv"
    for name, (share, count) in annotators_agree(items, read_attributes(twice)).items():
        _line(f"    {name}: others who look say the same ({count} answers)", f"{share:.3f}")


def others(garments: Garments, folder: Path | None) -> None:
    """Print how many pictures without a garment are turned away."""
    _rejected(garments, "no garments turned away", not_garments(), ">= 0.90")
    if folder:
        _rejected(garments, f"the same of {folder.name}", _of(folder), "")


def _rejected(garments: Garments, what: str, pictures: Iterator[tuple[str, Image.Image]], goal: str) -> None:
    found = {name: garments.look(Picture(picture, "PNG")) for name, picture in pictures}
    taken = {name: look["label"] for name, look in found.items() if look["verdict"] != "not_a_garment"}
    unsure = sum(look["verdict"] == "not_sure" for look in found.values())
    _line(f"{what} ({len(found)} kinds)", f"{1 - len(taken) / max(1, len(found)):.3f}", goal)
    print(
        f"    of the rest {unsure} were said to be a guess: "
        + ", ".join(f"{n} as {t}" for n, t in list(taken.items())[:12])
    )


def _of(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    settings = load_settings()
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in {".png", ".jpg", ".jpeg", ".webp"}:
            yield str(file.relative_to(folder)), read_picture(file.read_bytes(), settings).pixels


def alike(garments: Garments, items: list[Item], photos: Mapping[str, bytes]) -> None:
    """Print whether the items that look most alike are of the same kind and colour."""
    known = [item for item in items if item.attributes.get("category")]
    settings = load_settings()
    vectors = np.concatenate([garments.see([read_picture(photos[i.image], settings)])["embedding"] for i in known])
    gallery = Gallery([item.image for item in known], vectors)
    by_name = {item.image: item for item in known}
    kept = [i for i, item in enumerate(known) if item.part == "test"]
    for name in ("category", "colour", "pattern"):
        hits = []
        for i in kept:
            near = [s["id"] for s in gallery.nearest(vectors[i], 6) if s["id"] != known[i].image][:5]
            hits += [by_name[n].attributes[name] == known[i].attributes[name] for n in near]
        values = [item.attributes[name][0] for item in known]
        chance = sum((values.count(v) / len(values)) ** 2 for v in set(values))
        _line(f"similar: same {name} among the nearest 5 (by chance {chance:.2f})", f"{np.mean(hits):.3f}")


async def checkpoint(photos: list[bytes]) -> None:
    """Print how large a conversation of ten turns with ten photos is where it is kept."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), samples=False)
        async with open_assistant(settings) as assistant:
            for photo in photos:
                (Path(home) / "photo").write_bytes(photo)
                await ask(assistant, "이 옷 뭐야? 어울리는 옷도 추천해줘", image=Path(home) / "photo", thread="t")
        with sqlite3.connect(settings.threads) as threads:
            rows = threads.execute("select length(checkpoint) + length(metadata) from checkpoints").fetchall()
    _line("checkpoint after 10 turns with 10 photos", f"{max(rows)[0] / 1e3:.1f} kB", "<= 200 kB")


def nearest() -> None:
    """Print how long finding similar items takes."""
    rng = np.random.default_rng(0)
    for count, goal in ((439, "<= 5 ms"), (100_000, "<= 20 ms")):
        vectors = rng.normal(size=(count, 128)).astype(np.float32)
        gallery, own = Gallery([str(i) for i in range(count)], vectors), vectors[0]
        _line(f"similar among {count:,}, median", f"{_median_ms(partial(gallery.nearest, own, 6)):.2f} ms", goal)


def speed(garments: Garments, photos: Mapping[str, bytes]) -> None:
    """Print how long looks take: one at a time on one thread, and many on two."""
    settings, process = load_settings(), psutil.Process()
    files = list(photos.values())
    turn = iter(files * 2)
    _line("look, one thread, warm, median", f"{_median_ms(lambda: _one(garments, next(turn))):.1f} ms", "<= 60 ms")
    large = _phone_photo(files[0])
    _line("look at a 12-megapixel JPEG, median", f"{_median_ms(lambda: _one(garments, large), 10):.1f} ms")
    memory: list[int] = []
    began = time.perf_counter()
    for i, _ in enumerate(garments.look_through((read_picture(file, settings) for file in files), workers=2)):
        if i % 200 == 100:
            memory.append(process.memory_info().rss)
    seconds = time.perf_counter() - began
    _line(f"in bulk, {len(files):,} photos, 2 threads", f"{len(files) / seconds:.1f} /s", ">= 20 /s")
    _line("memory after the first 100, and at most later", f"{memory[0] / 1e6:.0f}, {max(memory) / 1e6:.0f} MB", "flat")


def _one(garments: Garments, file: bytes) -> None:
    garments.look(read_picture(file, load_settings()))


def _phone_photo(file: bytes) -> bytes:
    with Image.open(io.BytesIO(file)) as photo:
        large = photo.convert("RGB").resize((4032, 3024))
    jpeg = io.BytesIO()
    large.save(jpeg, "JPEG", quality=90)
    return jpeg.getvalue()


def _median_ms(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return float(np.median(times)) * 1e3


if __name__ == "__main__":
    main()
