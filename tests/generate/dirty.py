"""Planting known faults into clean exports, each one listed.

A fault is listed with the rule of reading that should find it: the section of the cleaning rules (F2.1 numbers,
F2.2 detection limits, F2.3 units, F2.5 dates, F2.6 duplicates, F2.7 ranges, F2.8 consistency) and, where the
reader has one, the id of the query it raises.
"""

from generate.draws import stream

LIST_HEADER = ["file", "row", "record_id", "event", "column", "clean", "planted", "f2", "query", "expected", "read_as",
               "what"]  # fmt: skip
WIDE = str.maketrans("0123456789.<-", "０１２３４５６７８９．＜－")


class Planter:
    """Changes cells of the clean tables and remembers what it changed.

    `spared` are subjects whose screening and baseline stay clean, because definitions are tested on them.
    """

    def __init__(self, seed, tables, spared):
        self.tables, self.spared = tables, spared
        self.rng = stream(seed, "dirt")
        self.faults, self.touched = [], set()

    def pick(self, file, where, column, n):
        """`n` rows that satisfy `where`, not touched before, spread at random."""
        rows = self.tables[file]
        fit = [
            i for i, row in enumerate(rows) if self.free(file, i, row) and row.get(column, "") and where(row)
        ]
        if len(fit) < n:
            raise ValueError(f"{file}: {len(fit)} rows fit for {column}, {n} wanted")
        return sorted(int(i) for i in self.rng.choice(fit, n, replace=False))

    def free(self, file, i, row):
        early = event_of(row) in ("week_0_arm_1", "screening_arm_1", "基线")
        return (file, i) not in self.touched and not (early and subject_of(row) in self.spared)

    def cell(self, file, column, how, rule, what, *, where=lambda row: True, n=1, read=""):
        """Change one cell in each of `n` rows; `how` is the new text or a function of the old.

        `rule` is (section, query id, expected); `read` says what the reader should hold afterwards: "clean",
        "planted", or "" for missing.
        """
        for i in self.pick(file, where, column, n):
            row = self.tables[file][i]
            old = row[column]
            new = how(old) if callable(how) else how
            row[column] = new
            shown = {"clean": old, "planted": new}.get(read, read)
            self.note(file, i, row, column, old, new, rule, shown, what)

    def several(self, file, changes, rule, what, *, where, key, n=1, read=None):
        """Change several cells of a row at once; `changes(row)` gives the new ones; listed as one fault.

        `read(old, new)` says what the reader should hold afterwards; without it, what was planted.
        """
        for i in self.pick(file, where, key, n):
            row = self.tables[file][i]
            new = changes(row)
            old = {name: row.get(name, "") for name in new}
            row.update(new)
            columns = " ".join(new) if len(new) <= 6 else f"{next(iter(new))} ... {list(new)[-1]}"
            self.note(file, i, row, columns, " ".join(old.values()), " ".join(new.values()), rule,
                      read(old, new) if read else " ".join(new.values()), what)  # fmt: skip

    def insert(self, file, make, rule, what, *, where, key, n=1):
        """Add a row made from an existing one, right after it."""
        for i in sorted(self.pick(file, where, key, n), reverse=True):
            row = make(dict(self.tables[file][i]))
            self.tables[file].insert(i + 1, row)
            self.touched = {(name, k + (name == file and k > i)) for name, k in self.touched}
            for fault in self.faults:
                fault["row"] += fault["file"] == file and fault["row"] > i + 1
            self.note(file, i + 1, row, "(row)", "", "row added", rule, "", what)

    def note(self, file, i, row, column, old, new, rule, read, what):
        self.touched.add((file, i))
        section, query, expected = rule
        fault = {
            "file": file,
            "row": i + 1,
            "record_id": subject_of(row).strip().upper(),
            "event": event_of(row),
        }
        fault |= {"column": column, "clean": old, "planted": str(new), "f2": section, "query": query}
        self.faults.append(fault | {"expected": expected, "read_as": str(read), "what": what})

    def listing(self) -> list[list]:
        """The faults in order of file and row, header first; `row` counts data rows from 1."""
        ordered = sorted(self.faults, key=lambda fault: (fault["file"], fault["row"]))
        return [LIST_HEADER] + [[fault[name] for name in LIST_HEADER] for fault in ordered]


def subject_of(row) -> str:
    return row.get("record_id", row.get("研究编号", ""))


def event_of(row) -> str:
    return row.get("redcap_event_name", row.get("访视", ""))


def widen(text) -> str:
    return text.translate(WIDE)


def slashes(text) -> str:
    year, month, day = text.split("-")
    return f"{year}/{int(month)}/{int(day)}"


def dots(text) -> str:
    return text.replace("-", ".")


def chinese(text) -> str:
    year, month, day = text.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def serial(text) -> str:
    """The day number a spreadsheet shows when a date has lost its format."""
    from datetime import date

    return str((date.fromisoformat(text) - date(1899, 12, 30)).days)


def month_last(text) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


def swapped_day(text) -> str:
    year, month, day = text.split("-")
    return f"{year}-{day}-{month}"


def ambiguous(text) -> bool:
    """Whether day and month could be taken for one another."""
    return len(text) == 10 and int(text[8:]) <= 12 and text[5:7] != text[8:]
