"""What is asked by OpenAI's two kinds of requests, made one: a conversation, its question, and by which model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from starlette.requests import Request

from stylegraph.graphs.server.routes.openai.errors import ApiError
from stylegraph.graphs.server.routes.openai.wrapping import Content, unwrapped

_PICTURES = ("image_url", "input_image", "image")
_HOSTED = ("web_search", "web_search_preview", "file_search")
"""Tools that OpenAI runs itself and that stand for what the assistant does anyway."""
T = TypeVar("T", bound=BaseModel)


class Said(NamedTuple):
    """A message of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


class Asked(NamedTuple):
    """What is asked."""

    model: str
    before: list[Said]
    """The conversation before the question."""
    question: dict[str, Any]
    """The question as LangGraph takes messages: its text, or blocks with pictures."""

    @property
    def text(self) -> str:
        """The words of the question."""
        return text_of(self.question["content"])


class _Message(BaseModel):
    role: str = "user"
    type: str = "message"
    content: Annotated[Content, AfterValidator(unwrapped)] = None


class _ToolChoice(BaseModel):
    type: str
    mode: str | None = None

    @property
    def must(self) -> bool:
        """Whether a function has to be called."""
        return self.type not in _HOSTED and self.mode != "auto"


class _Format(BaseModel):
    type: str = "text"


class _Text(BaseModel):
    format: _Format | None = None


class _Streaming(BaseModel):
    include_usage: bool = False


class ChatRequest(BaseModel):
    """`POST /v1/chat/completions`. What decides how a model writes, such as `temperature`, is the server's and not read."""

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool | None = False
    stream_options: _Streaming | None = None
    n: int | None = 1
    tool_choice: str | _ToolChoice | None = None
    response_format: _Format | None = None

    def asked(self) -> Asked:
        """Return what is asked.

        Raises:
            ApiError: It is something that the assistant does not do, or nothing.
        """
        if (self.n or 1) != 1:
            raise unsupported("n", "One answer is given: leave `n` out.")
        check_form(self.tool_choice, self.response_format, "response_format")
        return _asked(self.model, self.messages, "messages")


class ResponseRequest(BaseModel):
    """`POST /v1/responses`."""

    model: str
    input: str | list[_Message]
    stream: bool | None = False
    store: bool | None = True
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = False
    tool_choice: str | _ToolChoice | None = None
    text: _Text | None = None

    def asked(self) -> Asked:
        """Return what is asked.

        Raises:
            ApiError: It is something that the assistant does not do, or nothing.
        """
        if self.conversation is not None:
            raise unsupported("conversation", "Go on by `previous_response_id`, or name a thread in `X-Thread-Id`.")
        if self.background:
            raise unsupported("background", "Answers are waited for: leave `background` out.")
        check_form(self.tool_choice, self.text.format if self.text else None, "text.format")
        given = [_Message(content=self.input)] if isinstance(self.input, str) else self.input
        return _asked(self.model, given, "input")


async def read(request: Request, kind: type[T]) -> T:
    """Return the body of a request.

    Raises:
        ApiError: It is not what is taken; says which field.
    """
    try:
        return kind.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        param = ".".join(str(part) for part in first["loc"]) or None
        raise ApiError(400, f"{first['msg']}: {param or 'the body'}.", code="invalid_value", param=param) from None


def check_form(choice: str | _ToolChoice | None, form: _Format | None, param: str) -> None:
    """Check that an answer is wanted in a form that there is.

    Functions may be offered, as front-ends do with each question: none is called, as any model may do that is left the choice.

    Raises:
        ApiError: It would have to call functions, or to be JSON.
    """
    if choice == "required" or (isinstance(choice, _ToolChoice) and choice.must):
        raise unsupported("tool_choice", "The assistant looks things up by itself and calls no functions of yours.")
    if form is not None and form.type != "text":
        raise unsupported(param, "Answers are text with citations; their parts stand under `stylegraph`.")


def unsupported(param: str, remedy: str) -> ApiError:
    """Return the error for a field that can't be followed, and must not be passed over in silence."""
    return ApiError(400, f"`{param}` is not supported. {remedy}", code="unsupported_parameter", param=param)


def text_of(content: Content) -> str:
    """Return the words of a message."""
    if isinstance(content, list):
        return "\n".join(str(part["text"]) for part in content if isinstance(part.get("text"), str))
    return content or ""


def _asked(model: str, messages: Sequence[_Message], param: str) -> Asked:
    said = [one for one in messages if one.type == "message" and one.role in ("user", "assistant")]
    last = max((place for place, one in enumerate(said) if one.role == "user"), default=None)
    if last is None:
        raise ApiError(400, "There is no message of the role `user`.", code="invalid_value", param=param)
    before = [Said("user" if one.role == "user" else "assistant", text_of(one.content)) for one in said[:last]]
    return Asked(model, before, {"role": "user", "content": _blocks(said[last].content)})


def _blocks(content: Content) -> str | list[dict[str, Any]]:
    """Return a question's content as the graph reads it; one of words alone as text."""
    if not isinstance(content, list):
        return content or ""
    if all(isinstance(part.get("text"), str) for part in content):
        return text_of(content)
    return [_block(part) for part in content]


def _block(part: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    if part.get("type") not in _PICTURES:
        return dict(part)
    given = part.get("image_url")
    url = given.get("url") if isinstance(given, Mapping) else given
    if not isinstance(url, str):
        raise unsupported("image_url", "Send a picture's address or its data URL.")
    return {"type": "image_url", "image_url": {"url": url}}
