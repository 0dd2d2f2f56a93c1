"""Parameters of an operation: ids of its path, options of its query string."""

from typing import Any

from app.docs.routes import Route

MAX_ID = 2**31 - 1


def parameters(route: Route) -> list[dict[str, Any]]:
    """All parameters of a route."""
    ids = [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
        }
        for name in route.ids
    ]
    return ids + [_query(option) for option in route.operation.options]


def _query(option: Any) -> dict[str, Any]:
    """An option of a dialect's table: name, about, accepts, default, words, read."""
    about = f"{option.about}. " if option.about else ""
    parameter = {
        "in": "query",
        "name": option.name,
        "description": f"{about}Accepted: {option.accepts}.",
        "schema": _schema(option),
    }
    if parameter["schema"]["type"] == "array":
        parameter |= {"style": "form", "explode": False}
    return parameter


def _schema(option: Any) -> dict[str, Any]:
    """The type follows from the default: a tuple is a comma list, a number counts from 1.

    Booleans stay text, since they have several spellings.
    """
    default = option.default
    if isinstance(default, tuple) and not option.words:
        return {"type": "array", "items": {"type": "integer"}}
    if isinstance(default, tuple) and default == ():
        return {"type": "array", "items": {"type": "string", "enum": list(option.words)}}
    if option.words:
        return {"type": "string", "enum": list(option.words), **_default_word(option)}
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, int):
        return {"type": "integer", "minimum": 1, "default": default}
    return {"type": "string"}


def _default_word(option: Any) -> dict[str, str]:
    """The first word that means the default."""
    meant = [word for word in option.words if option.read(word) == option.default]
    return {"default": meant[0]} if meant else {}
