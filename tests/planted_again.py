"""Leaks of a fourth planter, written without a look at the recognisers: ids, names, days and secrets as people,
programs and spreadsheets spoil them, mostly without meaning to.
"""

import base64
import gzip
import urllib.parse
from datetime import date

from planted import b64

BORN, SEEN = date(1948, 2, 29), date(2023, 4, 12)
BORN2 = date(1971, 10, 5)
R1 = "Lost her job at the bakery in Tromsø and now cares for twin grandchildren"
R2 = "Husband reports she fell off a ladder while picking cherries, refused X-ray"
R3 = "患者自述春节后停药并改服邻居推荐的中草药"
NAMES = [
    "Brunhilde Östergård-Kowalczyk",
    "张卫东",
    "Dimitrios Papadopoulos",
    "Máire Ó Súilleabháin",
    "Fatma Şahin",
    "陈晓丽",
    "MRN 4471-0092",
    "Σοφία Αλεξίου",
    "Пётр Щербаков",
]
IDS = ["RA-0137", "HD.552.019", "K7-33", "上海-0091", "LUP/2023/014"]
NUM = ["55021"]


PLANTS: list[tuple[str, str, bool]] = []  # kind, text, whether it is markup


def seen(kind: str, *texts: str) -> None:
    PLANTS.extend((kind, text, False) for text in texts)


def markup(kind: str, *texts: str) -> None:
    PLANTS.extend((kind, text, True) for text in texts)


# ---- subject ids
seen(
    "subject id",
    "see RA–0137 at week 4",
    "ra0137 was excluded",
    "R A - 0 1 3 7",
    "ＲＡ－０１３７",
    "RA-0\u200b137",
    "RA-٠١٣٧",
    "RА-0137",
    "RA-⁰¹³⁷",
    "𝐑𝐀-𝟎𝟏𝟑𝟕",
    "RA\u2011\u00a00137",
    "[RA:0137]",
    "ra_0137_wk12.png",
    "RA-\n   0137",
    "row.RA.0137.das28",
)
seen(
    "subject id",
    "HD 552 019",
    "HD552019",
    "hd-552-019",
    "HD•552•019",
    "LUP-2023-014",
    "LUP2023014",
    "LUP\\/2023\\/014",
    "lup_2023_014",
    "K7/33 flared",
    "k7_33",
    "K7–33.jpg",
    "上海0091",
    "上海－００９１号",
    "上海 第0091",
)
seen("subject id", "Patient 55021", "受试者55021", "subject no. 55021", "pat_id=55021", "Proband: 55021")
markup(
    "subject id",
    "&#82;&#x41;-0137",
    "RA-<b>01</b>37",
    "RA&shy;-01&shy;37",
    "<a href='x?id=RA%2D0137'>row</a>",
    "<i data-x='RA%252D0137'></i>",
    '<script type=\'application/json\'>{"k":"\\u0052\\u0041-0137"}</script>',
    "<i data-p='" + b64('{"subject":"RA-0137"}') + "'></i>",
    "<svg><text><tspan>R</tspan><tspan>A</tspan><tspan>-0</tspan><tspan>137</tspan></text></svg>",
    "<style>.a::after{content:'\\52 A-0137'}</style>",
    "<!-- dbg RA-0137 -->",
    "<input type=hidden value='RA-0137'>",
    "<i data-p='" + base64.b64encode(gzip.compress(b"patient RA-0137 of site 3")).decode() + "'></i>",
    "<i data-x='" + b"subject RA-0137 ok".hex() + "'></i>",
    "<table><tr><td>RA</td><td>0137</td></tr></table>",
    "<i data-x='%E4%B8%8A%E6%B5%B7-0091'></i>",
    "<ruby>RA<rt></rt></ruby>-0137",
    "<a href='data:text/plain;base64," + b64("HD.552.019") + "'>d</a>",
    "<p id='patient-ra-0137'>x</p>",
)
# ---- names and numbers of charts
seen(
    "identifier",
    "Östergård-Kowalczyk, Brunhilde",
    "BRUNHILDE OSTERGARD KOWALCZYK",
    "Oestergaard-Kowalczyk Brunhilde",
    "brunhilde.ostergard-kowalczyk@post.example",
    "Bru\u0308nhilde".replace("\u0308", "") + " O\u0308sterga\u030ard-Kowalczyk",
    "张 卫 东",
    "张卫东先生",
    "Dimitrios\u00a0Papadopoulos",
    "DimitriosPapadopoulos",
    "papadopoulos_dimitrios_mri.dcm",
    "N:Papadopoulos;Dimitrios;;;",
    "FATMA ŞAHİN",
    "Fatma Sahin",
    "Sahin, Fatma",
    "Maire O'Suilleabhain",
    "Ó Súilleabháin Máire",
    "MRN4471 0092",
    "mrn: 44710092",
    "4471–0092",
    "MRN_4471_0092",
    "陈晓丽女士复诊",
    "ΣΟΦΙΑ ΑΛΕΞΙΟΥ",
    "ПЁТР ЩЕРБАКОВ",
    "Петр Щербаков",
    "Щербаков Пётр",
    "Brunhilde Ã–stergÃ¥rd-Kowalczyk",
    "D i m i t r i o s  P a p a d o p o u l o s",
    "Papadopoulos\tDimitrios",
    "<Dimitrios> <Papadopoulos>".replace("<", "‹").replace(">", "›"),
)
markup(
    "identifier",
    "Brunhilde &Ouml;sterg&aring;rd-Kowalczyk",
    "<img alt='scan of Dimitrios Papadopoulos'>",
    "<script>var n='\\u5f20\\u536b\\u4e1c'</script>",
    "<td>Dimitrios</td><td>Papadopoulos</td>",
    "<i title='" + urllib.parse.quote("Fatma Şahin") + "'></i>",
    "<span>Papa</span><span>dopoulos</span>, Dimitrios",
    "<meta name=author content='Fatma Şahin'>",
    "<i data-x='" + b64("陈晓丽", "gb18030") + "'></i>",
)
# ---- birth dates
seen(
    "birth date",
    "29 Feb '48",
    "29.II.1948",
    "born 1948-060",
    "19480229",
    "DOB 480229",
    "2/29/48",
    "29 lutego 1948",
    "29 de febrero de 1948",
    "一九四八年二月二十九日",
    "昭和23年2月29日",
    "民国37年2月29日",
    "the twenty-ninth of February 1948",
    "29 02 1948",
    "1948.2.29",
    "29FEB1948:00:00:00",
    "birth date 17592",
    "19480229000000",
    "29/Feb/1948",
    "１９４８年２月２９日",
    "day 29, month 2, year 1948",
    "29. helmikuuta 1948",
    "5.X.1971",
    "5 octobre 1971",
    "October 5th, 1971",
    "5/10/71",
    "10/05/1971",
    "711005",
    "5 жовтня 1971",
    "1971년 10월 5일",
    "Oct. 05, 71",
    "DOB: 5-Oct-71",
    "29\u20442\u20441948",
)
markup(
    "birth date",
    "<time datetime='1948-02-29T00:00:00+01:00'>x</time>",
    "<script>new Date(1948, 1, 29)</script>",
    '<i data-d=\'{"y":1948,"m":2,"d":29}\'></i>',
    "29<sup>th</sup> February <b>1948</b>",
    "1948&#8208;02&#8208;29",
)
# ---- visit dates
seen(
    "date",
    "Wed 12 Apr 2023",
    "12avr23",
    "12. huhtikuuta 2023",
    "12.IV.2023",
    "visit 2023-102",
    "2023年4月12号",
    "12-04-2023 09:15",
    "20230412T0915",
    "12/4/23",
)
markup("date", "<script>t=1681257600000</script>")
# ---- free text
seen(
    "free text",
    R1,
    R2.upper(),
    "Lost her job at the bakery in Tromsø\nand now cares\nfor twin grandchildren",
    "now cares for twin grandchildren",
    R3,
    "春节后停药并改服邻居推荐",
    "she fell off a ladder while picking cherries",
    " ".join(R3),
    R2.replace(",", " -"),
    "Lost her *job* at the **bakery** in Tromsø and now cares for twin",
)
markup(
    "free text",
    "<td>Lost her job at the bakery</td><td>in Tromsø and now cares for twin grandchildren</td>",
    "<i data-r='" + b64(R2) + "'></i>",
    R1.replace("ø", "&oslash;").replace(" ", "&nbsp;"),
)
# ---- paths
seen(
    "secret",
    r"\\fs-klinik\studien$\rheuma\export.csv",
    "/mnt/research/rheum/2023/raw.csv",
    "C:/Users/hmeier/Desktop/ra.xlsx",
    "file://nas7/patients/list.csv",
    "/Volumes/RheumData/x.xlsx",
    r"%USERPROFILE%\Documents\ra.csv",
    "/home/hmeier/ra/raw.csv",
    "smb://nas7/rheum",
    r"\\?\UNC\srv\share\a.csv",
    r"D:\Daten\RA\Patienten.xls",
)
# ---- hosts
seen(
    "secret",
    "10.22.4.17",
    "pg01.intern.klinikum.local",
    "http://edc-prod:8080/api",
    "fd12:3456:789a::1",
    "host=db7 port=5432 user=ro",
    "jdbc:postgresql://dbhost/registry",
    "172.20.3.9:5432",
    "fe80::1ff:fe23:4567:890a%eth0",
)
# ---- tokens
seen(
    "secret",
    "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hL3nR6",
    "AKIA" + "J7QX2MZP4TNW6RVB",
    "xoxb-" + "2134567890-3214567890-Ab3dEf6hIj9lMnOpQrStUvWx",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "password=Sommer2024!",
    "postgres://ro:geheim42@db7/reg",
    "glpat-" + "x9Yb3Kc7Lm2Nq5Rs8Tv1",
    "hf_" + "QwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUi",
    "Authorization: Bearer 7f9c2ba4e88f827d616045507605853e",
    "REDCap token 9A81268476645C4E5F03428B8AC3AA7B",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
)
# ---- numbers of people
seen(
    "secret",
    "11010519491231002X",
    "110105 19491231 002X",
    "+86 138-1234-5678",
    "13812345678",
    "NHS 943 476 5919",
    "SSN 219-09-9999",
    "Tel. +49 6221 56-4711",
    "(212) 555-0147",
    "RSSMRA85T10A562S",
    "PESEL 44051401359",
    "CPR 070761-4285",
    "hmeier@klinikum.example",
    "1 85 05 78 006 084 36",
    "020-7946 0018",
    "微信号 wxid_a8s7d6f5g4",
)
