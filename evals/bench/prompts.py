"""What an answer from one look-up that finds four chunks of 500 tokens sends to a chat model, call by call.

The model is a stand-in that answers at once: the graph and the prompts are real, and what they send is counted by
OpenAI's own tokenizer where its vocabulary can be loaded (once, over the network), else as the budget estimates it. The last
line holds that count against the one that the server of the recorded turns made.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import tiktoken
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import Field

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import Language, sentences
from stylegraph.agent.text.resources import parse_yaml
from stylegraph.evals.harness.fake_sources import alike, shelf, text
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.replay.http import CASSETTES
from stylegraph.graphs.api import ask
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.deciding import by_model, local_decisions
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.knowledge.samples import samples
from stylegraph.tools.retrieval.source import DocumentsSource

CHUNKS, TOKENS = 4, 500
_QUESTIONS: dict[Language, str] = {
    "ko": "여러 옷감을 빨고 말리고 보관할 때 무엇을 조심해야 하나요?",
    "en": "What should I mind when I wash, dry and store different fabrics?",
}


Count = Callable[[str], int]


def counter() -> tuple[str, Count]:
    """Return how tokens are counted here, in words and as a function."""
    try:
        encoding = tiktoken.get_encoding("o200k_base")
    except (OSError, ValueError):  # no network, no cache
        return "the budget's estimate", estimated_tokens
    return "OpenAI's o200k_base", lambda text: len(encoding.encode(text, disallowed_special=()))


class StandIn(BaseChatModel):
    """Stands in for a chat model: looks up once, cites what it is shown, finds its own draft good, and counts what it is sent."""

    query: str
    """What it looks for."""
    count: Count
    """Counts tokens."""
    sent: list[tuple[str, int]] = Field(default_factory=list)
    """Call -> tokens of its prompt, tools included."""

    @property
    def _llm_type(self) -> str:
        return "stand-in"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[LanguageModelInput, AIMessage]:  # noqa: ANN401
        """Bind tools as a provider's model does: they are sent with each call."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **options)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,  # noqa: ANN401
    ) -> ChatResult:
        """Make the next message."""
        name, message = self._next(messages, options.get("tools", []))
        said = "".join(message.text + json.dumps(getattr(message, "tool_calls", [])) for message in messages)
        self.sent.append((name, self.count(said + json.dumps(options.get("tools", []), ensure_ascii=False))))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _next(self, messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]]) -> tuple[str, AIMessage]:
        names = [tool["function"]["name"] for tool in tools if "function" in tool]
        if names and DocumentsSource.name not in names:  # a form that is asked for as a forced call
            graded = {"unsupported": [], "answers": "fully", "missing": []}
            return "grade", AIMessage("", tool_calls=[ToolCall(name=names[0], args=graded, id="2")])
        if "`answers`" in messages[-1].text or '"answers"' in messages[-1].text:
            return "grade", AIMessage(json.dumps({"unsupported": [], "answers": "fully", "missing": []}))
        if isinstance(messages[-1], ToolMessage):
            firsts = re.findall(r"^\[(\d+\.2)\] (.*?)(?= \[\d|$)", messages[-1].text, re.MULTILINE)
            return "write", AIMessage("\n".join(f"- {said.rstrip('.')} [{address}]." for address, said in firsts))
        call = ToolCall(name=DocumentsSource.name, args={"query": self.query}, id="1")
        return "look up", AIMessage("", tool_calls=[call])


async def turn(language: Language, count: Count) -> tuple[Reply, StandIn]:
    """Ask a question over the chunks; gives the reply and the model that counted."""
    passages, question = chunks(language, count), _QUESTIONS[language]
    model, settings = StandIn(query=question, count=count), settings_for("stand-in", effort="thorough")
    sources, embedder = (shelf(DocumentsSource, passages),), LocalEmbedder()
    local = local_decisions(embedder, alike, sources, settings)
    async with by_model(local, embedder, sources, settings, model=model) as (decisions, _):
        viewer = PictureViewer(settings, Garments())
        parts = Parts(settings=settings, sources=sources, viewer=viewer, **decisions._asdict())
        return await ask(build_assistant(parts).compile(checkpointer=InMemorySaver()), question), model


def chunks(language: Language, count: Count) -> list[Evidence]:
    """Return four chunks of the sample guide in one language, as many sentences each as 500 tokens hold."""
    files = sorted(samples()[0].path.glob(f"*.{language}.md"))
    said = iter([one for file in files for one in sentences(file.read_text(encoding="utf-8"))])
    return [text("documents", f"{language} {number}", _chunk(said, count)) for number in range(1, CHUNKS + 1)]


def _chunk(said: Iterator[str], count: Count) -> str:
    chunk = ""
    for sentence in said:
        chunk = f"{chunk}\n{sentence}".strip()
        if count(chunk) >= TOKENS:
            break
    return chunk


def here_and_there(count: Count) -> tuple[int, int]:
    """Return the tokens of all recorded prompts as they are counted here, and as the model's server counted them."""
    here = there = 0
    for path in sorted(CASSETTES.rglob("*.yaml")):
        tape = parse_yaml(path.read_text(encoding="utf-8"))
        for one in tape["interactions"]:
            asked, said = one["request"]["body"], one["response"]["body"]
            usage = next((event["usage"] for event in _events(said) if event.get("usage")), None)
            if usage and "messages" in asked:  # no request for vectors
                here += sum(count(str(message["content"] or "")) for message in asked["messages"])
                there += usage["prompt_tokens"]
    return here, there


def _events(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answer, or those of a stream."""
    if "json" in body:
        return [body["json"]] if isinstance(body["json"], dict) else []
    return [one["event"] for one in body["stream"] if isinstance(one["event"], dict)]


def main() -> None:
    """Print what is sent in each language."""
    by, count = counter()
    for language in _QUESTIONS:
        reply, model = asyncio.run(turn(language, count))
        calls = ", ".join(f"{name.strip('_')} {tokens:,}" for name, tokens in model.sent)
        total = sum(tokens for _, tokens in model.sent)
        print(
            f"{language}: {total:,} prompt tokens by {by} ({calls}); {reply.status.value}, {len(reply.citations)} citations"
        )
    here, there = here_and_there(count)
    if there:
        print(
            f"recorded prompts by {by}, and by the recorded model's server: {here:,} / {there:,} = {here / there:.2f}"
        )


if __name__ == "__main__":
    main()
