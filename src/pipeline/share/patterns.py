"""What is secret wherever it stands: paths, hosts, addresses, tokens, numbers of telephone and identity.

They work on text that `pipeline.share.page` has freed of markup, escapes and typographic variants.
"""

import re
from datetime import date

PATTERNS = {
    "absolute path": re.compile(
        r"file://|(?<![\w.:/~<-])/(?:home|Users|root|tmp|var|mnt|media|srv|opt|data|private|Volumes|scratch|work|workspace"
        r"|nfs|net|shares?|export|etc|cluster|gpfs|lustre|cygdrive|run|usr/local)/[\w.@+ -]*\w"
        r"|(?<![A-Za-z])[A-Z]:[\\/]+[\w.-]+"
        r"|\\\\[?.]\\\w+\\|(?<![\\\w])\\\\\w[\w.$-]*\\\w|(?<!\w)~/[\w.-]+/[\w.-]+|(?<![:\w/\"'])//[a-z][\w-]*\d*/[\w$-]+/[\w.-]+|%\w+%\\[\w.-]+|\$(?:HOME|USER|TMP|TMPDIR|PWD|DATA)\b/[\w.-]+|\bsmb://\S+|\b(?:afp|nfs|sftp|ftp)://\S+",
        re.IGNORECASE,
    ),
    "host": re.compile(
        r"(?<![\w.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.\d{1,3}(?:\.\d{1,3})?(?![\w.]*\d)"
        r"|\b[\w-]+(?:\.[\w-]+)*\.(?:local|internal|intern|intranet|intra|lan|corp|hosp|clinic|home\.arpa|localdomain|localnet)\b"
        r"|\bhttps?://[a-z][\w-]*(?=[:/][\w/])|\b(?:host|hostaddr|server)=[\w.-]+[;\s]+(?:port|dbname|database|user|uid)="
        r"|\blocalhost:\d+|\b(?:fd|fe80)[0-9a-f]{0,2}:(?:[0-9a-f]{0,4}:){2,}[0-9a-f]*"
        r"|\b(?:srv|db|sql|nas|pc|ws|dc|file|app|redcap)[-_]?(?:srv|server|prod|db|host)?[-_]?\d{1,3}\b(?=[:.\\/]|\s*(?:server|host))",
        re.IGNORECASE,
    ),
    "e-mail": re.compile(
        r"(?<![\w.+-])[\w.+-]+(?:\s?@\s?|\s?[\[({](?:at|AT|@)[\])}]\s?| AT )[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"
    ),
    "token": re.compile(
        r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}"
        r"|sk-[\w-]{20,}|hf_\w{20,}|AIza[\w-]{30,}|npm_\w{30,}|pypi-\w{20,}|dop_v1_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}"
        r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+|(?-i:[0-9A-F]{32})|ya29\.[\w-]{20,}|[sr]k_(?:live|test)_\w{16,}|key-[0-9a-f]{32})\b"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@]+:[^\s/@]+@|\b(?:Bearer|Basic)\s+[\w.~+/=-]{16,}"
        r"|(?:\b(?:[A-Za-z0-9]+[_-]){0,4}(?:\w{0,12}password|passwort|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|token|kennwort)(?:[_-][A-Za-z]+){0,3}\b|密码|口令)[\"']?\s*[:=是为]\s*[\"']?[^\s\"'<>,;]{4,}"
        r"|\b(?:jdbc|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|oracle|mssql|redis)(?:\+\w+)?:(?://|@|thin)\S+",
        re.IGNORECASE,
    ),
    "telephone number": re.compile(
        r"(?<![\d.\w])(?:\+?86[\s-]?)?1[3-9]\d[\s.-]?\d{4}[\s.-]?\d{4}(?![\dA-Za-z_]|\.\d)|(?<![\d.\w-])0\d{2,3}[\s-]\d{7,8}(?![\d\w-])"
        r"|(?<![A-Za-z])(?:tel|telefon|telephone|phone|mobile?|mobil|handy|fax|电话|手机|传真|联系方式)\W{0,4}\+?\d[\d\s()/.-]{5,16}\d(?!\d)"
        r"|(?<![\d\w])(?:00|\+)86[\s-]?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)"
        r"|(?<![\w.])\(\d{3}\)\s?\d{3}[-.]\d{4}(?![\d-])|(?<![\d.\w/-])0[1-9]\d{1,3}[-/]\d{3,4}[\s-]?\d{3,4}(?![\w-])"
        r"|(?:\bwxid_|微信号?\W{0,3})\w[\w-]{5,}|(?<![A-Za-z])QQ号?\W{1,3}\d{5,11}(?!\d)"
        r"|(?<![\d\w])\(0\d{2,3}\)\s?\d{7,8}(?!\d)|(?<![\d\w./-])(?:\+\d{1,3}[\s-]?|00[1-9]\d{0,2}[\s-](?!\d{4}-\d\d-\d\d|\d{8}T\d{4}Z))\(?\d{1,4}\)?(?:[\s-]?\d{2,4}){2,4}(?!\d)",
        re.IGNORECASE,
    ),
    "identity number": re.compile(
        r"(?<![\dA-Za-z])(?<!\d\.)[1-9]\d{5}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{3}[\dXx](?![\dA-Za-z])"  # not decimals
    ),
    "social security number": re.compile(
        r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])"
        r"|\b(?:SSN|NHS|CPR|PESEL|BSN|CNP|EGN|OIB|KVNR|NIR|INSEE|AHV"
        r"|personnummer|f[øo]dselsnummer|henkil[öo]tunnus|rodn[ée] [čc][íi]slo"
        r"|(?:Sozial|Kranken)versicherungs(?:nummer|nr)|Versichertennummer|codice fiscale|passport|Reisepass"
        r"|护照|社保|医保)"
        r"(?:\s?(?:no|nr|number|nummer|号码?|卡号?)\b\.?)?[\s:#=]{0,3}"
        r"(?=[\w -]*\d)[A-Z]{0,2}\d(?:[ .-]?[0-9A-Z]){5,17}\b"
        r"|\b[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b",
        re.IGNORECASE,
    ),
}


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
