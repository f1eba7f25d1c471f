"""What is judged of an answer. Each is small, says what it looks at, and gives named results: true, false, or 0..1.

In every `evaluate`, `ctx.inputs` is the labelled case and `ctx.output` what was answered: a `Routing`, a reading of a
wish, two scores of outfits, or a whole turn (`Watched`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG
from pydantic_evals.evaluators import Evaluator, EvaluatorContext

from stylegraph.agent.citations import stands
from stylegraph.agent.reply import Status
from stylegraph.agent.state import Routing
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.grading.agreement import share, verdicts
from stylegraph.evals.grading.cases import SupportCase
from stylegraph.evals.grading.records import Graded
from stylegraph.evals.harness.attack_cases import got_through
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.pace import yardstick
from stylegraph.evals.harness.trace import Watched

Results = dict[str, bool | float]
Context = EvaluatorContext[Any, Any, Any]


@dataclass(repr=False)
class RouteSet(Evaluator[Any, Any, Any]):
    """The question went where it should, and nowhere else."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare the sets."""
        wanted = set(ctx.inputs.routes)
        return {"routes": set(_routes(ctx.output)) == wanted} if wanted else {}


@dataclass(repr=False)
class Understood(Evaluator[Any, Routing, Any]):
    """A follow-up was made a question of its own, the language is right, and it was put back only where it must be."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare with the labels."""
        case, routing = ctx.inputs, ctx.output
        results: Results = {
            "language": routing["language"] == case.language,
            "asks back": bool(routing["ask_back"]) == case.ask_back,
        }
        if case.standalone:
            question = routing["question"].lower()
            results["standalone"] = all(any(word.lower() in question for word in group) for group in case.standalone)
        return results


@dataclass(repr=False)
class Facts(Evaluator[Any, Watched, Any]):
    """The share of the facts asked for that the answer holds; of questions that can be answered."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for each fact in any of its forms."""
        facts = ctx.inputs.facts
        return {"facts": sum(holds(ctx.output.reply.text, forms) for forms in facts) / len(facts)} if facts else {}


@dataclass(repr=False)
class EndsAs(Evaluator[Any, Watched, Any]):
    """The turn ended in one of the statuses that it may end in: an answer, or an honest word that there is none."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare the status; the result is named after what was right to do."""
        case = ctx.inputs
        may = getattr(case, "statuses", None) or [Status.ANSWERED if case.answerable else Status.NOT_FOUND]
        name = next(name for status, name in _ENDINGS.items() if status in may)
        return {name: ctx.output.reply.status in may}


_ENDINGS = {
    Status.ANSWERED: "answered",
    Status.ASKED_BACK: "asked back",
    Status.DECLINED: "declined",
    Status.NOT_FOUND: "said not to be there",
    Status.BEST_EFFORT: "best effort",
}
"""Status -> the result's name; of several that may be, the first here."""


@dataclass(repr=False)
class Citations(Evaluator[Any, Watched, Any]):
    """Every quote stands in this turn's evidence, and the sentences are borne by what they cite."""

    def evaluate(self, ctx: Context) -> Results:
        """Check each citation against the evidence."""
        reply = ctx.output.reply
        results: Results = {}
        if reply.citations:
            results["citations stand"] = all(stands(one.model_dump(), reply.evidence) for one in reply.citations)
        if reply.grade is not None and reply.grade.sentences:
            borne = [sentence.supported for sentence in reply.grade.sentences]
            results["grounded"] = sum(borne) / len(borne)
        return results


@dataclass(repr=False)
class AnswerLanguage(Evaluator[Any, Watched, Any]):
    """The answer is in the language of the question."""

    def evaluate(self, ctx: Context) -> Results:
        """Read it off the grade, which looks at the answer's own words and not at quotes; of a turn without one, off the text."""
        reply = ctx.output.reply
        if reply.grade is not None:
            return {"in its language": reply.grade.in_language}
        return {"in its language": detect_language(reply.text) == reply.language} if reply.text else {}


@dataclass(repr=False)
class Retrieval(Evaluator[Any, Watched, Any]):
    """Ranking of documents (ir-measures): nDCG@10, recall@5 and reciprocal rank of those that hold the answer."""

    def evaluate(self, ctx: Context) -> Results:
        """Rank documents by the first of their passages."""
        case = ctx.inputs
        wanted = [name for name in (case.document, *case.also) if name]
        if not wanted:
            return {}
        ranked = list(dict.fromkeys(_document(piece["data"]) for piece in ctx.output.reply.evidence))
        run = {"q": {_named(name, wanted): 1.0 / rank for rank, name in enumerate(ranked, 1)} or {"nothing": 0.0}}
        found = ir_measures.calc_aggregate([nDCG @ 10, R @ 5, RR], {"q": dict.fromkeys(wanted, 1)}, run)
        return {str(measure): float(value) for measure, value in found.items()}


@dataclass(repr=False)
class Cost(Evaluator[Any, Any, Any]):
    """What the turn spent. Not a judgement: no threshold is put on it here."""

    def evaluate(self, ctx: Context) -> Results:
        """Read it off the reply."""
        spent = ctx.output.reply.spent
        return {
            "calls": float(spent["model_calls"]),
            "trips": float(spent["sequential_trips"]),
            "tokens": float(spent["tokens_in"] + spent["tokens_out"]),
        }


@dataclass(repr=False)
class Latency(Evaluator[Any, Any, Any]):
    """How long the answer took, in yardsticks of the machine that it ran on. Not a judgement either."""

    def evaluate(self, ctx: Context) -> Results:
        """Divide what was measured."""
        return {"pace": ctx.duration / yardstick()}


@dataclass(repr=False)
class Agreement(Evaluator[SupportCase, Graded, Any]):
    """The share of labelled sentences of which a grader says what people say; a judge that failed has no share in it."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare sentence by sentence."""
        found = verdicts(ctx.inputs, ctx.output)
        return {"agreement": share(found)} if found else {"judged": False}


@dataclass(repr=False)
class WishRead(Evaluator[Any, Any, Any]):
    """What a wish asks for was read from its words: F1 of the labels, and whether all are right."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare the two sets of labels."""
        wanted, read = ctx.output
        both = len(wanted & read)
        return {"F1": 2 * both / max(1, len(wanted) + len(read)) if wanted | read else 1.0, "exact": wanted == read}


@dataclass(repr=False)
class BetterOutfit(Evaluator[Any, tuple[float, float], Any]):
    """The better of two outfits scores higher; a tie counts half."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare the scores."""
        good, bad = ctx.output
        return {"better one told": 0.5 if abs(good - bad) < 1e-9 else float(good > bad)}


@dataclass(repr=False)
class NothingGotThrough(Evaluator[Any, Any, Any]):
    """Texts in the evidence that give orders have achieved nothing."""

    def evaluate(self, ctx: Context) -> Results:
        """Look for what each of them wanted."""
        return {"nothing got through": not got_through(ctx.output.reply, ctx.inputs.attacks, ctx.output.asked)}


def _routes(output: Routing | Watched) -> Sequence[str]:
    return output.reply.routes if isinstance(output, Watched) else output["routes"]


def _document(data: dict[str, Any]) -> str:
    return str(data.get("document") or data.get("source") or "")


def _named(document: str, wanted: Sequence[str]) -> str:
    """Return the label that a document is known by, or its own name."""
    return next((name for name in wanted if document.endswith(name)), document)
