# ruff: noqa: E501  (a place on each line)
"""Leaks of a fifth planter: values of other make, in words, encodings and positions that the others have not used."""

import base64
import binascii
import gzip
import html
import json
import lzma
import struct
import zlib
from datetime import date
from urllib.parse import quote, quote_from_bytes

from planted import archive, b64, page, pdf, picture, stream, utf16

BORN, SEEN = date(1966, 8, 7), date(2022, 12, 19)
BORN_AT = (BORN - date(1970, 1, 1)).days * 86400
NAMES = ["Wiebke Ahrensburg", "司马青云", "Łukasz Wiśniewski", "Γιώργος Νικολάου", "KV-A884120937"]
IDS = ["NIJ-4-0826", "协和B17", "S.0093", "73019285"]
BARE = ["41"]
REMARK = "Sold the greenhouse after the second infusion and moved in with her cousin"
CHINESE = "因照顾住院的母亲错过两次输液并自行减量"

INVISIBLE = (
    "\u200e\u200f\u202c\u2061\u2062\u2063\u2064\u2066\u2069\u034f\u180e\ufe0f\u061c\u3164\u115f\U000e0041"
)


def between(text: str, signs: str) -> str:
    """A text with a sign that nobody sees after each of its own."""
    return "".join(sign + signs[place % len(signs)] for place, sign in enumerate(text))


def moved(text: str, start: int, of: str = "0") -> str:
    """A text whose digits (or small letters) are those of another alphabet."""
    last = chr(ord(of) + (9 if of == "0" else 25))
    return "".join(chr(start + ord(sign) - ord(of)) if of <= sign <= last else sign for sign in text)


WRITTEN = {
    "subject id": (
        [
            "NIJ 4 0826",
            "nij4/0826",
            "NIJ–4–826",
            "NIJ.4.0826.T2.nii.gz",
            "nij_4_0826_left_hand",
            "[NIJ-4-0826]",
            "NIJ-4-0826/visit3",
            "NIJ‧4‧0826",
            "NIJ~4~0826",
            "NIJ • 4 • 0826",
            "NIJ-4-0826：失访",
            "“NIJ-4-0826”",
            "no.NIJ-4-0826",
            "NIJ\u20104\u20100826",
            "NIJ-\n4-\n0826",
            "NIJ\t4\t0826",
            "NĲ-4-0826",
            "ΝΙЈ-4-0826",
            "NIJ-４-０８２６",
            "S0093",
            "s 93",
            "S-0093",
            "S_0093.pdf",
            "S.0093;S.0094",
            "协和 B 17",
            "协和-B-17",
            "协和ｂ１７",
            "协和B017",
            "7301 9285",
            "73,019,285",
            "73-019-285",
            "７３０１９２８５",
            "7.301.9285",
            "id:73019285",
            "patient 41",
            "Pt #41",
            "Patient Nr. 041",
            "受试者：41",
            "第 41 例",
            "subject_41.csv",
            "participant (41)",
            "USUBJID=41",
            "patient forty-one (41)",
            "patients 40 and 41",
            "病例号 41",
        ]
        + [between("NIJ-4-0826", sign) for sign in INVISIBLE]
        + [
            moved("NIJ-4-0826", start)
            for start in (0x966, 0x9E6, 0xE50, 0x6F0, 0x1D7D8, 0x1D7F6, 0x1FBF0, 0xFF10)
        ]
        + [moved("nij", start, "a") + "-4-0826" for start in (0x1D41A, 0x1D5BA, 0x1D68A, 0x24D0, 0x1D4EA)]
    ),
    "identifier": (
        [
            "Ahrensburg, W. (Wiebke)",
            "Ahrensburg Wiebke",
            "Wiebke von Ahrensburg",
            "wiebke-ahrensburg.docx",
            "WIEBKE AHRENSBURG",
            "WiebkeAhrensburg",
            "Wiebke\u00a0\u00a0Ahrensburg",
            "Wiebke (geb. 1966) Ahrensburg",
            "W i e b k e  A h r e n s b u r g",
            "wiebke_ahrensburg@example",
            "Wiebke/Ahrensburg",
            "Frau Wiebke Ahrensburg, 56",
            "司马 青云",
            "司马青云（女）",
            "司馬青雲",
            "司・马・青・云",
            "患者：司马青云，女",
            "Lukasz Wisniewski",
            "WIŚNIEWSKI ŁUKASZ",
            "Wiśniewski, Łukasz",
            "ŁUKASZ  WIŚNIEWSKI",
            "Łukasz M. Wiśniewski",
            "Γιωργος Νικολαου",
            "ΝΙΚΟΛΑΟΥ ΓΙΩΡΓΟΣ",
            "KV A884120937",
            "kv-a884120937",
            "KV_A884120937",
            "KV A 884 120 937",
            "A884120937",
        ]
        + [between("司马青云", sign) for sign in "\u200e\u2060\u2063\ufe0f"]
        + [between("Wiebke Ahrensburg", sign) for sign in "\u00ad\u200e\u034f\u2066"]
        + [
            moved("wiebke ahrensburg", start, "a")
            for start in (0x1D41A, 0x1D482, 0x1D5EE, 0x1D68A, 0x24D0, 0xFF41)
        ]
    ),
    "birth date": (
        [
            "7 Aug 1966",
            "07/Aug/66",
            "7.VIII.66",
            "7/8/66",
            "8-7-1966",
            "1966/08/07 00:00",
            "Aug 7 '66",
            "7AUG1966",
            "07AUG66:00:00",
            "1966-219",
            "1966-W31-7",
            "19660807",
            "07081966",
            "070866",
            "080766",
            "660807",
            "24326",
            "24326.0",
            "d=24326",
            str(BORN_AT),
            str(1000 * BORN_AT),
            "1966年08月07日",
            "一九六六年八月七日",
            "六六年八月七日",
            "一九六六年08月07日",
            "１９６６／０８／０７",
            "1966年8月7号生",
            "１９６６年８月７日生",
            "昭和41年8月7日",
            "S41.8.7",
            "昭和四十一年八月七日",
            "民國55年8月7日",
            "1966. 8. 7",
            "1966년 8월 7일",
            "7. august 1966",
            "7. elokuuta 1966",
            "7 août 1966",
            "le 7 août 66",
            "7 agosto 1966",
            "7 de agosto de 1966",
            "7 sierpnia 1966 r.",
            "7 августа 1966 г.",
            "7 серпня 1966",
            "7 srpna 1966",
            "7. kolovoza 1966",
            "7 Ağustos 1966",
            "1966. augusztus 7.",
            "7 Αυγούστου 1966",
            "the seventh of August, 1966",
            "August seventh 1966",
            "Aug. 7th, 1966",
            "Sunday 7th August 1966",
            "So, 07.08.1966",
            "geboren am 7.8.66",
            "*7.8.1966",
            "DOB 7-8-66",
            "07\u200308\u20031966",
            "07|08|1966",
            "day=7&month=8&year=1966",
            "year 1966, month 8, day 7",
            "Y1966M08D07",
            "1966\u2215\u20608\u22157",
            "1966-08-07T23:30:00-05:00",
            "datetime.date(1966, 8, 7)",
            "as.Date('1966-08-07')",
            "'07aug1966'd",
            "mdy(8,7,1966)",
            "DATE(1966;8;7)",
            "{ts '1966-08-07 00:00:00'}",
            "#8/7/1966#",
            "D:19660807",
            "BDAY:1966-08-07",
            "BDAY;VALUE=DATE:19660807",
            "PID|7|19660807|F",
            "*07.08.66 †",
        ]
        + [between("1966-08-07", sign) for sign in "\u200e\u2063\ufe0f\u034f"]
        + [moved("07.08.1966", start) for start in (0x660, 0x6F0, 0x966, 0x1D7CE, 0x1D7E2)]
    ),
    "date": [
        "19.12.22",
        "Dec 19, 22",
        "19-DEC-2022",
        "2022年12月19日",
        "二〇二二年十二月十九日",
        "二○二二年十二月十九日",
        "2022/12/19 8:05",
        "44914",
        "44914.3371",
        "1671408000",
        "1671408000000",
        "2022-353",
        "令和4年12月19日",
        "19 décembre 2022",
        "19. Dezember 2022",
        "19 декабря 2022",
        "19 dicembre 2022",
        "19 XII 2022",
        "20221219T080500Z",
        "12/19/22",
        "visit of the nineteenth of December 2022",
        "2022-W51-1",
        "19th of December '22",
        "Mon, 19 Dec 2022 08:05:00 +0100",
    ],
    "free text": [
        REMARK,
        REMARK.upper(),
        REMARK.replace(" ", "\n"),
        REMARK.replace(" ", " \u200b"),
        "she sold the greenhouse after the second infusion, and then",
        "the second infusion and moved in with her cousin",
        REMARK.replace(" ", "_"),
        REMARK.replace(" ", "+"),
        REMARK.replace("second", "<b>second</b>"),
        " | ".join(REMARK.split()),
        CHINESE,
        " ".join(CHINESE),
        "，".join([CHINESE[:9], CHINESE[9:]]),
        CHINESE[:10],
        "该患者" + CHINESE[-11:],
        between(CHINESE, "\u200b"),
        "**Sold** the *greenhouse* after the second infusion",
        "• Sold the greenhouse\n• after the second infusion",
        '"Sold the greenhouse, after the second infusion; and moved in',
    ],
    "secret": [
        r"\\klinik-fs02.uni.local\daten\rheuma",
        r"//fileserver/studies/nij/export.sav",
        "Z:\\NIJ\\rohdaten\\wiebke.sav",
        "/Users/wahrens/Library/CloudStorage/x.csv",
        "/home/wahrens/nij",
        "/scratch/users/w/nij.parquet",
        "file:///C:/Users/wahrens/x.html",
        "/mnt/nas02/trial/raw",
        "sftp://edc@files.klinik.example/out",
        "192.168.178.44",
        "10.0.13.7:8443",
        "172.31.255.9",
        "redcap.klinik.intern",
        "edc01.hospital.lan",
        "http://redcap-prod/api/",
        "localhost:8888/lab?token=0d9f",
        "fd00:8:15::2a",
        "Server=sql07;Database=trial;Uid=ro;",
        "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ",
        "gho_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "ASIA" + "Y34FZKBOKMUTVV7A",
        "AIza" + "SyD9tSrke72PouQMnMX-a7eZSW0jkFMBWYQ",
        "xoxp-" + "9876543210-abcdefABCDEF",
        "npm_" + "aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2",
        "API_KEY='kD83hfLw02mZq'",
        "apikey: 6f1ed002ab5595859014ebf0951522d9",
        "口令：rheuma2022",
        "mongodb+srv://ro:pw@cluster0.example.net/x",
        "Basic d2FocmVuczpnZWhlaW0xMjM=",
        "-----BEGIN RSA PRIVATE KEY-----",
        "110101196608070029",
        "13901234567",
        "139 0123 4567",
        "+8613901234567",
        "010-62345678",
        "(010) 62345678",
        "电话：62345678",
        "手机 139-0123-4567",
        "Tel.: 0551 / 39-12345",
        "+49 (0)551 3912345",
        "+1 617 555 0123",
        "QQ: 123456789",
        "社保卡号 A12345678",
        "护照 E12345678",
        "PESEL 66080712345",
        "CPR 070866-1234",
        "AHV 756.1234.5678.97",
        "BSN 123456782",
        "wahrens@uni-klinik.example",
        "wahrens [at] uni-klinik.example",
        "Versichertennummer A123456780",
        "SSN: 123-45-6789",
        "NHS number 485 777 3456",
    ],
}


def _word(inner: str) -> tuple[str, bytes]:
    return archive({"word/document.xml": f"<w:document><w:body>{inner}</w:body></w:document>"})


def _run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def carriers(v: str) -> dict[str, tuple[str, bytes]]:
    """A value in a position and encoding that the other planters have not used."""
    e = html.escape(v)
    digits = "".join(f"&#{ord(c)};" for c in v)
    escapes = (
        "".join(rf"\x{b:02x}" for b in v.encode("utf-16-be"))
        if not v.isascii()
        else "".join(rf"\x{ord(c):02x}" for c in v)
    )
    units = "".join(
        f"\\u{unit:04X}"
        for unit in struct.unpack(f">{len(v.encode('utf-16-be')) // 2}H", v.encode("utf-16-be"))
    )
    twice = json.dumps(json.dumps({"row": v}))
    return {
        "placeholder": page(f"<input placeholder='{e}'>"),
        "option": page(f"<select><option label='{e}'>x</select>"),
        "abbr of a head": page(f"<table><tr><th abbr='{e}'>x</th></tr></table>"),
        "download": page(f"<a download='{e}.csv' href='#'>x</a>"),
        "area": page(f"<map><area alt='{e}' href='#'></map>"),
        "track": page(f"<video><track label='{e}' src='x'></video>"),
        "frame in a page": page(
            f"<iframe srcdoc='{html.escape(f'<p title={json.dumps(v)}>x</p>')}'></iframe>"
        ),
        "frame twice escaped": page(f"<iframe srcdoc='{html.escape(html.escape(f'<p>{e}</p>'))}'></iframe>"),
        "shadow root": page(f"<div><template shadowrootmode=open><slot name='{e}'></slot></template></div>"),
        "property of a style": page(f"<div style='--who:\"{e}\"'></div>"),
        "pair of signs": page("".join(f"<i>{html.escape(v[at : at + 2])}</i>" for at in range(0, len(v), 2))),
        "svg of signs": page(
            "<svg><text>"
            + "".join(f"<tspan x='{n}'>{html.escape(c)}</tspan>" for n, c in enumerate(v))
            + "</text></svg>"
        ),
        "svg on a path": page(f"<svg><text><textPath href='#p'>{e}</textPath></text></svg>"),
        "svg link": page(f"<svg><a xlink:title='{e}'><circle r='1'/></a></svg>"),
        "svg label": page(f"<svg aria-labelledby='t' data-name='{e}'><g id='{e}'/></svg>"),
        "foreign object": page(f"<svg><foreignObject><p>{e}</p></foreignObject></svg>"),
        "mathematics": page(f"<math><mtext>{e}</mtext><annotation>{e}</annotation></math>"),
        "linked data": page(
            f"<script type='application/ld+json'>{json.dumps({'@type': 'Person', 'name': v}, ensure_ascii=True)}</script>"
        ),
        "json in json": page(f"<script type='application/json'>{twice}</script>"),
        "json in an attribute": page(f"<div data-rows='{html.escape(json.dumps([{'v': v}]))}'></div>"),
        "key of json": page(f"<script type='application/json'>{json.dumps({v: 1})}</script>"),
        "escapes in capitals": page(f"<script>x='{units}'</script>"),
        "hexadecimal escapes": page(f"<script>x='{escapes}'</script>")
        if v.isascii()
        else page(f"<script>x='{units.lower()}'</script>"),
        "codes of signs": page(
            "<script>String.fromCharCode(" + ",".join(str(ord(c)) for c in v) + ")</script>"
        ),
        "codes in an array": page(f"<script>new Uint8Array({list(v.encode())})</script>"),
        "joined pieces": page(
            "<script>x="
            + "+".join(json.dumps(v[at : at + 3], ensure_ascii=False) for at in range(0, len(v), 3))
            + "</script>"
        ),
        "template of a script": page(f"<script>x=`row ${{1}} {v}`</script>"),
        "source map": page(
            f"<script>/*x*/\n//# sourceMappingURL=data:application/json;base64,{b64(json.dumps({'sources': [v]}))}</script>"
        ),
        "comment of a style": page(f"<style>/* {v} */p{{}}</style>"),
        "named entities": page(
            html.escape(v)
            .encode("ascii", "xmlcharrefreplace")
            .decode()
            .replace("-", "&hyphen;")
            .replace("ś", "&sacute;")
        ),
        "zeros in entities": page("".join(f"&#X000{ord(c):X};" for c in v)),
        "entities twice": page(html.escape(digits)),
        "data csv": page(f"<a href='data:text/csv;charset=utf-8,{quote('a,b%0A' + v)}'>x</a>"),
        "data csv in utf-16": page(
            f"<a href='data:text/csv;charset=utf-16le;base64,{b64('id,x' + chr(10) + v + ',1', 'utf-16')}'>x</a>"
        ),
        "data html": page(f"<iframe src='data:text/html,{quote(f'<p>{digits}</p>')}'></iframe>"),
        "data in data": page(
            f"<img src='data:image/svg+xml,{quote('<svg><image href=' + chr(34) + 'data:text/plain;base64,' + b64(v) + chr(34) + '/></svg>')}'>"
        ),
        "percent of gb18030": page(f"<a href='?q={quote_from_bytes(v.encode('gb18030', 'replace'))}'>x</a>")
        if "Ł" not in v and "Γ" not in v
        else page(f"<a href='?q={quote(v)}'>x</a>"),
        "percent u": page("<a href='?q=" + "".join(f"%u{ord(c):04X}" for c in v) + "'>x</a>"),
        "percent three times": page(f"<a href='?q={quote(quote(quote(v, safe='')))}'>x</a>"),
        "base64 of json": page(f"<i data-s='{b64(json.dumps({'k': v}))}'></i>"),
        "base64 of utf-16": page(f"<i data-s='{b64(f'value {v} here', 'utf-16-le')}'></i>"),
        "base64 unpadded": page(f"<code>{b64(f'the value is {v}!').rstrip('=')}</code>"),
        "base32": page(f"<code>{base64.b32encode(f'the value is {v} here'.encode()).decode()}</code>"),
        "base85": page(
            f"<pre>{html.escape(base64.a85encode(f'the value is {v} here'.encode(), adobe=True).decode())}</pre>"
        ),
        "uuencode": page(
            "<pre>begin 644 a.txt\n"
            + html.escape(binascii.b2a_uu(f"is {v}".encode()[:45]).decode())
            + "`\nend</pre>"
        ),
        "hexadecimal with colons": page(f"<code>{v.encode().hex(':').upper()}</code>"),
        "hexadecimal dump": page(
            "<pre>"
            + "\n".join(
                f"{at:08x}  {v.encode()[at : at + 8].hex(' ')}" for at in range(0, len(v.encode()), 8)
            )
            + "</pre>"
        ),
        "binary digits": page("<code>" + " ".join(f"{b:08b}" for b in v.encode()) + "</code>"),
        "deflated": page(
            f"<i data-z='{base64.b64encode(zlib.compress(json.dumps({'rows': [v] * 9}, ensure_ascii=False).encode(), 9)[2:-4]).decode()}'></i>"
        ),
        "xz in base64": page(
            f"<i data-z='{base64.b64encode(lzma.compress((v + ' ' * 50).encode())).decode()}'></i>"
        ),
        "backwards": page(f"<bdo dir='rtl'>{html.escape(v[::-1])}</bdo>"),
        "marks of direction": page(f"<p dir='rtl'>\u202d{e}\u202c</p>"),
        "css content of parts": page(
            "<style>" + "".join(f".a{n}::before{{content:'{c}'}}" for n, c in enumerate([v])) + "</style>"
        ),
        "word custom property": archive(
            {
                "docProps/custom.xml": f"<Properties><property fmtid='x' pid='2' name='{e}'><vt:i4>1</vt:i4></property></Properties>"
            }
        ),
        "word application": archive(
            {"docProps/app.xml": f"<Properties><Manager>{e}</Manager><Company>x</Company></Properties>"}
        ),
        "word keywords": archive(
            {"docProps/core.xml": f"<cp:coreProperties><cp:keywords>a; {e}</cp:keywords></cp:coreProperties>"}
        ),
        "word people": archive(
            {
                "word/people.xml": f"<w15:person w15:author='{e}'><w15:presenceInfo providerId='AD' userId='{e}'/></w15:person>"
            }
        ),
        "word inserted": _word(f"<w:p><w:ins w:author='{e}' w:date='x'>{_run('x')}</w:ins></w:p>"),
        "word control": _word(f"<w:sdt><w:sdtPr><w:alias w:val='{e}'/></w:sdtPr></w:sdt>"),
        "word proofed": _word(
            "<w:p>"
            + "".join(
                f"<w:proofErr w:type='spellStart'/>{_run(html.escape(v[at : at + 2]))}"
                for at in range(0, len(v), 2)
            )
            + "</w:p>"
        ),
        "word text box": _word(
            f"<w:p><w:r><w:pict><v:shape alt='{e}'><v:textbox><w:txbxContent><w:p>{_run(e)}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        ),
        "word symbols": _word("<w:p>" + "".join(_run(f"&#x{ord(c):X};") for c in v) + "</w:p>"),
        "word simple field": _word(
            f"<w:p><w:fldSimple w:instr=' TITLE \"{e}\" '>{_run('x')}</w:fldSimple></w:p>"
        ),
        "word equation": _word(f"<m:oMath><m:r><m:t>{e}</m:t></m:r></m:oMath>"),
        "word in utf-16": archive(
            {
                "word/document.xml": f"<?xml version='1.0' encoding='UTF-16'?><w:p>{_run(e)}</w:p>".encode(
                    "utf-16"
                )
            }
        ),
        "word embedded page": archive({"word/afchunk.htm": f"<html><body>{digits}</body></html>"}),
        "word in word": archive({"word/embeddings/b.docx": _word(f"<w:p>{_run(e)}</w:p>")[1]}),
        "workbook comment": archive(
            {"xl/comments1.xml": f"<comments><authors><author>{e}</author></authors></comments>"}, "x.xlsx"
        ),
        "workbook sheet": archive({"xl/workbook.xml": f"<sheets><sheet name='{e}'/></sheets>"}, "x.xlsx"),
        "workbook formula": archive({"xl/worksheets/sheet1.xml": f'<c><f>CONCAT("{e}",1)</f></c>'}, "x.xlsx"),
        "presentation notes": archive(
            {"ppt/notesSlides/n1.xml": f"<a:p><a:r><a:t>{e}</a:t></a:r></a:p>"}, "x.pptx"
        ),
        "pdf keywords": pdf(b"<</Keywords<" + utf16(v).hex().encode() + b">>>"),
        "pdf utf-8 string": pdf(b"<</Author(\xef\xbb\xbf" + v.encode().replace(b"(", b"\\(") + b")>>"),
        "pdf little end": pdf(b"<</Title<" + (b"\xff\xfe" + v.encode("utf-16-le")).hex().encode() + b">>>"),
        "pdf metadata in utf-16": pdf(
            b"<<>>", stream(f"<x:xmpmeta><dc:creator>{e}</dc:creator></x:xmpmeta>".encode("utf-16"))
        ),
        "pdf metadata as it is": pdf(
            b"<<>>",
            b"<</Type/Metadata/Subtype/XML/Length 9>>stream\n<x:xmpmeta>"
            + e.encode()
            + b"</x:xmpmeta>\nendstream",
        ),
        "pdf actual text": pdf(
            b"<<>>", stream(b"/Span<</ActualText<" + utf16(v).hex().encode() + b">>>BDC BT (x) Tj ET EMC")
        ),
        "pdf alternative text": pdf(
            b"<<>>", b"<</Type/StructElem/S/Figure/Alt<" + utf16(v).hex().encode() + b">>>"
        ),
        "pdf address": pdf(b"<<>>", b"<</A<</S/URI/URI(https://x.example/?q=" + quote(v).encode() + b")>>>>"),
        "pdf script": pdf(
            b"<<>>", b"<</S/JavaScript/JS<" + utf16(f"app.alert('{v}')").hex().encode() + b">>>"
        ),
        "pdf attached csv": pdf(b"<<>>", stream(f"id,x\n{v},1\n".encode("utf-8-sig"))),
        "csv comment": ("x.csv", f"# made for {v}\nterm,n\nrash,40\n".encode()),
        "csv head": ("x.csv", f"term,{v}\nrash,40\n".encode()),
        "csv quoted": ("x.csv", f'term,n\n"rash ""{v}""",40\n'.encode()),
        "csv in utf-16": ("x.csv", f"term\tn\nrash\t{v}\n".encode("utf-16")),
        "csv formula": ("x.csv", f'term,n\n"=HYPERLINK(""#"",""{v}"")",1\n'.encode()),
        "tab in a cell": ("x.tsv", f"term\tn\n{v}\t40\n".encode()),
        "json lines": ("x.jsonl", (json.dumps({"a": 1}) + "\n" + json.dumps({"b": v}) + "\n").encode()),
        "manifest": ("manifest.json", json.dumps({"inputs": {f"data/{v}.csv": "0" * 64}}).encode()),
        "png description": ("x.png", picture((b"iTXt", b"Description\0\0\0zh\0\0" + v.encode()))),
        "png compressed profile": ("x.png", picture((b"iCCP", b"a\0\0" + zlib.compress(v.encode())))),
        "png time stamp": ("x.png", picture((b"tEXt", b"Software\0" + f"plot of {v}".encode()))),
        "jpeg caption": (
            "x.jpg",
            b"\xff\xd8\xff\xed\0\x40Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20\x1c\x02\x78\0\x10"
            + v.encode()
            + b"\xff\xd9",
        ),
        "webp": ("x.webp", b"RIFF\x60\0\0\0WEBPXMP \x40\0\0\0<x:xmpmeta>" + e.encode() + b"</x:xmpmeta>"),
        "tiff": ("x.tif", b"II*\0\x08\0\0\0" + v.encode() + b"\0"),
        "gzip of csv": ("x.csv.gz", gzip.compress(f"a,b\n1,{v}\n".encode())),
        "zip in a zip": archive({"inner.zip": archive({"a/b.txt": v}, "b.zip")[1]}, "x.zip"),
        "mail": ("x.eml", f"From: x\nSubject: =?utf-8?q?{quote(v).replace('%', '=')}?=\n\nx".encode()),
        "sqlite": ("x.db", b"SQLite format 3\0" + bytes(100) + v.encode() + bytes(20)),
        "yaml folded": ("x.yml", f"note: >-\n  seen\n  {v}\n".encode()),
        "rich text": (
            "x.rtf",
            ("{\\rtf1 " + "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in v) + "}").encode(),
        ),
    }


CARRIED = {
    "subject id": "NIJ-4-0826",
    "identifier": "司马青云",
    "birth date": "7 August 1966",
    "free text": REMARK,
}
AGAIN = {"subject id": "协和B17", "identifier": "Wiebke Ahrensburg", "birth date": "1966-08-07"}


def plants() -> list[tuple[str, str, str, tuple[str, bytes]]]:
    """Kind, value, place and file of every leak: each way to write in a page, then each place for what names people."""
    found = [
        (kind, value, "text", page(f"<p>seen {value if '<b>' in value else html.escape(value)}, noted</p>"))
        for kind, values in WRITTEN.items()
        for value in values
    ]
    for given in (CARRIED, AGAIN):
        for kind, value in given.items():
            found += [(kind, value, place, made) for place, made in carriers(value).items()]
    return found
