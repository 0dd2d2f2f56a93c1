"""OData-MaxVersion and OData-Version (Protocol 5, 8.1.5, 8.2.7)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.odata.engine.headers.lists import REMEMBERED
from app.odata.engine.problems import BadRequest

READ: Final = (Decimal("4.0"), Decimal("4.01"))

# What stands behind a semicolon names the client's library.
_VERSION: Final = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*(?:;.*)?", re.DOTALL)


def version(headers: Mapping[str, str]) -> str:
    """The version to answer in, "4.0" or "4.01": the greatest that OData-MaxVersion allows, 4.0
    without one. `headers` has names in lower case. Raises BadRequest for a limit below 4.0, for
    one that is no number, and for an OData-Version that is not read here.
    """
    return _version(headers.get("odata-maxversion", "4.0"), headers.get("odata-version", "4.0"))


@lru_cache(REMEMBERED)
def _version(most: str, own: str) -> str:
    limit = _number(most, "OData-MaxVersion")
    if limit < Decimal("4.0"):
        raise BadRequest("This service speaks 4.0 and 4.01 only", target="OData-MaxVersion")
    if _number(own, "OData-Version") not in READ:
        raise BadRequest("This service reads 4.0 and 4.01 only", target="OData-Version")
    return "4.01" if limit >= Decimal("4.01") else "4.0"


def _number(text: str, name: str) -> Decimal:
    match = _VERSION.fullmatch(text)
    if match is None:
        raise BadRequest(f"{name} has to be a version such as 4.0", target=name)
    return Decimal(match[1])
