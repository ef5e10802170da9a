"""Patterns of follow-up questions in es en fr pt ar, over folded text (`cursor.fold_question`)."""

import re

from retrieval.query import patterns

QUESTION_NOUN = r"(?:question|pregunta|pergunta|consulta|(?:ال)?سوال)"

# yes, sí por favor, oui, sim, نعم: to what the last answer offered
_PLEASE = (
    r"(?:\W+(?:please|por favor|s'il vous plait|s'il te plait|gracias|thanks|thank you|merci|obrigad[oa]|من فضلك))?"
)
_YES = (
    r"(?:yes|yeah|yep|sure|ok|okay|of course|go ahead|please do|do it|si|claro|vale|de acuerdo|adelante|por supuesto|"
    r"oui|d'accord|bien sur|volontiers|sim|com certeza|pode ser|isso mesmo|نعم|اجل|حسنا|طبعا)"
)
_SHOW = (
    r"(?:(?:please\s+|you can\s+)?(?:show|give|list|read|let me see)(?:\s+me)?|muestra(?:me|nos)?(?:l[oa]s?)?|"
    r"muestrame(?:l[oa]s?)?|enseña(?:me)?(?:l[oa]s?)?|ensename(?:l[oa]s?)?|dame(?:l[oa]s?)?|ver|mostrar|quiero ver|"
    r"montre[rz]?(?:-(?:les?|la))?(?:-moi)?|voir|donne[rz]?(?:-(?:les?|la))?(?:-moi)?|mostre(?:-me)?|mostra(?:-me)?|"
    r"quero ver|de-me|اعرض|ارني|اظهر)"
)
_THEM = r"(?:it|them|those|these|that|the closest|the nearest|las mas cercanas|lo mas cercano|elles|ceux-ci|as mais proximas|اياها)"
_REST = (
    r"(?:(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:rest|others?|remaining(?: ones)?|other ones)|all(?: of (?:them|it))?|everything|"
    r"(?:el|los|las)\s+(?:resto|demas|otr[oa]s|restantes)|(?:ver\s+)?tod[oa]s(?: ell[oa]s)?|todo|"
    r"(?:le|les|la)\s+(?:reste|autres?)|tous|toutes|tout|(?:o|os|as)\s+(?:resto|demais|outr[oa]s|restantes)|tudo|"
    r"(?:ال)?باقي|(?:ال)?بقية|البقيه|كلها|جميعها)"
)
_MORE = (
    r"(?:more(?:\s+(?:details?|of them|on (?:this|that|it)))?|(?:mas|mais)(?:\s+(?:detalles?|detalhes?|sobre (?:eso|esto|isso)))?|"
    r"plus(?:\s+de details?)?|encore|ainda mais|المزيد|اكثر)"
)
YES = re.compile(
    rf"^\W*(?:{_YES}{_PLEASE}(?:\W+{_SHOW}(?:\s+(?:{_THEM}|{_REST}))?)?|{_SHOW}(?:\s+{_THEM})?){_PLEASE}\W*$"
)
REST = re.compile(
    rf"^\W*(?:{_YES}\W+)?(?:(?:and|y|e|et|و)\s+)?(?:{_SHOW}\s+)?(?:{_REST}|{_MORE}){_PLEASE}\W*$|"
    r"^\W*(?:and\s+)?(?:what|anything)\s+(?:else|more)\b|^\W*(?:y\s+)?(?:que|algo)\s+mas\b|^\W*(?:et\s+)?quoi\s+d'autre\b|"
    r"^\W*(?:et\s+)?(?:autre chose|rien d'autre)\b|^\W*(?:e\s+)?(?:o\s+)?(?:que|algo|mais alguma coisa)(?:\s+mais)\b|"
    r"^\W*(?:tell|show|give)\s+(?:me|us)\s+more\b|^\W*(?:cuenta|di|dime|cuentame|explica|explicame|dame)(?:me)?\s+mas\b|"
    r"^\W*(?:dis|dites|parle[rz]?|donne[rz]?)(?:-m'en|-moi|-nous-en)\s+(?:plus|davantage)\b|^\W*(?:diga|fale|conte|de)(?:-me)?\s+mais\b|"
    r"^\W*(?:و)?ماذا\s+(?:ايضا|غير ذلك)|^\W*هل\s+(?:هناك|من)\s+(?:شيء|شي)\s+(?:اخر|ايضا)|^\W*(?:اخبرني|حدثني|قل لي)\s+(?:المزيد|اكثر)|"
    r"^\W*(?:how many|cuant[oa]s|combien|quant[oa]s|كم)\W*$"
)
WHY = re.compile(
    r"^\W*(?:(?:and|but|y|pero|et|mais|e|mas|و|ولكن)\s*)?(?:why(?: (?:is that|so|not))?|how come|por ?que(?: (?:no|eso|razon))?|"
    r"pourquoi(?: (?:pas|cela|ca))?|por que(?: (?:motivo|nao))?|لماذا|لم)\W*$"
)

# no, I meant …: what follows is meant
CORRECTION = re.compile(
    r"^\W*(?:(?:no+|nao|non|nope|sorry|perdon|pardon|desculpe|لا|عفوا|اسف)\W+)?(?:(?:sorry|perdon|pardon|desculpe|actually)\W+)?"
    r"(?P<meant>(?:i|we)\s+(?:meant|mean|was (?:asking|talking) about|am (?:asking|talking) about|want(?:ed)? to (?:ask|know) about)|"
    r"(?:yo\s+)?(?:me\s+referia\s+a(?=l\b)?|me\s+refiero\s+a(?=l\b)?|queria\s+decir|quise\s+decir|quiero\s+decir|hablaba\s+de|preguntaba\s+por)|"
    r"mejor\s+dicho|(?:je\s+voulais\s+dire|je\s+veux\s+dire|je\s+parlais\s+(?:de|des|du)|je\s+pensais\s+(?:a|aux?)|plutot)|"
    r"(?:eu\s+)?(?:quis\s+dizer|queria\s+dizer|quero\s+dizer|me\s+referia\s+(?:a|ao|as|aos)|referia-me\s+(?:a|ao|as|aos)|estava\s+falando\s+d[aeo]s?)|"
    r"(?:كنت\s+)?(?:اقصد|اعني|قصدت))\W+(?=\w)|"
    r"^\W*(?:no+|nao|non|nope|actually|rather|perdon|sorry|pardon|desculpe|لا|بل)\s*[,;:.،]\s*(?=\w)"
)

# go back to the first question, volvamos a la pregunta anterior
BACK = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|now|ahora|maintenant|agora|vale|bueno|so|entonces)\W+)?(?:(?:please|can we|let's|let us|lets|podemos|vamos a)\s+)?"
    r"(?:(?:go(?:ing)?\s+back|back|volver|volvamos|volviendo|vuelve|vuelva|regresemos|regresar|"
    r"reven(?:ons|ir|ez|ant|ens)|retour(?:nons|ner|nez)?|voltar|voltemos|voltando|volte|لنعد|نعود|العودة|ارجع)"
    r"\s+(?:to|al?|a la|aux?|ao|as|aos|الى)\s+(?=\w)|return\s+to\s+(?=\w)|(?:retomemos|retomar)\s+(?=\w)|(?:go\s+)?back\W*$)"
)
PREVIOUS = re.compile(
    rf"\b(?:previous|last|prior|earlier|ultim[ao]|anterior|precedente?|derniere?|السابق|الاخير|previa)\b.*\b{QUESTION_NOUN}|"
    rf"{QUESTION_NOUN}\s+(?:anterior|previa|precedente|السابق|الاخير)|^\W*(?:that|the|la|a)\s+{QUESTION_NOUN}\W*$"
)
QUESTION_MENTIONED = re.compile(rf"\b{QUESTION_NOUN}\b")

# ordinals over what was shown: explain the second one, la tercera, [2], number 3
_ONE = r"(?:\s+(?:ones?|un[oa]|recommendation|recomendacion|recommandation|recomendacao|quotes?|citas?|citations?|citacao|passages?|pasajes?|trecho|points?|puntos?|ponto|items?|result|resultado))?"
BRACKETED = re.compile(r"\[\s*(\d{1,3})\s*\]")
NUMBERED = re.compile(
    r"(?<![\w.])(?:(?:the|el|la|le|o|a)\s+)?(?:number|no\.?|nr\.?|num\.?|numero|n[.º°o]+|mark|cita|citation|quote|marque|marca|رقم|#)\s*(\d{1,3})\b(?![.\d])"
)
ORDINAL = re.compile(rf"\b(?:(?:the|la|el|le|o|a|l')\s*)?(?:{patterns.ORDINALS}|{patterns.ORDINAL_DIGITS})(?!\w){_ONE}")
LAST = re.compile(
    rf"\b(?:(?:the|la|el|le|o|a)\s+)?(?:last|final|ultim[ao]|derniere?)(?!\w){_ONE}|(?:ال)?(?:اخيرة|اخير)(?!\w)"
)
ONLY_NUMBER = re.compile(r"(?:^\W*|\b(?:the|la|el|le|o|a)\s+)(\d{1,2})\W*$")

# and for women?: the earlier subject goes on, narrowed by what follows
CONTINUATION = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|thanks|thank you|gracias|merci|obrigad[oa]|bueno|bien|vale|yes|si|oui|sim)\W+)?"
    r"(?:(?:and|y|e|et|but|pero|mais|also|or|o|ou|tambien|aussi|tambem)\s+(?=\w)|و(?=\s*(?:ال|لل|ل|في|ب|عن|ما|من|هل|كيف))\s*)"
)
IN_CASE_OF = re.compile(
    r"^\W*(?:(?:what|how)\s+about\s+(?=for\b|in\b|to\b|with\b|when\b)|que\s+(?:hay|pasa)\s+(?=para\b|en\b|con\b))?"
    r"(?P<prep>as for|for|in the case of|in case of|in|to|with|without|when|if|among|by|para|en el caso de|en caso de|en|con|sin|si|"
    r"cuando|entre|por|a|ante|pour les? cas de|dans le cas de|pour|dans|chez|en cas de|avec|sans|quand|parmi|aux?|par|no caso de|em|n[ao]s?|com|"
    r"sem|se|quando|بالنسبة الى|في حالة|في)\s+(?=\w)|^\W*(?P<for>بالنسبة ل|ل(?=ل))(?=\w)"
)
NARROWED = re.compile(
    r"^\W*(?:only|just|solo|solamente|unicamente|seulement|uniquement|somente|apenas|فقط)\s+(?=\w)|"
    r"^\W*(?:(?:the\s+)?(?:those|ones)|l[ao]s\s+(?:que|dirigid[oa]s|de)|aquell[oa]s|celles|ceux|aquel[ae]s|as\s+(?:que|dirigidas|d[aeo])|تلك)\b"
)
ABOUT = re.compile(
    r"^\W*(?:(?:and|y|et|e|but|pero|mais|mas|ok|so|و)\s*)?(?:(?:what|how)\s+about|what\s+of|que\s+hay\s+(?:de|sobre)|que\s+pasa\s+con|que\s+tal|y\s+que\s+de|en\s+cuanto\s+a|"
    r"respecto\s+(?:a|de)|qu'en\s+est-il\s+(?:de|des|du|d')|quid\s+(?:de|des|du)|quant\s+(?:a|aux?)|e\s+quanto\s+(?:a|ao|as|aos)|quanto\s+(?:a|ao|as|aos)|"
    r"ماذا\s+عن|ما\s+شان)(?:\s+|(?<='))(?=\w)|^\W*(?:on|about|regarding|concerning|sobre|acerca de|sur|concernant|a propos (?:de|des|du)|عن|بشان)\s+(?=\w)"
)

# is it mandatory?, ¿a quién se dirige eso?
_THIS_REPORT = (
    r"\b(?:this|the|these|that|este|esta|el|ese|ce|cet|cette|le|o|esse|هذا)\s+(?:report|informe|rapport|relatorio|document\w*|"
    r"forum|foro|table ronde|roundtable|round table|mesa redonda)\b|هذا\s+التقرير"
)
THIS_REPORT = re.compile(_THIS_REPORT)
PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|eso|esto|ello|ell[oa]s?|cela|ca|celui-ci|celle-ci|celles-ci|ceux-ci|elles?|ils|eux|"
    r"isso|isto|aquilo|eles|elas?|ele|d[ei]sso|d[ei]sto|disto|dele|dela|nisso)\b|"
    r"\b(?:is|was|does|did|do|would|should|can|could|will|of|about|for|to|by|with|like|from|on)\s+(?:that|this)\b|"
    r"\b(?:al respecto|a ce sujet|sur ce point|a esse respeito|on this|of those|of these)\b|(?<!\w)(?:ذلك|بذلك|لذلك|عنها|عنه|بها|فيها)(?!\w)"
)
DEMONSTRATIVE = re.compile(
    r"(?<!\w)(?:this|that|these|those|est[aeo]s?|es[aeo]s?|cet|cette|ces|ess[ae]s?|هذه|هذا|تلك)\s+(?P<noun>\w+)"
)
INTERROGATIVE = re.compile(
    r"^\W*(?:(?:o|a|en|de|por|para|to|with|in|from|by|for|at|on|sur|dans|avec|pour|com|em|d)\s+)?(?:what|which|who|whom|whose|how|when|where|why|does|do|did|is|are|was|were|should|must|"
    r"can|could|has|have|had|will|list|show|give|tell|explain|que|cual(?:es)?|quien(?:es)?|como|cuando|donde|cuant[oa]s?|hay|existen?|debe[n]?|deberian?|puede[n]?|"
    r"es|son|esta[n]?|fue|dice|lista|enumera|dime|dame|explica|quels?|quelles?|qui|quoi|comment|ou|quand|combien|est-ce|est-il|qu'|y a-t-il|existe-t-il|faut-il|liste|donne[rz]?|"
    r"لمن|quem|qual|quais|onde|quant[oa]s?|ha|e possivel|deve[m]?|pode[m]?|sao|foi|diga|ماذا|ما|من|كيف|متى|اين|هل|كم|لماذا|اذكر|اسرد)(?!\w)"
)
LIST_OPENING = re.compile(
    r"^\W*(?:\w+\W+){1,7}?(?:on|about|regarding|concerning|for|sobre|acerca de|respecto a|para|sur|concernant|a propos de|pour|عن|بشان|حول)\s+(?=\w)"
)

# what is asked of a passage that was shown: how strongly, to whom, by whom, where it stands
_ATTRIBUTES = (
    r"mandatory|obligator\w*|obligatoires?|obrigatori\w*|obliga\w*|binding|vinculante?s?|vinculativ\w*|compulsory|contraignante?s?|imperativ\w*|"
    r"address(?:ed|ee|ees)?|directed|dirig\w*|destinatari\w*|destinad[oa]s?|destinataires?|destinees?|adress\w*|enderecad\w*|aimed|intended|"
    r"propos\w*|propus\w*|formul\w*|sug[ei]r\w*|suggest\w*|said|says?|recomm?end\w*|recommand\w*|recomiend\w*|made|makes?|hizo|hicieron|fait|fez|"
    r"strong(?:ly)?|strength|fuerte|fuerza|forte|force|forca|responsables?|responsible|responsavel|responsaveis|responsab\w{0,2}|"
    r"line|linea|ligne|linha|pages?|paginas?|original|exact(?:ly|o|a|e|amente|ement)?|exat\w*|literal\w*|verbatim|wording|words|palabras|"
    r"refers?|apply|applies|concerns?|aplica|concierne|refiere|"
    r"الزامي\w*|ملزم\w*|موجه\w*|اوصى|يوصي|وجه\w*|مسوول|المسوول"
)
ATTRIBUTE = re.compile(rf"^(?:{_ATTRIBUTES})$")
_FILLER = (
    r"questions?|preguntas?|perguntas?|سوال|السوال|"
    r"muestr\w*|mostr\w*|montr\w*|ensen\w*|give|read|لمن|الى|اشرحي|"
    r"explain\w*|explica\w*|expliqu\w*|expliqu?e\w*|detail\w*|detall\w*|detalh\w*|show|read|quote|cite|cita\w*|citer|full|whole|text\w*|complet\w*|enter[ao]|entiere?|"
    r"elaborate|describe|expand|clarif\w*|aclara\w*|desarrolla\w*|develop\w*|developpe\w*|please|plus|mas|mais|more|again|just|only|else|"
    r"one|ones|una|uno|um|uma|mean|means|significa|signifie|quer|dizer|decir|veut|dire|ver|see|voir|open|abre|abrir|ouvre\w*|abra|lee|leer|lire|lis|leia|ler|"
    r"exactly|really|also|too|tambien|aussi|tambem|ademas|still|then|so|now|here|ahora|entonces|sure|interested|interesa|you|your|could|would|should|will|shall|"
    r"i|we|my|he|she|us|want|like|know|yo|quiero|quisiera|puedes?|puede|podria\w*|peux|peut|pouvez|pourriez|pode|poderia|quero|je|tu|vous|nous|eu|voce|"
    r"when|where|why|whom|whose|how|come|cuando|donde|como|porque|quando|onde|comment|pourquoi|ou|quoi|quien|quienes|quem|qual|quais|cuales?|"
    r"est|est-ce|ce|c|sera|fue|foi|was|were|been|being|has|had|did|se|le|les|lo|lhe|esta|este|esto|eso|esa|ese|esas|esos|estas|estos|isso|isto|essa|esse|ello|ellas?|ellos?|"
    r"cela|ca|celle|celui|celles|ceux|ci|elle|elles|il|ils|eux|ele|ela|eles|elas|disso|dele|dela|it|its|they|them|their|that|this|those|these|"
    r"اشرح|فسر|وضح|لماذا|متى|اين|كيف|هل|من|ذلك|هذا|هذه|تلك|هي|هو|لي|ماذا|ايضا|المزيد"
)
FILLER = re.compile(rf"^(?:{_FILLER})$")
