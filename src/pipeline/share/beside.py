"""Numbers that are ids because of what stands beside them: a word for a person, the name of a column, a list.

All of it works on folded text. A form is a pattern with ``§`` where the number stands.
"""

import re
from pathlib import Path

_SAID = "|".join(  # the word for a patient, a subject, a participant, in many languages; folded
    Path(__file__).with_name("persons.txt").read_text(encoding="utf-8").split("\n")[1:-1]
)
PERSON = re.compile(rf"(?:patient(?:in)?|proband(?:in)?|teilnehmer(?:in)?|{_SAID})")
_ID_CONTEXT = (
    rf"(?:patient(?:[/:*]?in|\(in\)|en|e)?|teilnehmer(?:in)?|case(?:\sreport)?|record|proband(?:in|en)?|pa[cz]iente|{_SAID}"
    r"|subj|(?:(?<![a-z])p?|subj|(?<=[a-z]_))id|number|nummer|(?<![a-z])(?:no|nr)|编号|号"
    r"|(?:(?<![a-z])n\.?\s?[°o]|numero|num\.|codigo)\s?(?:d['’]|del?\s|de\sla\s|du\s)[a-z]{3,14}(?<!s))"
)
_COUNTED_BY = (
    r"(?:\s*(?:no\.?|n\s?[°.o]{1,2}|id|nr\.?|nos|nums?|numb?ero|number(?:ed)?|identifier|code|key|so|序号|番号|번호|代码|号码))?"
    r"(?:(?:\s?[._·-]){3,40}\s?:?\s?|[\s:#=._为是-]{0,4}(?:[\[({\"'](?=\d{3}))?)"
)


_NO_COUNT = r"(?![\dA-Za-z_]|\.\d|\s?[例名人位个岁周月天次%])"  # 患者 12 例 are twelve
_PERSON = (  # before a number in brackets
    r"(?:subject|patient(?:in)?|participant|proband|受试者|患者|病人|病例)"
    r"(?:\s(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-[a-z]+)?)?\s?\("
)
_PEOPLE = (
    r"(?:subjects|pa[ct]ient[ea]?s|participant[ea]?s|(?:patient|proband|teilnehmer)(?:inn)?en|volunteers|individuals|persons"
    r"|(?<!\w)(?:sujet(?:o|te)?s|malades|enferm[oa]s|pazienti|soggetti))\s"
)
_AND = r"(?:,\s|\s(?:and|und|et|y|e|&)\s)"
_WHO = r"(?:subject|patient|participant|proband|volunteer)"
_SIGNS = "患者|病人|受试者|病例"
_NEXT = r"(?:[,;]\s?(?:and\s)?|\s(?:and|und|&)\s|\s-\s)"
_SEVERAL = (
    rf"(?:((?:\d+{_NEXT}){{1,99}})§|§(?={_NEXT}\d))(?![\dA-Za-z_%]|\.\d)"  # of a list, for one may be a count
)
_OF_PEOPLE = (  # before a list
    rf"(?<!\w){_WHO}(?:s|\(s\))\s?(?:(?:nos?|numbers?|ids?|who\s\w+|excluded|dropped|removed|withdrawn|lost|omitted)\b\.?\s?){{0,2}}"
)
_VALUE = r"(?:value|content|data-[a-z-]{1,20})=[\"']?"
_KEY = (  # a name of a column or of a field
    r"(?:(?:subject|patient|participant|record|case|pat|pt|subj?|usubj|proband(?:en)?|teilnehmer|patienten|mrn|study|person)"
    r"[ _-]?(?:id|no|nr|num|number|nummer|code|key)|u?subjid"
    r"|(?:受试者|患者|病人|研究|入组)?编号|病例号|受试者号|住院号)s?"
)
_TYPED = r"(?:[:=]\s?)?(?:int|num|chr|<\w{3,4}>)(?=\s)"  # as R lists the columns of a table
_IS = (
    rf"(?:{_TYPED}|[:=!<>~,;|]{{1,3}}|<-|%in%|(?:not\s)?in(?=\s?(?:c?\(|\[))|\.(?:isin|eq|ne)|ne|eq"
    r"|(?:type=\S{1,12}\s)?(?:value|content)=)"
)
_OPENED = r"\s?(?:c\(|[\\\[({\"']){0,4}(?:-\s)?"
_OTHERS = (
    r"((?:(?:[\"']?\d+[\"']?:\s?)?[\"']?\d+l?[\"']?(?:[,;]\s?|\s-\s)){0,99})(?:[\"']?\d+[\"']?:\s?)?[\"']?"
)
_REMARK = r"[;,]?\s{0,4}(?:(?:#|--|//|/\*)\s?(?:the\s)?|(?:by|per)\s)"
_OMIT = r"(?:exclud|drop|remov|skip|omit)\w{0,4}"
_LEFT_OUT = rf"(?:{_OMIT}[ _](?:{_WHO}s?|ids?)|{_WHO}s?[_.](?:to[_.])?{_OMIT})"
_PREFIX = r"(?:[a-z]{1,8}\d{0,6}[-._](?:\d{1,4}[-._])?)?"  # of the study, before the id
_OF_STUDY = rf"(?:(?<=subject id: ){_PREFIX})?"  # where a table says so
_LATER = r"(?:l?[\"']?\s?[,;]\s?[\"']?\d+)*[\"']?"
_NEAR_KEY = (  # a number (§) where the name of a column or of an address says whose it is
    rf"(?:{_KEY}|{_LEFT_OUT})[\\\"'\])]{{0,3}}\s?{_IS}{_OPENED}{_OTHERS}{_PREFIX}§l?(?![\dA-Za-z_]|\.\d)",
    rf"§[\"']?((?:[,、]\s?\d+)*)\s?[\[(]\s?{_KEY}",
    rf"{_OF_PEOPLE}(?::\s?)?[\[({{]?(?:-\s)?{_SEVERAL}",
    rf"{_OF_PEOPLE}(?::\s?|(?<=\s))[\[{{]§[\]}}]",
    rf"(?:((?:\d+,\s){{1,99}})§|§(?=,\s\d))((?:,\s\d+)*)\s?\({_WHO}s\)",
    rf"{_PEOPLE}(?:(\d{{3,}})-§|§-\d{{3,}})(?![\d%]|\s?(?:years|mg|mm|ml|g|m|kg|weeks|days|months)\b)",
    rf"[\"']{_WHO}[\"'],\s?[\"']?§(?![\w.%])",
    rf"(?<!\w){_WHO}[,;]§[,;]",
    rf"[\w-]=(?:[\"']{_WHO}[\w-]{{0,4}}[\"']|{_WHO}[\w-]{{0,4}})\s[^<>]{{0,60}}?{_VALUE}§(?![\w.%])",
    rf"{_VALUE}§[\"']?\s[^<>]{{0,60}}?[\w-]=[\"']?{_WHO}\b",
    rf"=[\"']s?§[\"';,\s][^<>]{{0,24}}\b{_WHO}[\"'/]",
    rf"=[\"']{_WHO}[\w-]{{0,12}}[\"'][^<>]{{0,60}}>(?:\s?<[^<>]{{0,80}}>){{0,9}}\s?§\s?<",
    rf">\s?§,?\s{_WHO}\s?<",
    rf"/§/[^\s\"'<>]{{0,24}}[?&;]\w{{1,12}}={_WHO}\b",
    rf"\((?:{_KEY}|{_WHO})(?:,\s?\w+){{0,3}}\)\s?=\s?\([\"']?§(?!\d)",
    rf"{_KEY}\s?\(§\)",
    r"\bids?(?:['’]?s)?(?:\sof\s[a-z\s]{1,30})?[:\s]\s?(?:(?:is|was|are|were)\s)?((?:\d+(?:,\s?|\s(?:and|&|und)\s)){0,9})§"
    r"(?![\dA-Za-z_]|\.\d)",
    r"\b(?:randomi[sz]ed|enrolled|registered|listed)\sas\s(?:no\.?\s|number\s)?§(?![\dA-Za-z_]|\.\d)",
    rf"§\s\({_WHO}\)",
    rf"(?<![a-z])(?:{_WHO}|pat|subj|pt|case)[-_]?§(?=[-_.][a-z])",
    rf"\b{_WHO}:\s?(?:int|str|float)\s?=\s?[\"']?§(?![\w.])",
    rf"(?:name|id)=[\"']?{_WHO}[\w-]{{0,4}}[\"']?\s[^<>]{{0,40}}?value=[\"']?§(?![\w.])",
    r"(?<![a-z])(?:subjects?|patients?|participants?)/§(?=\.[a-z]{3,7}\b)",
    rf"[\[(]{_OTHERS}§[^\n\]]{{0,40}}[\])]?[^\n=]{{0,12}}(?:dtype=[^\n=]{{1,16}})?\bnames?=\[?[\"'](?:{_KEY}|{_WHO}[\"'])",
    r"\bpid\|\d*\|[^|]{0,20}\|§(?:[\^|]|(?![\w.]))",
    rf"\bthe\s§\s{_WHO}\sid\b",
    rf"§\s(?:of|in|on)\sthe\s{_WHO}\s(?:list|log|register)\b",
    rf"§{_LATER}(?::[^#{{}}]{{0,30}})?[\])}}]{{1,3}}{_REMARK}(?:(?:by|per|each|one)\s)?(?:{_KEY}|{_WHO}s?)\b",
    rf"§{_REMARK}{_KEY}\b",
    rf"{_WHO}s?(?:by)?(?:id)?\.(?:loc|at|xs|get|query)\s?[\[(]\s?{_OTHERS}§[\"',\])]",
    rf"(?<=[a-z]_){_WHO}s?\[[\"']?§[\"']?\]",
    r"(?<![a-z])sub-§(?=_)",
    rf"(?<![a-z]){_WHO}(?:[-_.]?(?:id|no))?\\?[\"'\]]{{0,2}}\s?(?:(?:[:=!<>]{{1,3}}|%in%|<-){_OPENED}{_OTHERS}|[\"'`(]{{1,2}})§"
    r"(?![\w.%]|\s?[-–(/])",
    rf"[\"']{_WHO}[\"']\s?:\s?\{{(?:\s?[\"']\w+[\"']\s?:\s?\{{)?\s?[\"'](?:id|no|number|identifier|value)[\"']\s?:\s?[\"']?§(?![\w.])",
    rf"[\"']{_WHO}s?/§[\"']",
    rf"{_WHO}(?:\s?(?:id|no\.?))?:?\s?<input[^<>]{{0,60}}?value=[\"']?§(?![\w.])",
    rf"\([\"']?§[\"']?,[^()]{{0,24}}\)[^()]{{0,12}}\(\s?{_KEY}",
    r"第\s?§\s?[号例位名]",
    r"§\s?号(?:患者|病人|受试者|病例)",
    r"/(?:subjects?|patients?|participants?|records?|cases?)/§(?![0-9a-z.])",
    r"(?<![a-z])(?:subjects?|patients?|participants?)/§/",
    r"(?<![a-z])(?:subject|patient|participant|proband|pat|pt|subj)(?:\s?(?:id|no|nr|number))?[.:]?\s\|\s((?:\d+\s\|\s){0,30})§(?![\dA-Za-z_%]|\.\d|\s\()",
    r"[<\"'](?:subject|patient|participant)(?:_?id|_?no)?[\"']?>§<",
    rf"§(?:\.[a-z]{{2,5}})?\s{{0,3}}\((?:the\s)?(?:(?:{_WHO}|{_SIGNS})(?:\)|\s(?:with|who|whose)\b)|(?:subj|{_SAID})\))",
    rf"{_WHO}s?\s(?:other\sthan|except(?:\sfor)?|apart\sfrom)\s§(?![\w.%]|\s(?:with|of|who))",
    rf"<(?:{_WHO}|pat|subj)[a-z_-]{{0,24}}(?:id|no|numb(?:er)?|num|nr|key|code)>\s?§\s?<",
    rf"{_WHO}s\s?[=:]\s?[\[({{]\s?(?:[\"']\d+[\"'],\s?){{0,99}}[\"']§[\"']",  # counts have no quotes
    rf"{_KEY}[\"']?\)?\s?(?:=>\s?==\(|\.(?:loc|xs|at|get|get_group)[\[(])\s?[\"']?§(?![\w.])",
    rf"[\"']§[\"'][^\n#]{{0,40}}#\s?(?:the\s)?{_WHO}\b",
    rf"{_WHO}\|+§\|",
    rf"{_WHO}\?(?:identifier|_?id)=(?:[^&\s]{{0,60}}\|)?§(?![\w.])",
    rf"{_KEY}\s(?:lo|sh|cs)\s?[:\[]\s?[\[\"']{{0,2}}§(?![\w.])",
    r"\bu?subjid\s[a-z]{1,8}\d{0,6}[-._](?:\d{1,4}[-._])?§(?![\w.-])",
    r"(?<![a-z])p_§_(?=week|visit|[vw]\d)",
    rf"§[\"']?\]?\snot\s(?:in|found)\b[^\n\d]{{0,40}}?(?:{_KEY}|{_WHO}\b)",
    rf"[{{,]\s?[\"']?§[\"']?\s?:\s?[\"']{_WHO}[\"']",
    rf"\b{_WHO}\s(?:with|having)\b[^.\d\n]{{1,40}}?(?:[:=,|]|\bis|\bwas)\s?§(?![\w.%]|\s[a-z%])",
    rf"/§/{_WHO}\b",
    rf"\b{_WHO}/§(?![\w./-])",
    rf"\b(?:print|show|display|cat)\([\w.$]*{_WHO}\)\s§(?![\w.])",
    rf"(?<![a-z]){_WHO}s\s?=\s?\{{{_OTHERS}§(?=,\s?\d|\s?\}})",
    rf"(?:\$|\b[a-z]{{3,8}}\()(?:{_KEY}|{_WHO})\)?:?\s(?:\[1\]\s)?((?:\d+\s){{0,99}})§(?![\w.]|\s?[:=])",
    rf"(?:effects?|intercepts?)\s(?:of|by|for)\s{_WHO}:?\s(?:\(intercept\)\s)?((?:\d+\s-?\d+\.\d+\s){{0,99}})§\s-?\d",
    rf"{_WHO}\s?(?:[\"']\s?\+\s?|\$\{{)[\"']?§(?![\w.])",
    r"\b(?:number|id|code)\s(?:in|within)\s(?:the|this|our)\s(?:study|trial|registe?ry?|list|log)\s?(?:is|was|[:=(])\s?§(?![\w%]|\.\d)",
    rf"\bname:\s§,.{{0,24}}\s{_KEY}",
    r"(?<![a-z])p?ids?\s?(?:%in%|(?:not\s)?in)\s?" + rf"{_OPENED}{_OTHERS}§(?![\w.])",
)
_NAMED = re.compile(
    rf"{_PEOPLE}((?:\d+{_AND})*\d+)|{_ID_CONTEXT}{_COUNTED_BY}{_OF_STUDY}0*(\d+)|{_PERSON}0*(\d+)\)"
)
_NAMED_BY_KEY = tuple(re.compile(form.replace("§", r"0*(\d+)")) for form in _NEAR_KEY)


def numbers_of_people(text: str) -> frozenset[str]:
    """The numbers of a text beside which something says that they are a person's, without zeros before them.

    Examples
    --------
    >>> sorted(numbers_of_people("patient 12 and 13 visits; subject_id in (0014, 15); 16 patients"))
    ['12', '14', '15']
    """
    return frozenset(
        number.lstrip("0") or "0"
        for form in (_NAMED, *_NAMED_BY_KEY)
        for match in form.finditer(text)
        for number in re.findall(r"\d+", " ".join(filter(None, match.groups())))
    )


def said_of_a_person(number: str) -> str:
    """The pattern of a number, itself a pattern, where something says that it is a person's."""
    near = "|".join(form.replace("§", number) for form in _NEAR_KEY)
    return (
        rf"{_PERSON}{number}\)|{_PEOPLE}(?:(?:\d+{_AND}){{1,9}}{number}|{number}(?:{_AND}\d+)+)"
        rf"(?![\dA-Za-z_]|[.-]\d|\s(?:to|years|%))|{_ID_CONTEXT}{_COUNTED_BY}{_OF_STUDY}{number}{_NO_COUNT}|{near}"
    )


_AT_A_SITE = re.compile(rf"([\w/-]*\d),?\s(?:{_WHO}|pat|pt)\.?\s?(?:no\.?\s|id\s)?(\d+)(?![\w.%])")
_SPELT = re.compile(r"[〇零一二三四五六七八九]{3,}")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_UP_TO_TWELVE = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORTH = {word: worth for worth, word in enumerate([*_UP_TO_TWELVE, *_TEENS])} | {
    word: 10 * tens for tens, word in enumerate(_TENS, 2)
}
_IN_WORDS = re.compile(
    rf"({_WHO}\s(?:no\.?\s|number\s)?)((?:(?:{'|'.join([*_WORTH, 'hundred', 'thousand', 'and'])})(?:[\s-]|\b)){{2,12}})"
)


def with_places(text: str) -> str:
    """A folded text, and after it the ids that it states in parts or in words.

    Examples
    --------
    >>> with_places("site 301, patient 56").splitlines()[1:]
    ['subject id 301-56']
    >>> with_places("patient seven hundred and nineteen").splitlines()[1:]
    ['patient 719']
    """
    stated = [f"subject id {match[1]}-{match[2]}" for match in _AT_A_SITE.finditer(text)]
    stated += [match[1] + _in_figures(match[2]) for match in _IN_WORDS.finditer(text)]
    spelt = [_SPELT.sub(lambda signs: signs[0].translate(_DIGITS), text)] if _SPELT.search(text) else []
    return "\n".join([text, *dict.fromkeys(stated), *spelt])


def _in_figures(words: str) -> str:
    """A number in English words; words of single figures one after the other are these figures."""
    said = [word for word in re.findall("[a-z]+", words) if word != "and"]
    if len(said) > 1 and all(_WORTH.get(word, 10) < 10 for word in said):
        return "".join(str(_WORTH[word]) for word in said)
    total = part = 0
    for word in said:
        if word == "hundred":
            part = 100 * max(part, 1)
        elif word == "thousand":
            total, part = 1000 * max(part, 1), 0
        else:
            part += _WORTH[word]
    return str(total + part)
