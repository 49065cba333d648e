"""Why two runs differ: data, parameters, notebooks, text, code, environment, cut, from their manifests."""

from collections.abc import Mapping

from analysis.language import commas, mark, tr

MOST = 6
KINDS = {
    "params": mark("parameters: {names}"),
    "notebooks": mark("notebooks: {names}"),
    "text": mark("report text: {names}"),
    "modules": mark("code: {names}"),
}
ENVIRONMENT = mark("environment: {names}")


IN_WORDS = {
    "params": mark("parameters ({n})"),
    "notebooks": mark("notebooks ({n})"),
    "text": mark("text of the report ({n})"),
    "modules": mark("files of the program ({n})"),
}


def causes(before: Mapping, after: Mapping, *, named: bool = True) -> list[str]:
    """What differs in what two reports were made from, a line per kind; empty when nothing does.

    Files are `named` for who works on the study; a reader of the report is told how many of each kind there are.

    Parameters
    ----------
    before, after : mapping
        Their manifests; an empty one says nothing.
    """
    if not before or not after:
        return [tr("one of the two has no manifest: what it was made from is not known")]
    lines = []
    if before["data_cut"] != after["data_cut"]:
        lines.append(
            tr("data cut: {before} before, {after} now", before=before["data_cut"], after=after["data_cut"])
        )
    lines += _data(before, after)
    for name, text in KINDS.items():
        if changed := _changed(before.get(name), after.get(name)):
            lines.append(tr(text, names=_listed(changed)) if named else tr(IN_WORDS[name], n=len(changed)))
    if versions := _versions(before, after):
        lines.append(
            tr(ENVIRONMENT, names=_listed(versions)) if named else tr("libraries ({n})", n=len(versions))
        )
    states = [side.get("state") for side in (before, after)]
    if states[0] != states[1]:
        lines.append(tr("state: {before} before, {after} now", before=states[0], after=states[1]))
    return lines


def _data(before: Mapping, after: Mapping) -> list[str]:
    """A line per source whose content or number of rows differs."""
    hashes = [{entry["source"]: entry["sha256"] for entry in side["data"]} for side in (before, after)]
    rows = [side.get("rows") or {} for side in (before, after)]
    lines = []
    for name in sorted({*hashes[0], *hashes[1]}):
        first, second = (side.get(name) for side in rows)
        if first != second:
            lines.append(
                tr(
                    "data {source}: {before} rows before, {after} now",
                    source=name,
                    before=first,
                    after=second,
                )
            )
        elif hashes[0].get(name) != hashes[1].get(name):
            lines.append(tr("data {source}: {n} rows, other content", source=name, n=second))
    return lines


def _changed(before: Mapping | None, after: Mapping | None) -> list[str]:
    before, after = before or {}, after or {}
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _versions(before: Mapping, after: Mapping) -> list[str]:
    first = {"Python": before.get("python"), **(before.get("libraries") or {})}
    second = {"Python": after.get("python"), **(after.get("libraries") or {})}
    return [f"{name} {first.get(name)} -> {second.get(name)}" for name in _changed(first, second)]


def _listed(names: list[str]) -> str:
    if len(names) <= MOST:
        return commas(names)
    return tr("{names} and {n} more", names=commas(names[:MOST]), n=len(names) - MOST)
