"""How many SQL statements something takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.extensions import db
from app.queries.prepared import Prepared
from app.services import loads
from app.services.statements import Change
from tests import stricter


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside, transaction control aside."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    def noted(run: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(self: Prepared, *arguments: Any) -> Any:
            seen.append(self.sql)
            return run(self, *arguments)

        return wrapped

    def loading(run: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            seen.append("a load")
            return run(*arguments)

        return wrapped

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "rows", noted(Prepared.rows))
            patch.setattr(Change, "run", noted(Change.run))
            patch.setattr(Change, "run_many", noted(Change.run_many))
            patch.setattr(loads, "copy_rows", loading(loads.copy_rows))
            patch.setattr(loads, "insert_rows", loading(loads.insert_rows))
            patch.setattr(loads, "link_rows", loading(loads.link_rows))
            with stricter.spared():  # what is tried again would count twice
                yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
