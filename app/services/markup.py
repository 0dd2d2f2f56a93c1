"""HTML from outside, made safe to store and show, and the plain text that it says (decision 4).

The text is measured, then taken apart by one linear pass of ours, which writes it again in order:
known tags only, each one closed, with known attributes only, no comments. Then nh3 judges styles
and addresses. An HTML parser's work grows
with the square of the nesting, and faster for tags that overlap; what it gets here is orderly, and
nested no deeper than MAX_DEPTH.
"""

import html
import re
from collections.abc import Iterator
from html.entities import html5

import nh3

from app.errors import Invalid

MAX_HTML = 262_144  # characters
MAX_DEPTH = 100  # tags within tags
# What costs time: tags, which weigh twice, attributes and entities. So much of them, whatever they
# are, takes less than a tenth of a second.
MAX_MARKS = 20_000


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

_ALLOWED = {tag: ATTRIBUTES["*"] | names for tag, names in ATTRIBUTES.items()}
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
_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([a-zA-Z0-9]{1,32};?))")
LONGEST_BARE = max(len(name) for name in html5 if not name.endswith(";"))
# Words, numbers, strings, and the functions that make colours.
_STYLE = re.compile(
    r"(?:[^\x00-\x1f()\"'\\<>{}@:/*]|\"[^\x00-\x1f\"\\<>]*+\"|'[^\x00-\x1f'\\<>]*+'"
    r"|(?:(?<=rgb)|(?<=hsl)|(?<=rgba)|(?<=hsla))\([^()\"'\\<>]*+\))*+",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_PLAIN = re.compile(r"[^<>&]*")


def sanitised(source: str, field: str = "description_html") -> str:
    """HTML of up to MAX_HTML characters without what could do harm.

    Raises Invalid under the name of the field: too long, nested too deeply, or not to be stored.
    """
    _measure(source, field)
    if _UNKEPT.search(source):
        raise Invalid({field: "NUL and halves of surrogate pairs cannot be kept"})
    if _PLAIN.fullmatch(source):
        return source
    made = _CLEANER.clean(_orderly(source, field))
    _measure(made, field)  # what is stored can be sent again
    return made


def _measure(source: str, field: str) -> None:
    """Raise Invalid for more HTML than there is time for."""
    if len(source) > MAX_HTML:
        raise Invalid({field: f"up to {MAX_HTML} characters of HTML, all entities written out"})
    if 2 * source.count("<") + source.count("=") + source.count("&") > MAX_MARKS:
        most = f"up to {MAX_MARKS // 2} tags, or {MAX_MARKS} attributes and entities"
        raise Invalid({field: f"too much HTML: {most}"})


def text_of(source: str) -> str:
    """What the HTML says: tags left out, line breaks where it breaks lines, entities decoded."""
    if _PLAIN.fullmatch(source):
        return source.strip()
    lines: list[str] = [""]
    kept = 0  # white space stays as it is within <pre>
    for tag, end, piece in _tokens(source):
        if tag is None:
            _say(lines, _decoded(piece), bool(kept))
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
            orderly.say(_decoded(piece))
        elif end:
            orderly.end(tag)
        elif tag in TAGS:
            orderly.start(tag, piece)
            if len(orderly.opened) > MAX_DEPTH:
                raise Invalid({field: f"tags may be nested {MAX_DEPTH} deep"})
            if orderly.attributes > MAX_MARKS:
                raise Invalid({field: f"up to {MAX_MARKS} attributes"})
    orderly.close(len(orderly.opened))
    written = "".join(orderly.out)
    _measure(written, field)
    return written


def _decoded(text: str) -> str:
    """The text without entities, as html.unescape has it. That looks for a name without its
    semicolon in every beginning of what it finds; those that there are have few letters.
    """
    return _ENTITY.sub(_meant, text) if "&" in text else text


def _meant(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return html.unescape(found[0])
    if name in html5:
        return html5[name]
    for length in range(min(len(name), LONGEST_BARE), 1, -1):
        if name[:length] in html5:
            return html5[name[:length]] + name[length:]
    return found[0]


class _Writer:
    """HTML in the making: the pieces of it, the tags that are open, how many attributes came."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.opened: list[str] = []
        self.attributes = 0

    def start(self, tag: str, rest: str) -> None:
        """Begin a tag, and end those that it ends unsaid."""
        while self.opened and self.opened[-1] in ENDED_BY.get(tag, ()):
            self.close(1)
        pairs = _ATTRIBUTE.findall(rest) if rest else []
        self.attributes += len(pairs)
        if self.attributes <= MAX_MARKS:
            self.out.append(f"<{tag}{_attributes(tag, pairs)}>")
        if tag not in VOID:
            self.opened.append(tag)

    def say(self, text: str) -> None:
        """Write a text. Parsers drop the line break with which a <pre> begins."""
        if self.out and self.out[-1].startswith("<pre"):
            text = text.lstrip("\r\n")
        if text:
            self.out.append(html.escape(text, quote=False))

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


def _attributes(tag: str, pairs: list[tuple[str, str]]) -> str:
    """The attributes that the tag may have; of those with one name the first."""
    allowed, found = _ALLOWED.get(tag, ATTRIBUTES["*"]), dict[str, str]()
    for spelled, value in pairs:
        name = spelled.lower()
        if name in allowed and name not in found:
            value = _decoded(value[1:] if value[:1] in ('"', "'") else value)
            found[name] = _styled(value) if name == "style" else value
    return "".join(f' {name}="{html.escape(value)}"' for name, value in found.items())


def _styled(value: str) -> str:
    """The declarations that are known, with nothing in them that fetches or escapes anything."""
    pairs = (each.partition(":") for each in value.split(";"))
    return ";".join(
        f"{name.strip().lower()}:{said.strip()}"
        for name, _, said in pairs
        if name.strip().lower() in STYLES and _STYLE.fullmatch(said)
    )
