"""The fashion catalogue as a source of evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from stylegraph.agent.errors import SourceError, StylegraphError
from stylegraph.agent.evidence import Evidence, Filters, Gathered, Note, SourceTask, ToolSpec, evidence_id
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.reply import ItemSet, Reason, Recommendation, Reply, Swatch
from stylegraph.agent.text.language import LANGUAGES, Language, detect_language
from stylegraph.agent.text.ordinals import ordinal_in
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.catalogue.storage import Cluster
from stylegraph.tools.fashion.follow_ups import next_wishes
from stylegraph.tools.fashion.items.item_text import facts, inferences, name_of, swatches
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.piece import Piece, piece_of
from stylegraph.tools.fashion.outfits.choices import outfit_choices
from stylegraph.tools.fashion.outfits.dresser import Dresser
from stylegraph.tools.fashion.outfits.memory import FashionMemory, last_outfit, last_wish, worn
from stylegraph.tools.fashion.outfits.requests import OutfitRequest, changes_outfit, outfit_request
from stylegraph.tools.fashion.query.merging import soften, with_conditions
from stylegraph.tools.fashion.query.renaming import Renaming
from stylegraph.tools.fashion.query.wish import Wish, is_counted, wish_filters
from stylegraph.tools.fashion.recommend.arguments import schema_of, with_arguments
from stylegraph.tools.fashion.recommend.followups import followed, is_edit, looked_at, names_what_was, points_among
from stylegraph.tools.fashion.recommend.notes import Notes
from stylegraph.tools.fashion.recommend.picture_wish import Pictured, pictured, with_picture
from stylegraph.tools.fashion.recommend.ranking import Ranked
from stylegraph.tools.fashion.recommend.recommender import Choice, Stylist
from stylegraph.tools.fashion.vision.gallery import Gallery, gallery_of
from stylegraph.tools.fashion.vision.look import looks_in
from stylegraph.tools.retrieval.standing_in import stood_in

_CALLED: Mapping[Language, str] = {"ko": "코디", "en": "The outfit"}
_STEP = 1e-4
"""Evidence is sorted by score, so each chosen piece scores at least this much below the one before."""
_KINDS = 12
"""Kinds and columns of a user's own catalogue that the routers are told."""


_ASKED_OF_GOODS = (
    "제일 비싼 셔츠가 뭐야", "제일 싼 셔츠 뭐예요?", "셔츠랑 바지 같이 볼게요", "현관에서 신을 셔츠랑 바지 둘 다", "셔츠 있나요", "셔츠 한 장",
    "what is your cheapest shirt", "the most expensive shirt you have", "a shirt and trousers, both navy", "a shirt with pockets",
    "shirts in size 32", "do you have shirts?",
)  # fmt: skip
"""How a shop is asked in few words, where the goods are called as the router knows them; the sample needs none of it."""
_RECOMMEND, _RECOMMEND_OUTFIT = "recommend", "recommend_outfit"
_ITEM = "show_item"
OFFERED = (_RECOMMEND, _RECOMMEND_OUTFIT, _ITEM)
"""The tools that need nothing but their arguments, so that other assistants may call them too."""
_OUTFIT = (
    "Compose a whole outfit from the catalogue, with its total and why it goes together; or change a piece of "
    'the outfit that was just shown, where the wish says so ("only the shoes, white sneakers instead").'
)
_SHOW = ToolSpec(
    name=_ITEM,
    description="Show all that the catalogue says of one piece: one of those that were just shown, or any by its id.",
    parameters={
        "type": "object",
        "properties": {
            "position": {
                "type": "integer",
                "description": "Its place among the pieces shown last, from 1; -1: the last.",
            },
            "id": {"type": "string", "description": "Its id, instead of a place."},
        },
    },
)


class FashionSource:
    """An `EvidenceSource` over one catalogue."""

    name = "fashion"
    node = "recommend"
    recommends = True
    description = (
        "A fashion catalogue of garments, shoes and hats with colours, materials, seasons, styles, occasions and "
        "prices; wishes for something to wear, to buy or to give, and follow-ups on pieces that were recommended."
    )
    examples: Sequence[str] = (
        "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘",
        "5만원 이하 흰 셔츠 보여줘, 줄무늬 말고",
        "결혼식 하객으로 뭐 입고 가지?",
        "청바지에 어울리는 니트 골라줘",
        "더 저렴한 걸로 보여줘",
        "Recommend a light jacket for rainy days",
        "What should I wear to a job interview?",
        "A birthday present for my dad, nothing too formal",
    )

    def __init__(self, catalogue: Catalogue, gallery: Gallery | None = None) -> None:
        self._catalogue = catalogue
        self._gallery = gallery
        self._stylist = Stylist(catalogue)
        self._dresser = Dresser(catalogue, self._stylist, self._recommendation)
        self._renaming = Renaming(catalogue.reader.lexicon, catalogue.reader.nouns)
        if not catalogue.sample:
            self.description, self.examples = self._described()

    @classmethod
    async def open(
        cls,
        home: Path,
        embedder: Embedder,
        catalogue: Path | None = None,
        cluster: Cluster | None = None,
        rates: Mapping[str, float] | None = None,
        currency: str | None = None,
    ) -> FashionSource:
        """Open the catalogue, indexing it the first time.

        Args:
            home: Folder for what is made of the catalogue.
            embedder: For search by meaning.
            catalogue: CSV or JSONL; None: the sample catalogue.
            cluster: Where its items are indexed instead of on this machine; its owner closes it.
            rates: Currency -> won for one unit of it: wishes in another currency than the catalogue's are only compared at these.
            currency: What prices of a file are in (ISO 4217), where nothing in it says it; None: won.

        Raises:
            CatalogueError: The catalogue, or the gallery beside it, can't be read.
            IndexStoreError: Its index can't be written.
        """
        gallery = await asyncio.to_thread(gallery_of, catalogue)
        return cls(await Catalogue.open(home, embedder, catalogue, cluster, rates, currency), gallery)

    def tools(self) -> Sequence[ToolSpec]:
        """Return how a chat model may ask: for single pieces, for a whole outfit, for what is known of one piece."""
        schema = self.args_schema
        recommend = ToolSpec(
            name=_RECOMMEND, description=f"Recommend items. This is {self.description}", parameters=schema
        )
        return (recommend, ToolSpec(name=_RECOMMEND_OUTFIT, description=_OUTFIT, parameters=_words_only(schema)), _SHOW)

    @property
    def args_schema(self) -> dict[str, Any]:
        """The JSON schema of `recommend`: a wish, and filters of the loaded catalogue's own fields, values and currency."""
        return schema_of(self._catalogue.reader.lexicon, self._catalogue.reader.nouns)

    async def recall(self, task: SourceTask) -> Sequence[Evidence]:
        """Return the pieces that the person saw last, in their order, with all that is known of them.

        Raises:
            IndexStoreError: The catalogue's index can't be read.
        """
        items = await self._catalogue.items(task["shown"])
        choices = [Choice(Ranked(item, 1.0), [], []) for item in items]
        return self._evidence(choices, task["language"])

    async def gather(self, state: SourceTask) -> Gathered:
        """Choose pieces for the wish in a question, each as one piece of evidence with its reasons.

        Raises:
            SourceError: The catalogue's index did not answer.
        """
        if state.get("tool") == _ITEM:
            return await self._show(state)
        request, lexicon = _outfit_request(state), self._catalogue.reader.lexicon
        checked = Notes(lexicon, state["language"])
        wish = await self._wish(state)
        wish = with_arguments(wish, state.get("arguments", {}), lexicon, self._catalogue.reader.nouns, checked)
        seen = await asyncio.to_thread(pictured, looks_in(state), wish, lexicon, self._gallery)
        if request is not None:
            return await self._dress(state, request, seen)
        if seen is not None:
            wish = with_picture(wish, seen, lexicon)
        try:
            advice = await self._stylist.advise(
                wish,
                state["k"],
                state["language"],
                queries=state["queries"],
                profile=state["profile"],
                shown=await self._meant(state) if seen is None else (),  # with a picture, "this one" is what it shows
                seen=seen,
            )
        except StylegraphError as error:
            raise SourceError(error.message, error.remedy) from error
        notes = [*checked.listed, *advice.notes, *self._trouble(state["language"])]
        evidence = self._evidence(advice.choices, state["language"])
        if evidence and advice.lead.told:
            evidence[0]["data"]["lead"] = advice.lead.told
        if evidence and is_counted(advice.wish):
            evidence[0]["data"]["asked_for"] = advice.wish["count"]
        remarks = [advice.lead.remark] if advice.lead.remark else []
        memory = FashionMemory(wish=dict(advice.wish), outfit=None if evidence else last_outfit(state))
        return Gathered(evidence=evidence, notes=notes, memory=memory, remarks=remarks)

    async def _show(self, task: SourceTask) -> Gathered:
        """Return one piece, by its place among those shown last or by its id."""
        arguments = task.get("arguments", {})
        place, ids = arguments.get("position"), task["shown"]
        if isinstance(place, int) and ids and 0 < abs(place) <= len(ids):
            wanted = [ids[place - 1 if place > 0 else place]]
        else:
            wanted = [str(arguments["id"])] if arguments.get("id") else []
        items = await self._catalogue.items(wanted)
        notes = Notes(self._catalogue.reader.lexicon, task["language"])
        if not items:
            notes.no_item()
        evidence = self._evidence([Choice(Ranked(item, 1.0), [], []) for item in items], task["language"])
        return Gathered(evidence=evidence, notes=notes.listed)

    async def _dress(self, state: SourceTask, request: OutfitRequest, seen: Pictured | None) -> Gathered:
        """Make or change an outfit; each of its pieces is evidence."""
        wish = self._catalogue.reader.read(request.wish)
        if request.changed is None:
            wish = with_conditions(wish, state["filters"], self._catalogue.reader.lexicon, again=state["attempt"] > 0)
            await self._still_for(state, wish)
        try:
            dressed = await self._dresser.dress(
                request,
                wish,
                state["language"],
                profile=state["profile"],
                around=await self._named(state) if seen is None else seen.items,
                last=last_outfit(state),
            )
        except StylegraphError as error:
            raise SourceError(error.message, error.remedy) from error
        notes = [*dressed.notes, *self._trouble(state["language"])]
        found = Gathered(evidence=self._evidence(dressed.choices, state["language"]), notes=notes)
        if dressed.outfit is None:
            return found
        found["remarks"] = _remarks(dressed.outfit, state["language"])
        choices = outfit_choices(dressed.notes, wish, self._catalogue.reader.lexicon, state["language"])
        memory = FashionMemory(wish=(state.get("memory") or {}).get("wish"), outfit=worn(dressed.outfit))
        made = dressed.outfit.model_copy(update={"title": _CALLED[state["language"]]})
        return Gathered(**found, choices=choices, artifacts={"outfit": made.model_dump(mode="json")}, memory=memory)

    async def _still_for(self, state: SourceTask, wish: Wish) -> None:
        """Let an outfit that takes the place of another be for the same person, unless somebody is named."""
        last, leans = last_outfit(state), state.get("asked", state["question"]) != state["question"]
        if last is None or not leans or "audience" in wish["wanted"]:
            return
        pieces = await self._catalogue.items(list(last["pieces"].values()))
        everybody = self._catalogue.reader.lexicon.values("audience", "unisex")
        named = {item["audience"] for item in pieces if item.get("audience")} - set(everybody)
        if len(named) == 1:
            wish["wanted"]["audience"] = [*named]

    async def _meant(self, state: SourceTask) -> list[str]:
        """Return the ids of what words may point at: all that is shown, or the one piece of it that was looked at last."""
        asked, shown = state.get("asked", state["question"]), list(state["shown"])
        if ordinal_in(asked) is not None or points_among(asked):
            return shown
        if (named := await self._named(state)) is not None:
            return [named]
        return looked_at(last_wish(state), shown) or shown

    async def _named(self, state: SourceTask) -> str | None:
        """Return the item shown before that a question names: "the linen shirt, as an outfit"."""
        asked = state["question"].lower()
        shown = await self._catalogue.items(state["shown"])
        names = {name_of(item, language).lower(): item["id"] for item in shown for language in LANGUAGES}
        return next((identity for name, identity in names.items() if name in asked), None)

    async def outfit(
        self,
        text: str,
        language: Language | None = None,
        *,
        around: str | None = None,
        profile: Mapping[str, Any] | None = None,
    ) -> tuple[ItemSet | None, list[Note]]:
        """Make an outfit for a wish, without a conversation around it.

        Args:
            text: The wish; it may be empty.
            language: Of the sentences; None: that of the wish.
            around: Id of an item that is in it, or a garment that the person has, in words.
            profile: `likes` and `dislikes` in the person's words.

        Returns:
            The outfit, None when nothing fits; and notes on what went differently than asked.

        Raises:
            InputError: `around` names neither an item nor a garment.
            IndexStoreError: The catalogue's index can't be read.
        """
        spoken = language or detect_language(text or around or "")
        wish = self._catalogue.reader.read(text)
        dressed = await self._dresser.dress(OutfitRequest(text), wish, spoken, profile=profile, around=around)
        return dressed.outfit, [*dressed.notes, *self._trouble(spoken)]

    async def recommend(
        self,
        text: str,
        k: int = 6,
        language: Language | None = None,
        *,
        profile: Mapping[str, Any] | None = None,
        shown: Sequence[str] = (),
    ) -> tuple[list[Recommendation], list[Note]]:
        """Choose pieces for a wish, without a conversation around it.

        Args:
            text: The wish.
            k: How many, when the wish names no number.
            language: Of the reasons; None: that of the wish.
            profile: `likes` and `dislikes` in the person's words.
            shown: Ids of the items that the person saw last.

        Returns:
            The pieces, best first, and notes on what went differently than asked.

        Raises:
            IndexStoreError: The catalogue's index can't be read.
        """
        spoken = language or detect_language(text)
        wish = self._catalogue.reader.read(text)
        advice = await self._stylist.advise(wish, k, spoken, profile=profile, shown=shown)
        chosen = [self._recommendation(choice, spoken) for choice in advice.choices]
        return chosen, [*advice.notes, *self._trouble(spoken)]

    async def has(self, item: str) -> bool:
        """Check whether the catalogue has an item of this id."""
        return bool(await self._catalogue.items([item]))

    async def items(self, ids: Sequence[str]) -> list[Item]:
        """Return items by their ids, in that order; ids that the catalogue does not have are left out.

        Raises:
            IndexStoreError: The catalogue's index can't be read.
        """
        return await self._catalogue.items(ids)

    async def piece(self, item: str, language: Language) -> Piece | None:
        """Return all that is known of an item, with others like it; None where there is no such item.

        Raises:
            IndexStoreError: The catalogue's index can't be read.
        """
        found = await self._catalogue.items([item])
        return await piece_of(self._catalogue, found[0], language, self._recommendation) if found else None

    async def photo(self, item: str) -> str | None:
        """Return the path or the address of an item's photo; None where there is no such item, or no photo of it.

        Raises:
            IndexStoreError: The catalogue's index can't be read.
        """
        found = await self._catalogue.items([item])
        return self._catalogue.image(found[0]) if found else None

    async def probe(self, question: str) -> float:
        """Return how much of a question speaks of what a catalogue holds, 0..1."""
        wish = self._catalogue.reader.read(question)
        named = sum(len(wish[side]) for side in ("wanted", "excluded", "preferred")) + bool(wish["price"])
        return self._catalogue.reader.understood(question) * min(1.0, named / 2)

    def renamed(self, text: str) -> str:
        """Return a text in which the goods of a shop of the user's own are called as the router knows them."""
        return text if self._catalogue.sample else self._renaming.renamed(text)

    def read_filters(self, question: str) -> Filters:
        """Return the conditions that the words of a question imply."""
        return wish_filters(self._catalogue.reader.read(question), self._catalogue.reader.lexicon)

    async def follow_ups(self, reply: Reply, filters: Filters) -> Sequence[str]:
        """Return wishes that change what was shown: in a way in which its pieces differ, and that was not wished for."""
        return next_wishes(reply, self.name, self._catalogue.reader.lexicon)

    def continues(self, asked: str, memory: FashionMemory | None) -> bool:
        """Check whether words bid to change a piece of the outfit that was shown."""
        return changes_outfit(asked, memory["outfit"] if memory else None)

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        await self._catalogue.close()

    def _trouble(self, language: Language) -> list[Note]:
        """Return why this machine's index was searched, where a cluster is set that could not be asked."""
        trouble = self._catalogue.trouble
        return [stood_in(language, trouble)] if trouble else []

    def _described(self) -> tuple[str, Sequence[str]]:
        """Return what a catalogue of the user's own holds, to both routers: a model reads it, the local one learns it."""
        counts = self._catalogue.vocabulary["values"].get("category", {})
        kinds = sorted(counts, key=lambda kind: (-counts[kind], kind))[:_KINDS]
        columns = self._catalogue.reader.lexicon.own_columns()[:_KINDS]
        holds = f" It holds: {', '.join(kinds)}." if kinds else ""
        asked = f" It can be asked by: {', '.join(columns)}." if columns else ""
        wishes = [wish for kind in kinds for wish in (f"{kind} 추천해줘", f"Show me a {kind}")]
        return f"{type(self).description}{holds}{asked}", (*type(self).examples, *_ASKED_OF_GOODS, *wishes)

    async def _wish(self, state: SourceTask) -> Wish:
        """Read the question; one that leans on the turn before as a change of that turn's wish."""
        last, asked, again = last_wish(state), state.get("asked", state["question"]), state["attempt"] > 0
        lexicon = self._catalogue.reader.lexicon
        alone = asked.strip().endswith(state["question"].strip()) and not names_what_was(asked, lexicon)
        wish = self._catalogue.reader.read(state["question"])
        whole = bool(state.get("tool")) or (alone and not is_edit(wish, asked))  # a model repeats what still holds
        if last is None or looks_in(state) or whole:
            return with_conditions(wish, state["filters"], lexicon, again=again)
        shown = await self._catalogue.items(await self._meant(state))
        wish = followed(cast(Wish, last), asked, state["question"], shown, self._catalogue.reader)
        implied = self.read_filters(state["question"])
        new = {name: condition for name, condition in state["filters"].items() if implied.get(name) != condition}
        wish["shown"] = list(dict.fromkeys([*wish["shown"], *state["shown"]]))
        soften(wish, [name for name in implied if name not in state["filters"]] if again else [])
        return with_conditions(wish, new, lexicon, again=False)

    def _evidence(self, choices: Sequence[Choice], language: Language) -> list[Evidence]:
        found: list[Evidence] = []
        ceiling = 1.0
        for choice in choices:
            ceiling = round(min(choice.ranked.score, ceiling - _STEP), 4)
            found.append(self._piece(choice, language, max(0.0, ceiling)))
        return found

    def _piece(self, choice: Choice, language: Language, score: float) -> Evidence:
        item = choice.ranked.item
        text = facts(self._catalogue.reader.lexicon, item, language, sample=self._catalogue.sample)
        recommendation = self._recommendation(choice, language)
        return Evidence(
            id=evidence_id(self.name, item["id"]),
            route=self.name,
            title=name_of(item, language),
            text=text,
            url=recommendation.url,
            locator={"pointer": item["id"]},
            score=score,
            found_by="relaxed_wish" if choice.ranked.relaxed else "wish",
            data={"item": item, **recommendation.model_dump(mode="json")},
        )

    def _recommendation(self, choice: Choice, language: Language) -> Recommendation:
        item, lexicon = choice.ranked.item, self._catalogue.reader.lexicon
        price = None if "price_shown" in item else item.get("price_krw")
        return Recommendation(
            id=item["id"],
            name=name_of(item, language),
            reasons=[Reason(field=ground["wish"], text=ground["text"]) for ground in choice.reasons],
            price_krw=None if price is None else round(price),
            price=item.get("price_shown"),
            swatches=[Swatch(name=name, hex=code) for name, code in swatches(lexicon, item, language)],
            image=self._catalogue.image(item),
            url=item.get("url") if str(item.get("url", "")).startswith(("http://", "https://")) else None,
            missed=choice.missed,
            inferred=inferences(item, language, {field for ground in choice.reasons for field in ground["attributes"]}),
        )


def _words_only(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with the wish alone: an outfit's conditions hold for its pieces in different ways."""
    return {"type": "object", "properties": {"wish": schema["properties"]["wish"]}, "required": ["wish"]}


def _outfit_request(task: SourceTask) -> OutfitRequest | None:
    """Return what is asked of an outfit; None where single pieces are wanted."""
    if task.get("tool") == _RECOMMEND:
        return None
    read = outfit_request(task["question"], last_outfit(task), task.get("asked"))
    return OutfitRequest(task["question"]) if read is None and task.get("tool") == _RECOMMEND_OUTFIT else read


def _remarks(outfit: ItemSet, language: Language) -> list[str]:
    """Return what is true of an outfit as a whole: who wears what where, the total, why it goes together."""
    pieces = "; ".join(f"{piece.label}: {piece.item.name}" for piece in outfit.pieces)
    total = (
        []
        if outfit.total_krw is None
        else [{"ko": "합계 {}원", "en": "In total {} won"}[language].format(f"{outfit.total_krw:,}")]
    )
    return [pieces, *total, *(reason.text for reason in outfit.reasons)]
