"""Word lists in five languages: function words, stop words of texts and of questions, names of numbered sections."""

from retrieval.text.terms import WORD, fold

FUNCTION_WORDS = frozenset(  # bear no meaning of their own, and no operator bears on them
    (
        "a al de del el la los las lo un una unos unas se le les su sus y o u que en con por para como mas "
        "muy solo ser es son sea sean sido estar esta estan este esto ha han haber hay tambien debe deben "
        "debemos deberia deberian puede pueden podria podrian tiene tienen the an such well both either one "
        "ones whether while whereas own among other others thing things way which who whom whose what when "
        "where there here then than so if but yet even just still thus well each about into within upon over "
        "under through during between beyond per via against toward towards without our we you your my i he "
        "she him her mientras aunque donde cuando cual cuales quien quienes cuyo cuya si pero sino ello ellos "
        "ellas ella este aun sobre entre hacia desde hasta ante segun cada otro otra otros otras mismo misma "
        "mismos mismas propio propia propios propias asi tanto tandis alors lorsque quand dont ils elles il "
        "elle nous vous on autre autres certains comme si mais donc aux entre vers chez meme memes propre "
        "propres cela celui celle ceux celles tels telles tout enquanto embora onde quando qual quais quem "
        "cujo cuja se mas senao ele ela eles elas este outra outras outro outros proprio proprios mesmo "
        "mesmos entre sobre ate desde cada assim tanto com sem the an of to in on for and or as by with from "
        "its their be is are was been being it that this these those only also do does did has have had more "
        "very any must should shall may might can could will would du des au aux d l en et ou que qu qui par "
        "pour sur dans ce cette ces son sa ses leur leurs etre est sont ete etait ne n se s y plus tres aussi "
        "avoir ont a doit doivent devrait devraient peut peuvent pourrait pourraient o os as ao aos da do das "
        "dos na no nas nos em um uma e ou ser sao seja estar esta estao mais muito tambem ter tem deve devem "
        "deveria deveriam pode podem poderia poderiam في من على عن الى إلى ان أن هذا هذه التي الذي هو هي كل "
        "يجب ذلك تلك هذين كما بما بين حين حيث عند عندما اذا قد ثم او و مع لدى منها ومنها ذات ايضا ينبغي يمكن "
        "يتعين"
    ).split()
)

_SECTION_UNITS = {  # what carries a number
    "roundtable": "mesa redonda|mesas redondas|mesa|roundtable|round table|table ronde|المائدة المستديرة|مائدة مستديرة",
    "session": "sesion|session|seance|sessao|جلسة|الجلسة",
    "chapter": "capitulo|chapter|chapitre|فصل|الفصل",
    "section": "seccion|section|secao|apartado|قسم|القسم",
    "part": "parte|part|partie|جزء|الجزء",
    "annex": "anexo|annex|annexe|مرفق",
}
# by their words, as folded text has them
SECTION_UNITS = {fold(word): name for name, words in _SECTION_UNITS.items() for word in words.split("|")}
STOP_WORDS = frozenset(  # words that say nothing by themselves
    (
        "a al an and are as at be by con da das de del des do does did dos du e el els em en es et for from has "
        "have il in is it its l la las le les lo los na nas no nos o of on or os ou para par por pour que qui se "
        "son sont sur the their them there these this to un una une und with y qu d s que ao aos aux au sobre "
        "about regarding concerning acerca respecto cuanto contra su sus between entre me please favor t va van "
        "من في على عن الى بشان حول و التي الذي هي هو ما"
    ).split()
)
QUERY_STOP_WORDS = STOP_WORDS | frozenset(  # words that ask and say nothing of the subject
    (
        "all every each which what who how many list enumerate give show name everything recommendation "
        "recommendations recommend recommends recommended report reports document documents passage passages "
        "paragraph paragraphs say says said mention mentions mentioned exist any were was deal deals dealing "
        "address addresses addressed made related relating concern concerns contain contains refer refers speak "
        "speaks proposal proposals measure measures proposed points point been there can you tell todo toda "
        "todos todas cada cual cuales cuantas cuantos quien lista listar listame listado enumera enumerar dame "
        "muestra recomendacion recomendaciones recomienda recomiendan recomendo recomendaron informe informes "
        "documento dice dicen dijo menciona mencionan hay existen existe tratan hablan habla refieren refiere "
        "hacen hace hicieron fueron hechas dirigidas dirigida formuladas relacionadas relativas relativa "
        "propuestas propuesta medidas puntos qué cuál estan ellas ellos dan tous tout toutes toute chaque quel "
        "quels quelle quelles combien liste lister listez enumerer recommandation recommandations recommande "
        "recommandent rapport rapports dit disent parle parlent traitent traite concernent concerne ont ete "
        "faites mesures propositions moi donnez y-a-t-il a-t-il t-il a-t-on toda tudo quais quantas quantos "
        "pasame paseme sacame saca saque ensename enseneme muestrame muestreme muestren ponme busco busca buscame "
        "quiero queremos quisiera querria necesito necesitamos digame dime puedes puede podria podrias lo aparece "
        "aparecen aparezca aparezcan sale salen salga salgan salio salieron figura figuran nombran nombra lee leen "
        "contienen incluyen abordan aborda aluden alude want need would like could find get pull appear appears "
        "include includes cover covers whole complete full entire came come comes my voudrais voudrions veux voulez "
        "besoin je nous montre montrez sortez sors cite citez evoque evoquent abordent figurent apparait apparaissent "
        "contiennent mentionnent mentionne portent porte mostre mostra quero queria queremos gostaria preciso traga "
        "aparecem falem citam cita constam consta envie envia passe passa "
        "اريد نريد اعطني اعطنا ارني اظهر احتاج تذكر تتناول تتحدث فيها يذكر وردت ترد "
        "liste enumere recomendacao recomendacoes recomenda recomendam recomendou relatorio relatorios diz dizem "
        "disse mencionam ha existem tratam falam foram feitas medidas propostas sao كل جميع كم عدد اسرد اذكر "
        "قائمة التوصيات توصيات توصية التقرير تقرير يقول ماذا هناك توجد المتعلقة تتعلق"
    ).split()
)


def content_words(text: str) -> frozenset[str]:
    """Returns the folded words of a text without numbers and QUERY_STOP_WORDS.

    >>> sorted(content_words("Sobre los efectos de la migración irregular:"))
    ['efectos', 'irregular', 'migracion']
    """
    return frozenset(word for word in WORD.findall(fold(text)) if word not in QUERY_STOP_WORDS and not word.isdigit())


def is_function_word(word: str) -> bool:
    """Whether a word, in any case, is one of FUNCTION_WORDS."""
    return fold(word) in FUNCTION_WORDS
