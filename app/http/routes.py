"""Which route a path has, by its shape: `/tasks/17.json` has that of `/tasks/18.json`.

Werkzeug finds the route of each shape once. Its matcher tries one regular expression after another,
which costs more than a statement to SQLite.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from werkzeug.routing import Map, MapAdapter, Rule

NUMBER: Final = re.compile(r"[0-9]+")
VARIABLE: Final = re.compile(r"<[^>]*>")
ID: Final = "id"  # the converter whose variables are numbers
IDS: Final = re.compile(f"<{ID}:([^>]*)>")
MOST: Final = 2_000  # shapes of one map: slashes more or less make a shape of its own

Found = tuple[Rule, Mapping[str, Any]]


class Shapes:
    """The shapes of paths that are known of one map, with the variables of their rules."""

    def __init__(self, url_map: Map) -> None:
        self._known: dict[tuple[str, str], tuple[Rule, tuple[str, ...]]] = {}
        self._read: Callable[[str], Any] = url_map.converters[ID](url_map).to_python
        # Of a rule that has a number of its own the shape says too little.
        self._ambiguous = {
            _shape(VARIABLE.sub("0", rule.rule))
            for rule in url_map.iter_rules()
            if NUMBER.search(VARIABLE.sub("", rule.rule))
        }

    def find(self, method: str, path: str, match: Callable[[], Found]) -> Found:
        """The rule and the values of its variables; `match` is Werkzeug's way to find them. Raises
        what that raises.
        """
        shape = method, _shape(path)
        known = self._known.get(shape)
        if known is None:
            rule, values = match()
            names = tuple(IDS.findall(rule.rule))
            if (
                len(self._known) < MOST
                and shape[1] not in self._ambiguous
                and shape[1].count("0") == len(names) == len(values)
                and self._values(names, path) == values
            ):
                self._known[shape] = rule, names
            return rule, values
        rule, names = known
        return rule, self._values(names, path)

    def _values(self, names: tuple[str, ...], path: str) -> dict[str, Any]:
        """Each number of the path as the id that a variable stands for."""
        return dict(zip(names, map(self._read, NUMBER.findall(path)), strict=True))


_of: WeakKeyDictionary[Map, Shapes] = WeakKeyDictionary()


class Adapter(MapAdapter):
    """Finds the route of one request."""

    def match(self, *asked: Any, **more: Any) -> Any:
        """As Werkzeug's; by the path's shape for Flask, which asks for the rule alone."""
        found = super().match
        if asked or more != {"return_rule": True}:
            return found(*asked, **more)
        shapes = _of.get(self.map)
        if shapes is None:
            shapes = _of[self.map] = Shapes(self.map)
        return shapes.find(self.default_method, self.path_info, lambda: found(return_rule=True))


def _shape(path: str) -> str:
    return NUMBER.sub("0", path)
