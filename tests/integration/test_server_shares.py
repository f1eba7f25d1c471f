"""Links to conversations, as their owner, as a reader and as an attacker, against a real server."""

from __future__ import annotations

import json

import httpx
import pytest
from served import keys, served

KEYS, ENVIRONMENT = keys("kim", "lee")
SECRET = "# Payroll\n\nThe zorblax allowance is 4,321 won a day.\n\n## Bonus\n\nThe flumwick bonus is 9,876 won."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    groups = {"STYLEGRAPH_SERVER_GROUPS": json.dumps({"operators": ["lee"]})}
    with served(tmp_path_factory.mktemp("shares"), **ENVIRONMENT, **groups) as started:
        yield started


@pytest.fixture
def kim(server):
    with asking(server, KEYS["kim"]) as client:
        yield client


@pytest.fixture
def lee(server):
    with asking(server, KEYS["lee"]) as client:
        yield client


def asking(server, key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=server.url, headers=headers, timeout=90)


def ask(client, question, thread=None):
    thread = thread or client.post("/threads", json={}).json()["thread_id"]
    run = {"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": question}]}}
    reply = client.post(f"/threads/{thread}/runs/wait", json=run).json()["reply"]
    return thread, reply


def read(client, link, path="/shared"):
    return client.get(path, headers={"Shared-Link": link})


def test_a_link_is_made_read_brought_up_to_date_and_taken_back(kim, lee):
    thread, reply = ask(kim, "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘")
    before = kim.get(f"/shares/{thread}").json()
    assert (before["link"], before["turns"]) == (None, 1)
    made = kim.post(f"/shares/{thread}", json={"title": "여름 옷"})
    assert made.status_code == 201
    link = made.json()["link"]
    told = read(lee, link)
    assert told.headers["cache-control"] == "no-store"
    assert told.json()["title"] == "여름 옷"
    assert [turn["reply"]["text"] for turn in told.json()["turns"]] == [reply["text"]]
    item = reply["recommendations"][0]["id"]
    assert read(lee, link, f"/shared/photos/{item}").headers["content-type"].startswith("image/")
    ask(kim, "더 저렴한 걸로 보여줘", thread)
    assert len(read(lee, link).json()["turns"]) == 1  # what came after is not shown
    assert kim.post(f"/shares/{thread}", json={}).json()["link"] == link
    assert len(read(lee, link).json()["turns"]) == 2
    assert kim.delete(f"/shares/{thread}").json() == {"withdrawn": True}
    assert read(lee, link).status_code == 404
    assert read(lee, link, f"/shared/photos/{item}").status_code == 404
    assert kim.get(f"/shares/{thread}").json()["link"] is None


def test_of_a_private_document_a_reader_gets_what_is_quoted_and_nothing_more(kim, lee):
    form = {"assistant_id": "indexing", "input": {"texts": [{"title": "Payroll", "text": SECRET}]}}
    assert kim.post("/runs/wait", json=form).is_success
    thread, reply = ask(kim, "How much is the zorblax allowance a day?")
    assert "4,321" in reply["text"]
    assert any("flumwick" in found["text"] for found in reply["evidence"])
    preview = kim.get(f"/shares/{thread}").json()
    assert preview["sources"] == ["Payroll"]  # the owner is told what will be quoted before there is a link
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    seen = read(lee, link).text
    assert "4,321" in seen
    assert "flumwick" not in seen
    assert "evidence" not in read(lee, link).json()["turns"][0]["reply"]
    assert ask(lee, "How much is the zorblax allowance a day?")[1]["citations"] == []


def test_nobody_shares_sees_or_takes_back_what_is_not_theirs(kim, lee):
    thread, _ = ask(kim, "How do I wash wool?")
    assert lee.post(f"/shares/{thread}", json={}).status_code == 404
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    assert lee.get(f"/shares/{thread}").status_code == 404
    assert lee.delete(f"/shares/{thread}").json() == {"withdrawn": False}
    assert lee.delete(f"/threads/{thread}").status_code == 404
    assert read(lee, link).is_success
    assert lee.get(f"/threads/{thread}/state").status_code == 404  # the link gives what it shows, not the conversation
    run = {"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": "And silk?"}]}}
    assert lee.post(f"/threads/{thread}/runs/wait", json=run).status_code in (403, 404)
    mine = {"namespace_prefix": ["shares"]}
    assert link not in lee.post("/store/items/search", json=mine).text
    assert link not in lee.post("/store/items/search", json={"namespace_prefix": ["share_links"]}).text


def test_a_link_ends_with_its_conversation(kim, lee):
    thread, _ = ask(kim, "How do I wash wool?")
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    assert kim.delete(f"/threads/{thread}").is_success
    assert read(lee, link).status_code == 404


def test_guesses_and_strange_links_show_nothing(kim, lee):
    thread, _ = ask(kim, "How do I wash wool?")
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    for guess in (
        "",
        "x",
        thread,
        "kim",
        link[:-1],
        link.lower(),
        link + " x",
        "../" + link,
        "0" * 43,
        "*",
        "%",
        "a" * 4_000,
    ):
        assert read(lee, guess).status_code == 404, guess
    assert lee.get("/shared").status_code == 404
    assert read(lee, link, "/shared/photos/nobody").status_code == 404
    for item in ("sg001", "../../etc/passwd"):  # a photo that the conversation does not show
        assert read(lee, link, f"/shared/photos/{item}").status_code == 404
    assert kim.post("/shares/not-a-thread", json={}).status_code in (404, 422)
    assert kim.post(f"/shares/{kim.post('/threads', json={}).json()['thread_id']}", json={}).status_code == 400


def test_without_a_key_nothing_is_read_unless_the_setting_says_so(server, kim):
    thread, _ = ask(kim, "How do I wash wool?")
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    with asking(server) as stranger:
        assert read(stranger, link).status_code == 401
        assert read(stranger, link, "/shared/photos/sg001").status_code == 401


def test_a_link_is_in_no_log(server, kim, lee):
    thread, _ = ask(kim, "How do I wash wool?")
    link = kim.post(f"/shares/{thread}", json={}).json()["link"]
    read(lee, link)
    assert link not in server.said()


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with served(tmp_path_factory.mktemp("anyone"), **ENVIRONMENT, STYLEGRAPH_SERVER_SHARED="anyone") as started:
        yield started


def test_anyone_reads_by_a_link_where_that_is_set_and_does_nothing_else(opened):
    with asking(opened, KEYS["kim"]) as kim, asking(opened) as stranger:
        thread, reply = ask(kim, "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘")
        link = kim.post(f"/shares/{thread}", json={}).json()["link"]
        assert read(stranger, link).json()["turns"][0]["reply"]["text"] == reply["text"]
        shown = {one["id"] for one in reply["recommendations"]}
        assert read(stranger, link, f"/shared/photos/{min(shown)}").is_success
        assert stranger.get(f"/photos/{min(shown)}").status_code == 401
        assert read(stranger, "0" * 43).status_code == 404
        for method, path in (
            ("POST", f"/shares/{thread}"),
            ("DELETE", f"/shares/{thread}"),
            ("GET", f"/shares/{thread}"),
            ("GET", "/session"),
            ("POST", "/shared"),
            ("GET", "/usage"),
        ):
            assert stranger.request(method, path).status_code in (401, 405), path
        kim.delete(f"/shares/{thread}")
        assert read(stranger, link).status_code == 404


def test_where_links_are_off_none_is_made_and_those_that_were_made_show_nothing(tmp_path):
    with served(tmp_path, **ENVIRONMENT, STYLEGRAPH_SERVER_SHARED="off") as closed, asking(closed, KEYS["kim"]) as kim:
        assert kim.get("/session").json() == {"operator": False, "shares": "off", "models": []}
        thread, _ = ask(kim, "How do I wash wool?")
        assert kim.post(f"/shares/{thread}", json={}).status_code == 403
        assert read(kim, "0" * 43).status_code == 403


def test_those_who_run_the_server_see_what_turns_cost_by_day_with_what_people_thought(kim, lee):
    thread, _ = ask(kim, "How do I wash wool?")
    message = kim.get(f"/threads/{thread}/state").json()["values"]["messages"][-1]["id"]
    kim.post("/verdicts", json={"thread": thread, "message": message, "rating": "down"})
    assert (kim.get("/session").json()["operator"], lee.get("/session").json()["operator"]) == (False, True)
    assert kim.get("/usage").status_code == 403
    told = lee.get("/usage", params={"days": 30}).json()
    today = told["days"][0]
    assert today["turns"] == sum(row["turns"] for row in told["usage"] if row["day"] == today["day"]) > 0
    assert len(told["verdicts"]) == 30
    assert told["verdicts"][0] == {"day": today["day"], "up": 0, "down": 1}
