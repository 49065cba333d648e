"""YAML within limits: text that unfolds to far more than it says, or nests without end, is refused unread."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ruamel.yaml import YAML

DEEPEST = 40  # levels
LARGEST = 200_000  # entries, aliases unfolded
LONGEST = 5_000_000  # characters


def reader(kind: str = "safe") -> "YAML":
    """A reader of YAML that gives up on what is nested too deep."""
    from ruamel.yaml import YAML

    yaml = YAML(typ=kind, pure=True)
    yaml.max_depth = DEEPEST
    return yaml


def compose(text: str) -> Any:
    r"""The node at the root of a YAML text; None where the text is empty.

    Raises
    ------
    YAMLError
        If it is not YAML, too long, nested too deep, or larger than `LARGEST` once its aliases are unfolded.

    Examples
    --------
    >>> compose("a: &x [1, 2]\nb: *x").id
    'mapping'
    >>> compose("a: &x [*x]")
    Traceback (most recent call last):
        ...
    ruamel.yaml.error.YAMLError: an alias stands within what it stands for
    """
    from ruamel.yaml import YAMLError

    if len(text) > LONGEST:
        raise YAMLError(f"it has {len(text):,} characters, more than the limit of {LONGEST:,}")
    root = reader().compose(text)
    if root is not None and (size := _unfolded(root, {})) > LARGEST:
        raise YAMLError(
            f"it unfolds to {size:,} entries, more than the limit of {LARGEST:,}; write out fewer aliases"
        )
    return root


def _unfolded(node: Any, known: dict[int, int | None]) -> int:
    """How many entries there are with every alias written out; each node is looked at once."""
    from ruamel.yaml import YAMLError

    if id(node) in known:
        found = known[id(node)]
        if found is None:
            raise YAMLError("an alias stands within what it stands for")
        return found
    known[id(node)] = None
    below = node.value if node.id != "scalar" else []
    pairs = [entry for pair in below for entry in pair] if node.id == "mapping" else below
    known[id(node)] = size = 1 + sum(_unfolded(entry, known) for entry in pairs)
    return size
