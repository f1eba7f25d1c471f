"""Fetching a URL: from a real server on loopback, which is allowed by name, as a user would allow an own wiki."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import socket
import ssl
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from pathlib import Path

import pytest

from stylegraph.agent.errors import FetchError
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.tools.net.fetch import canonical, fetch, shown

PAGE = "<html><title>세탁</title><p>찬물에 빱니다.</p></html>"
Reply = Callable[[asyncio.StreamWriter, dict[str, str]], Awaitable[None]]


class Site:
    """A server that answers each path in a way of its own, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        path = head[0].split(" ")[1]
        self.asked.append({"path": path, **headers})
        try:
            await self.answer(path, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        name, _, rest = path.strip("/").partition("?")
        match name:
            case "page":
                send(writer, PAGE.encode(), etag='"v1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
            case "gzip":
                send(writer, gzip.compress(PAGE.encode()[:20]) + gzip.compress(PAGE.encode()[20:]), encoding="gzip")
            case "bomb":
                send(writer, bomb(200_000_000), encoding="gzip")
            case "broken-gzip":
                send(writer, b"no gzip at all", encoding="gzip")
            case "brotli":
                send(writer, b"....", encoding="br")
            case "cp949":
                send(writer, PAGE.encode("cp949"), "text/html; charset=euc-kr")
            case "wrong-charset":
                send(writer, PAGE.encode(), "text/html; charset=no-such-thing")
            case "charset-of-other-things":
                send(writer, PAGE.encode("cp949"), "text/html; charset=zlib")
            case "nul":
                send(writer, b"<p>a\0b</p>\r\n")
            case "invalid":
                send(writer, b"<html>\xff\xfe\x81 broken \xc3(", "text/html; charset=utf-8")
            case "picture":
                send(writer, b"\x89PNG", "image/png")
            case "missing":
                writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            case "nonsense":
                writer.write(b"this is no HTTP\r\n\r\n")
            case "cut-off":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5000\r\n\r\nabc")
            case "silent":
                await asyncio.sleep(30)
            case "drip":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
                for _ in range(300):
                    writer.write(b"a")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case "declared-huge":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99999999999\r\n\r\n")
                await asyncio.sleep(30)
            case "huge":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
                for _ in range(2000):
                    writer.write(b"a" * 65536)
                    await writer.drain()
            case "to":
                redirect(writer, rest)
            case "loop":
                redirect(writer, "/loop")
            case "hops":
                redirect(writer, f"/hops?{int(rest) - 1}" if int(rest) else "/page")
            case "heavy-redirect":
                writer.write(b"HTTP/1.1 302 Found\r\nlocation: /page\r\n\r\n" + b"x" * 1_000_000)
        await writer.drain()

    def url(self, path: str, host: str = "localhost") -> str:
        return f"http://{host}:{self.port}/{path}"


def send(
    writer: asyncio.StreamWriter, body: bytes, content_type: str = "text/html", encoding: str = "", **more: str
) -> None:
    headers = {"content-type": content_type, "content-length": str(len(body))}
    headers |= {"content-encoding": encoding} if encoding else {}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body)


def redirect(writer: asyncio.StreamWriter, target: str) -> None:
    writer.write(f"HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode())


@cache
def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(size // 1_000_000)) + packer.flush()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()


def settings(**values: object) -> Settings:
    return load_settings(**{"fetch_allow_hosts": ["localhost"], "fetch_timeout": 20.0} | values)


async def refused(url: str, **values: object) -> str:
    with pytest.raises(FetchError) as caught:
        await fetch(url, settings(**values))
    assert caught.value.remedy
    return str(caught.value)


async def test_a_page_comes_with_what_the_server_says_of_it(site: Site) -> None:
    page = await fetch(site.url("page#part"), settings())
    assert page.text == PAGE
    assert (page.url, page.content_type, page.charset) == (site.url("page"), "text/html", None)
    assert (page.etag, page.last_modified) == ('"v1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert site.asked[0]["host"] == f"localhost:{site.port}"


async def test_packed_pages_are_unpacked_member_by_member(site: Site) -> None:
    assert (await fetch(site.url("gzip"), settings())).text == PAGE


@pytest.mark.parametrize("path", ["cp949", "wrong-charset", "charset-of-other-things"])
async def test_text_is_read_whatever_the_header_calls_it(site: Site, path: str) -> None:
    assert (await fetch(site.url(path), settings())).text == PAGE


async def test_control_characters_are_not_text(site: Site) -> None:
    assert (await fetch(site.url("nul"), settings())).text == "<p>a b</p>\n"


async def test_bytes_that_are_no_text_are_said_to_be_none(site: Site) -> None:
    page = await fetch(site.url("invalid"), settings())
    with pytest.raises(FetchError, match="not valid UTF-8"):
        page.text  # noqa: B018


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("picture", "is image/png, which is not read"),
        ("missing", "answered 404"),
        ("nonsense", "the server broke off"),
        ("cut-off", "the server broke off"),
        ("broken-gzip", "not the gzip"),
        ("brotli", "packed as br"),
        ("loop", "redirects more than 5 times"),
        ("hops?6", "redirects more than 5 times"),
        ("to?ftp://localhost/x", "not an http or https address"),
        ("to?file:///etc/passwd", "not an http or https address"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_said(site: Site, path: str, says: str) -> None:
    assert says in await refused(site.url(path))


async def test_a_picture_is_fetched_where_pictures_are_wanted(site: Site) -> None:
    assert (await fetch(site.url("picture"), settings(), accept=["image/"])).content == b"\x89PNG"


async def test_five_redirects_are_followed_and_what_they_carry_is_not_read(site: Site) -> None:
    assert (await fetch(site.url("hops?4"), settings())).url == site.url("page")
    assert (await fetch(site.url("heavy-redirect"), settings(fetch_max_bytes=1000))).text == PAGE


@pytest.mark.parametrize("path", ["huge", "declared-huge"])
async def test_too_much_is_not_read_to_the_end(site: Site, path: str) -> None:
    began = time.monotonic()
    assert "larger than 1,000,000 bytes" in await refused(site.url(path), fetch_max_bytes=1_000_000)
    assert time.monotonic() - began < 10


async def test_a_packed_bomb_is_measured_unpacked_and_takes_no_memory(site: Site) -> None:
    bomb(200_000_000)
    tracemalloc.start()
    assert "larger than 1,000,000 bytes" in await refused(site.url("bomb"), fetch_max_bytes=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("path", ["drip", "silent"])
async def test_the_time_limit_is_for_everything_together(site: Site, path: str) -> None:
    began = time.monotonic()
    assert "took longer than 0.3 seconds" in await refused(site.url(path), fetch_timeout=0.3)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
async def test_every_spelling_of_loopback_is_refused_before_anything_is_sent(site: Site, host: str) -> None:
    message = await refused(site.url("page", host), fetch_allow_hosts=[])
    assert "on the public internet" in message or "is not a URL" in message
    assert not site.asked


async def test_a_redirect_into_the_private_network_is_refused(site: Site) -> None:
    message = await refused(site.url(f"to?http://127.0.0.1:{site.port}/page"))
    assert "127.0.0.1" in message and "STYLEGRAPH_FETCH_ALLOW_HOSTS" in message
    assert [asked["path"].partition("?")[0] for asked in site.asked] == ["/to"]


async def test_a_host_can_be_allowed_on_one_port_only(site: Site) -> None:
    await fetch(site.url("page"), settings(fetch_allow_hosts=[f"LOCALHOST:{site.port}"]))
    assert "on the public internet" in await refused(site.url("page"), fetch_allow_hosts=[f"localhost:{site.port + 1}"])


async def test_a_name_that_changes_its_address_gains_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when checked, loopback a moment later. The connection goes to what was checked."""
    answers = iter(["203.0.114.7"])
    connected = []
    loop = asyncio.get_running_loop()

    async def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    async def connect(_: object, address: tuple[str, int]) -> None:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(loop, "sock_connect", connect)
    await refused(f"http://rebinding.example:{site.port}/page", fetch_timeout=2.0)
    assert set(connected) == {("203.0.114.7", site.port)}
    assert not site.asked


async def test_a_host_is_refused_when_one_of_its_addresses_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    async def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("203.0.114.7", "10.0.0.7")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    told = await refused("http://mixed.example/")
    assert "mixed.example can't be found on the public internet" in told
    assert "10.0.0.7" not in told


async def test_the_next_address_is_tried_when_the_first_does_not_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getaddrinfo(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    assert (await fetch(site.url("page"), settings())).text == PAGE


async def test_tls_is_verified_for_the_name_although_the_connection_goes_to_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, "localhost")
    site, names = Site(), []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: names.append(name)  # type: ignore[assignment]
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        assert "certificate is not valid" in await refused(f"https://localhost:{port}/page")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert (await fetch(f"https://localhost:{port}/page", settings())).text == PAGE
        assert names[-1] == "localhost"
        wrong = await refused(f"https://127.0.0.1:{port}/page", fetch_allow_hosts=["127.0.0.1"])
        assert "certificate is not valid" in wrong
    finally:
        server.close()


def self_signed(folder: Path, name: str) -> Path:
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_proxies_of_the_environment_are_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert (await fetch(site.url("page"), settings())).text == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://anna:secret@example.com/x?token=secret",
        "http://anna:sec ret@example.com/",
        "ftp://anna:secret@example.com/",
    ],
)
async def test_credentials_are_refused_and_never_shown(url: str) -> None:
    message = await refused(url)
    assert "example.com" in message
    assert "secret" not in message and "sec ret" not in message and "anna" not in message


async def test_a_redirect_to_credentials_shows_none_either(site: Site) -> None:
    message = await refused(site.url("to?http://anna:secret@localhost/"))
    assert "secret" not in message and "anna" not in message


async def test_what_a_query_holds_is_not_shown() -> None:
    assert "secret" not in await refused("http://127.0.0.1:1/page?key=secret")
    assert shown("https://example.com/a?key=secret#x") == "https://example.com/a?…"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "http://",
        "http:///x",
        "http://[::1",
        "http://a\x00b/",
        "javascript:alert(1)",
        "http://localhost:99999/",
        "mailto:a@b",
    ],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    await refused(url)


@pytest.mark.parametrize("url", ["http://no-such-host.invalid/", "http://%zz/", "http://a..b/"])
async def test_a_host_that_is_not_there_is_said_not_to_be(url: str) -> None:
    assert "can't be" in await refused(url)


def test_one_page_has_one_canonical_url() -> None:
    same = ["HTTP://Example.COM:80/a b?q=1#top", "http://example.com/a%20b?q=1", " http://example.com/a b?q=1 "]
    assert {canonical(url) for url in same} == {"http://example.com/a%20b?q=1"}
    assert canonical("https://example.com") == "https://example.com/"
    assert canonical("https://예시.kr/") == canonical("https://xn--vv4b11d.kr/")


def test_an_address_without_a_name_is_told_from_a_name() -> None:
    assert canonical(f"http://[{ipaddress.IPv6Address(1)}]:8080/") == "http://[::1]:8080/"


async def test_a_private_name_and_one_that_is_not_there_are_told_alike():
    """Whoever asks a server would learn which names its network has, and where they lead."""
    private, missing = [
        await refused(f"http://{host}/page", fetch_allow_hosts=[]) for host in ("localhost", "no-such-host.invalid")
    ]
    assert private.replace("localhost", "HOST") == missing.replace("no-such-host.invalid", "HOST")
    assert "127.0.0.1" not in private
    assert "::1" not in private
    assert "STYLEGRAPH_FETCH_ALLOW_HOSTS" in missing
