"""HTML from outside made safe, and the text that it says; linear whatever is sent."""

import gc
import time
from collections.abc import Iterator
from html import escape, unescape
from html.entities import html5

import pytest

from app.errors import Invalid
from app.services.markup import MAX_DEPTH, MAX_HTML, sanitised, text_of
from tests.torture.markup import CPU_SECONDS, corpus, offence, seconds, stored, worst

CASES = [
    # what is sent, what is stored, what it says
    ("", "", ""),
    ("plain", "plain", "plain"),
    ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
    ("a &amp; b &lt;c&gt; &eacute;", "a &amp; b &lt;c&gt; é", "a & b <c> é"),
    ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>", "a\nb"),
    ("<p>a<p>b", "<p>a</p><p>b</p>", "a\nb"),
    ("a<br>b<BR/>c", "a<br>b<br>c", "a\nb\nc"),
    ("a<br>\nb", "a<br>\nb", "a\nb"),
    ("a<br><br>b", "a<br><br>b", "a\n\nb"),
    ("<p>a</p><p><br></p><p>b</p>", "<p>a</p><p><br></p><p>b</p>", "a\n\nb"),
    ("<ul><li>a<li>b</ul>c", "<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"),
    ("<h1>T</h1>x", "<h1>T</h1>x", "T\nx"),
    ("  a \n\t b  ", "  a \n\t b  ", "a \n\t b"),
    ("<p>  a \n b  </p>", "<p>  a \n b  </p>", "a b"),
    ("<pre>a\n  b</pre>c", "<pre>a\n  b</pre>c", "a\n  b\nc"),
    ("a&nbsp;b", "a&nbsp;b", "a b"),
    ("<p>&nbsp;</p>", "<p>&nbsp;</p>", ""),
    ("<b>x", "<b>x</b>", "x"),
    ("<b><i>x</b>y</i>", "<b><i>x</i></b>y", "xy"),
    ("x</b></div>", "x", "x"),
    ("<p style='color:red;position:fixed'>x", '<p style="color:red">x</p>', "x"),
    ("<script>alert(1)</script>x", "x", "x"),
    ("<style>p{}</style>x", "x", "x"),
    ("<ScRiPt>alert(1)</sCrIpT >x", "x", "x"),
    ("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)", "ipt>alert(1)"),
    ("<svg><script>alert(1)</script></svg>x", "x", "x"),
    ("<svg onload=alert(1)>", "", ""),
    ("<img src=x onerror=alert(1)>", '<img src="x">', ""),
    ("<img src='javascript:alert(1)'>", "<img>", ""),
    ("<img src='data:text/html,x'>", "<img>", ""),
    ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>', "x"),
    ("<a href=' java&#10;script:alert(1)'>x</a>", '<a rel="noopener noreferrer">x</a>', "x"),
    (
        "<a href=https://e.test/?a=1&b=2>x</a>",
        '<a href="https://e.test/?a=1&amp;b=2" rel="noopener noreferrer">x</a>',
        "x",
    ),
    ("<b title='</b><script>x</script>'>y</b>", None, "y"),
    ('<b title="it\'s">y</b>', '<b title="it\'s">y</b>', "y"),
    ("<b title=it's>y</b> it's", "<b title=\"it's\">y</b> it's", "y it's"),
    ("a<!-- <b>c</b> -->b<!---->c<!-- d", "abc", "abc"),
    ("a<![CDATA[b]]>c<?php d ?>e", "ace", "ace"),
    ("a<b", "a", "a"),
    ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", None, None),
    ("<form action=x><input value=y>z</form>", "z", "z"),
    ("<iframe src=x></iframe>y", "y", "y"),
    ("<math><mi xlink:href='data:x'>z</math>y", "y", "y"),
    ("<table><tr><td>a<td>b<tr><td>c</table>", None, "a b\nc"),
    ("<b><table><tr><td>x</b>y</table>", None, "xy"),
    ("<o:p>x</o:p>", "x", "x"),
    ("&lt;script&gt;", "&lt;script&gt;", "<script>"),
    ("<pre>\n\n<x>\na</pre>", "<pre>a</pre>", "a"),
    ("<b title=&#x27;'x>y", "<b title=\"''x\">y</b>", "y"),
    ("&amp;lt;", "&amp;lt;", "&lt;"),
]


@pytest.mark.parametrize(("sent", "stored", "text"), CASES)
def test_cases(sent: str, stored: str | None, text: str | None) -> None:
    found = sanitised(sent)
    if stored is not None:
        assert found == stored
    if text is not None:
        assert text_of(found) == text
    assert sanitised(found) == found
    for harm in ("<script", "onerror", "onload", "script:", "<svg", "<iframe"):
        assert harm not in found


@pytest.mark.parametrize(
    "sent",
    [
        "x" * (MAX_HTML + 1),
        "<b>" * (MAX_DEPTH + 1),
        "<div>" * (MAX_DEPTH + 1) + "</div>" * (MAX_DEPTH + 1),
        "<p><b>" * MAX_DEPTH,
        "&" * MAX_HTML,
        "a\0b",
        "\ud800",
    ],
)
def test_refused(sent: str) -> None:
    with pytest.raises(Invalid) as caught:
        sanitised(sent, "html")
    assert list(caught.value.messages) == ["html"]


def test_as_deep_as_may_be() -> None:
    nested = "<div>" * MAX_DEPTH + "x" + "</div>" * MAX_DEPTH
    assert sanitised(nested) == nested


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Time is measured without that of the collector, which looks through what all tests left."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("sent", list(worst()), ids=lambda sent: f"{sent[:20]}{len(sent)}")
def test_none_takes_long(sent: str) -> None:
    """A tenth of a second of processor time at most, and as much for the text of it."""
    assert seconds(sent) < CPU_SECONDS
    before = time.process_time()
    text_of(stored(sent) or "")
    assert time.process_time() - before < 2 * CPU_SECONDS


def test_hostile() -> None:
    """The short form of tests/torture/markup.py, each time with the same texts."""
    broken = []
    for sent in corpus(300, 1_000, seed=7):
        kept = stored(sent)
        if kept is not None and (offence(kept) or stored(kept) != kept):
            broken.append((sent, kept))
    assert not broken


@pytest.mark.parametrize(
    "sent",
    [
        "<script>x</script>",
        "<p onclick='x'>y</p>",
        "<a href=' java&#9;script:x'>y</a>",
        "<p style='position:fixed'>x</p>",
        "<p style='color:red;background-color:url(x)'>x</p>",
        "<!-- x -->",
        "<p><svg></svg></p>",
    ],
)
def test_what_the_other_parser_finds(sent: str) -> None:
    assert offence(sent)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("color:red", "color:red"),
        ("COLOR : Red ;width:10.5%", "color:Red;width:10.5%"),
        ("color:rgb(1, 2,3);margin:-1px auto !important", None),
        ("font-family:'Open Sans', \"x\"", None),
        ("color:hsla(1deg 2% 3% )", None),
        ("background-color:url(//e.test)", ""),
        ("width:expression(alert(1))", ""),
        ("color:red;font-family:'a;b'", "color:red"),
        ("color:r\\65 d", ""),
        ("color:/**/red", ""),
        ("color", ""),
    ],
)
def test_styles(sent: str, kept: str | None) -> None:
    found = sanitised(f'<p style="{escape(sent)}">x</p>')
    assert sanitised(found) == found
    assert offence(found) == ""
    if kept is not None:
        assert found == f'<p style="{kept}">x</p>'
    else:
        assert "style=" in found


@pytest.mark.parametrize("text", ["&" * 20_001, "<b>x</b>" * 5_001, "<p " + "a " * 20_001 + ">"])
def test_too_much_of_it(text: str) -> None:
    with pytest.raises(Invalid):
        sanitised(text)


def test_entities_mean_what_they_always_do() -> None:
    """Also without their semicolon."""
    for name in html5:
        for text in (f"&{name}", f"&{name}x", f"&{name.rstrip(';')}"):
            assert text_of(f"<pre>{text}</pre>") == unescape(text).strip()
