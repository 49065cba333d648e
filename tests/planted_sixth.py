# ruff: noqa: E501  (a leak on each line)
"""Leaks of a sixth planter: what the programs of a clinic and of a statistician leave behind, whole, as they write it."""

import html
import io
import json
import pickle
import struct
import zlib
from datetime import date
from urllib.parse import quote_plus

from planted import archive, b64, page, pdf, picture, stream, utf16

BORN, SEEN = date(1953, 6, 18), date(2023, 10, 4)
NAMES = ["Ingeborg Falkenrath", "诸葛明月", "Seán Mac Giolla", "Müjde Yıldırım", "PatNr 0098412"]
IDS = ["BX-11-0507", "M-0419", "武汉C-028", "T4.118"]
BARE = ["62"]
REMARK = "Asked to stop the tablets because of the long drive from Husum to the clinic"
CHINESE = "自行购买生物制剂后未按时复查且失去联系两个月"

Planted = tuple[str, str, tuple[str, bytes]]


def _text(kind: str, *texts: str) -> list[Planted]:
    return [(kind, one, page(f"<pre>{html.escape(one)}</pre>")) for one in texts]


def _markup(kind: str, *texts: str) -> list[Planted]:
    return [(kind, one, page(one)) for one in texts]


def _word(kind: str, **parts: str) -> list[Planted]:
    return [
        (kind, name, archive({name.replace("__", "/").replace("_xml", ".xml"): text}))
        for name, text in parts.items()
    ]


def _run(inner: str) -> str:
    return f"<w:document><w:body><w:p><w:r>{inner}</w:r></w:p></w:body></w:document>"


def _npy(text: str) -> bytes:
    body = text.encode("utf-32-le")
    head = f"{{'descr': '<U{len(text)}', 'fortran_order': False, 'shape': (1,), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + body


def _pickled(value: object) -> bytes:
    file = io.BytesIO()
    pickle.dump(value, file, protocol=4)
    return file.getvalue()


def plants() -> list[Planted]:
    """Kind, what it is and file of each leak."""
    return [
        *_text(
            "subject id",
            "KeyError: 'BX-11-0507'",
            "ValueError: 2 rows for subject BX-11-0507 at V4",
            "   subject_id  visit  das28\n0  BX-11-0507      3   4.81",
            "                das28\nsubject_id visit\nBX-11-0507 3    4.81",
            'structure(list(id = c("BX-11-0507", "x")), row.names = 1:2)',
            "PID|1||BX-11-0507^^^KLINIK||",
            '<SubjectData SubjectKey="BX-11-0507">',
            '{"resourceType": "Patient", "identifier": [{"value": "bx-11-0507"}]}',
            "bx11_0507_hand_left.dcm",
            "BX-11-0507_T2w.nii.gz",
            "(0010,0020) LO [BX-11-0507] # 10, 1 PatientID",
            "df.loc[df.id.eq('BX-11-0507'), 'crp']",
            "WHERE usubjid = 'BX-11-0507'",
            "USUBJID=STUDY1-BX-11-0507",
            "SUBJID 0507, SITEID 11 (BX-11-0507)",
            "BX–11–0507 → BX–11–0508",
            "BX.11.0507",
            "BX 11 0507",
            "BX110507",
            "BX/11/507",
            "BX-11-0507≠BX-11-0508",
            "outlier:BX-11-0507;crp=312",
            "cook_d>1: M-0419",
            "M0419",
            "m_0419",
            "M 419",
            "M-00419",
            "M-0419*",
            "M-0419†",
            "M-0419-R",
            "scr.M-0419",
            "武汉C028",
            "武汉 C－028",
            "武汉c-28",
            "T4/118",
            "T4-118",
            "t4_118.csv",
            "T4.118.",
            "subject=62",
            "Patient no.\u00a062",
            "pat_62.pdf",
            "Probandin 62",
            "受试者编号 62 号",
            "ID#62",
            "record_id: 62",
            "patients 12, 40 and 62",
            "participant sixty-two (no. 62)",
        ),
        *_text(
            "identifier",
            "Falkenrath^Ingeborg^^^",
            "PID|1||77||Falkenrath^Ingeborg||",
            "(0010,0010) PN [Falkenrath^Ingeborg]",
            "cn=Ingeborg Falkenrath,ou=patients",
            "FN:Ingeborg Falkenrath\nN:Falkenrath;Ingeborg;;;",
            "Falkenrath I (Ingeborg)",
            "FALKENRATH, Ingeborg (w)",
            "Falkenrath-Ingeborg_2023.pdf",
            "falkenrath%20ingeborg",
            "falkenrath+ingeborg",
            "Dear Mrs. Ingeborg Falkenrath,",
            "Sehr geehrte Frau Ingeborg Falkenrath",
            "Ingeborg\nFalkenrath",
            "Ingeborg | Falkenrath",
            "诸葛 明月",
            "姓名：诸葛明月　性别：女",
            "诸葛明月（58岁）",
            "诸葛明月.jpg",
            "Sean Mac Giolla",
            "SEÁN MAC GIOLLA",
            "Mac Giolla, Seán",
            "Seán mac Giolla",
            "Mujde Yildirim",
            "YILDIRIM Müjde",
            "MÜJDE YILDIRIM",
            "Müjde YILDIRIM",
            "Muejde Yildirim",
            "PatNr: 0098412",
            "PatNr.0098412",
            "patnr_0098412",
        ),
        *_text(
            "birth date",
            "BRTHDTC=1953-06-18",
            "PID|1||77||X^Y||19530618|F",
            "(0010,0030) DA [19530618]",
            '"birthDate": "1953-06-18"',
            "BDAY:19530618",
            "born on the 18th of June, 1953",
            "geb. am 18. Juni 1953",
            "18.06.53",
            "18/6/53",
            "6/18/1953",
            "18-JUN-1953 00:00",
            "18JUN1953",
            "18 Jun. 1953",
            "Jun 18 1953 12:00AM",
            "1953.06.18.",
            "1953-6-18",
            "1953/6/18 0:00",
            "1953年6月18日生",
            "生于 1953-06-18",
            "一九五三年六月十八日",
            "Timestamp('1953-06-18 00:00:00')",
            "datetime.date(1953, 6, 18)",
            'as.Date("1953-06-18")',
            "numpy.datetime64('1953-06-18')",
            "'18JUN1953'd",
            "mdy(06181953)",
            '{"year": 1953, "month": 6, "day": 18}',
            "18 juin 1953",
            "18 giugno 1953",
            "18 juni 1953",
            "18 de junho de 1953",
            "18. června 1953",
            "18 Haziran 1953",
            "18 червня 1953",
            "18 czerwca 1953 r.",
        ),
        *_text(
            "date",
            "4.10.2023 um 8:15",
            "SVSTDTC 2023-10-04T08:15",
            "DTSTART;VALUE=DATE:20231004",
            "Wed, 04 Oct 2023 08:15:00 +0200",
            "2023-10-04 08:15:00+02:00",
            "last seen 4 Oct 2023",
            "4. oktober 2023",
            "4 ottobre 2023",
            "4 outubro 2023",
            "10/4/2023",
            "20231004_081500",
            "2023年10月4日",
            "２０２３／１０／０４",
            "04-Oct-23",
        ),
        *_text(
            "free text",
            "Comment: " + REMARK,
            "Asked to stop the\n    tablets because of the long\n    drive",
            "ASKED TO STOP THE TABLETS",
            "because of the long drive from Husum",
            "Asked_to_stop_the_tablets_because",
            "“asked to stop the tablets …”",
            "<w:t>of the long drive from Husum</w:t>",
            "备注：" + CHINESE,
            "自行购买生物制剂后未按时\n复查且失去联系",
            "未按时复查且失去联系两个月。",
        ),
        *_text(
            "absolute path",
            'File "/home/ifalk/studien/ra/export.py", line 12',
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/ra/visits.sav'",
            "libname ra 'S:\\Rheuma\\2023';",
            'setwd("C:/Users/ifalk/Documents/ra")',
            "\\\\klinik-fs02\\rheuma$\\export.xlsx",
            "file://localhost/home/ifalk/x",
            "/Users/ifalk/Library/CloudStorage/x",
            "/scratch/ifalk/run1",
            "H:\\ra\\a.csv",
            "/workspace/ra/data.csv",
            "/gpfs/ra/data.csv",
        ),
        *_text(
            "host",
            "HTTPSConnectionPool(host='redcap.klinik.local', port=443)",
            "could not connect to server 10.20.30.40",
            'psycopg.OperationalError: host "db-rheuma.intern" port 5432',
            "ssh://172.22.4.18",
            "ping 192.168.178.34",
        ),
        *_text(
            "secret",
            "postgresql+psycopg://ro:Zimt7Stern@db/ra",
            "export REDCAP_TOKEN=5F2B0C9D1E7A4863B1C2D3E4F5061728",
            "Authorization: Bearer eyJraWQiOiJhIn0.eyJzdWIiOiI3In0.c2ln",
            "ghp_q7Wm2Xn4Rt6Yz8Kp0Lb3Vc5Jd1Fg9Hs7Qw4E",
            "pwd=Zimt7Stern;",
        ),
        *_text("identity number", "420106195306180046"),
        *_text(
            "telephone number",
            "Tel. 04841 / 66 12 0",
            "+49 4841 66120",
            "手机：13871234567",
        ),
        *_text(
            "e-mail",
            "From: I. Falkenrath <i.falkenrath@post.example>",
            "mailto:i.falkenrath@post.example?subject=x",
        ),
        *_markup(
            "subject id",
            "<textarea>BX-11-0507</textarea>",
            "<xmp>BX-11-0507</xmp>",
            "<data value='BX-11-0507'>1</data>",
            "<object data='scan-BX-11-0507.pdf'></object>",
            "<details><summary>1</summary>BX-11-0507</details>",
            "<!--[if mso]>BX-11-0507<![endif]-->",
            "<?php $id='BX-11-0507' ?>",
            "<p title=BX-11-0507>x</p>",
            "<td>BX</td><td>11</td><td>0507</td>",
            "BX&#45;11&#x2D;0507",
            "BX&#8209;11&#8209;0507",
            "<b>BX</b>-<i>11</i>-<u>0507</u>",
            "<span class=s>BX-</span><span class=s>11-0507</span>",
            '<script>Plotly.newPlot(\'a\',[{"text":["BX-11-0507","x"],"x":[1]}])</script>',
            "<script>a={customdata:[['BX-11-0507',62]]}</script>",
            '<script>var m=new Map([["BX-11-0507",4.1]])</script>',
            "<script>x=['BX','11','0507'].join('-')</script>",
            "<script>x='BX-11-'+'0507'</script>",
            "<script>x=atob('" + b64("subject BX-11-0507 at week 4") + "')</script>",
            "<script>x=decodeURIComponent('BX%2D11%2D0507')</script>",
            "<script>x='\\x42\\x58-11-0507'</script>",
            "<img src='data:image/svg+xml;utf8,<svg><text>BX-11-0507</text></svg>'>",
            "<a href='#row-bx-11-0507'>1</a>",
            "<i data-z='" + b64(zlib.compress(json.dumps({"id": ["BX-11-0507"] * 3}).encode())) + "'></i>",
            "<i data-z='" + b64(_pickled({"id": "BX-11-0507", "x": 1.5})) + "'></i>",
            "<i data-z='" + b64(_npy("BX-11-0507")) + "'></i>",
            "<math><mi>BX</mi><mo>-</mo><mn>11</mn><mo>-</mo><mn>0507</mn></math>",
            "<svg><g id='PathCollection_BX-11-0507'/></svg>",
            "<svg><text>BX-11-</text><text>0507</text></svg>",
            "<style>.BX-11-0507{color:red}</style>",
            "<style>[data-id='BX-11-0507']{}</style>",
            "<link rel=prefetch href='x/BX-11-0507.json'>",
        ),
        *_markup(
            "identifier",
            "<td>Falkenrath</td>\n<td>Ingeborg</td>",
            "<dt>Name</dt><dd>Ingeborg<br>Falkenrath</dd>",
            "Ingeborg&emsp;Falkenrath",
            "<a href='mailto:x@y.z?body=" + quote_plus("Ingeborg Falkenrath") + "'>x</a>",
            "M&uuml;jde Y&#305;ld&#305;r&#305;m",
            '<script>{"n":"M\\u00fcjde Y\\u0131ld\\u0131r\\u0131m"}</script>',
            "<input value='诸葛明月'>",
            "<meta name='keywords' content='a,Ingeborg Falkenrath'>",
        ),
        *_markup(
            "birth date",
            "<time datetime=19530618>x</time>",
            "<script>new Date('1953-06-18')</script>",
            "<input type=date value='1953-06-18'>",
            "18.<wbr>06.<wbr>1953",
            "18&nbsp;June&nbsp;1953",
        ),
        *_word(
            "subject id",
            word__header2_xml=_run("<w:t>BX-11-0507</w:t>"),
            word__endnotes_xml=_run("<w:t>BX-11-0507</w:t>"),
            word__glossary__document_xml=_run("<w:t>BX-11-0507</w:t>"),
            word__commentsExtended_xml="<w15:commentEx w15:x='BX-11-0507'/>",
            customXml__item2_xml="<data><id>BX-11-0507</id></data>",
            docProps__core_xml="<cp:coreProperties><dc:title>BX-11-0507</dc:title></cp:coreProperties>",
            word__webSettings_xml="<w:div w:id='1'><w:x w:val='BX-11-0507'/></w:div>",
        ),
        (
            "subject id",
            "hyphens of Word that do not break",
            archive(
                {
                    "word/document.xml": _run(
                        "<w:t>BX</w:t><w:noBreakHyphen/><w:t>11</w:t><w:noBreakHyphen/><w:t>0507</w:t>"
                    )
                }
            ),
        ),
        (
            "subject id",
            "tabs of Word",
            archive({"word/document.xml": _run("<w:t>BX</w:t><w:tab/><w:t>11</w:t><w:tab/><w:t>0507</w:t>")}),
        ),
        (
            "identifier",
            "lines of Word",
            archive({"word/document.xml": _run("<w:t>Ingeborg</w:t><w:br/><w:t>Falkenrath</w:t>")}),
        ),
        (
            "identifier",
            "cells of Word",
            archive(
                {
                    "word/document.xml": "<w:document><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Falkenrath</w:t></w:r></w:p></w:tc>"
                    "<w:tc><w:p><w:r><w:t>Ingeborg</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>"
                }
            ),
        ),
        ("subject id", "pdf subject", pdf(b"<</Subject<" + utf16("BX-11-0507").hex().encode() + b">>>")),
        (
            "identifier",
            "pdf annotation",
            pdf(b"<<>>", b"<</Subtype/Text/T(Ingeborg Falkenrath)/Contents(x)>>"),
        ),
        (
            "identifier",
            "pdf structure",
            pdf(
                b"<<>>", stream(b"/P<</ActualText<" + utf16("Müjde Yıldırım").hex().encode() + b">>>BDC EMC")
            ),
        ),
        ("birth date", "pdf of a stream", pdf(b"<<>>", stream(b"<a born='1953-06-18'/>"))),
        ("subject id", "png of a title", ("x.png", picture((b"tEXt", b"Title\0BX-11-0507 week 4")))),
        (
            "identifier",
            "png in latin-1",
            ("x.png", picture((b"tEXt", b"Author\0" + "Müjde Yıldırım".encode("iso-8859-9")))),
        ),
        ("subject id", "csv of a spreadsheet", ("x.csv", '﻿id;w\r\n="BX-11-0507";1\r\n'.encode())),
        ("identifier", "csv in windows-1254", ("x.csv", "ad;x\nMüjde Yıldırım;1\n".encode("cp1254"))),
        (
            "identifier",
            "csv in utf-16 without mark",
            ("x.csv", "name,x\nIngeborg Falkenrath,1\n".encode("utf-16-le")),
        ),
        ("birth date", "csv of SAS", ("x.csv", b"id,brth\nx,18JUN1953\n")),
        ("subject id", "npy", ("x.npy", _npy("BX-11-0507"))),
        ("subject id", "pickle", ("x.pkl", _pickled({"id": "BX-11-0507"}))),
        ("free text", "json of escapes", ("x.json", json.dumps({"a": CHINESE}).encode())),
        ("free text", "base64 of a text", page("<i data-a='" + b64(REMARK) + "'></i>")),
    ]
