"""What went wrong with a call, whichever provider's client raised it: by status, and by the names of its classes."""

from __future__ import annotations

import time
from email.utils import formatdate

import httpx
import httpx2
import openai
import pytest

from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.errors import ServerError, UnsupportedOptionError, explained
from stylegraph.agent.retries import asked_pause

KEY = "sk-secret-1234"


class Response:
    def __init__(self, status, headers=None):
        self.status_code = status
        self.headers = headers or {}


class APIStatusError(Exception):
    """As Anthropic's and OpenAI's clients have it: the status stands on the error and on its response."""

    def __init__(self, status, text=KEY, headers=None):
        super().__init__(f"Error code: {status} - {text}")
        self.status_code = status
        self.response = Response(status, headers)


class HTTPStatusError(Exception):
    """As httpx has it, which others raise as it is: the status stands on the response alone."""

    def __init__(self, status, headers=None):
        super().__init__(KEY)
        self.response = Response(status, headers)


class ResponseError(Exception):
    """As Ollama's client has it: no response."""

    def __init__(self, status, text=KEY):
        super().__init__(text)
        self.status_code = status


@pytest.mark.parametrize("kind", [APIStatusError, HTTPStatusError, ResponseError])
@pytest.mark.parametrize(
    ("status", "says", "passing"),
    [
        (401, "OPENAI_API_KEY", False),
        (403, "OPENAI_API_KEY", False),
        (404, "STYLEGRAPH_MODEL", False),
        (429, "429", True),
        (500, "500", True),
        (529, "529", True),  # Anthropic is overloaded
        (418, "418", False),
    ],
)
def test_a_status_says_what_to_do_and_whether_it_passes(kind, status, says, passing):
    told = explained(kind(status))
    assert isinstance(told, ServerError)
    assert says in str(told)
    assert told.passing is passing
    assert KEY not in str(told)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("Unsupported parameter: 'temperature'", "temperature"),
        ("'response_format' of type 'json_schema' is not supported", "response_format"),
        ("use max_completion_tokens instead of max_tokens", "max_completion_tokens"),
        ("registry.ollama.ai/library/x does not support tools", "tools"),
        ("reasoning_effort is not supported with this model", "reasoning_effort"),
        ("Unrecognized request argument: stream_options", "stream_options"),
    ],
)
@pytest.mark.parametrize("kind", [APIStatusError, ResponseError])
@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_request_names_the_option_that_it_was_refused_for(kind, status, text, option):
    told = explained(kind(status, text))
    assert isinstance(told, UnsupportedOptionError)
    assert told.option == option


def test_a_request_refused_for_another_reason_is_no_failure_of_the_server():
    told = explained(APIStatusError(400, f"your prompt is flagged {KEY}"))
    assert not isinstance(told, ServerError | UnsupportedOptionError)
    assert "STYLEGRAPH_MODEL" in str(told)
    assert KEY not in str(told)


REQUEST = httpx2.Request("POST", "http://x/v1")


@pytest.mark.parametrize(
    ("error", "says", "passing"),
    [
        (openai.APITimeoutError(request=REQUEST), "took too long", False),
        (TimeoutError(), "took too long", False),
        (TimeoutError(), "took too long", False),
        (httpx.ReadTimeout(KEY), "took too long", False),
        (httpx2.ReadTimeout(KEY), "took too long", False),
        (openai.APIConnectionError(request=REQUEST), "can't be reached", True),
        (httpx.ConnectError(KEY), "can't be reached", True),
        (httpx2.RemoteProtocolError(KEY), "can't be reached", True),
        (ConnectionResetError(KEY), "can't be reached", True),
    ],
)
def test_errors_without_a_status_are_told_by_their_classes_and_their_bases(error, says, passing):
    told = explained(error)
    assert isinstance(told, ServerError)
    assert says in str(told)
    assert told.passing is passing
    assert KEY not in str(told)


@pytest.mark.parametrize(
    ("name", "says"),
    [("LengthFinishReasonError", "STYLEGRAPH_MODEL_MAX_TOKENS"), ("ContentFilterFinishReasonError", "filtered")],
)
def test_an_answer_that_was_cut_by_the_provider_says_why(name, says):
    told = explained(type(name, (Exception,), {})(KEY))
    assert says in str(told)
    assert not isinstance(told, ServerError)


@pytest.mark.parametrize("error", [KeyError("choices"), TypeError(KEY), ValueError(KEY), ResponseError(200)])
def test_whatever_else_is_raised_is_an_answer_that_is_no_completion(error):
    told = explained(error)
    assert type(told) is ModelError
    assert "something else than a chat completion" in str(told)
    assert KEY not in str(told)


def test_a_server_that_asks_for_a_pause_gets_it_in_seconds_or_as_a_date():
    assert explained(APIStatusError(429, headers={"retry-after": "2.5"})).pause == 2.5
    assert explained(HTTPStatusError(503, headers={"retry-after": "-1"})).pause == 0.0
    assert 50 < asked_pause({"retry-after": formatdate(time.time() + 60, usegmt=True)}) <= 61
    assert asked_pause({"retry-after": "soon"}) is None
    assert asked_pause({}) is None
