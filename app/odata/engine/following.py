"""Next links: the address at which a list goes on that was cut (Protocol 11.2.6.7)."""

from collections.abc import Iterable
from urllib.parse import quote, unquote, unquote_plus

from app.odata.engine.ast import ExpandItem, Options
from app.odata.engine.paging import Position
from app.odata.engine.problems import NotSupported
from app.odata.engine.tokens import write as token_of

SAFE = "(),'$@/:*=~!;"  # what may stand in a query as it is
RAW = SAFE + "?%&+"  # what is encoded already stays so
FOLLOWS = ("skip", "skiptoken")  # options whose place the token takes
LOOSE = ("$skiptoken", "$skip", "$count", "$format")

Pairs = Iterable[tuple[str, str]]


def purpose_of(path: str, pairs: Pairs) -> str:
    """What a page token belongs to: the address and the options that decide what is listed, in
    which order. `path` is percent-encoded; `pairs` are decoded, system options with their `$`.
    """
    kept = [
        f"{name}={value}" for name, value in pairs if name[:1] in ("$", "@") and name not in LOOSE
    ]
    return "&".join([unquote(path).strip("/").lower(), *sorted(kept)])


def next_link(root: str, path: str, query: str, token: str) -> str:
    """The address of the next page: path and query as they were sent, with a token."""
    kept = [part for part in query.split("&") if part and _name(part) not in FOLLOWS]
    kept.append(f"$skiptoken={token}")
    return f"{root}/{quote(path.strip('/'), safe=RAW)}?{quote('&'.join(kept), safe=RAW)}"


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0]).lower().removeprefix("$")


def rest_of(address: str, item: ExpandItem, end: Position | None, root: str) -> str:
    """Where the entities are that did not fit below an expanded entity, whose address this is:
    those behind `end`, or all of them. Raises NotSupported where no address can say it.
    """
    path = "/".join([address, item.navigation.name, *([item.narrow] if item.narrow else [])])
    if item.only_references:
        path += "/$ref"
    pairs = _options(item)
    if any("$it" in value for _, value in pairs):
        message = f"{item.navigation.name} has too many entities to expand with $it"
        raise NotSupported(message, target="$expand")
    if end is not None:
        token = token_of(end, purpose_of(path, pairs))
        pairs = [each for each in pairs if each[0] != "$skip"]
        pairs.append(("$skiptoken", token))
    query = "&".join(f"{name}={quote(value, safe=SAFE)}" for name, value in pairs)
    return f"{root}/{path}?{query}" if query else f"{root}/{path}"


def _options(item: ExpandItem) -> list[tuple[str, str]]:
    """The options of an expanded navigation as they have to stand behind its address."""
    pairs = dict(item.text)
    pairs.pop("$levels", None)
    expand = [pairs.pop("$expand", "")]
    if not item.text and item.options.expand:
        expand.append(f"*($levels={_height(item.options)})")
    elif item.levels > 1:
        inner = {**dict(item.text), "$levels": str(item.levels - 1)}
        inner = {name: value for name, value in inner.items() if not name.startswith("@")}
        written = ";".join(f"{name}={value}" for name, value in inner.items())
        narrow = f"/{item.narrow}" if item.narrow else ""
        expand.append(f"{item.navigation.name}{narrow}({written})")
    both = ",".join(each for each in expand if each)
    return [*pairs.items(), *([("$expand", both)] if both else [])]


def _height(options: Options) -> int:
    """How many levels `*` with $levels has left."""
    levels = 0
    while options.expand:
        levels, options = levels + 1, options.expand[0].options
    return levels
