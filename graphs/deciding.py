"""Who decides in an assistant: locally, by a chat model, by a decision model; and its reranker, as they are given or set."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from stylegraph.agent.decisions.asking import Decider
from stylegraph.agent.decisions.reranker import DecisionReranker
from stylegraph.agent.evidence import EvidenceSource, recommends
from stylegraph.agent.extras import needed
from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.local.graders import LocalAnswerGrader, LocalEvidenceGrader
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.reviser import LocalReviser
from stylegraph.agent.local.router.router import LocalRouter
from stylegraph.agent.local.whole_documents import WholeDocuments
from stylegraph.agent.local.writer import LocalWriter
from stylegraph.agent.protocols import Agent, Embedder, Grader, Reranker, Router, TermWeights
from stylegraph.agent.settings import Settings
from stylegraph.graphs.nodes.dispatch import may_see
from stylegraph.graphs.nodes.usage import charge
from stylegraph.tools.decisions.opening import DecisionLike, open_decider
from stylegraph.tools.pack import NO_PACK, Pack, introduce
from stylegraph.tools.reranking.opening import RerankerLike, open_reranker
from stylegraph.tools.unavailable import Unavailable

if TYPE_CHECKING:
    from stylegraph.agent.llm.client import ModelCaller, OnSpent
    from stylegraph.agent.llm.models import ChatModel


class Decisions(NamedTuple):
    """Who acts, and who checks."""

    agent: Agent
    grader: Grader
    router: Router


def local_decisions(
    embedder: Embedder,
    weigh: TermWeights,
    sources: Sequence[EvidenceSource],
    settings: Settings,
    router: Router | None = None,
    pack: Pack = NO_PACK,
) -> Decisions:
    """Return the agent and the grader that need no model.

    Args:
        embedder: Makes the vectors that they read by.
        weigh: How rare a word is.
        sources: All sources of the graph.
        settings: How much a source is asked for.
        router: Decides the first act in the place of the local router.
        pack: What the domain brings beside its sources.
    """
    introduce(pack)
    reader, askable = Reader(embedder, weigh), [source.name for source in available(sources)]
    router = router or LocalRouter(
        embedder, sources, looks=pack.looks, clarifications=pack.clarifications, reader=reader
    )
    agent = LocalAgent(
        router=router,
        evidence_grader=LocalEvidenceGrader(reader),
        writer=LocalWriter(reader, embedder, pack.small_talk),
        reviser=LocalReviser(askable, settings.evidence_k),
        sources=[source.name for source in sources],
        unavailable=[source.name for source in sources if source.name not in askable],
        k=settings.evidence_k,
        rewrite=pack.rewrite,
        whole=WholeDocuments(reader),
    )
    return Decisions(agent, LocalAnswerGrader(reader, [one.name for one in sources if recommends(one)]), router)


@asynccontextmanager
async def by_model(
    local: Decisions,
    embedder: Embedder,
    sources: Sequence[EvidenceSource],
    settings: Settings,
    router: Router | None = None,
    *,
    model: ChatModel | None = None,
    grader_model: ChatModel | None = None,
) -> AsyncIterator[tuple[Decisions, ModelCaller]]:
    """Return the agent and the grader by a chat model, the local ones behind them, and what calls the model.

    Loads its client (1 s).
    """
    with needed("A chat model"):
        from stylegraph.agent.llm.agent import ModelAgent
        from stylegraph.agent.llm.choosing import ChosenAgent, ChosenGrader
        from stylegraph.agent.llm.claims import Doubts
        from stylegraph.agent.llm.client import open_caller
        from stylegraph.agent.llm.grader import ModelGrader
        from stylegraph.agent.llm.prefetch import Prefetcher

    on_spent = charge if settings.server_tokens else None
    async with AsyncExitStack() as stack:
        caller = await stack.enter_async_context(open_caller(settings, on_spent, model))
        grading = await _grading(stack, caller, grader_model, on_spent)
        asked = available(sources)
        first = Prefetcher(local.router, asked, settings.evidence_k) if settings.prefetch and not router else None
        doubts = Doubts(embedder)

        def acting(by: ModelCaller) -> Agent:
            return ModelAgent(by, local.agent, asked, router, may_see, first)

        def checking(by: ModelCaller) -> Grader:
            return ModelGrader(by, local.grader, doubts)

        chosen = {name: await _with_one_purse(stack, caller, name, on_spent) for name in settings.choices[1:]}
        grades = (
            {} if grader_model or settings.grader_model else {name: one.beside(None) for name, one in chosen.items()}
        )
        agent, grader = acting(caller), checking(grading)
        if chosen:
            agent = ChosenAgent(agent, {name: acting(one) for name, one in chosen.items()})
            grader = ChosenGrader(grader, {name: checking(one) for name, one in grades.items()})
        yield Decisions(agent, grader, local.router), caller


async def _grading(
    stack: AsyncExitStack, caller: ModelCaller, grader_model: ChatModel | None, on_spent: OnSpent | None
) -> ModelCaller:
    """Return what calls the model that grades: OpenAI's by the same client, another provider's by one of its own."""
    named = caller.settings.grader_model
    other = grader_model or (named if caller.provider != "openai" else None)
    return caller.beside(named) if other is None else await _with_one_purse(stack, caller, other, on_spent)


async def _with_one_purse(
    stack: AsyncExitStack, caller: ModelCaller, model: ChatModel, on_spent: OnSpent | None
) -> ModelCaller:
    """Return what calls another model, counted together with the first."""
    from stylegraph.agent.llm.client import open_caller

    other = await stack.enter_async_context(open_caller(caller.settings, on_spent, model))
    other.spending = caller.spending
    return other


def available(sources: Sequence[EvidenceSource]) -> list[EvidenceSource]:
    """Return the sources that are set up."""
    return [source for source in sources if not isinstance(source, Unavailable)]


async def decider_of(stack: AsyncExitStack, settings: Settings, given: DecisionLike | None) -> Decider | None:
    """Return what asks the decision model that is given, else the one that is set; None without one."""
    wanted = given or settings.decisions
    return None if wanted is None else await stack.enter_async_context(open_decider(wanted, settings))


async def reranker_of(
    stack: AsyncExitStack, settings: Settings, given: RerankerLike | None, decider: Decider | None
) -> Reranker | None:
    """Return the reranker that is given, else the one that is set, else the decision model; None without any."""
    wanted = given or settings.reranker
    if wanted is not None:
        return await stack.enter_async_context(open_reranker(wanted, settings))
    return None if decider is None else DecisionReranker(decider)
