"""Extracts numbers, months and ordinals, in digits or words, in a form that can be compared across languages."""

import re
import unicodedata
from functools import cache

from retrieval.text.terms import fold

Figure = frozenset[str]  # its readings: "1.234" is one thousand in Spanish and one and a bit in English

_DIGITS = re.compile(r"\d+(?:[.,  \u2009\u202f’']\d{3})+(?!\d)|\d+(?:[.,:/]\d+)*")
_GROUPED = re.compile(r"\d{1,3}([.,  \u2009\u202f’'])\d{3}(?:\1\d{3})*")
_WORD = re.compile(r"[^\W\d_]+")
_TENS = 20, 30, 40, 50, 60, 70, 80, 90
_BY_VALUE = {  # from two on: "one" counts nothing
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "pt": "dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove",
    "ar": "اثنان ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة عشرة",
}
_BY_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "vingt trente quarante cinquante soixante",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "ar": "عشرون ثلاثون اربعون خمسون ستون سبعون ثمانون تسعون",
}
_ORDINALS = {  # from the second on
    "en": "second third fourth fifth sixth seventh eighth ninth tenth",
    "es": "segundo tercero cuarto quinto sexto septimo octavo noveno decimo",
    "fr": "deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
    "pt": "segundo terceiro quarto quinto sexto setimo oitavo nono decimo",
    "ar": "الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر",
}
_OTHER_NUMBER_WORDS = {
    "en": "duo:2 trio:3 dozen:12 dozens:12 hundred:100 hundreds:100 thousand:1000 thousands:1000 million:10e6 millions:10e6 "
    "billion:10e9 billions:10e9 half:1/2 quarter:4th twice:2x double:2x thrice:3x triple:3x percent:% ",
    "es": "dieciséis:16 veintiuno:21 docena:12 cien:100 ciento:100 cientos:100 mil:1000 miles:1000 millon:10e6 millones:10e6 "
    "mitad:1/2 doble:2x triple:3x segunda:2th tercer:3th tercera:3th cuarta:4th quinta:5th sexta:6th septima:7th "
    "octava:8th novena:9th decima:10th",
    "fr": "seconde:2th second:2th douzaine:12 cent:100 cents:100 centaines:100 mille:1000 milliers:1000 million:10e6 "
    "millions:10e6 milliard:10e9 milliards:10e9 moitie:1/2 double:2x triple:3x quart:4th tiers:3th",
    "pt": "duas:2 duzia:12 cem:100 cento:100 centenas:100 mil:1000 milhares:1000 milhao:10e6 milhoes:10e6 metade:1/2 "
    "dobro:2x triplo:3x segunda:2th terceira:3th quarta:4th quinta:5th sexta:6th setima:7th oitava:8th nona:9th decima:10th",
    "ar": "اثنين:2 اثنتان:2 اثنتين:2 ثلاث:3 اربع:4 خمس:5 ست:6 سبع:7 ثمان:8 ثماني:8 تسع:9 عشر:10 عشرات:10 مئات:100 الاف:1000 ملايين:10e6 مئة:100 مائة:100 الف:1000 مليون:10e6 نصف:1/2 الثانية:2th الثالثة:3th الرابعة:4th الخامسة:5th السادسة:6th السابعة:7th",
}
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "ar": "يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
}
_DATED = re.compile(r"\d\W+(?:\w{1,3}\W+)?$")  # in front of a month
_DATES = re.compile(r"^\W+(?:\w{1,3}\W+)?\d")  # behind it


def find_figures(text: str, language: str) -> list[Figure]:
    """Finds the numbers, months and ordinals of a text, in its order; number words only in the given language.

    >>> [sorted(one) for one in find_figures("El 11 de noviembre, tres de cada 1.000", "es")]
    [['11'], ['month 11'], ['3'], ['1.000', '1000']]
    >>> find_figures("Three of them may vote in May 2010", "en")
    [frozenset({'3'}), frozenset({'month 5'}), frozenset({'2010'})]
    """
    plain = "".join(_to_ascii_digit(one) for one in text)
    words = _number_words().get(language, {})
    months = _months().get(language, {})
    found: list[tuple[int, Figure]] = [(match.start(), _readings(match[0])) for match in _DIGITS.finditer(plain)]
    for match in _WORD.finditer(plain):
        word = fold(match[0])
        if word in months and (_DATED.search(plain[: match.start()]) or _DATES.match(plain[match.end() :])):
            found.append((match.start(), frozenset({f"month {months[word]}"})))
        elif word in words:
            found.append((match.start(), frozenset({words[word]})))
    return [figure for _, figure in sorted(found, key=lambda pair: pair[0])]


def find_missing_figures(said: list[Figure], there: list[Figure]) -> list[Figure]:
    """Returns the figures of a statement that its source lacks; an ordinal counts as its cardinal."""
    known = {reading for figure in there for reading in figure}
    known |= {reading.removesuffix("th") for reading in known}
    return [figure for figure in said if not any(reading.removesuffix("th") in known for reading in figure)]


def _to_ascii_digit(character: str) -> str:
    """Converts a digit of any script to ASCII; leaves all else as it is."""
    return str(unicodedata.digit(character)) if character.isdecimal() else character


def _readings(printed: str) -> Figure:
    plain = printed.replace(",", ".").rstrip(".:/")
    readings = {plain.lstrip("0") or "0"}
    if _GROUPED.fullmatch(printed):
        readings.add(re.sub(r"\D", "", printed))
    return frozenset(readings)


@cache
def _number_words() -> dict[str, dict[str, str]]:
    """Number words by language: folded word to value."""
    made: dict[str, dict[str, str]] = {}
    for language, words in _BY_VALUE.items():
        some = {fold(word): str(value) for value, word in enumerate(words.split(), start=2)}
        some |= {fold(word): str(value) for value, word in zip(_TENS, _BY_TENS[language].split(), strict=False)}
        some |= {fold(word): f"{value}th" for value, word in enumerate(_ORDINALS[language].split(), start=2)}
        for passage in _OTHER_NUMBER_WORDS[language].split():
            word, _, value = passage.partition(":")
            some[fold(word)] = value
        made[language] = some
    return made


@cache
def _months() -> dict[str, dict[str, str]]:
    """Months by language: folded name to number."""
    return {
        language: {fold(word): str(value) for value, word in enumerate(words.split(), start=1)}
        for language, words in _MONTHS.items()
    }
