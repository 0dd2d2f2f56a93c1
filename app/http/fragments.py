"""Payloads in two pieces: what everybody sees alike is written once and kept by
`queries.fragments`, what depends on the viewer is written for each answer and stands behind it.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import Schema

from app.access import Viewer
from app.errors import NotFound
from app.http.payload import PayloadField, Plan
from app.queries.fragments import Pieces, Wants, fetch_pieces
from app.queries.page import by_id
from app.queries.query import Catalogue, Page, Query


class FragmentedPlan(Plan):
    """A plan that can also be rendered in pieces, as bytes."""

    def __init__(self, schema: Schema, catalogue: Catalogue) -> None:
        keys = {name: facet.key for name, facet in catalogue.facets.items()}
        super().__init__(schema, keys)

        def personal(field: PayloadField) -> bool:
            name = (field.attribute or str(field.name)).partition(".")[0]
            facet = catalogue.facets.get(name)
            return bool(field.personal or name in catalogue.personal or (facet and facet.personal))

        self._steady = Plan(schema, keys, lambda field: not personal(field))
        self._personal = Plan(schema, keys, personal)
        self.pieces = Pieces(
            catalogue,
            Wants(self._steady.columns, self._steady.facets),
            Wants(self._personal.columns, self._personal.facets),
            self._heads,
        )

    def fetch(
        self, query: Query, viewer: Viewer, values: Mapping[str, Any], *, around: bool = False
    ) -> tuple[list[orjson.Fragment], Page]:
        """The rows of a query over the columns of `pieces` as JSON objects, and their page, with
        what is around it if that is asked for.
        """
        heads, page = fetch_pieces(query, self.pieces, viewer, values, around=around)
        tails = map(orjson.dumps, self._personal.render(page))
        texts = [orjson.Fragment(head + tail[1:]) for head, tail in zip(heads, tails, strict=True)]
        return texts, page

    def fetch_by_id(self, row_id: int, viewer: Viewer, **more: Any) -> orjson.Fragment:
        """The row with this id as a JSON object; `more` goes into the Query. Raises NotFound when
        the viewer sees none.
        """
        query = by_id(self.pieces.catalogue, self.pieces.columns_for(row_id), **more)
        texts, _ = self.fetch(query, viewer, {"sought": row_id})
        if not texts:
            raise NotFound(f"{query.catalogue.name} not found")
        return texts[0]

    def _heads(self, page: Page) -> list[bytes]:
        """Each row's object but for its end."""
        return [orjson.dumps(item)[:-1] + b"," for item in self._steady.render(page)]
