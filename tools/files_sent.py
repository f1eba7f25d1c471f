"""Files in a message that are no pictures: they are not read in a turn, and that is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stylegraph.agent.evidence import Note
from stylegraph.agent.text.language import Language
from stylegraph.tools.image.picture import image_blocks

ATTACHMENT = "attachment"
"""What such files are called where sources are named."""

_NOT_FILES = (
    "text",
    "text-plain",
    "input_text",
    "output_text",
    "refusal",
    "reasoning",
    "thinking",
    "redacted_thinking",
)
_NAMES = ("filename", "file_name", "name", "title", "mime_type", "media_type", "file_id", "url", "file_url")
_LONGEST_NAME = 120
_UNREAD: Mapping[Language, str] = {
    "ko": "보내 주신 파일은 읽지 않았어요: {names}. 파일을 문서로 더하면 그 내용으로 답할 수 있어요. 터미널에서는 stylegraph index 파일, "
    "웹 페이지에서는 “문서 더하기” 단추를 쓰세요.",
    "en": "The file that you sent was not read: {names}. Add it as a document, and it is answered from: by the command "
    "stylegraph index FILE, or by the button “Add documents” on the web page.",
}


def files_in(content: object) -> list[str]:
    """Return the names, or the kinds, of the files in a message's content that are neither text nor pictures."""
    if not isinstance(content, list):
        return []
    pictures = image_blocks(content)
    blocks = [one for one in content if isinstance(one, Mapping) and one not in pictures]
    return [_name(one) for one in blocks if "type" in one and one["type"] not in _NOT_FILES and _holds_file(one)]


def unread(names: list[str], language: Language) -> Note:
    """Return the note which says that files were not read, and what to do with them."""
    return Note(code="file_not_read", text=_UNREAD[language].format(names=", ".join(names)), unsearched=ATTACHMENT)


def _holds_file(block: Mapping[str, Any]) -> bool:
    """Check whether a block carries or names a file, as those of OpenAI, Anthropic, Google and LangChain do."""
    keys = {"file", "file_data", "file_id", "file_url", "source", "data", "base64", "url", "input_audio", "media"}
    return bool(keys & block.keys())


def _name(block: Mapping[str, Any]) -> str:
    """Return what a file is called: by its own name, else by its kind."""
    inner = [one for key in ("file", "source", "extras", "metadata") if isinstance(one := block.get(key), Mapping)]
    named = (str(one[key]) for key in _NAMES for one in (block, *inner) if one.get(key))
    shown = next((name for name in named if not name.startswith("data:")), str(block["type"]))
    return shown[:_LONGEST_NAME]
