"""What is secret wherever it stands: paths, hosts, addresses, tokens, numbers of telephone and identity.

They work on text that `pipeline.share.page` has freed of markup, escapes and typographic variants. Pages are long and
have next to nothing of it, so each form says what stands wherever it does, and begins with what is found fast: what may
not stand before is asked after the first sign.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a secret: `pattern`, and words of which one stands in every such text (none: it may be any)."""

    pattern: re.Pattern
    words: tuple[str, ...] = ()


def _form(pattern: str, words: str = "", flags: int = re.IGNORECASE) -> Form:
    return Form(re.compile(pattern, flags), tuple(words.split()))


_NO_CASE = re.NOFLAG
_ROOTS = (
    "home|Users|root|tmp|var|mnt|media|srv|opt|data|private|Volumes|scratch|work|workspace"
    "|nfs|net|shares?|export|etc|cluster|gpfs|lustre|cygdrive|run|usr/local"
)
_TOKENS = (
    r"gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|sk-[\w-]{20,}|hf_\w{20,}|AIza[\w-]{30,}|npm_\w{30,}|pypi-\w{20,}|dop_v1_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|LTAI\w{12,}|AKID\w{12,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+|ya29\.[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|key-[0-9a-f]{32}"
)
_SECRETS = (
    r"\w{0,12}password|passwort|passwd|pwd|passphrase|secret|api[_-]?key|(?:access|account|shared|storage|private|master|signing|service)[_-]?key|token|kennwort|wachtwoord"
    r"|contraseña|senha|lösenord|mot de passe|hasło|session[_-]?id|sessid|phpsessid|jsessionid"
)
_NUMBERS = (
    r"SSN|social security|insurance|NHS|CPR|PESEL|BSN|CNP|EGN|OIB|KVNR|NIR|INSEE|AHV"
    r"|personnummer|f[øo]dselsnummer|henkil[öo]tunnus|rodn[ée] [čc][íi]slo"
    r"|(?:Sozial|Kranken)versicherungs(?:nummer|nr)|Versichertennummer|codice fiscale|passport|Reisepass"
    r"|护照|社保|医保|身份证|Ausweis|HKID|Aadhaar|CPF|DNI|NIE|CURP|SVNR|IBAN|Steuer-?ID"
)
PATTERNS: dict[str, tuple[Form, ...]] = {
    "absolute path": (
        _form(r"file://|\w://file/\S+", "file:// ://file/"),
        _form(rf"/(?<![\w.:/~<-]/)(?:{_ROOTS})\d{{0,2}}/[\w.@+ -]*\w"),
        _form(r"[A-Z](?<![A-Za-z][A-Za-z]):[\\/]+[\w.-]+", r":\ :/"),
        _form(r"\\\\[?.]\\\w+\\"),
        _form(r"\\\\(?<![\\\w]\\\\)\w[\w.$-]*\\\w"),
        _form(r"~/(?<!\w~/)[\w.-]+/[\w.-]+"),
        _form(r"//(?<![:\w/\"']//)[a-z][\w-]*\d*/[\w$-]+/[\w.-]+"),
        _form(r"%\w+%\\[\w.-]+"),
        _form(r"\$(?:HOME|USER|TMP|TMPDIR|PWD|DATA)\b/[\w.-]+"),
        _form(r"\bsmb://\S+", "smb://"),
        _form(
            r"\b(?:afp|nfs|sftp|ftp|s3a?|gs|abfss?|wasbs?|hdfs|oss|cos)://[\w-]\S+",
            "afp:// nfs:// ftp:// s3:// s3a:// gs:// abfs wasb hdfs:// oss:// cos://",
        ),
    ),
    "host": (
        _form(
            r"1(?<![\w.]1)(?:0(?:\.\d{1,3}){3}|0(?:\.\d{1,3}){1,2}(?=\.[x*])"  # 10.2.0 is a version
            r"|(?:92\.168|72\.(?:1[6-9]|2\d|3[01])|69\.254)\.\d{1,3}(?:\.\d{1,3})?)(?![\w.]*\d)"
        ),
        _form(r"(?<![\w.])127(?:\.\d{1,3}){3}(?![\w.]*\d)", "127."),
        _form(r"//\[[0-9a-f:.]{2,}\]", "//["),
        _form(r"\bhttps?://[\w.-]+:\d{2,5}/\w", "http"),
        _form(
            r"\b[\w-]+(?:\.[\w-]+)*\.(?:local|internal|intern|intranet|intra|lan|corp|hosp|clinic|home\.arpa|localdomain"
            r"|localnet)\b",
            ".local .intern .intra .lan .corp .hosp .clinic .home.arpa",
        ),
        _form(r"\bhttps?://[a-z][\w-]*(?=[:/][\w/])", "http"),
        _form(
            r"\b(?:[a-z][\w-]*\.){2,}(?!(?:py|js|md|sh|rs|ts|cs|hs|ml|pl|rb|go)\b)[a-z]{2,3}:\d{4,5}(?!\d)"
        ),
        _form(
            r"\b(?:host|hostaddr|server)=[\w.-]+[;\s]+(?:port|dbname|database|user|uid)=",
            "host= hostaddr= server=",
        ),
        _form(r"\bdata source\s?=\s?[\w.-]{3,}", "data source"),
        _form(r"\blocalhost(?::\d+|/\w)", "localhost"),
        _form(r"\b(?:fd|fe80)[0-9a-f]{0,2}:(?:[0-9a-f]{0,4}:){2,}[0-9a-f]*", "fd fe80"),
        _form(
            r"\b(?:srv|db|sql|nas|pc|ws|dc|file|app|redcap)[-_]?(?:srv|server|prod|db|host)?[-_]?\d{1,3}\b"
            r"(?=[:.\\/]|\s*(?:server|host))",
            "srv db sql nas pc ws dc file app redcap",
        ),
    ),
    "e-mail": (
        _form(
            r"(?<![\w.+-])[\w.+-]+(?:\s?@\s?|\s?[\[({](?:at|AT|@)[\])}]\s?)[\w-]+"
            r"(?:(?:\.|\s?[\[({](?:dot|DOT)[\])}]\s?)[\w-]+)*(?:\.|\s?[\[({](?:dot|DOT)[\])}]\s?)[A-Za-z]{2,}\b",
            "@ (at [at {at",
            _NO_CASE,
        ),
        Form(re.compile(r"(?<![\w.+-])[\w.+-]+ AT [\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"), (" at ",)),
    ),
    "token": (
        _form(
            rf"\b(?:{_TOKENS})\b",
            "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox akia asia sk- hf_ aiza npm_ pypi- dop_v1_ sg. eyj ya29."
            " k_live_ k_test_ key- ltai akid",
        ),
        _form(r"[0-9A-F]{32}\b(?<!\w[0-9A-F]{32})", "", _NO_CASE),
        _form(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
        _form(r"://[^\s/:@]+:[^\s/@]+@"),
        _form(
            r"--(?:password|passwd|passphrase|token|secret)[\s=]+[\"']?[^\s\"'<>]{4,}",
            "--pass --token --secret",
        ),
        _form(r"\bpw\s?[:=]\s?[\"'][^\s\"'<>]{6,}|\bmysql\w*\s[^\n]{0,80}-p(?=\S*\d)\S{6,}", "pw mysql"),
        _form(r"\s-u\s+[\"']?[\w.@-]+:[^\s\"'<>]{4,}", "-u"),
        _form(r"\b(?:Bearer|Basic)\s+[\w.~+/=-]{16,}", "bearer basic"),
        _form(
            rf"(?:\b(?:[A-Za-z0-9]+[_-]){{0,4}}(?:{_SECRETS})(?:[_-][A-Za-z]+){{0,3}}\b|密码|口令|密钥)[\"']?\s*[:=是为]\s*[\"']?"
            r"[^\s\"'<>,;]{4,}",
            "password passwort passwd pwd passphrase secret key token kennwort wachtwoord contraseña senha lösenord"
            " passe hasło session sessid 密码 口令 密钥",
        ),
        _form(r"[?&](?:sig|signature|auth|sas)=[\w%+/=-]{16,}", "sig= signature= auth= sas="),
        _form(
            r"\b(?:password|passwort|kennwort|passphrase)(?:\s\w+){0,5}\s(?:is|was|lautet|ist|war)[\s:]{1,2}(?=\S*\d)\S{6,}",
            "password passwort kennwort passphrase",
        ),
        _form(r"\b\w{0,12}_?(?:pw|pass)\s?[:=]\s?(?=\S*\d)(?=\S*[a-z])[^\s\"'<>,;]{6,}", "pw pass"),
        _form(r"\b(?:key|token)\s[0-9a-f]{16,}\b", "key token"),
        _form(r"\bPIN\b\s?[:=]\s?\d{4,8}(?!\d)", "pin"),
        _form(r"(?<![\w:.])[\w.-]+:\d{2,5}:\w+:\w+:(?=\S*[A-Za-z])\S{6,}", ":"),
        _form(
            r"(?:\b(?:password|passwort|kennwort|passphrase)\s(?:(?:is|was|lautet|ist|war)\s)?[\"']?|(?:密码|口令)\s)"
            r"(?=[A-Za-z-]*\d)[^\s\"'<>,;]{6,}",
            "password passwort kennwort passphrase 密码 口令",
        ),
        _form(
            r"\b(?:jdbc|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|oracle|mssql|redis)(?:\+\w+)?:(?://|@|thin)\S+",
            "jdbc postgres mysql mongodb oracle mssql redis",
        ),
    ),
    "telephone number": (
        _form(r"1(?<![\d.\w]1)[3-9]\d[\s.-]?\d{4}[\s.-]?\d{4}(?![\dA-Za-z_]|\.\d)"),
        _form(r"8(?<![\d.\w]8)6[\s-]?1[3-9]\d[\s.-]?\d{4}[\s.-]?\d{4}(?![\dA-Za-z_]|\.\d)"),
        _form(r"0(?<![\d.\w-]0)\d{2,3}[\s-]\d{7,8}(?![\d\w-])"),
        _form(
            r"(?<![A-Za-z])(?:tel|t[ée]l|tel[eé]fono|t[ée]l[ée]phone|telefon|telephone|phone|mobile?|mobil|m[oó]vil|celular|portable|handy|fax|电话|手机|传真|联系方式)\W{0,4}"
            r"\+?\d[\d\s()/.-]{5,16}\d(?!\d)",
            "tel tél phone mobil móvil movil celular portable handy fax 电话 手机 传真 联系方式",
        ),
        _form(r"(?<![\d\w])(?:00|\+)86[\s-]?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)", "0086 +86"),
        _form(r"\((?<![\w.]\()\d{3}\)\s?\d{3}[-.]\d{4}(?![\d-])"),
        _form(r"0(?<![\d.\w/-]0)[1-9]\d{1,3}[-/]\d{3,4}[\s-]?\d{3,4}(?![\w-])"),
        _form(r"(?:\bwxid_|微信号?\W{0,3})\w[\w-]{5,}", "wxid_ 微信"),
        _form(r"(?<![A-Za-z])QQ号?\W{1,3}\d{5,11}(?!\d)", "qq"),
        _form(r"0(?<![\d.\w/-]0)6-\d{8}(?![\w-])", "06-"),
        _form(r"0(?<![\d.,\w/-]0)[1-9](?:[ .-]\d\d){4}(?![ .-]?\d)"),
        _form(r"0(?<![\d.,\w/-]0)[1-9]\d{2,3}[ ]\d{6,7}(?![ .-]?\d)"),
        _form(r"[2-9]\d\d([-.])(?<![\d.,\w/-]\d{3}[-.])\d{3}\1\d{4}(?![\d\w]|[-.]\d)"),
        _form(r"\(0(?<![\d\w]\(0)\d{2,3}\)\s?\d{3,4}[\s-]?\d{4}(?!\d)"),
        _form(r"00(?<![\d\w./-]00)[1-9]\d{10,12}(?![\d\w]|[.,]\d)"),
        _form(r"\+(?<![\d\w./-]\+)\d{1,3}[\s-]?\(?\d{1,4}\)?(?:[\s-]?\d{2,4}){2,4}(?!\d)"),
        _form(
            r"00(?<![\d\w./-]00)[1-9]\d{0,2}[\s-](?!\d{4}-\d\d-\d\d|\d{8}T\d{4}Z)\(?\d{1,4}\)?(?:[\s-]?\d{2,4}){2,4}(?!\d)"
        ),
    ),
    "identity number": (
        _form(
            r"[1-9](?<![\dA-Za-z][1-9])(?<!\d\.[1-9])\d{5}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{3}[\s-]?[\dXx](?![\dA-Za-z])",
            "",
            _NO_CASE,
        ),  # not decimals
    ),
    "social security number": (
        _form(r"\d{3}-(?<![\d-]\d{3}-)(?<!000-)(?<!666-)(?<!9\d\d-)(?!00)\d\d-(?!0000)\d{4}(?![\d-])"),
        _form(
            rf"\b(?:{_NUMBERS})(?:\s?(?:no|nr|number|nummer|号码?|卡号?)\b\.?)?[\s:#=]{{0,3}}"
            r"(?=[\w -]*\d)[A-Z]{0,2}\d(?:[ .-]?[0-9A-Z]){5,17}\b",
            "ssn social insurance nhs cpr pesel bsn cnp egn oib kvnr nir insee ahv personnummer dselsnummer tunnus rodn"
            " versicherungs versichertennummer codice passport reisepass 护照 社保 医保 身份证 ausweis hkid"
            " aadhaar cpf dni nie curp svnr iban steuer",
        ),
        _form(r"\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b(?<=\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z])"),
    ),
}


def secrets_in(text: str, kinds: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What of these kinds stands in a text, each place once.

    Examples
    --------
    >>> list(secrets_in("Ask Li, tel. 010-6226 5580.", PATTERNS))
    [('telephone number', 'tel. 010-6226 5580')]
    """
    plain = _without_case(text)
    for kind in kinds:
        matches = [
            match
            for form in PATTERNS[kind]
            if not form.words or any(word in plain for word in form.words)
            for match in form.pattern.finditer(text)
        ]
        end = -1
        for match in sorted(matches, key=re.Match.start):
            if match.start() >= end:
                end = match.end()
                yield kind, match[0]


def _without_case(text: str) -> str:
    """Small letters, as `re.IGNORECASE` takes them: i with and without a dot are one letter to it."""
    return text.lower() if text.isascii() else text.replace("İ", "i").casefold().replace("ı", "i")


def is_identity_number(text: str) -> bool:
    """Whether 18 characters are a Chinese identity number: a birth date within, and the check digit.

    Examples
    --------
    >>> is_identity_number("11010519491231002X"), is_identity_number("110105194912310021")
    (True, False)
    """
    digits = re.sub(r"[\s-]", "", text).upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    if len(digits) != 18:
        return False
    return "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=False)) % 11] == digits[17]
