"""Hostile HTML by the thousand: what the sanitiser lets through holds allow-listed tags, attributes
and addresses only, as another parser reads it; sanitising it again changes nothing; and none of it
takes a tenth of a second.

`python -m tests.torture.markup` prints the figures; the short form is in tests/unit/test_markup.py.
"""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any, Final

import html5lib

from app.errors import Invalid
from app.services.markup import ATTRIBUTES, MAX_HTML, SCHEMES, STYLES, TAGS, sanitised
from tests.torture.report import Report, say

PAYLOADS: Final = 2_000
MUTATIONS: Final = 20_000
CPU_SECONDS: Final = 0.1
TRIES: Final = 3  # the processor is shared: the best time counts
ADDRESSES: Final = {"cite", "href", "src"}
ADDED: Final = {"rel"}  # by nh3, to links
SILENT_TAGS: Final = tuple(
    re.findall(
        r"\S+",
        "script style iframe object embed svg math template noscript xmp plaintext textarea title "
        "form input button select option frameset base link meta applet marquee video audio source "
        "foreignObject annotation-xml mglyph malignmark desc noembed noframes image isindex keygen "
        "x-custom body html head listing",
    )
)
EVENTS: Final = ("onclick", "onerror", "onload", "onfocus", "onbegin", "ontoggle", "onanimationend")
SCRIPTS: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61vascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)",
    "file:///etc/passwd",
    "//evil.test/x",
    "https://e.test/?a=1&b=2",
    "mailto:a@b.test",
    "#top",
    "\\\\evil.test\\x",
)
CSS: Final = (
    "color:red",
    "background:url(javascript:alert(1))",
    "background-color:url('//evil.test')",
    "width:expression(alert(1))",
    "position:fixed;top:0;left:0;width:100%;height:100%",
    "color:red;behavior:url(x.htc)",
    "-moz-binding:url(//evil.test/x.xml#x)",
    "col/**/or:red",
    "c\\6f lor:red",
    "font-family:'</style><script>alert(1)</script>'",
    "@import '//evil.test'",
    "color:red;}}body{display:none",
    "font-family:\"'><img src=x onerror=alert(1)>",
)
QUOTES: Final = ('"{}"', "'{}'", "{}", "`{}`", '"{}', "'{}", "\n=\n'{}'", " = {}")
ENDS: Final = (">", "/>", " >", "/ >", "", ">>", "\x00>", "\n>", "<")
WRAPPERS: Final = (
    "{}",
    "<b>{}",
    "<p>{}</p>",
    "<div><table><tr>{}</table></div>",
    "<table>{}<td>",
    "<!--{}-->",
    "<!-->{}-->",
    "<!--{}--!>",
    "<![CDATA[{}]]>",
    "<?xml {}?>",
    "<math><mtext><table><mglyph><style>{}",
    "<svg></p><style><a id='</style>{}'>",
    "<noscript><p title='</noscript>{}'>",
    "<select><template><style>{}",
    "<form><math><mtext></form><form><mglyph><style>{}",
    "<title>{}</title>",
    "<textarea>{}",
    "<a href='x'>{}</a>",
    "<b title='{}'>",
    '<b title="{}">',
    "<b title={}>",
    "<xmp>{}</xmp>",
    "<plaintext>{}",
    "<scr<script>ipt>{}</script>",
    "</{}>",
    "&lt;{}&gt;",
    "<pre>\n{}</pre>",
    "<li><dl><dt>{}<dd>{}",
)
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_UNSEEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\ufeff]")

Draw = random.Random


def _tag(draw: Draw) -> str:
    """A start tag with what must not be in it, or with what may."""
    name = draw.choice(SILENT_TAGS) if draw.random() < 0.5 else draw.choice(sorted(TAGS))
    spelled = "".join(draw.choice((each, each.upper())) for each in name)
    space = draw.choice((" ", "/", "\n", "\t", "\x0c", "  ", ""))
    return f"<{spelled}{space}{_attributes(draw)}{draw.choice(ENDS)}"


def _attributes(draw: Draw) -> str:
    return draw.choice((" ", "/", "")).join(_attribute(draw) for _ in range(draw.randrange(4)))


def _attribute(draw: Draw) -> str:
    kinds: Sequence[Callable[[], tuple[str, str]]] = (
        lambda: (draw.choice(EVENTS), "alert(1)"),
        lambda: (draw.choice(sorted(ADDRESSES | {"action", "xlink:href"})), draw.choice(SCRIPTS)),
        lambda: ("style", draw.choice(CSS)),
        lambda: (draw.choice(("title", "id", "class", "name", "srcdoc")), _text(draw)),
    )
    name, value = draw.choice(kinds)()
    return f"{name}={draw.choice(QUOTES).format(value)}"


def _text(draw: Draw) -> str:
    pieces = (
        "x",
        "&lt;script&gt;",
        "&amp;lt;",
        "\u00a0",
        "&nbsp",
        "<",
        "&",
        "--",
        "]]>",
        "é",
        "\r",
    )
    return "".join(draw.choice(pieces) for _ in range(draw.randrange(4)))


def payload(draw: Draw) -> str:
    """A piece of HTML that means harm."""
    inner = "".join(
        draw.choice((_tag, _tag, _text))(draw)
        + draw.choice(("", "", f"</{draw.choice(SILENT_TAGS)}>"))
        for _ in range(draw.randrange(1, 4))
    )
    for _ in range(draw.randrange(3)):
        inner = draw.choice(WRAPPERS).replace("{}", inner)
    return inner


def mutated(draw: Draw, known: Sequence[str]) -> str:
    """A payload cut, doubled, mixed with another, or with a character changed."""
    one, other = draw.choice(known), draw.choice(known)
    at, until = sorted((draw.randrange(len(one) + 1), draw.randrange(len(one) + 1)))
    ways: Sequence[Callable[[], str]] = (
        lambda: one[:at] + one[until:],
        lambda: one[:until] + one[at:],
        lambda: one[:at] + other + one[at:],
        lambda: one[:at] + draw.choice("<>&\"'=/ \n\t\x0c;-!?`\x01\u2028\u212a") + one[until:],
        lambda: one[:at] + escape(one[at:until]) + one[until:],
        lambda: one[:at] + one[at:until].swapcase() + one[until:],
        lambda: one[:at] + one[at:until] * draw.randrange(2, 20) + one[until:],
    )
    return draw.choice(ways)()


def corpus(payloads: int, mutations: int, seed: int) -> Iterator[str]:
    """Payloads, then mutations of them: the same ones for the same seed."""
    draw = Draw(seed)
    known = [payload(draw) for _ in range(payloads)]
    yield from known
    for _ in range(mutations):
        yield mutated(draw, known)


def offence(stored: str) -> str:
    """What another parser finds in sanitised HTML that must not be there; "" for nothing."""
    tree = html5lib.parseFragment(stored, treebuilder="etree", namespaceHTMLElements=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            return "a comment"
        if element.tag != "DOCUMENT_FRAGMENT" and element.tag not in TAGS:
            return f"<{element.tag}>"
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(element.tag, set()) | ADDED
        for name, value in element.attrib.items():
            if name not in allowed or (name in ADDRESSES and not _harmless(value)):
                return f"{name}={value}"
            if name == "style" and not _styles(value) <= STYLES:
                return f"style={value}"
    return ""


def _harmless(address: str) -> bool:
    found = _SCHEME.match(_UNSEEN.sub("", address))
    return found is None or found[1].lower() in SCHEMES


def _styles(value: str) -> set[str]:
    """The properties; what could fetch or run something counts as one of a name of its own."""
    found = {each.partition(":")[0].strip() for each in value.split(";") if ":" in each}
    harms = {harm for harm in ("url(", "expression", "@import") if harm in value.lower()}
    return found | harms


def worst() -> Iterator[str]:
    """What takes the longest: as much of one thing as there may be."""
    pieces = (
        "<b>", "<div>", "<p>", "<li>", "<td>", "<a href=x>", "<b></i>", "<b><p>", "<b>x</b>", "<",
        "</", "<!--", "<![CDATA[", "&", "&#", "&#x41;", "&CounterClockwiseContourIntegral", "<svg>",
        "<table><b>x", "<table><tr><td>x", "<b><table><td></b></td></table>", "<a '", "<a x= ",
        "<h1><a><i><u></h1>", "<p title=a align=b lang=c>", "<br>", "<p style='color:red'>",
        "<font color=red><p>", "<script>", "<ruby><rt>", "<dl><dt>x<dd>",
    )  # fmt: skip
    for piece in pieces:
        for size in (9_000, 30_000, 65_536, MAX_HTML):
            yield (piece * (size // len(piece) + 1))[:size]
    for name in ("a", "title", "a{}", "a{}=x", "title=x"):
        words = " ".join(name.format(number) for number in range(MAX_HTML // (len(name) + 1)))
        for size in (30_000, 100_000, MAX_HTML - 10):
            yield f"<p {words[:size]}>"
    for depth in (50, 99):
        for tag in ("b", "div", "a", "font", "span"):
            yield f"<{tag}>" * depth + "<p>x</p>" * 3_000 + f"</{tag}>" * depth
            yield f"<{tag}><i>" * (depth // 2) + f"</{tag}></i>" * (depth // 2)
    for style in ("color:red;", ";", "(", "\\61 ", "/*", "url(", "c", "'"):
        yield f'<p style="{style * (MAX_HTML // len(style) - 20)}">x'


def seconds(sent: str) -> float:
    """The processor's time for a text, taken or refused."""
    best = float("inf")
    for _ in range(TRIES):
        begun = time.process_time()
        stored(sent)
        best = min(best, time.process_time() - begun)
        if best < CPU_SECONDS / 2:
            break
    return best


def stored(sent: str) -> str | None:
    """What would be stored; None: refused."""
    try:
        return sanitised(sent)
    except Invalid:
        return None


def tortured(
    payloads: int = PAYLOADS,
    mutations: int = MUTATIONS,
    seed: int = 1,
    progress: Callable[[str], Any] = lambda _: None,
) -> Report:
    """Send all of it through the sanitiser."""
    report = Report("markup", "none")
    for number, sent in enumerate(corpus(payloads, mutations, seed)):
        kept = stored(sent)
        report.add(texts=1, refused=int(kept is None))
        if kept is not None:
            _judge(report, sent, kept)
        if number % 1000 == 0:
            progress(f"{number} texts")
    longest = 0.0
    for sent in worst():
        took = seconds(sent)
        longest = max(longest, took)
        report.add(worst_cases=1)
        if took > CPU_SECONDS:
            report.broken.append(f"{took:.3f} s for {sent[:60]!r}… of {len(sent)}")
    report.figures["longest_ms"] = round(longest * 1000, 1)
    return report


def _judge(report: Report, sent: str, kept: str) -> None:
    found = offence(kept)
    if found:
        report.broken.append(f"{found[:100]!r} of {sent[:300]!r} in {kept[:300]!r}")
    if stored(kept) != kept:
        report.broken.append(f"changes when sanitised again: {sent[:300]!r}: {kept[:300]!r}")


def main() -> int:
    """The long form; gives the exit status."""
    begun = time.process_time()
    report = tortured(progress=lambda words: say(words, end="\r"))
    report.figures["cpu_s"] = round(time.process_time() - begun, 1)
    say(report.line())
    for each in report.broken[:20]:
        say(each)
    return 0 if report.kept else 1


if __name__ == "__main__":
    sys.exit(main())
