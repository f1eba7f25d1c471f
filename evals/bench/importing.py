"""How fast a shop's catalogue is imported and in how much memory. `python -m stylegraph.evals.bench.importing`.

The catalogue is made up: half of its items Korean, half English, a name and a description in one language, with price,
colour, brand and size as columns; what the garment is stands in the name only, so that every item is filled in. Products
come in one to three colours, a row each, as in a shop's feed (`--colours 1`: one), their names are drawn from millions.
It is imported into an empty home, then again as it is, then with one price in a hundred changed.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.imported import Stockroom
from stylegraph.tools.fashion.source import FashionSource

GOAL = 1_000
"""Items a second."""
_COLUMNS = ("id", "name", "description", "price", "color", "brand", "size")
_WORDS = {
    "ko": (
        ("베이직", "클래식", "오버핏", "슬림핏", "데일리", "미니멀", "빈티지", "프리미엄", "루즈핏", "크롭", "컴포트", "시그니처"),
        ("코튼", "린넨", "데님", "울", "캐시미어", "레더", "스웨이드", "새틴", "코듀로이", "나일론", "쉬폰", "니트"),
        ("", "스트라이프", "체크", "플라워", "도트", "그래픽", "배색", "무지"),
        ("셔츠", "블라우스", "반팔 티셔츠", "맨투맨", "가디건", "슬랙스", "와이드 팬츠", "플리츠 스커트",
         "미니 원피스", "블레이저", "코트", "스니커즈", "로퍼", "볼캡"),
        ("블랙", "화이트", "네이비", "베이지", "차콜", "스카이블루", "카키", "버건디", "아이보리", "핑크"),
        ("{0} 소재라 {1}에 입기 좋은 {2}예요. {3}까지 편하게 입을 수 있어요.",
         ("여름", "봄가을", "겨울", "환절기"), ("출근길", "데이트", "여행", "주말 나들이")),
    ),
    "en": (
        ("Basic", "Classic", "Oversized", "Slim-fit", "Everyday", "Minimal", "Vintage", "Premium", "Relaxed", "Cropped", "Comfort",
         "Signature"),
        ("cotton", "linen", "denim", "wool", "cashmere", "leather", "suede", "satin", "corduroy", "nylon", "chiffon", "knit"),
        ("", "striped", "checked", "floral", "dotted", "graphic", "colour-block", "plain"),
        ("shirt", "blouse", "T-shirt", "sweatshirt", "cardigan", "trousers", "wide-leg pants",
         "pleated skirt", "mini dress", "blazer", "coat", "sneakers", "loafers", "cap"),
        ("Black", "White", "Navy", "Beige", "Charcoal", "Sky blue", "Khaki", "Burgundy", "Ivory", "Pink"),
        ("Made of {0} for {1}, this {2} is easy to wear. Good for {3}, too.",
         ("summer", "spring and autumn", "winter", "cool days"), ("the office", "a date", "travel", "the weekend")),
    ),
}  # fmt: skip


def write_catalogue(path: Path, items: int, colours: int = 3, changed: int = 0) -> None:
    """Write a catalogue as CSV.

    Args:
        path: Where.
        items: How many.
        colours: In how many at most a product comes.
        changed: One item in so many has another price; 0: none.
    """
    chance, number = random.Random(5), 0
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_COLUMNS)
        while number < items:
            name, description, price, shades, *rest = _product(chance)
            for shade in chance.sample(shades, min(chance.randint(1, colours), items - number)):
                more = 1_000 if changed and number % changed == 0 else 0
                rows.writerow((f"p{number}", name, description, price + more, shade, *rest))
                number += 1


def _product(chance: random.Random) -> tuple[str, str, int, Sequence[str], str, str]:
    words = _WORDS[chance.choice(("ko", "en"))]
    adjectives, materials, patterns, garments, colours, (text, seasons, moments) = words
    material, garment = chance.choice(materials), chance.choice(garments)
    named = (chance.choice(adjectives), material, chance.choice(patterns), garment, f"{chance.randrange(9_999):04}")
    description = text.format(material, chance.choice(seasons), garment, chance.choice(moments))
    brand, size = f"brand {chance.randrange(80)}", chance.choice(("S,M,L", "FREE", "M,L,XL"))
    price = chance.randrange(9, 300) * 1_000
    return " ".join(filter(None, named)), description, price, colours, brand, size


async def import_it(home: Path, file: Path) -> dict[str, float]:
    """Import a file; give items, seconds, processor time and the peak memory of this process, in MB."""
    worked = _processor_seconds()
    async with Stockroom(load_settings(home=home), LocalEmbedder()) as stock:
        counts = await stock.import_file(file, "bench")
    done = {name: float(counts[name]) for name in ("items", "added", "changed", "unchanged", "seconds")}
    return {
        **done,
        "processor": _processor_seconds() - worked,
        "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


async def open_it(home: Path) -> dict[str, float]:
    """Open what was imported and recommend; give the seconds until the catalogue is open, and the median of wishes."""
    settings = load_settings(home=home)
    embedder = LocalEmbedder()
    await embedder.embed(["준비"])
    began = time.perf_counter()
    source = await FashionSource.open(settings.home, embedder, settings.catalogue_in_use)
    opened, taken = time.perf_counter() - began, []
    for wish in (
        "여름 린넨 셔츠",
        "warm wool coat for the office",
        "5만원 이하 스니커즈",
        "a floral dress",
        "베이지 가디건",
    ) * 4:
        began = time.perf_counter()
        await source.recommend(wish)
        taken.append(time.perf_counter() - began)
    await source.close()
    return {
        "opened_s": opened,
        "recommend_p50_ms": sorted(taken[5:])[len(taken[5:]) // 2] * 1_000,
        "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def run_part(part: str, home: str, file: str) -> None:
    """Do one part in this process and print what it took: what `measure` has a fresh process do."""
    done = open_it(Path(home)) if part == "open" else import_it(Path(home), Path(file))
    print(json.dumps(asyncio.run(done)))


def measure(items: int, colours: int) -> None:
    """Print a line a step."""
    with tempfile.TemporaryDirectory() as folder:
        file, home = Path(folder) / "shop.csv", Path(folder) / "home"
        write_catalogue(file, items, colours)
        for step, part in (("first", "import"), ("again", "import"), ("1 % changed", "import"), ("opened", "open")):
            if step == "1 % changed":
                write_catalogue(file, items, colours, changed=100)
            took = _run(part, home, file)
            if "seconds" in took:
                took["items_per_s"] = took["items"] / took["seconds"]
            print(json.dumps({"step": step, **{name: round(value, 2) for name, value in took.items()}}))


def _run(part: str, home: Path, file: Path) -> dict[str, float]:
    """Run one part in a process of its own; add, in MB, the peak memory of it with its children, what they share counted once."""
    call = f"from stylegraph.evals.bench.importing import run_part; run_part({part!r}, {str(home)!r}, {str(file)!r})"
    with subprocess.Popen([sys.executable, "-c", call], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own code
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.5)
        assert process.stdout is not None
        took: dict[str, float] = json.loads(process.stdout.read())
        return {**took, "all_mb": peak}


def _memory(pid: int) -> float:
    try:
        process = psutil.Process(pid)
        return sum(map(_own_part, (process, *process.children(recursive=True)))) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


def _own_part(process: psutil.Process) -> float:
    """Return the bytes of a process, of what it shares its part; all of it where the system doesn't tell."""
    memory = process.memory_full_info()
    return float(getattr(memory, "pss", memory.rss))


def _processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Measure with the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--colours", type=int, default=3)
    options = parser.parse_args()
    measure(options.items, options.colours)


if __name__ == "__main__":
    main()
