"""Signs that a question leans on what was said before it."""

from __future__ import annotations

import re

from stylegraph.agent.language import Span
from stylegraph.agent.local.particles import put, with_particle
from stylegraph.agent.local.words import Slot, load_words

_TALK_WORD = (
    r"안녕\S*|하이|고마\S*|고맙\S*|감사\S*|땡큐|오케이|ㅇㅋ|ㅇㅇ|네+|넵|응|아하|오+|와+|좋아요?|좋네\S*|알겠\S*|그렇군\S*|덕분\S*|정말|진짜|너무|"
    r"hi+|hello|hey|there|thanks?|thx|ty|thank|you|cheers|a lot|so much|very|ok(?:ay)?|great|perfect|nice|cool|lovely|awesome|got it|"
    r"yes|yeah|no|sure|good|oh|wow|haha|lol"
)
_TALK = re.compile(rf"^(?:(?:{_TALK_WORD})[\s,!.~ㅎㅋㅠ^]*)+$", re.IGNORECASE)
_SWITCH = re.compile(
    r"^\W*(?:아 ?참|참고로|그건 그렇고|그나저나|다른 (?:얘기|질문)인데|딴 (?:얘기|질문)인데|화제를? 바꿔서|새로운 질문|unrelated|by the way|btw|"
    r"different (?:question|topic)|on another note|new (?:question|topic)|separately|changing (?:the )?(?:subject|topic)s?|off topic)\b"
    r"[\s,:.\-–]*(?:but\b|근데)?\s*",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"(?:영어|한국어|한글|우리말|국문|영문)로|(?:짧게|간단히|간단하게|쉽게|길게|한 ?줄로|한 문장으로|[두세] ?줄로|[0-9]줄로)|(?:표|목록|리스트|불릿)로|"
    r"다시 ?(?:말해|설명|써|정리|한번)|줄여 ?(?:줘|서)|\b(?:in (?:korean|english)|shorter|simpler|more briefly|longer version|"
    r"in (?:one|a|two|three) (?:sentences?|lines?|table|list)|as (?:a|bullet|bullets|one)\b|"
    r"(?:make|put) (?:that|it|this) (?:a|in|into|shorter|simpler)|rephrase|say (?:it|that)|eli5|bullet points|tl;?dr)",
    re.IGNORECASE,
)
_LONGEST_FORM = 45

_POINTS = re.compile(
    r"(?<![가-힣])(?:그|이|저|요)(?:거|것)(?:들)?(?=[^가-힣]|은|는|이|가|을|를|도|만|랑|의|로|에|말|$)|(?<![가-힣])(?:그|이|저)[건게걸](?![가-힣])"
    r"|(?<![가-힣])(?:그|이|저)런 ?(?:거|것|옷|스타일|디자인|느낌)|(?<![가-힣])(?:그|이|저|요) ?(?:옷|제품|상품|아이템)"
    r"|\b(?:(?:this|that) one|those ones?|these ones?|this thing|this|those|these|them|it|that(?= *[?.!,]|\W*$))\b"
    r"(?! (?:year|week|month|season|weekend|morning|afternoon|evening|summer|winter|spring|autumn|fall|rains?|snows?|is (?:my|the first))\b)"
    r"(?! (?:ok|okay|rude|fine|bad|safe|weird|wrong|appropriate|acceptable|alright|true|worth|possible|better|normal|necessary|too|cold|hot|"
    r"warm|raining|snowing|going to|gonna|time|legal|illegal|cool|chilly|windy|humid|out)\b)"
    r"(?!(?:'s|'ll|s| is| was| will| gets?)(?: \w+)? (?:-?\d|warm|cold|hot|rain|snow|freez|chilly|true|possible|been|time))",
    re.IGNORECASE,
)
_BLENDED = {"건": "는", "게": "가", "걸": "를"}
"""A pointing word whose particle is grown together with it."""
_NO_THING = re.compile(
    r"(?<![가-힣])(?:이|그|저) ?(?:문서|보고서|자료|규정|정책|계약|논문|가이드|매뉴얼|글|파일|회사|앱|서비스|날씨|시간|사이트|챗봇|대화)"
    r"|\b(?:this|that|these|those) (?:document|report|polic|contract|paper|guide|manual|article|file|company|app|site|chat|conversation|weather|"
    r"heat|cold|time|area|kind of|type of|sort of|lease|handbook|plan|book|text|sentence)",
    re.IGNORECASE,
)
_POINTED_KIND = re.compile(r"(?<![가-힣])(?:그|이|저|아까 그|방금 그) ?|\b(?:the|that|this) (?:\w+ )?", re.IGNORECASE)
_CORRECTS = re.compile(
    r"잖아|라니까|라고 했|아니라|아니고|말한 ?(?:건|게)|뜻이 ?아니|\b(?:i (?:said|meant|asked)|not what i|no,|doesn't like|don't like|hates?)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(
    r"^\W*(?:그럼|그러면|그렇다면|그리고|그래도|또|and\b|then\b|also\b|what about|how about|or\b|instead\b|i meant?\b|but (?:for|in|with|what)\b|so (?:what|which|how) about)",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"(?<![가-힣])(?:그거|그건|그게|그걸|그것|이거|이건|이게|이걸|저거|걔|걔네|거기|그날|그때|그중|둘 중|셋 중|이 중|둘 다|그런 ?거|이런 ?거|그쪽|그 사람|"
    r"같은 (?:색|거|걸|디자인|브랜드)|비슷한 ?(?:거|걸|건|게|다른|색|느낌|스타일로)|다른 ?(?:거|걸|건|게|색|옵션|스타일|디자인))"
    r"|(?<![가-힣])그 (?=[가-힣])|말고|빼고|바꿔|바꾸|제외하고|대신|다시|또 다른|하나 더|몇 개 더|나머지|위에|방금|아까"
    r"|(?<![가-힣])더 (?:싼|저렴|비싼|긴|짧은|얇은|두꺼운|큰|작은|밝은|어두운|자세|보여|있|없|추천|많|캐주얼|편한|따뜻|시원|화사|격식|알려|설명)"
    r"|[가-힣](?:는데|은데|ㄴ데)\?+$|^[가-힣]+(?:[으]?면) (?:어떻게|얼마|뭐|언제)|(?:들만|것만|거만|만) (?:보여|알려|소개|정리|말해|추천|골라)"
    r"|\b(?:it|they|them|those|these|this|that(?! (?:is|are|i|you|goes?|will|can|would|fits?|match\w*|looks?|works?|say|has|have|don)\b)|"
    r"ones?(?= |\W*$)(?! (?:of|year|day|night|hour))|same|instead|another|others?|else|she|he|her|him|there(?! (?:is|are|a|any))|"
    r"cheaper|longer|shorter|lighter|darker|warmer|cooler|bigger|smaller|dressier|fancier|simpler|brighter|"
    r"more (?:casual|formal|like|of|detail\w*|options|please|about)|again|to match|too\W*$|as well|either|the rest)\b",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"[가-힣](?:다|요|까|니|냐|나|지|줘|야|죠|래|돼|해|데|봐|어|아|자|음|임)\W*$"
    r"|\b(?:is|are|do|does|don't|doesn't|did|can|could|should|will|would|was|were|have|has|who's|what's|"
    r"show|find|tell|recommend|suggest|give|explain|what|how|why|who|when|where|which|need|want|looking|check|pick|compare|list)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"(?:이?[요용]|입니다|인데요|이에요|예요|임)\W*$")
_ASKS_BACK = re.compile(r"(?:\?|주세요|주시겠어요|까요)\W*$")
_ADDS = re.compile(
    r"(?:도|이랑|랑|하고|추가)(?:요)?\W*$|같은 색|\b(?:to match|too|also|as well|with (?:it|that|them))\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"^\W*(?:(?:아니|아|음|어|오|그럼|그러면|그렇다면|근데|그런데|그리고|혹시|and|but|then|so|or|also|what about|how about|i meant?|"
    r"ok(?:ay)?|well|actually|oh)\b[,\s]*)+",
    re.IGNORECASE,
)
_END = re.compile(r"[\s?!.~,ㅠㅎㅋ]+$")
_LONGEST_FRAGMENT = 28
_LONGEST_TOPICLESS = 20
_LONGEST_TOPICLESS_WORDS = 7
_TOPICS = ("records", "weather", "market", "news", "trend", "own", "task", "talk", "feeling", "size", "advice", "body")
_KINDS = ("garment", "material", "place", "time", "season", "colour", "style")


def is_talk(text: str) -> bool:
    """Say whether a message is nothing but a greeting, thanks or assent."""
    return bool(_TALK.match(text.strip()))


def without_switch(text: str) -> str:
    """Take off the words that say that the subject changes; the text as it is when there are none."""
    return _SWITCH.sub("", text, count=1) or text


def asks_for_another_form(text: str) -> bool:
    """Say whether the last answer is wanted shorter, as a table, in another language."""
    return len(text) <= _LONGEST_FORM and bool(_FORM.search(text)) and not load_words().find(text, "garment")


def leans(text: str) -> bool:
    """Say whether a question can't be understood without the ones before: it points back, compares, or is a piece."""
    if _REFERS.search(text):
        return True
    return (bool(_STARTS.match(text)) and not _complete(text)) or is_fragment(text)


def lacks_topic(text: str) -> bool:
    """Say whether a short question names nothing that it could be about: "집에서 빨 수 있나?", "is there a fee"."""
    short = len(text) <= _LONGEST_TOPICLESS or (len(text.split()) <= _LONGEST_TOPICLESS_WORDS and text.isascii())
    words = load_words()
    return short and not words.has(text, *_TOPICS) and not words.find(text, *_KINDS)


def is_fragment(text: str) -> bool:
    """Say whether a question is only a piece of one: short and without a verb."""
    body = bare(text)
    return len(body) <= _LONGEST_FRAGMENT and (not _PREDICATE.search(body) or _is_addressed_noun(body))


def answers_back(text: str, answer: str) -> bool:
    """Say whether a message answers a question that was put back."""
    return bool(_ASKS_BACK.search(answer)) and len(text) <= _LONGEST_FRAGMENT and "?" not in text


def corrects(text: str) -> bool:
    """Say whether a message corrects what was understood, rather than asking about it."""
    return bool(_CORRECTS.search(text))


def adds(text: str) -> bool:
    """Say whether something is wanted beside what was wished for, not in its place."""
    return bool(_ADDS.search(text))


def is_plural(text: str) -> bool:
    """Say whether a question points at several things."""
    return bool(re.search(r"들|\b(?:those|these|them|ones)\b", text, re.IGNORECASE))


def pointing(text: str) -> Span | None:
    """Find the word that points at a thing, such as "그거" or "it"; what points at a document doesn't count."""
    match = _POINTS.search(text)
    return match.span() if match and not _NO_THING.search(text) else None


def replaced(text: str, span: Span, thing: str) -> str:
    """Put a thing's name in the place of the word that points at it: "이건" gives it its particle too."""
    particle = _BLENDED.get(text[span[1] - 1], "") if text[span[0]] in "그이저" else ""
    return put(with_particle(thing, particle) if particle else thing, text, *span)


def pointed_kind(text: str) -> Slot | None:
    """Find a kind of thing that is pointed at: "그 로퍼", "the navy one" gives no kind; the slot spans both words."""
    for slot in load_words().find(text, "garment"):
        before = _POINTED_KIND.search(text[: slot.start])
        if before and before.end() == slot.start:
            return slot._replace(start=before.start())
    return None


def bare(text: str, *, keep_start: bool = False) -> str:
    """Take off what carries no content: fillers in front, signs at the end."""
    return _END.sub("", text if keep_start else _FILLER.sub("", text))


def without_filler(text: str) -> str:
    """Take off the fillers in front."""
    return _FILLER.sub("", text) or text


def _complete(text: str) -> bool:
    """Say whether a question has a verb and something that it is about."""
    words = load_words()
    return bool(_PREDICATE.search(bare(text))) and (words.has(text, *_TOPICS) or bool(words.find(text, *_KINDS)))


def _is_addressed_noun(body: str) -> bool:
    """Tell "여자요" and "M 사이즈입니다", which are nouns politely said, from verbs."""
    return bool(_ADDRESSED.search(body)) and len(body) <= 8 and " " not in body
