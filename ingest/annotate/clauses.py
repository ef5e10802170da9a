"""Finds the modals, calls and imperatives of main clauses: what stands behind "that", "que" or "si" asks nothing.

A heuristic, no parser: it sees the word that opens a subordinate clause, the verb that it needs, and the comma or
second verb that shows that the main clause goes on. Long because a third of it is the word tables of that heuristic.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.lexicon.modals import IMPERATIVE_PATTERNS, MODAL_LEXICONS, READER, RIGHT, ModalLexicon
from ingest.lexicon.sentences import Boundary, find_sentences
from ingest.report import Strength


@dataclass(frozen=True, slots=True)
class Modal:
    """A modal, call or imperative in a main clause; offsets in the text, half-open."""

    start: int
    end: int
    strength: Strength
    who: str  # modals.LEFT, RIGHT, NOBODY or READER
    sentence: int  # where its sentence starts
    clause: int  # where its clause starts, behind "agreed that"


_QUOTED = re.compile(r"«[^«»]{0,200}»|“[^“”]{0,200}”|„[^„“”]{0,200}[“”]|\"[^\"\n]{0,160}\"|\((?!s\))[^()]{3,300}\)")
_TOKEN = re.compile(r"[^\W\d_]+|[,()–—]")
_WORDS = re.compile(r"[^\W\d_]{2}")
_THAT = re.compile(r"\A\W*(?!si\b|s['’]|lorsqu|quand|se\b|cuando|quando).*\b(?:que|qu['’])", re.IGNORECASE | re.DOTALL)
_LIST_OF_THAT = re.compile(r"\bque\b[^.:]{0,40}:")  # what follows are subjunctives
_SAID_BEFORE = 60  # characters before "que" in which to look who says it
_LONGEST = 2_000  # characters of a sentence in which to look for its clauses


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COMPLETIVE = {
    "es": _word_set("que"),
    "en": _word_set("that"),
    "fr": _word_set("que qu"),
    "pt": _word_set("que"),
    "ar": frozenset[str](),
}
_RELATIVE = {
    "es": _word_set("quien quienes cuyo cuya cuyos cuyas cual cuales cuanto"),
    "en": _word_set("which who whom whose what how why whereby wherein"),
    "fr": _word_set("qui dont où lequel laquelle lesquels lesquelles auquel auxquels auxquelles duquel desquels"),
    "pt": _word_set("quem cujo cuja cujos cujas qual quais onde"),
    "ar": _word_set("الذي التي الذين"),
}
_ADVERBIAL = {
    "es": _word_set("si cuando donde porque pues aunque mientras"),
    "en": _word_set("if when where because although though while whereas unless until whether since"),
    "fr": _word_set("si s lorsque lorsqu quand puisque puisqu parce"),
    "pt": _word_set("quando enquanto porque pois embora caso"),
    "ar": _word_set("إذا لأن"),
}
_THEY = _word_set("it they he she we you")
_WHAT_THEY = _word_set(
    "ones all everything anything way extent steps measures things information commitments actions what areas efforts role "
    "support reforms changes questions challenges best much"
)
_WHOSE = _word_set("cuyo cuya cuyos cuyas cujo cuja cujos cujas whose")  # a noun stands behind it
_NO_SUBJECT = _word_set(
    "whereby wherein how what why whom whose dont où donde onde cuyo cuya cuyos cuyas cujo cuja cujos cujas"
)
_SAYS = _word_set("said says believes believed thinks thought hoped hopes")  # "he said the law must", without "that"
_WHO = _word_set("who quien quienes qui quem")
_ALSO = _word_set("also further therefore strongly también además asimismo également aussi também ainda")
_ADVERBIAL_THAT = _word_set(  # before "que" or "that"
    "para pour so afin puesto dado ya bien alors tandis siempre sempre ainda mesmo desde hasta sin sans avant après dès lors "
    "visto pues tal provided providing given"
)
_AND = _word_set("y e o u and or et ou mas pero but mais")
_BETWEEN = _word_set(  # what may stand between "que" and the verb of a clause whose subject it is
    "no se le ya también además aún sólo solo me te ne n y en não também ainda lhe lhes only not also already always "
    "still currently si"
)
_OBJECT_OR_ARTICLE = _word_set("lo la los las nos les l o a os as no na nos nas")
_NOT_A_VERB = _word_set(  # what begins a subject, or anything but a verb
    "el la los las un una unos unas este esta estos estas ese esa esos esas su sus todo toda todos todas cada otros otras "
    "algunos algunas muchos muchas ningún ambos dicho dicha dichos dichas nuestro nuestra para por con sin en de del al a "
    "the an all every each any some no these those this its their his her our such both many most more other we they it he "
    "she you i in of for with to by at on as "
    "le les l des du au aux ce cet cette ces son sa ses leur leurs tout toute tous toutes chaque nos notre d dans pour sur "
    "nous vous ils elles il elle on plus plusieurs certains "
    "o os as um uma uns umas esse essa esses essas seu sua seus suas todos cada outros outras alguns algumas nosso nossa "
    "ao aos à às do da dos das no na nos nas em com sem seja como así también"
)
_FINITE = {
    "es": re.compile(
        r"(?:es|son|está|están|era|eran|fue|fueron|será|serán|sea|sean|ha|han|había|habían|hay|tiene|tienen|tenga|tengan|va|van|"
        r"existe|hace|hacen|haya|hayan|permite|requiere|afecta|contribuye|promueve|reconoce|establece|incluye|participa|"
        r"recibe|representa|constituye|ofrece|facilita|busca|vive|necesita|garantiza|favorece|implica|genera|llega|solicita|"
        r"sigue|queda|resulta|entra|sale|puede|pueden|pueda|puedan|debe|deben|deba|deban|podría|podrían|debería|deberían|"
        r"[^\W\d_]{3,}(?:aron|ieron|aban|arán|erán|irán|arían|erían|irían|ará|irá|ducen|ecen|icen|yen|uyen|alan|icen|ren|"
        r"[bcdfglmnprstvz]an|[cdgbtvs]en|ó))"
    ),
    "en": re.compile(
        r"(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could|may|might|must|shall|should|cannot|remains|"
        r"exists|continues|wishes|[^\W\d_]{3,}(?:ized|ised))"
    ),
    "fr": re.compile(
        r"(?:est|sont|était|étaient|sera|seront|soit|soient|a|ont|avait|avaient|aura|auront|ait|aient|fut|va|vont|fait|font|"
        r"peut|peuvent|doit|doivent|devrait|devraient|pourrait|pourraient|puisse|puissent|existe|reste|permet|demande|"
        r"constitue|représente|reçoit|vit|arrive|prévoit|souhaite|décide|[^\W\d_]{3,}(?:èrent|irent|eront|iront|aient|raient|"
        r"issent|isent|[rtplgdvnus]ent(?<!ment)(?<!cident)(?<!gent)))"
    ),
    "pt": re.compile(
        r"(?:é|são|está|estão|era|eram|foi|foram|será|serão|seja|sejam|há|havia|tem|têm|tenha|tenham|vai|vão|existe|existem|"
        r"faz|fazem|permite|requer|afeta|contribui|promove|reconhece|estabelece|inclui|recebe|representa|constitui|oferece|"
        r"busca|vive|necessita|garante|pode|podem|possa|possam|deve|devem|deva|devam|deveria|poderia|[^\W\d_]{3,}(?:aram|eram|"
        r"iram|arão|erão|irão|ariam|eriam|iriam|ará|irá|avam|ou|iu|[bcdfglmnprstvz]am|[cdgbtvz]em))"
    ),
    "ar": re.compile(r"\B\b"),
}
_NOUNS = _word_set(
    "orden margen origen imagen examen volumen crimen régimen joven virgen bien gran según tampoco jóvenes quien alguien "
    "también plan pan afán desdén almacén rehén cien sin agent président accident continent parent moment argent talent "
    "gouvernement homem ordem origem imagem viagem margem jovem também quem alguém bem cem porcentagem linguagem bagagem "
    "aprendizagem passagem mensagem vantagem desvantagem porém"
)
_TAKES_THAT_CLAUSE = re.compile(  # what "that" completes; behind anything else it begins a relative clause
    r"\b(?:not|stated|stating|stress|said|say|emphasi|underlin|recogni|acknowledg|affirm|reaffirm|maintain|believ|consider|think|"
    r"hop|indicat|out|report|observ|express|explain|clarif|argu|claim|highlight|recall|reiterat|declar|conclud|agree|"
    r"assert|suggest|recommend|propos|request|ensur|guarante|mean|show|demonstrat|fact|view|opinion|idea|principle|assur|"
    r"important|necessary|essential|clear|such|aware|convinced|inform|announc|add|felt|fear|concern|demand|insist|requir|"
    r"provid|know|see|find|stipulat|decid|decision|belief|understand|confirm|warn|regret|remind|señal|afirm|reconoc|destac|"
    r"subray|estim|indic|soulign|précis|rappel|ressalt|lembr|declar|expres|manifest|opin|alleg|learn|[^\W\d_]+ed\b|"
    r"(?!training|funding|building|housing|meeting)[^\W\d_]+ing\b|foresee|find|found|given|understand|ask|urg|crucial|vital|possible|true|evident)[^\W\d_]*[\s,]*\Z",
    re.IGNORECASE,
)
_AGREED = re.compile(  # what a meeting holds counts by itself
    r"\b(?:coincid\w+ en|acord\w+|conclu\w+|convin\w+ en|convení\w+|consenso (?:de|en)|acuerdo (?:de|en)|agreed|concluded|"
    r"agreement|consensus|conven\w+|convenu|conclu|accord\w*|consensus (?:sur le fait|est)|concord\w+|concluiu|consenso (?:de|em))"
    r"\s*\Z",
    re.IGNORECASE,
)
_NO_CLAUSE = re.compile(  # "que" that opens none
    r"\b(?:más|menos|mayor(?:es)?|menor(?:es)?|mejor|peor|igual|tal|ne \w+|mais|menos|maior|menor|melhor|plus|moins|autre|tel|"
    r"in|of|to|for|from|with|on|at|by|than|after|before|all)\s*\Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=4)
def find_modals(text: str, language: str) -> tuple[Modal, ...]:
    """Find the modals of a text's main clauses, in order; questions, quotations and brackets are left out."""
    lexicon = MODAL_LEXICONS.get(language)
    if lexicon is None:
        return ()
    found = list(lexicon.find_all(text))
    if not found and language not in IMPERATIVE_PATTERNS:
        return ()
    hidden = [match.span() for match in _QUOTED.finditer(text)]
    marks: list[Modal] = []
    for start, end in find_statements(text):
        if order := _match_imperative(text, language, start, end):
            marks.append(Modal(*order.span("words"), Strength.RECOMMENDATION, READER, start, start))
        if own := [match for match in found if start <= match.start() < end]:
            marks += _main_clause_modals(text, language, start, own, lexicon, hidden)
    return tuple(marks)


def _match_imperative(text: str, language: str, start: int, end: int) -> re.Match[str] | None:
    """Match the imperative that a sentence begins with; of Spanish and Portuguese in the text's first word or with a capital behind a full stop."""
    found = IMPERATIVE_PATTERNS[language].match(text, start, end) if language in IMPERATIVE_PATTERNS else None
    if not found:
        return None
    at = found.start("words")
    opening = text[start:at]
    if not _WORDS.search(opening):
        before = text[max(0, at - _SAID_BEFORE) : at].rstrip()[-1:]
        alone = text[at].isupper() and before in ".!?" and not _LIST_OF_THAT.search(text, max(0, at - 2 * _LONGEST), at)
        return found if language == "fr" or not before or alone else None
    goes_on = language == "fr" and re.search(r",\s+vous\b", text[at:end])  # "si vous cherchez ou gardez …, vous"
    return None if goes_on or text[at].isupper() or _THAT.search(opening) else found


def find_statements(text: str) -> Iterator[tuple[int, int]]:
    """Find the spans of the sentences, or parts of one, that are no questions."""
    for start, end in find_sentences(text, Boundary.CLAUSE):
        if not (text.startswith("¿", start) or text.endswith(("?", "؟"), start, end)):
            yield start, end


def _main_clause_modals(
    text: str,
    language: str,
    start: int,
    found: list[re.Match[str]],
    lexicon: ModalLexicon,
    hidden: list[tuple[int, int]],
) -> Iterator[Modal]:
    """Yield the modals of one sentence that stand in no subordinate clause, quotation or brackets."""
    clauses = _ClauseStack(text, language, start)
    for match in found:
        if match.start() - start > _LONGEST or any(left < match.start() < right for left, right in hidden):
            continue
        row = lexicon.rows[(match.lastindex or 1) - 1]
        if clauses.in_main_clause(
            match.start(), match.end(), calls=row.who == RIGHT and row.strength is Strength.RECOMMENDATION
        ):
            yield Modal(match.start(), match.end(), row.strength, row.who, start, clauses.main)


@dataclass(slots=True)
class _OpenClause:
    """A subordinate clause that is open."""

    adverbial: bool
    opener: str
    relative: bool = False  # the very next word may be its verb
    words: int = 0
    verb: bool = False
    aside: bool = False  # between the commas right behind its opener: "which, inter alia, …"


class _ClauseStack:
    """Reads a sentence token by token and keeps the stack of its open subordinate clauses."""

    def __init__(self, text: str, language: str, start: int) -> None:
        self.text, self.language, self.start, self.at = text, language, start, start
        self.main = start  # where the main clause starts
        self.frames: list[_OpenClause] = []
        self.before = self.earlier = ""
        self.comma = False
        self.finite = _FINITE[language]

    def in_main_clause(self, start: int, end: int, *, calls: bool) -> bool:
        """Whether the words from start to end stand in a main clause; call it in reading order.

        ``calls``: they are a verb like "urged"; behind "and" it goes on with the main clause.
        """
        for token in _TOKEN.finditer(self.text, self.at, max(start, self.at)):
            self._read_token(token)
        self.at = max(end, self.at)
        if self.frames and self.frames[-1].words == 1 and self.frames[-1].opener in {"that", "which"}:
            self.frames[-1].verb = False  # "the measures that governments should take"
        if self.language == "en" and self.before in _THEY and self.earlier in _WHAT_THEY and not self.comma:
            self.before, self.comma = "", False
            return False  # "the steps they should take"
        joined = self.before in _AND and not self.comma
        if calls and (self.before in _AND or (self.before in _ALSO and self.earlier in _AND)):
            while self.frames and self.frames[-1].opener not in _WHO:
                self.frames.pop()
        while self.frames and self.frames[-1].verb and not joined:
            self.frames.pop()
        main = not self.frames
        if self.frames:
            self.frames[-1].verb = True
        self.before, self.comma = "", False
        return main

    def _read_token(self, token: re.Match[str]) -> None:
        word = token.group().lower()
        if word in {",", "–", "—", "("}:
            self._close_at_comma()
            self.comma = True
            return
        if word == ")":
            return
        if not self._open_clause(word, token):
            self._read_word(word, token.group())
        if word not in _AND:
            self.comma = False
        self.earlier, self.before = self.before, word

    def _close_at_comma(self) -> None:
        if self.frames and not self.frames[-1].words and not self.frames[-1].adverbial:
            self.frames[-1].aside = not self.frames[-1].aside
        while self.frames and (self.frames[-1].adverbial or (self.frames[-1].words and self.frames[-1].verb)):
            self.frames.pop()

    def _open_clause(self, word: str, token: re.Match[str]) -> bool:
        if word in _COMPLETIVE[self.language]:
            before = self.text[max(self.start, token.start() - _SAID_BEFORE) : token.start()]
            if not before.strip(" (abcdefghi)–-●•*\n") and word != "qu":
                return True
            if _AGREED.search(before) and not self.frames:
                self.main = token.end()
                return True
            if _NO_CLAUSE.search(before) or not re.search(r"\w", before):
                return True
            if self.frames and _TAKES_THAT_CLAUSE.search(before):
                self.frames[-1].verb = True  # it is what this completes
            self.frames.append(
                _OpenClause(
                    self.before in _ADVERBIAL_THAT,
                    word,
                    relative=word == "that" and not _TAKES_THAT_CLAUSE.search(before),
                )
            )
            return True
        if word in _RELATIVE[self.language]:
            self.frames.append(_OpenClause(False, word, relative=word not in _NO_SUBJECT))
            return True
        if word in _ADVERBIAL[self.language] and not (word == "si" and self.before == "así"):
            self.frames.append(_OpenClause(True, word))
            return True
        if self.language == "en" and self.before in _SAYS and not self.comma and word != "to":
            self.frames.append(_OpenClause(False, "", words=1))
            return False
        if self.language == "pt" and word == "se" and (self.before == "" or self.comma):
            self.frames.append(_OpenClause(True, word))
            return True
        return False

    def _read_word(self, word: str, printed: str) -> None:
        if not self.frames:
            return
        top = self.frames[-1]
        if top.aside:
            return
        if word in _BETWEEN and top.words == 0:
            return
        top.words += 1
        if top.words == 1 and word in _OBJECT_OR_ARTICLE:
            return
        first = (
            top.words == 1
            and top.opener not in _WHOSE
            and word not in _NOT_A_VERB
            and word not in _AND
            and printed[:1].islower()
        )
        verb = first and (self.language != "en" or top.relative)
        if not verb and (word in _NOUNS or not self.finite.fullmatch(word)):
            return
        if word.endswith(("ized", "ised")) and (self.before.endswith("ing") or self.before in _NOT_A_VERB):
            return  # "combating organized crime"
        if not top.verb:
            top.verb = True
        elif self.before not in _AND:
            self.frames.pop()
            if self.frames:
                self.frames[-1].verb = True
