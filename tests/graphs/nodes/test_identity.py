"""What a source gives is told over a server without the places of its files."""

from __future__ import annotations

from stylegraph.graphs.nodes.identity import placeless


def found(**data):
    return {"id": "documents-1", "title": "Wool", "text": "/etc/wool says: wash cold.", "url": "/srv/docs/wool.md", "data": data}  # fmt: skip


def test_files_go_by_their_names_and_photos_by_their_address():
    item = {"id": "p 1", "image": "/srv/shop/p1.webp", "url": "https://shop.example/p1"}
    evidence = found(source="/srv/docs/wool.md", document="https://example.com/wool", item=item, pieces=[item])
    told = placeless({"evidence": [evidence], "outfit": {"pieces": [{"item": item}]}})
    [one] = told["evidence"]
    assert (one["url"], one["data"]["source"], one["data"]["document"]) == (
        "wool.md",
        "wool.md",
        "https://example.com/wool",
    )
    assert one["text"] == "/etc/wool says: wash cold."
    shown = {"id": "p 1", "image": "/photos/p%201", "url": "https://shop.example/p1"}
    assert one["data"]["item"] == one["data"]["pieces"][0] == told["outfit"]["pieces"][0]["item"] == shown


def test_so_do_those_that_notes_name():
    notes = [{"code": "index_unavailable", "text": "/srv/home/indexes/main.sqlite 파일이 손상됐어요."}]
    assert placeless({"notes": notes}) == {"notes": [{**notes[0], "text": "main.sqlite 파일이 손상됐어요."}]}
