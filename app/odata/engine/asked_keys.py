"""Keys that a $filter compares with, taken out of it: clients ask the same of one project after the
other, and one plan (plans.py) serves them all.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.odata.engine.ast import Compare, Literal, Logical, Node, Not, Options
from app.odata.engine.edm import GUID
from app.odata.engine.keeping import Slot

Pairs = tuple[tuple[str, str], ...]

# In one of the places where a slot may stand: behind the `eq` of a comparison of its own, which
# nothing but other conditions joins.
_HEX = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_CONDITION: Final = re.compile(rf"(?P<head>(?:^|and )[A-Za-z]+ eq )(?P<key>{_HEX})(?= and |$)")
_KEY: Final = re.compile(_HEX)
_FILTER: Final = "$filter"


class AskedKeys:
    """The query options of a request. `asked` stands for them without the keys, which are in
    `given`, the parameters of the plan's statements.
    """

    def __init__(self, pairs: Pairs) -> None:
        self.asked = pairs
        self._slots: dict[str, Slot] = {}
        if any(name == _FILTER for name, _ in pairs):
            self.asked = tuple((name, self._taken_out(name, value)) for name, value in pairs)
        self.given: Mapping[str, str] = {slot.name: key for key, slot in self._slots.items()}

    def _taken_out(self, name: str, text: str) -> str:
        # A text may hold anything, what stands in parentheses may be part of something else, and a
        # key that stays would be taken for the same one that goes.
        if name != _FILTER or "'" in text or "(" in text:
            return text
        if len(_CONDITION.findall(text)) != len(_KEY.findall(text)):
            return text
        return _CONDITION.sub(self._named, text)

    def _named(self, found: re.Match[str]) -> str:
        key = found["key"].lower()
        slot = self._slots.setdefault(key, Slot(f"asked_{len(self._slots)}"))
        return f"{found['head']}<{slot.name}>"

    def slotted(self, options: Options) -> Options:
        """The options with slots in place of the keys."""
        if not self._slots or options.filter is None:
            return options
        return replace(options, filter=self._without_keys(options.filter))

    def _without_keys(self, node: Node) -> Node:
        if isinstance(node, Logical):
            return replace(node, operands=tuple(map(self._without_keys, node.operands)))
        if isinstance(node, Not):
            return replace(node, operand=self._without_keys(node.operand))
        if isinstance(node, Compare) and isinstance(node.right, Literal):
            right = node.right
            if right.type == GUID and right.value in self._slots:
                return replace(node, right=replace(right, value=self._slots[right.value]))
        return node
