"""HTML from outside, made safe to store and show, and the plain text that it says (decision 4).

The text is taken apart by one linear pass of ours, which writes it again in order: known tags only,
each one closed, no comments. Then nh3 judges attributes and addresses. An HTML parser's work grows
with the square of the nesting, and faster for tags that overlap; what it gets here is orderly, and
nested no deeper than MAX_DEPTH.
"""

import html
import re
from collections.abc import Iterator

import nh3

from app.errors import Invalid

MAX_HTML = 262_144  # characters
MAX_DEPTH = 100  # tags within tags


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _words("br col hr img wbr")
PARAGRAPHS = _words(
    "address article aside blockquote center details dd dir div dl dt figcaption figure footer"
    " h1 h2 h3 h4 h5 h6 header hr li nav ol p pre section summary table ul"
)
CELLS = frozenset(("td", "th"))
ROWS = frozenset(("tr",)) | CELLS
TABLE_PARTS = frozenset(("thead", "tbody", "tfoot", "caption", "colgroup")) | ROWS
INLINE = _words(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q rp rt ruby s samp small span"
    " strike strong sub sup time tt u var"
)
TAGS = VOID | PARAGRAPHS | TABLE_PARTS | INLINE
# What lies between these tags is not for reading.
SILENT = _words(
    "iframe math noembed noframes noscript object script select style svg template textarea title"
    " xmp"
)
ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href", "target"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "del": {"cite", "datetime"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"start", "type"},
    "q": {"cite"},
    "table": {"border", "cellpadding", "cellspacing", "summary", "width"},
    "td": {"colspan", "headers", "rowspan", "valign", "width"},
    "th": {"colspan", "headers", "rowspan", "scope", "valign", "width"},
    "time": {"datetime"},
}
STYLES = {
    "background-color",
    "border",
    "border-collapse",
    "color",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "padding",
    "padding-left",
    "text-align",
    "text-decoration",
    "text-indent",
    "vertical-align",
    "white-space",
    "width",
}
SCHEMES = {"http", "https", "mailto", "tel"}
# The tags that end unsaid where another one begins.
ENDED_BY = (
    {tag: frozenset(("p",)) for tag in PARAGRAPHS}
    | {"li": frozenset(("p", "li")), "tr": ROWS | {"p"}, "td": CELLS | {"p"}, "th": CELLS | {"p"}}
    | {tag: frozenset(("p", "dt", "dd")) for tag in ("dt", "dd")}
    | {tag: TABLE_PARTS | {"p"} for tag in ("thead", "tbody", "tfoot")}
)

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    filter_style_properties=STYLES,
    strip_comments=True,
)
# Every alternative ends at the end of the text at the latest: nothing is read twice.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<rest>(?:=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?+|[^>=])*+)(?P<whole>>|\Z)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s/>=\"'<]++)(?:\s*+=\s*+(\"[^\"]*+|'[^']*+|[^\s>\"'][^\s>]*+))?+")
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_PLAIN = re.compile(r"[^<>&]*")


def sanitised(source: str, field: str = "description_html") -> str:
    """HTML of up to MAX_HTML characters without what could do harm.

    Raises Invalid under the name of the field: too long, nested too deeply, or not to be stored.
    """
    if len(source) > MAX_HTML:
        raise Invalid({field: f"up to {MAX_HTML} characters of HTML"})
    if _UNKEPT.search(source):
        raise Invalid({field: "NUL and halves of surrogate pairs cannot be kept"})
    if _PLAIN.fullmatch(source):
        return source
    return _CLEANER.clean(_orderly(source, field))


def text_of(source: str) -> str:
    """What the HTML says: tags left out, line breaks where it breaks lines, entities decoded."""
    if _PLAIN.fullmatch(source):
        return source.strip()
    lines: list[str] = [""]
    kept = 0  # white space stays as it is within <pre>
    for tag, end, piece in _tokens(source):
        if tag is None:
            _say(lines, html.unescape(piece), bool(kept))
        elif tag == "br" or (tag in PARAGRAPHS or tag == "tr") and lines[-1]:
            lines.append("")
        elif tag in CELLS and lines[-1] and not lines[-1].endswith(" "):
            lines.append(lines.pop() + " ")
        if tag == "pre":
            kept += -1 if end and kept else 1
    return "\n".join(line.rstrip(" ") for line in lines).strip()


def _say(lines: list[str], text: str, kept: bool) -> None:
    if kept:
        first, *more = text.replace("\r\n", "\n").split("\n")
        lines[-1] += first
        lines.extend(more)
        return
    text = _SPACE.sub(" ", text)
    lines[-1] += text.lstrip(" ") if not lines[-1] or lines[-1].endswith(" ") else text


def _tokens(source: str) -> Iterator[tuple[str | None, bool, str]]:
    """Tags, as name, "it is an end tag" and attributes, and with the name None the texts between
    them. Comments, silent elements with their content, and a tag cut off at the end are left out.
    """
    at, silent = 0, ""
    for found in _TOKEN.finditer(source):
        if found.start() > at and not silent:
            yield None, False, source[at : found.start()]
        at = found.end()
        tag, end = (found["name"] or "").lower(), bool(found["end"])
        if silent:
            silent = "" if end and tag == silent else silent
        elif tag in SILENT:
            silent = "" if end else tag
        elif tag and found["whole"]:
            yield tag, end, found["rest"]
    if at < len(source) and not silent:
        yield None, False, source[at:]


def _orderly(source: str, field: str) -> str:
    """The same HTML with known tags only, every one of them closed in turn."""
    orderly = _Writer()
    for tag, end, piece in _tokens(source):
        if tag is None:
            orderly.out.append(html.escape(html.unescape(piece), quote=False))
        elif end:
            orderly.end(tag)
        elif tag in TAGS:
            orderly.start(tag, piece)
            if len(orderly.opened) > MAX_DEPTH:
                raise Invalid({field: f"tags may be nested {MAX_DEPTH} deep"})
    orderly.close(len(orderly.opened))
    written = "".join(orderly.out)
    if len(written) > MAX_HTML:  # nh3 takes its time over very many entities
        raise Invalid({field: f"up to {MAX_HTML} characters of HTML, all entities written out"})
    return written


class _Writer:
    """HTML in the making: the pieces of it, and the tags that are open."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.opened: list[str] = []

    def start(self, tag: str, rest: str) -> None:
        """Begin a tag, and end those that it ends unsaid."""
        while self.opened and self.opened[-1] in ENDED_BY.get(tag, ()):
            self.close(1)
        self.out.append(f"<{tag}{_attributes(rest)}>")
        if tag not in VOID:
            self.opened.append(tag)

    def end(self, tag: str) -> None:
        """End a tag that is open and what is open within it, unless a table cell lies between."""
        for number, name in enumerate(reversed(self.opened), 1):
            if name == tag:
                self.close(number)
                return
            if name in CELLS and tag not in TABLE_PARTS and tag != "table":
                return

    def close(self, number: int) -> None:
        """End the tags opened last."""
        for _ in range(number):
            self.out.append(f"</{self.opened.pop()}>")


def _attributes(rest: str) -> str:
    if not rest:
        return ""
    pairs = (
        (name.lower(), html.unescape(value.lstrip("\"'")))
        for name, value in _ATTRIBUTE.findall(rest)
    )
    return "".join(f' {name}="{html.escape(value)}"' for name, value in pairs)
