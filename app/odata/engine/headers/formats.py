"""The format to answer in, and whether a body's is read (Protocol 8.2.1; JSON Format 3)."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from app.odata.engine.headers.lists import REMEMBERED, MediaType, Parameters, members
from app.odata.engine.problems import NotAcceptable, NotThisFormat

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "json": ("application/json",),
    "xml": ("application/xml", "text/xml"),
    # A client that sets one Accept for its whole session asks for JSON here as well; a bare number
    # or text is what it can read in any case.
    "text": ("text/plain", "application/json"),
    "multipart": ("multipart/mixed",),
}
ABBREVIATIONS: Final = {"json": "application/json", "xml": "application/xml"}
METADATA: Final = {
    "minimal": "minimal",
    "none": "none",
    "full": "full",
    # What clients of version 3 write behind `odata=`; spreadsheet tools still send them.
    "minimalmetadata": "minimal",
    "nometadata": "none",
    "fullmetadata": "full",
}
UTF_8: Final = ("utf-8", "utf8")
# Beside JSON itself: what tools send when nobody told them a type.
READ_AS_JSON: Final = (
    "application/json",
    "text/json",
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
)

_QUALITY: Final = re.compile(r"[01](?:\.[0-9]{0,3})?")


@dataclass(frozen=True, slots=True)
class Format:
    """How an answer is written. `kind` is one of KINDS, `metadata` how much control information
    JSON has (minimal, none, full), `ieee754` whether Int64 and Decimal are strings there,
    `charset` the one to repeat in Content-Type, None when the client named none.
    """

    kind: str
    metadata: str = "minimal"
    ieee754: bool = False
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class _Range:
    """One member of Accept: a media type, perhaps with `*`, and how much it is wanted (0 to 1)."""

    name: str
    quality: float = 1.0
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class _Offer:
    """A format that the client takes, and how well it fits."""

    format: Format
    rank: tuple[float, int]


def media_type(value: str | None) -> MediaType:
    """The media type of a Content-Type header; an empty name without one."""
    for each in members(value or ""):
        return MediaType(each.name.lower(), each.parameters)
    return MediaType("")


def require_json(content_type: str | None) -> None:
    """Raise NotThisFormat unless a body of this Content-Type is read as JSON: with any parameters,
    any `…+json`, none at all, and what tools send by default.
    """
    name = media_type(content_type).name
    if name not in READ_AS_JSON and not name.endswith("+json"):
        raise NotThisFormat("Send a body of type application/json", target="Content-Type")


def negotiate(
    headers: Mapping[str, str], format_option: str | None, *, allowed: Sequence[str]
) -> Format:
    """The format to answer in: by `$format` if given, else by Accept (Protocol 8.2.1, 11.2.12).

    `headers` has names in lower case; `allowed` the kinds that the resource can be shown in, the
    service's own choice first. XML, where it is allowed, wins whenever the client takes it at all:
    spreadsheet tools rank JSON first in a long list and yet want their metadata as XML. Raises
    NotAcceptable when nothing fits.
    """
    return _negotiated(headers.get("accept", ""), format_option, tuple(allowed))


@lru_cache(REMEMBERED)
def _negotiated(accept: str, format_option: str | None, allowed: tuple[str, ...]) -> Format:
    if format_option:
        asked = format_option.strip().lower()
        ranges, target = _ranges(ABBREVIATIONS.get(asked, asked)), "$format"
    else:
        ranges, target = _ranges(accept if accept.strip() else "*/*"), "Accept"
    offers = [offer for kind in allowed for offer in _offers(kind, ranges)]
    if not offers:
        known = ", ".join(KINDS[kind][0] for kind in allowed)
        raise NotAcceptable(f"This resource can be shown as {known} only", target=target)
    if "xml" in allowed:
        offers = [each for each in offers if each.format.kind == "xml"] or offers
    return max(offers, key=lambda each: each.rank).format


@lru_cache(REMEMBERED)
def content_type(shown: Format, version: str) -> str:
    """The Content-Type of an answer in this format (JSON Format 3.1): `metadata` has a prefix in
    version 4.0, none in 4.01.
    """
    name = KINDS[shown.kind][0]
    if shown.kind == "json":
        name += f";{'odata.' if version == '4.0' else ''}metadata={shown.metadata}"
        name += ";IEEE754Compatible=true" if shown.ieee754 else ""
    return f"{name};charset={shown.charset}" if shown.charset else name


def _ranges(text: str) -> tuple[_Range, ...]:
    return tuple(
        _Range(each.name.lower(), _quality(each.parameters), each.parameters)
        for each in members(text)
    )


def _quality(parameters: Parameters) -> float:
    text = dict(parameters).get("q", "1")
    return float(text) if _QUALITY.fullmatch(text) else 1.0


def _offers(kind: str, ranges: Collection[_Range]) -> Iterator[_Offer]:
    """What the ranges take of a kind. A range with `*` says nothing of a type that a closer one
    without parameters names (RFC 9110, 12.5.1).
    """
    fitting = [(each, _closeness(kind, each.name)) for each in ranges]
    least = max((close for each, close in fitting if not _detail(each)), default=0)
    for each, close in fitting:
        if close < max(least, 1) or each.quality <= 0:
            continue
        made = _format(kind, each.parameters)
        if made is not None:
            yield _Offer(made, (each.quality, 10 * close + _detail(each)))


def _detail(given: _Range) -> int:
    """The number of parameters that say something of the format."""
    return sum(name != "q" for name, _ in given.parameters)


def _closeness(kind: str, name: str) -> int:
    """3 for a type of the kind itself, 2 for `type/*`, 1 for `*/*`, 0 for another type."""
    if name in KINDS[kind]:
        return 3
    if name in {f"{known.partition('/')[0]}/*" for known in KINDS[kind]}:
        return 2
    return 1 if name in ("*/*", "*") else 0


def _format(kind: str, parameters: Parameters) -> Format | None:
    """The format with these parameters; None where one is known but its value is not. Others are
    passed over.
    """
    made: Format | None = Format(kind)
    for name, value in parameters:
        reader = _PARAMETERS.get(name.removeprefix("odata."))
        if reader is not None and made is not None:
            made = reader(made, value.lower())
    return made


def _metadata(made: Format, value: str) -> Format | None:
    return replace(made, metadata=METADATA[value]) if value in METADATA else None


def _ieee754(made: Format, value: str) -> Format | None:
    return replace(made, ieee754=value == "true") if value in ("true", "false") else None


def _charset(made: Format, value: str) -> Format | None:
    return replace(made, charset="utf-8") if value in UTF_8 else None


_PARAMETERS: Final[Mapping[str, Callable[[Format, str], Format | None]]] = {
    "metadata": _metadata,
    "odata": _metadata,
    "ieee754compatible": _ieee754,
    "charset": _charset,
}
