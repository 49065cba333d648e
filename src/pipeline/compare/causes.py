"""Why two runs differ: data, parameters, notebooks, text, code, environment, cut, from their manifests."""

from collections.abc import Mapping

MOST = 6


def causes(before: Mapping, after: Mapping) -> list[str]:
    """What differs in what two reports were made from, a line per kind; empty when nothing does.

    Parameters
    ----------
    before, after : mapping
        Their manifests; an empty one says nothing.
    """
    if not before or not after:
        return ["one of the two has no manifest: what it was made from is not known"]
    lines = [f"data cut: {before['data_cut']} -> {after['data_cut']}"] * (
        before["data_cut"] != after["data_cut"]
    )
    lines += _data(before, after)
    for name, shown in (
        ("params", "parameters"),
        ("notebooks", "notebooks"),
        ("text", "report text"),
        ("modules", "code"),
    ):
        if changed := _changed(before.get(name), after.get(name)):
            lines.append(f"{shown}: {_listed(changed)}")
    if versions := _versions(before, after):
        lines.append(f"environment: {_listed(versions)}")
    if before.get("state") != after.get("state"):
        lines.append(f"state: {before.get('state')} -> {after.get('state')}")
    return lines


def _data(before: Mapping, after: Mapping) -> list[str]:
    """A line per source whose content or number of rows differs."""
    hashes = [{entry["source"]: entry["sha256"] for entry in side["data"]} for side in (before, after)]
    rows = [side.get("rows") or {} for side in (before, after)]
    lines = []
    for name in sorted({*hashes[0], *hashes[1]}):
        counts = [side.get(name) for side in rows]
        if hashes[0].get(name) != hashes[1].get(name) or counts[0] != counts[1]:
            told = (
                f"{counts[0]} -> {counts[1]} rows"
                if counts[0] != counts[1]
                else f"{counts[1]} rows, other content"
            )
            lines.append(f"data {name}: {told}")
    return lines


def _changed(before: Mapping | None, after: Mapping | None) -> list[str]:
    before, after = before or {}, after or {}
    return [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]


def _versions(before: Mapping, after: Mapping) -> list[str]:
    first = {"Python": before.get("python"), **(before.get("libraries") or {})}
    second = {"Python": after.get("python"), **(after.get("libraries") or {})}
    return [f"{name} {first.get(name)} -> {second.get(name)}" for name in _changed(first, second)]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more
