"""Look through a page for the study's own values and for what never belongs into a page."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import permutations

from pipeline.share.days import dates_in, serials_in
from pipeline.share.ids import Searched
from pipeline.share.page import Piece
from pipeline.share.patterns import PATTERNS, is_identity_number, secrets_in
from pipeline.share.values import CJK, OwnValues

Texts = Mapping[str, Mapping[str, str]]  # by kind: values, and the columns that they come from
Forms = tuple[tuple[tuple[str, ...], str, re.Pattern], ...]  # of a value, see `_forms`


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not leave: its kind, what it is (values masked) and where it stands."""

    kind: str
    what: str
    where: str


def listed(findings: Sequence[Finding], *, most: int | None) -> Iterator[str]:
    """Lines for the user: the findings by kind and place, of each at most so many.

    Examples
    --------
    >>> for line in listed([Finding("subject id", f"S-{n}", "#tbl-sae") for n in (1, 2, 3)], most=2):
    ...     print(line)
    subject id: 3 in #tbl-sae
      S-1
      S-2
      and 1 more
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.where), []).append(finding.what)
    for (kind, where), whats in groups.items():
        yield f"{kind}: {len(whats)} in {where}"
        yield from (f"  {what}" for what in whats[:most])
        if most is not None and len(whats) > most:
            yield f"  and {len(whats) - most} more"


def leaks(
    parts: Sequence[Piece], values: OwnValues, *, allowed: Iterable[str], declared: str
) -> list[Finding]:
    """What of the study's own values, and which paths, addresses and tokens, stand in a page.

    Parameters
    ----------
    parts : sequence of Piece
        The page.
    values : OwnValues
        The study's values.
    allowed : iterable of str
        Kinds that the policy lets pass; they are not looked for.
    declared : str
        The study's files: an address in them is meant to be seen, and their words tell of nobody.
    """
    passed = frozenset(allowed)
    ids = {**values.texts.get("subject id", {}), **values.texts.get("every subject id", {})}
    texts = {kind: found for kind, found in {**values.texts, "subject id": ids}.items() if kind not in passed}
    days = {day: kind for day, kind in values.days.items() if kind not in passed}
    kinds = [kind for kind in PATTERNS if kind not in passed]
    found = [*_texts(parts, texts, declared), *_dates(parts, days), *_patterns(parts, kinds, declared)]
    return list(dict.fromkeys(found))


def _texts(parts: Sequence[Piece], values: Texts, declared: str) -> Iterator[Finding]:
    everything = [(part, _folded_views(part.views())) for part in parts]
    whole = Folded.of(APART.join(dict.fromkeys(text for _, text in everything)))
    for kind in ("identifier", "site", "access"):
        form = _forms_of_a_place if kind == "site" else _forms
        for value, column in values.get(kind, {}).items():
            if not whole.holds(value, form):  # few do; those are told by part
                continue
            common = value.isascii() and value.isalpha()  # a single word may be part of markup or of a script
            for part, text in everything:
                if Folded.of(_folded_views(part.views(seen=True)) if common else text).holds(value, form):
                    yield Finding(kind, f"{masked(value)} ({column})", part.place)
    yield from _subjects(everything, values.get("subject id", {}), whole.text)
    yield from _free_texts(everything, values.get("free text", {}), declared)


ACCENTS = re.compile("[\u0300-\u036f]+")
APART = "\n\0\0\0\0\n"  # between two parts: no value and no pattern reaches over it
CLOSED = re.compile(r"(?<=\d)[ ./-](?=\d)")  # what may stand between the digits of a number
RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that many values are looked for in: what is found once for all of them."""

    text: str
    runs: str  # of letters and digits, each once
    closed: str  # the text without what stands between digits
    before: list[int]  # for each sign left out there, how many of `closed` stand before it

    @classmethod
    def of(cls, text: str) -> "Folded":
        """From a folded text."""
        left_out = (match.start() for match in CLOSED.finditer(text))
        before = [place - number for number, place in enumerate(left_out)]
        return cls(text, "\n".join(set(RUN.findall(text))), CLOSED.sub("", text), before)

    def places(self, digits: str) -> Iterator[tuple[int, int]]:
        """Where these digits begin and end in the text, whatever stands between them."""
        at = self.closed.find(digits)
        while at >= 0:
            last = at + len(digits) - 1
            yield at + bisect_right(self.before, at), last + 1 + bisect_right(self.before, last)
            at = self.closed.find(digits, at + 1)

    def holds(self, value: str, forms: Callable[[str], Forms] | None = None) -> bool:
        """Whether a value stands in the text; the quick look first, for there are many values and few hits."""
        return any(self._has(*form) for form in (forms or _forms)(value))

    def _has(self, parts: Sequence[str], digits: str, form: re.Pattern) -> bool:
        if digits:
            places = self.places(digits)
            return any(form.search(self.text, max(0, start - AROUND), end + AROUND) for start, end in places)
        quick = all(part in (self.runs if RUN.fullmatch(part) else self.text) for part in parts)
        return quick and bool(form.search(self.text))


def folded(text: str) -> str:
    """Text without case, accents and the make of its apostrophes, for names are written either way.

    Examples
    --------
    >>> folded("Jürgen Weiß"), folded("O\u2019Brien"), folded("Nguyễn"), folded("李娜")
    ('jurgen weiss', "o'brien", 'nguyen', '李娜')
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart)).translate(LETTERS).translate(SIMPLE)


def _folded_views(views: Sequence[str]) -> str:
    """The views of a part, folded; what stands around capitals of other scripts that look Latin once more."""
    text = "\n".join(views)
    around = [text[max(0, m.start() - NEAR) : m.end() + NEAR] for m in LOOK_LATIN.finditer(text)]
    return "\n".join([folded(text), *(folded(part.translate(CAPITALS)) for part in dict.fromkeys(around))])


TRADITIONAL = (  # signs of names as they are written now and before the reform
    "诸諸刘劉张張陈陳杨楊赵趙黄黃吴吳孙孫罗羅郑鄭许許韩韓冯馮邓鄧萧蕭叶葉苏蘇卢盧蒋蔣贾賈谭譚钟鍾陆陸范範余餘顾顧龚龔邹鄒严嚴华華"
    "贺賀龙龍万萬钱錢汤湯兰蘭马馬欧歐阳陽关關单單齐齊伟偉丽麗军軍杰傑红紅艳艷静靜东東国國荣榮凤鳳爱愛宝寶宾賓灿燦尘塵诚誠"
    "传傳达達飞飛刚剛贵貴汉漢鸿鴻辉輝会會坚堅剑劍娇嬌锦錦劲勁凯凱乐樂莲蓮连連灵靈龄齡鹏鵬强強钦欽庆慶琼瓊权權锐銳润潤"
    "胜勝师師时時书書树樹顺順岁歲涛濤腾騰铁鐵团團维維卫衛闻聞务務锡錫贤賢显顯宪憲晓曉兴興选選学學勋勳亚亞岩巖养養业業"
    "义義艺藝忆憶银銀莹瑩颖穎应應拥擁优優语語园園远遠愿願云雲运運赞贊则則泽澤战戰贞貞镇鎮郑鄭志誌庄莊资資"
    "迟遲轩軒缪繆聂聶阎閻颜顏鲁魯鲍鮑庞龐韦韋邬鄔温溫尧堯尔爾岗崗岚嵐巩鞏广廣异異弥彌归歸怀懷恺愷扬揚择擇挚摯晋晉晖暉枫楓柠檸栋棟"
    "标標桥橋桦樺梦夢检檢楼樓毕畢汇匯沣灃沧滄洁潔浅淺浓濃浔潯涟漣渊淵渔漁游遊湾灣滨濱满滿滢瀅潇瀟灏灝炜煒炼煉烁爍焕煥献獻玛瑪环環"
    "珑瓏珲琿琏璉瑶瑤电電畅暢盖蓋砚硯硕碩确確礼禮祎禕祯禎积積稳穩窦竇竞競笃篤简簡箫簫类類纪紀纯純纲綱纳納纶綸练練绍紹经經结結绘繪"
    "络絡绚絢统統绢絹绣繡继繼续續绮綺绰綽绵綿绿綠缘緣缙縉缤繽聪聰联聯肃肅节節芦蘆苇葦荟薈药藥莱萊获獲莺鶯营營萝蘿蓝藍蔷薔蔼藹蕴蘊"
    "蝉蟬见見观觀览覽觉覺让讓议議论論设設访訪识識译譯诗詩详詳语語诺諾谅諒谊誼谋謀谐諧谦謙谨謹贝貝贡貢财財贯貫贻貽费費赖賴赢贏跃躍"
    "轮輪轲軻轻輕载載辅輔边邊迁遷迈邁进進逊遜遗遺邝鄺郏郟郦酈鉴鑒钊釗钢鋼钧鈞钰鈺铃鈴铎鐸铭銘铮錚铸鑄锋鋒锟錕锴鍇镜鏡门門闫閆闵閔"
    "阁閣阔闊阴陰隐隱隽雋雏雛雾霧霁霽韵韻项項颂頌领領频頻颢顥风風飘飄饶饒驰馳骁驍骄驕骆駱骏駿骞騫骥驥鲜鮮鲲鯤鸣鳴鹃鵑鹤鶴鹭鷺"
)
ALIKE = str.maketrans(
    "авеіјкмнорѕстухαενορτυχ", "abeijkmhopsctyxavovptux"
)  # Cyrillic and Greek signs that look Latin
GREEK_AND_CYRILLIC = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅІЈКМНОРСТУХ"
CAPITALS = str.maketrans(GREEK_AND_CYRILLIC, "ABEZHIKMNOPTYXABESIJKMHOPCTYX")
LOOK_LATIN = re.compile(f"[{GREEK_AND_CYRILLIC}]+")
NEAR = 80  # signs before and after them
LETTERS = str.maketrans("øđłı\u2018\u2019´", "odli'''") | str.maketrans({"æ": "ae", "œ": "oe"}) | ALIKE
SIMPLE = str.maketrans(dict(zip(TRADITIONAL[1::2], TRADITIONAL[::2], strict=True)))
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@lru_cache(maxsize=1 << 10)
def _forms_of_a_place(value: str) -> Forms:
    """The name of a site where it stands alone: its words in their order and close together."""
    written = (folded(value), folded(unicodedata.normalize("NFC", value).casefold().translate(UMLAUTS)))
    parts = [IN_A_PLACE.findall(text) for text in dict.fromkeys(written)]
    return tuple((tuple(some), "", re.compile(_bounded(some, between=BETWEEN))) for some in parts)


@lru_cache(maxsize=1 << 16)
def _forms(value: str) -> Forms:
    """A value where it stands alone, whatever its blanks, the words of a name in any order, umlauts as two letters.

    Each form with its parts, all of which stand in every text in which the form does, and the digits that stand there
    when nothing is left between digits.
    """
    if re.fullmatch(f"{CJK}{{2,4}}", value):
        signs = folded(value)
        together = r"[\s·・|]*".join(map(re.escape, signs))
        apart = (
            rf"{re.escape(first)}{_KEYED}{re.escape(second)}"
            for at in range(1, min(3, len(signs)))
            for first, second in ((signs[:at], signs[at:]), (signs[at:], signs[:at]))
        )
        return ((tuple(signs), "", re.compile("|".join([together, *apart]))),)
    found: dict[str, tuple[tuple[str, ...], str]] = {}
    for text in (folded(value), folded(unicodedata.normalize("NFC", value).casefold().translate(UMLAUTS))):
        written = text.split()
        borne = [word for word in written if word not in PARTICLES]
        words = [
            [p for p in re.split(r"[-_./']", word) if p] or [word]
            for word in (borne if len(borne) > 1 else written)
        ]
        if 2 <= len(borne) < len(written):  # particles written in one with the name
            parts = [part for word in written for part in re.split(r"[-_./']", word)]
            found[_bounded(parts, between=BETWEEN)] = (tuple(parts), "")
        is_name = 2 <= len(words) <= 3 and not re.search(r"\d", text)
        for order in permutations(words) if is_name else [words]:
            parts = [part for word in order for part in word]
            is_long = min(map(len, parts)) >= LONG_NAME
            between = (BETWEEN_LONG_NAMES if is_long else BETWEEN_NAMES) if is_name else BETWEEN
            found[_bounded(parts, between=between)] = (tuple(parts), "")
        for word in (words[0], words[-1]) if is_name else ():
            if len(word[0]) >= LONG_NAME:
                found[rf"{ADDRESSED}{_bounded(word, between=BETWEEN)}"] = (tuple(word), "")
        if is_name and (lost := LETTERS_LOST.sub("\0", value.casefold())) != value.casefold():
            kept = tuple(part for part in re.split("[^a-z]+", lost) if part)
            if sum(map(len, kept)) >= SIGNS_KEPT:
                spelt = r"[\W_]{1,3}".join(
                    re.escape(word).replace("\0", r"[?\ufffd_*]{1,2}") for word in lost.split()
                )
                found[rf"(?<![0-9a-z]){spelt}(?![0-9a-z])"] = (kept, "")
        if digits := re.search(r"([a-z]{0,3})[\W_]?(\d{6,})", text):
            loose = r"[ ./-]?".join(digits[2])
            found[rf"(?<![\w.,])(?:{digits[1]}[ ./-]?)?{_NO_COLUMNS}{loose}(?![\d\w]|[.,]\d)"] = (
                (),
                digits[2],
            )
        elif len(numbers := re.findall(r"\d+", (IN_GROUPS.search(text) or [""])[0])) > 1:
            found[rf"(?<![\d\w.,/-]){'[ ./-]?'.join(numbers)}(?![\d\w/-]|[.,]\d)"] = (tuple(numbers), "")
    return tuple((parts, digits, re.compile(form)) for form, (parts, digits) in found.items())


IN_A_PLACE = re.compile(rf"{CJK}|[^\s_\-\u3400-\u9fff]+")  # its words, and each Chinese sign
_NO_COLUMNS = r"(?!(?:\d[ ./-]){3})"  # 0 0 0 0 80, as cells of a table stand beside each other
AROUND = 8  # signs beside the digits of a number: letters before it, what tells that it ends
IN_GROUPS = re.compile(r"(?<![\d.])(?=(?:\D?\d){6})\d{2,}(?:[-/. ]\d{2,})+$")  # 4471-0092 of "MRN 4471-0092"
BETWEEN = r"[\W_]{0,3}"
_PARTICLES = "von|van|de|der|den|del|da|di|do|dos|la|le|zu|al|el|bin|ibn|ter|ten"
PARTICLES = frozenset(_PARTICLES.split("|"))
_PARTICLE = rf"(?:(?:{_PARTICLES}|v|d)\b[\W_]{{1,2}})"
_WITHIN = (  # a middle initial, a particle, something in brackets
    rf"{BETWEEN}(?:(?:\w\.?[\W_]{{1,2}}|{_PARTICLE}){{1,4}}"
    r"|[^()\n]{0,24}\)\s?)?"
)
_KEYED = (  # "given": "Na", "family": "Li"
    r"[\W_]{1,6}(?:(?:given|family|first|last|fore|sur|middle|vor|nach|familien|nom|prenom|value|name|lname|fname|t[dh]|姓|名)"
    r"[\W_]{0,6}){1,4}"
)
_FIELDS = (  # other names, a field; several where the name of the field stands before it
    r"[\W_]{1,6}(?:(?:[^\W_]{1,14}[\W_]{1,6}){1,2}"
    r"|(?:[^\W_]{1,14}[\W_]{1,6}){0,6}(?:first|given|last|family|sur|fore|vor|nach)[\W_]?(?:name)?[\W_]{1,6})"
)
BETWEEN_NAMES = rf"(?:{_KEYED}|{_WITHIN})"
BETWEEN_LONG_NAMES = rf"(?:{BETWEEN_NAMES}|{_FIELDS})"
LONG_NAME = 4  # letters of every word of a name that is known also where other words stand between
LETTERS_LOST = re.compile("[\u0080-\u024f]")  # Bj?rn, as programs write what their encoding does not have
SIGNS_KEPT = 6
ADDRESSED = (
    r"(?<![a-z])(?:mrs?|ms|miss|frau|herrn?|fr|hr|mme|madame|monsieur|senora?|signora?|sig|sig\.ra|fru|dhr|meneer"
    r"|mevr(?:ouw)?|doamna|domnul|pani?)[._\s]{1,3}(?:[a-z]\.?\s){0,2}"
    rf"{_PARTICLE}{{0,3}}"
)


def _bounded(parts: Sequence[str], *, between: str) -> str:
    first, last = parts[0][0], parts[-1][-1]
    # what may not stand before is asked after the first part: a form that begins with its letters is found fast
    start = re.escape(parts[0])
    before = rf"(?<![0-9a-z]{start})" if first.isascii() and first.isalnum() else ""
    after = r"(?![0-9a-z])" if last.isascii() and last.isalnum() else ""
    return between.join([start + before, *map(re.escape, parts[1:])]) + after


def _subjects(texts: Sequence[tuple[Piece, str]], known: Mapping[str, str], whole: str) -> Iterator[Finding]:
    """Subject ids with their variants; bare numbers only where a word says what they are."""
    if not known:
        return
    anywhere = Searched.of(whole)
    sought_in_each = {value: sought for value in known if anywhere.holds(sought := folded(value))}
    searched = [(part, Searched.of(text)) for part, text in texts] if sought_in_each else []
    for value, sought in sought_in_each.items():
        column = known[value]
        for part, text in searched:
            if text.holds(sought):
                yield Finding("subject id", f"{value} ({column})", part.place)


WORDS_OF_TEXT = 5
SIGNS_OF_TEXT = 8


def _free_texts(
    texts: Sequence[tuple[Piece, str]], values: Mapping[str, str], declared: str
) -> Iterator[Finding]:
    """Free text of one patient: as a whole, or five of its words in a row, over line breaks and marks.

    Words that the study's own files use, such as a criterion that somebody did not fulfil, tell of nobody.
    """
    if not values:
        return
    known = f" {_squeezed(folded(declared))} "
    squeezed = [(part, f" {_squeezed(text)} ") for part, text in texts]
    whole = APART.join(text for _, text in squeezed)
    for value, column in values.items():
        for run in (run for run in _runs(folded(value)) if run in whole and run not in known):
            for part, text in squeezed:
                if run in text:
                    yield Finding("free text", f"{masked(value)} ({column})", part.place)


def _squeezed(text: str) -> str:
    """Words alone, one blank between them; none between Chinese signs."""
    return re.sub(rf"(?<={CJK})\s+(?={CJK})", "", " ".join(re.findall(r"[^\W_]+", text)))


def _runs(value: str) -> Iterator[str]:
    """What of a free text is enough to know it again."""
    whole = _squeezed(value)
    if len(re.findall(CJK, whole)) >= SIGNS_OF_TEXT:
        step = SIGNS_OF_TEXT
        yield from (whole[at : at + step] for at in range(max(1, len(whole) - step + 1)))
        return
    words = whole.split()
    for at in range(max(1, len(words) - WORDS_OF_TEXT + 1)):
        run = " ".join(words[at : at + WORDS_OF_TEXT])
        if len(run) >= 12:
            yield f" {run} " if run.isascii() else run


def masked(value: str) -> str:
    """Enough of a value to find it in one's own data, not more.

    Examples
    --------
    >>> masked("Smith")
    'S... (5 characters)'
    """
    return f"{value[0]}... ({len(value)} characters)"


def _dates(parts: Sequence[Piece], kinds: Mapping[date, str]) -> Iterator[Finding]:
    if not kinds:
        return
    named, counted = cache(lambda text: set(dates_in(text))), cache(lambda text: set(serials_in(text)))
    for part in parts:
        days = {day for text in part.views() for day in named(text)}
        days |= {day for text in part.views(seen=True) for day in counted(text)}
        for day in sorted(days & kinds.keys()):
            yield Finding(kinds[day], f"a day in {day:%Y-%m}", part.place)


def _patterns(parts: Sequence[Piece], kinds: Sequence[str], declared: str) -> Iterator[Finding]:
    @cache
    def found_in(text: str) -> list[tuple[str, str]]:
        return [
            (kind, value)
            for kind, value in secrets_in(text, kinds)
            if not (kind == "identity number" and not is_identity_number(value))
            if not (kind in ("e-mail", "telephone number") and value in declared)
        ]

    for part in parts:
        for kind, value in (entry for text in part.views() for entry in found_in(text)):
            yield Finding(kind, value if kind in ("absolute path", "host") else masked(value), part.place)
