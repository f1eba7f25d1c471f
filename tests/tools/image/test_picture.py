"""Pictures come in many ways and shapes, some of them hostile; what comes out is upright pixels or a clear error."""

import base64
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, features

from stylegraph.agent.errors import FetchError, InputError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.image.picture import BESIDE, EDGE, block_source, image_blocks, open_picture, read_picture

PHOTOS = Path(__file__).parent / "photos"
JACKET = (PHOTOS / "jacket.webp").read_bytes()
LIMITS = load_settings()


def encoded(kind="JPEG", size=(60, 40), mode="RGB", **options):
    picture = Image.new(mode, size)
    picture.paste(200, (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def refused(content):
    with pytest.raises(InputError) as caught:
        read_picture(content, LIMITS)
    assert caught.value.remedy
    return str(caught.value)


# what is opened


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_format_is_known_by_its_content(kind):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    picture = read_picture(encoded(kind), LIMITS)
    assert picture.format == kind
    assert picture.size == (60, 40)
    assert picture.pixels.mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_every_kind_of_pixel_becomes_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert read_picture(encoded(kind, mode=mode), LIMITS).pixels.mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_shades():
    shades = Image.fromarray(np.linspace(0, 65535, 100 * 40).reshape(40, 100).astype(np.uint16))
    file = io.BytesIO()
    shades.save(file, "PNG")
    values = np.asarray(read_picture(file.getvalue(), LIMITS).pixels)
    assert values.min() < 5
    assert 100 < values.mean() < 150
    assert values.max() > 250


def test_what_is_transparent_becomes_white():
    file = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    assert read_picture(file.getvalue(), LIMITS).pixels.getpixel((5, 5)) == (255, 255, 255)


def test_a_moving_gif_shows_its_first_frame():
    file = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert read_picture(file.getvalue(), LIMITS).pixels.getpixel((5, 5)) == (255, 0, 0)


def test_a_photo_taken_sideways_is_turned_and_its_metadata_is_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (37.0, 33.0, 0.0)}
    picture = read_picture(encoded(size=(60, 40), exif=exif), LIMITS)
    assert picture.size == (40, 60)
    assert picture.pixels.getpixel((20, 5))[0] > 150 > picture.pixels.getpixel((20, 55))[0]
    with Image.open(io.BytesIO(picture.encoded())) as kept:
        assert not kept.getexif()
        assert "exif" not in kept.info


def test_a_large_photo_is_made_smaller():
    picture = read_picture(encoded(size=(4000, 3000)), LIMITS)
    assert max(picture.size) == EDGE
    assert picture.square(224).size == (224, 224)
    assert picture.square(224).getpixel((112, 5)) == picture.square(224).getpixel((112, 219)) == BESIDE
    with Image.open(io.BytesIO(picture.encoded(512))) as small:
        assert max(small.size) == 512


# where it comes from


@pytest.mark.parametrize("wrap", [str, Path])
async def test_a_path(wrap):
    assert (await open_picture(wrap(PHOTOS / "jacket.webp"), LIMITS)).size == (299, 224)


DATA = "data:image/webp;base64," + base64.b64encode(JACKET).decode()


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url", "image_url": {"url": DATA, "detail": "low"}},
        {"type": "image_url", "image_url": DATA},
        {"type": "input_image", "image_url": DATA},
        {"type": "image", "base64": base64.b64encode(JACKET).decode(), "mime_type": "image/webp"},
        {
            "type": "image",
            "source_type": "base64",
            "data": base64.b64encode(JACKET).decode(),
            "mime_type": "image/webp",
        },
        {"type": "image", "source_type": "url", "url": DATA},
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/webp", "data": base64.b64encode(JACKET).decode()},
        },
    ],
    ids=["openai", "openai-short", "responses", "langchain-1", "langchain-0.3", "langchain-url", "anthropic"],
)
async def test_every_form_of_image_block(block):
    assert (await open_picture(block, LIMITS)).size == (299, 224)


def test_image_blocks_are_found_among_others_in_order():
    first, second = {"type": "image_url", "image_url": {"url": "https://a"}}, {"type": "image", "url": "https://b"}
    assert image_blocks([{"type": "text", "text": "이 옷"}, first, "so", second]) == [first, second]
    assert image_blocks("only text") == []
    assert [block_source(block) for block in (first, second)] == ["https://a", "https://b"]


@pytest.mark.parametrize("link", ["/etc/hostname", "file:///etc/hostname", str(PHOTOS / "jacket.webp")])
async def test_a_message_never_opens_a_file_of_this_machine(link):
    with pytest.raises(InputError, match="can't be followed"):
        await open_picture({"type": "image_url", "image_url": {"url": link}}, LIMITS)


@pytest.mark.parametrize(
    "block", [{"type": "image"}, {"type": "image", "file_id": "x"}, {"type": "image_url", "image_url": {}}]
)
async def test_a_block_without_an_image_says_so(block):
    with pytest.raises(InputError, match="without an image"):
        await open_picture(block, LIMITS)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.jpg", "http://localhost/a.jpg", "http://169.254.169.254/latest"])
async def test_an_address_within_the_network_is_refused(url):
    with pytest.raises(FetchError):
        await open_picture(url, LIMITS)


async def test_a_data_url_may_be_wrapped_or_percent_encoded():
    lines = "\n".join(DATA[i : i + 76] for i in range(0, len(DATA), 76)).replace("\n", "", 1)
    assert (await open_picture(lines, LIMITS)).size == (299, 224)
    percent = "data:image/webp," + "".join(f"%{byte:02x}" for byte in JACKET)
    assert (await open_picture(percent, LIMITS)).size == (299, 224)


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,@@@@", "data:", "data:image/png;base64", "data:image/png;base64,"]
)
async def test_a_broken_data_url_is_an_error(url):
    with pytest.raises(InputError):
        await open_picture(url, LIMITS)


@pytest.mark.parametrize("path", ["no/such.jpg", "", ".", "a\0b", "x" * 5000])
async def test_a_path_that_can_not_be_opened_says_so(path):
    with pytest.raises(InputError):
        await open_picture(path, LIMITS)


# what is refused, and why


def test_nothing_at_all():
    assert "empty" in refused(b"")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg onload='alert(1)'></svg>", "SVG"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        ("이것은 사진이 아니라 글입니다.".encode(), "text"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 ...", "ZIP"),
        (b"\x00\x00\x00\x18ftypmp42....", "video"),
        (b"MM\x00*....", "TIFF"),
        (b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)), "no picture"),
    ],
)
def test_what_only_calls_itself_a_picture(content, reason):
    assert reason in refused(content)


def test_a_picture_that_is_an_archive_too():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.txt", "x")
    assert "ZIP archive" in refused(encoded() + archive.getvalue())


def test_a_picture_that_is_a_page_too():
    assert "web page or script" in refused(encoded(comment=b"<script>alert(1)</script>"))
    assert "web page or script" in refused(encoded("PNG") + b"<?php system($_GET['c']);")


def test_a_phone_s_motion_photo_is_a_picture_all_the_same():
    assert read_picture(encoded() + b"\x00\x00\x00\x18ftypmp42" + bytes(5000), LIMITS).size == (60, 40)


def png_header(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_fifty_thousand_pixels_a_side():
    assert "more than 50 million pixels" in refused(png_header(50_000, 50_000))
    assert "more than 50 million pixels" in refused(png_header(10_000, 6_000))


def test_too_few_pixels():
    assert "too few" in refused(encoded(size=(15, 400)))


def test_too_many_bytes():
    small = LIMITS.model_copy(update={"picture_max_bytes": 1000})
    with pytest.raises(InputError, match="larger than 1,000 bytes"):
        read_picture(JACKET, small)


async def test_a_file_without_end_is_not_read_to_it():
    with pytest.raises(InputError, match="not a regular file"):
        await open_picture("/dev/zero", LIMITS.model_copy(update={"picture_max_bytes": 100_000}))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_cut_short(kind, share):
    photo = Image.open(io.BytesIO(JACKET)).convert("RGB")
    file = io.BytesIO()
    photo.save(file, kind)
    assert "damaged or cut short" in refused(file.getvalue()[: int(len(file.getvalue()) * share)])


WHOLE = [encoded(kind, size=(40, 30)) for kind in ("JPEG", "PNG", "WEBP", "GIF")]


@settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 10**6),
)
def test_a_damaged_file_is_a_picture_or_a_clear_error(whole, changes, end):
    content = bytearray(whole)
    for at, change in changes:
        content[at % len(content) : at % len(content) + len(change)] = change
    try:
        picture = read_picture(bytes(content[: end % (2 * len(content))]), LIMITS)
    except InputError as error:
        assert error.remedy
    else:
        assert picture.pixels.mode == "RGB"
        assert max(picture.size) <= EDGE


@settings(max_examples=200, deadline=2000)
@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBP", b"GIF89a", b""]),
    st.binary(max_size=300),
)
def test_anything_at_all_is_a_clear_error(head, rest):
    try:
        read_picture(head + rest, LIMITS)
    except InputError as error:
        assert error.remedy


BOMBS = """
import io, resource, sys, time
import numpy as np
from PIL import Image
from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.image.picture import read_picture
content = open(sys.argv[1], "rb").read()
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    read_picture(content, load_settings())
except InputError:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, time.process_time() - began)
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_the_largest_picture_that_is_read_stays_within_memory_and_time(kind, tmp_path):
    """A file of a few kilobytes that unpacks to the limit: 49 million pixels of one colour."""
    file = tmp_path / "bomb"
    Image.new("RGBA" if kind == "PNG" else "RGB", (7000, 7000), "red").save(file, kind)
    run = subprocess.run([sys.executable, "-c", BOMBS, file], capture_output=True, text=True, check=True)
    kilobytes, seconds = (float(word) for word in run.stdout.split())
    assert kilobytes < 500_000
    assert seconds < 4  # two on an idle machine
