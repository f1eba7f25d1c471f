"""No answer of the server names a place on its machine: not of what it read, nor of what it could not read."""

from __future__ import annotations

import asyncio
import base64
import json
import tempfile
import uuid
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from served import keys, served

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.build import open_library
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source

KEYS, ENVIRONMENT = keys("ed")
ENVIRONMENT |= {"STYLEGRAPH_SERVER_GROUPS": json.dumps({"editors": ["ed"]}), "STYLEGRAPH_SERVER_REQUESTS": "100000"}
PHOTO = (Path(__file__).parents[1] / "tools" / "image" / "photos" / "tshirt.webp").read_bytes()
PICTURE = {"type": "image", "base64": base64.b64encode(PHOTO).decode(), "mime_type": "image/webp"}
SHOP = "id,name,category,price_krw,image,seasons,styles,formality\n" + "".join(
    f"p{number},{name} {number},{kind},50000,{{photo}},여름|봄,캐주얼,2\n"
    for number, (name, kind) in enumerate([("흰 린넨 셔츠", "셔츠"), ("네이비 팬츠", "팬츠"), ("흰 스니커즈", "스니커즈")] * 2)
)  # fmt: skip
ALLOWANCE = "What is the quibblewort allowance of the Zephyr team?"
UNUSABLE = (
    {"image": "/etc/passwd"},
    {"image": "picture:" + "0" * 64},
    {"image": "http://127.0.0.1:1/"},
    {"index": "missing"},
    {"only": "x"},
)
UPLOADS = {
    "a.pdf": b"%PDF-1.7 broken",
    "b.md": b"\xff\xfe\x00",
    "c.csv": b"no,columns\n1,2\n",
    "d.jsonl": b"{",
    "e.xyz": b"?",
    "shop.csv": SHOP.format(photo="p.webp").encode(),
    "f.md": b"# Gribble\n\nThe gribble opens at 07:13 on market days.",
}
PATHS = (
    *(
        "/",
        "/ok",
        "/ready",
        "/info",
        "/documents",
        "/profile",
        "/photos/p0",
        "/photos/none",
        "/nowhere",
        "/openapi.json",
    ),
    *("/page/none.js", "/pictures/" + "0" * 64),
)
MODES = ["values", "updates", "custom", "debug", "messages-tuple", "events", "tasks", "checkpoints"]


async def stocked(folder):
    """A home with a document that lies elsewhere on the machine, and a catalogue with photos beside it."""
    settings = load_settings(home=folder / "home")
    document = folder / "elsewhere" / "handbook.md"
    document.parent.mkdir()
    document.write_text(
        "# Quibblewort\n\nThe quibblewort allowance of the Zephyr team is 4,217 florins a month.", "utf-8"
    )
    async with open_library(settings) as library:
        await ingest(await library.index("handbook"), [Source(str(document))], settings=settings)
    photo = folder / "elsewhere" / "p.webp"
    photo.write_bytes(PHOTO)
    catalogue = folder / "elsewhere" / "shop.csv"
    catalogue.write_text(SHOP.format(photo=photo), "utf-8")
    return {"STYLEGRAPH_CATALOGUE": str(catalogue)}


class Listener:
    """Asks a server and keeps all that it says."""

    def __init__(self, server, headers):
        self.http = httpx.Client(base_url=server.url, headers=headers, timeout=120)
        self.said: list[tuple[str, str]] = []

    def ask(self, method, path, **body):
        answer = self.http.request(method, path, **body)
        self.said.append((f"{method} {path} {str(body)[:200]}", f"{answer.headers}\n{answer.text}"))
        return answer

    def turn(self, content, assistant="assistant", thread=None, **wanted):
        """Run a turn in a thread; give its values and the thread. Its stream, state, history and records are kept too."""
        thread = thread or self.ask("POST", "/threads", json={}).json()["thread_id"]
        given = {"messages": [{"role": "user", "content": content}]} if assistant == "assistant" else content
        body = {"assistant_id": assistant, "input": given, "stream_mode": MODES, **wanted}
        self.ask("POST", f"/threads/{thread}/runs/stream", json=body)
        for path in ("", "/state", "/history", "/runs"):
            found = self.ask("GET", f"/threads/{thread}{path}")
        for run in found.json():
            self.ask("GET", f"/threads/{thread}/runs/{run['run_id']}/join")
        return self.ask("GET", f"/threads/{thread}/state").json()["values"], thread


@pytest.fixture(scope="module", params=["a user", "the owner of the machine"])
def told(request, tmp_path_factory):
    """All that a server said to whoever asked all kinds of things."""
    folder = tmp_path_factory.mktemp("places")
    own = asyncio.run(stocked(folder))
    user = request.param == "a user"
    with served(folder, **own, **(ENVIRONMENT if user else {})) as server:
        listener = Listener(server, {"X-Api-Key": KEYS["ed"]} if user else {})
        seen = all_kinds(listener, folder)
        yield seen, listener.said, folder


def all_kinds(listener, folder):
    """Ask for everything; give what the turns ended in."""
    seen = questions(listener) | documents(listener)
    requests(listener)
    damage(folder)
    seen["damaged"], _ = listener.turn(ALLOWANCE)
    listener.turn({"documents": ["upload:f.md"]}, "indexing")
    for method, path in (("GET", "/ready"), ("DELETE", "/documents/f.md"), ("DELETE", "/documents/none.md")):
        listener.ask(method, path)
    return seen


def questions(listener):
    seen = {"document": listener.turn(ALLOWANCE)[0]}
    seen["fashion"], thread = listener.turn("여름에 입을 흰 셔츠 추천해줘")
    seen["more"], _ = listener.turn("다른 건 없어?", thread=thread)
    seen["outfit"], thread = listener.turn("여름에 입을 코디 추천해줘")
    seen["changed"], _ = listener.turn("신발만 바꿔줘", thread=thread)
    seen["picture"], _ = listener.turn([PICTURE, {"type": "text", "text": "이 사진이랑 비슷한 옷 찾아줘"}])
    for context in UNUSABLE:
        listener.turn("How do I wash wool?", context=context)
    listener.turn("x" * 100_000)
    return seen


def documents(listener):
    seen = {}
    for name, content in UPLOADS.items():
        listener.ask("POST", "/documents", files={"file": (name, content)})
        seen[name], _ = listener.turn({"documents": [f"upload:{name}"]}, "indexing")
    for name in ("c.csv", "d.jsonl", "a.pdf", "shop.csv", "none.csv"):
        seen[f"catalogue {name}"], _ = listener.turn({"catalogue": f"upload:{name}"}, "indexing")
    listener.turn({"documents": ["/etc/passwd", "file:///etc/passwd"]}, "indexing")
    listener.turn({"texts": [{"title": "Note", "text": "The snark bell rings."}], "index": "no/such"}, "indexing")
    seen["upload"], _ = listener.turn("When does the gribble open on market days?")
    return seen


def requests(listener):
    for path in PATHS:
        listener.ask("GET", path)
    for one in listener.ask("POST", "/assistants/search", json={}).json():
        for path in ("", "/schemas", "/graph"):
            listener.ask("GET", f"/assistants/{one['assistant_id']}{path}")
    listener.ask("POST", "/feedback", json={"item": "p0", "feedback": "like"})
    accept = {"Accept": "application/json, text/event-stream"}
    for more in ({}, {"pictures": ["/etc/passwd"]}):
        arguments = {"question": ALLOWANCE, "conversation": str(uuid.uuid4()), **more}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": arguments}}
        listener.ask("POST", "/mcp", json=call, headers=accept)


def damage(folder):
    """Let the indexes be files that are none."""
    for index in (folder / "home").rglob("*.sqlite"):
        if index.stem in ("uploads", "handbook"):
            index.write_bytes(b"this is no database" * 1_000)


def places(folder):
    """Parts of the machine's file system that nobody needs to know."""
    package = Path(str(files("stylegraph.graphs"))).resolve().parent
    return {
        str(place)
        for place in (folder, package, Path(tempfile.gettempdir()), Path.home(), Path(json.__file__).parents[2])
    }


def test_all_kinds_were_told(told):
    seen, said, _ = told
    assert "4,217" in str(seen["document"]["reply"]["citations"])
    assert seen["fashion"]["reply"]["recommendations"]
    assert seen["outfit"]["reply"]["artifacts"]["outfit"]["pieces"]
    assert seen["picture"]["seen"]
    assert "07:13" in str(seen["upload"]["reply"]["evidence"])
    assert seen["f.md"]["reports"][0]["added"] == 1
    assert seen["a.pdf"]["reports"][0]["failed"] == 1
    assert seen["catalogue shop.csv"]["reports"][0]["added"] == 6
    assert {note["code"] for note in seen["damaged"]["reply"]["notes"]} & {
        "source_failed",
        "index_unavailable",
    }
    assert sum("__error__" in text or "event: error" in text for _, text in said) > 8


def test_no_place_is_named(told):
    _, said, folder = told
    named = [
        (what, text[max(0, at - 200) : at + 120])
        for what, text in said
        for place in places(folder)
        if (at := text.find(f"{place}/")) >= 0
    ]
    assert not named, "\n\n".join(f"{what}\n   {where}" for what, where in named[:12]) + f"\n{len(named)} in all"


def test_a_photo_is_named_by_its_address_on_the_server(told):
    seen, said, _ = told
    images = {item["image"] for item in seen["fashion"]["reply"]["recommendations"]}
    assert images
    assert all(image.startswith("/photos/") for image in images)
    assert any(what.startswith("GET /photos/p0") and "image/webp" in text for what, text in said)
