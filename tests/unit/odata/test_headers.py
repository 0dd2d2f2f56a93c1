"""Request headers: formats, versions, preferences, entity tags."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.odata.engine.headers import (
    Format,
    MediaType,
    Prefer,
    content_type,
    etags,
    media_type,
    negotiate,
    prefer,
    require_json,
    version,
)
from app.odata.engine.problems import BadRequest, NotAcceptable, NotThisFormat, Problem

DATA = ("json",)
METADATA = ("xml", "json")
TEXT = ("text",)
BATCH = ("multipart", "json")
JSON = Format("json")
XML = Format("xml")
SPREADSHEET = (
    "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,"
    "text/plain;q=0.7"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "allowed", "expected"),
    [
        (None, DATA, JSON),
        ("", DATA, JSON),
        ("  ", DATA, JSON),
        ("*/*", DATA, JSON),
        ("*", DATA, JSON),
        ("application/*", DATA, JSON),
        ("application/json", DATA, JSON),
        ("APPLICATION/JSON", DATA, JSON),
        ("text/html, application/json;q=0.1", DATA, JSON),
        (SPREADSHEET, DATA, JSON),
        (BROWSER, DATA, JSON),
        ("application/json;odata.metadata=none", DATA, Format("json", "none")),
        ("application/json; metadata = FULL", DATA, Format("json", "full")),
        ('application/json;odata.metadata="full"', DATA, Format("json", "full")),
        ("application/json;odata=nometadata", DATA, Format("json", "none")),
        ("application/json;odata=fullmetadata", DATA, Format("json", "full")),
        ("application/json;IEEE754Compatible=true", DATA, Format("json", ieee754=True)),
        ("application/json;IEEE754Compatible=false", DATA, JSON),
        ("application/json;charset=utf-8", DATA, Format("json", charset="utf-8")),
        ("application/json;odata.streaming=true;foo=bar", DATA, JSON),
        ("application/json;q=0.5,application/json;metadata=full", DATA, Format("json", "full")),
        ("application/json;metadata=full;q=0.5,application/json", DATA, JSON),
        ("application/json,application/json;metadata=full", DATA, Format("json", "full")),
        ("application/json;metadata=full;q=0.5,*/*", DATA, JSON),
        (
            "application/json;metadata=odd,application/json;metadata=none",
            DATA,
            Format("json", "none"),
        ),
        ("application/json;q=oops", DATA, JSON),
        (None, METADATA, XML),
        ("*/*", METADATA, XML),
        ("application/xml", METADATA, XML),
        ("text/xml", METADATA, XML),
        ("application/json", METADATA, JSON),
        ("application/json;odata.metadata=minimal", METADATA, JSON),
        (SPREADSHEET, METADATA, XML),
        (BROWSER, METADATA, XML),
        ("application/json, application/xml, application/text", METADATA, XML),
        ("application/json, text/plain, */*", METADATA, XML),
        ("application/json, application/xml;q=0", METADATA, JSON),
        ("text/plain", TEXT, Format("text")),
        ("*/*", TEXT, Format("text")),
        ("application/json", TEXT, Format("text")),
        ("multipart/mixed", BATCH, Format("multipart")),
        ("application/json", BATCH, JSON),
        ("multipart/mixed;q=0.5, application/json", BATCH, JSON),
        ("application/json;q=0.5, */*", BATCH, Format("multipart")),
        ("*/*", BATCH, Format("multipart")),
    ],
)
def test_accept(accept: str | None, allowed: tuple[str, ...], expected: Format) -> None:
    headers = {} if accept is None else {"accept": accept}
    assert negotiate(headers, None, allowed=allowed) == expected


@pytest.mark.parametrize(
    ("option", "allowed", "expected"),
    [
        ("json", DATA, JSON),
        ("JSON", METADATA, JSON),
        ("xml", METADATA, XML),
        ("application/xml", METADATA, XML),
        ("application/json", METADATA, JSON),
        ("application/json;odata.metadata=full", DATA, Format("json", "full")),
        (
            "application/json;metadata=none;IEEE754Compatible=true",
            DATA,
            Format("json", "none", True),
        ),
        ("", DATA, JSON),
    ],
)
def test_the_format_option_goes_first(
    option: str, allowed: tuple[str, ...], expected: Format
) -> None:
    assert negotiate({"accept": "*/*"}, option, allowed=allowed) == expected
    if option:
        assert negotiate({"accept": "image/png"}, option, allowed=allowed) == expected


@pytest.mark.parametrize(
    ("accept", "option", "allowed"),
    [
        ("application/xml", None, DATA),
        ("text/html", None, DATA),
        ("image/*", None, DATA),
        ("application/json;q=0", None, DATA),
        ("application/json;q=0,*/*", None, DATA),
        ("application/json;odata.metadata=odd", None, DATA),
        ("application/json;metadata=", None, DATA),
        ("application/json;odata=verbose", None, DATA),
        ("application/json;IEEE754Compatible=1", None, DATA),
        ("application/json;charset=utf-16", None, DATA),
        ("application/xml", None, TEXT),
        ("text/html", None, METADATA),
        ("*/*", "atom", DATA),
        ("*/*", "xml", DATA),
        ("*/*", "atom", METADATA),
        ("*/*", "application/json;odata.metadata=odd", DATA),
        ("*/*", "json;odata.metadata=full", DATA),
    ],
)
def test_nothing_acceptable(accept: str, option: str | None, allowed: tuple[str, ...]) -> None:
    with pytest.raises(NotAcceptable):
        negotiate({"accept": accept}, option, allowed=allowed)


@pytest.mark.parametrize(
    ("shown", "number", "expected"),
    [
        (JSON, "4.0", "application/json;odata.metadata=minimal"),
        (JSON, "4.01", "application/json;metadata=minimal"),
        (
            Format("json", "full", True, "utf-8"),
            "4.0",
            "application/json;odata.metadata=full;IEEE754Compatible=true;charset=utf-8",
        ),
        (XML, "4.0", "application/xml"),
        (Format("text", charset="utf-8"), "4.01", "text/plain;charset=utf-8"),
    ],
)
def test_content_type(shown: Format, number: str, expected: str) -> None:
    assert content_type(shown, number) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, MediaType("")),
        ("", MediaType("")),
        ("Text/Plain", MediaType("text/plain")),
        (
            'multipart/mixed; Boundary="a,b;c=\\"d"; x=Y',
            MediaType("multipart/mixed", (("boundary", 'a,b;c="d'), ("x", "Y"))),
        ),
        ("a/b;boundary=x=y;;", MediaType("a/b", (("boundary", "x=y"),))),
        ('a/b;c="never ends\\', MediaType("a/b", (("c", "never ends\\"),))),
    ],
)
def test_media_type(value: str | None, expected: MediaType) -> None:
    assert media_type(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "application/json", "application/json;odata.metadata=full;charset=utf-8"),
        *("text/json", "text/plain", "application/merge-patch+json"),
        "application/x-www-form-urlencoded",
    ],
)
def test_bodies_read_as_json(value: str | None) -> None:
    require_json(value)


@pytest.mark.parametrize("value", ["application/xml", "application/atom+xml", "text/html", "x"])
def test_bodies_not_read(value: str) -> None:
    with pytest.raises(NotThisFormat):
        require_json(value)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "4.0"),
        ({"maxdataserviceversion": "3.0"}, "4.0"),
        ({"odata-maxversion": "4.0"}, "4.0"),
        ({"odata-maxversion": " 4.01 "}, "4.01"),
        ({"odata-maxversion": "4.02"}, "4.01"),
        ({"odata-maxversion": "5.0"}, "4.01"),
        ({"odata-maxversion": "4"}, "4.0"),
        ({"odata-maxversion": "4.0;NetFx"}, "4.0"),
        ({"odata-version": "4.0"}, "4.0"),
        ({"odata-version": "4.01"}, "4.0"),
        ({"odata-version": "4.0", "odata-maxversion": "4.01"}, "4.01"),
    ],
)
def test_version(headers: dict[str, str], expected: str) -> None:
    assert version(headers) == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"odata-maxversion": "3.0"},
        {"odata-maxversion": "3.99"},
        {"odata-maxversion": ""},
        {"odata-maxversion": "new"},
        {"odata-maxversion": "4.0.1"},
        {"odata-maxversion": "9" * 5000},
        {"odata-version": "3.0"},
        {"odata-version": "5.0"},
        {"odata-version": "4.02"},
        {"odata-version": "v4"},
    ],
)
def test_versions_that_are_not_spoken(headers: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        version(headers)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Prefer()),
        ("", Prefer()),
        ("return=representation", Prefer("representation")),
        ("return=minimal, return=representation", Prefer("minimal")),
        ("Return = Minimal", Prefer("minimal")),
        ("return-content", Prefer("representation")),
        ("return-no-content", Prefer("minimal")),
        ("return=other", Prefer()),
        ("odata.maxpagesize=5", Prefer(max_page_size=5)),
        ("odata.maxpagesize=5,maxpagesize=7", Prefer(max_page_size=7)),
        ('maxpagesize="7"', Prefer(max_page_size=7)),
        ("maxpagesize=0", Prefer()),
        ("maxpagesize=-1", Prefer()),
        ("maxpagesize=x", Prefer()),
        (f"maxpagesize={'9' * 5000}", Prefer()),
        ("maxpagesize=²", Prefer()),
        ("continue-on-error", Prefer(continue_on_error=True)),
        ("odata.continue-on-error=false", Prefer(continue_on_error=False)),
        ("continue-on-error=maybe", Prefer()),
        ("respond-async, wait=10", Prefer(respond_async=True, wait=10)),
        ("odata.allow-entityreferences", Prefer(allow_entity_references=True)),
        ('odata.include-annotations="a.*,-b.c"', Prefer(include_annotations="a.*,-b.c")),
        ("omit-values=nulls", Prefer(omit_values="nulls")),
        ("odata.track-changes", Prefer(track_changes=True)),
        ("foo; bar=1, return=minimal; x=y", Prefer("minimal")),
        (",,;=,", Prefer()),
    ],
)
def test_prefer(value: str | None, expected: Prefer) -> None:
    assert prefer(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("*", "*"),
        (" * ", "*"),
        ('W/"1"', ((True, "1"),)),
        ('"1"', ((False, "1"),)),
        ('""', ((False, ""),)),
        ('W/"1", "b,c" ,W/"ä"', ((True, "1"), (False, "b,c"), (True, "ä"))),
    ],
)
def test_etags(value: str, expected: Any) -> None:
    assert etags(value) == expected


@pytest.mark.parametrize(
    "value", ["", "1", "$1", 'w/"1"', '"1', '"1" "2"', '"1",', '"1",*', 'W/ "1"', '"a b"']
)
def test_entity_tags_that_cannot_be_read(value: str) -> None:
    with pytest.raises(BadRequest):
        etags(value)


READERS: tuple[Callable[[str], Any], ...] = (
    prefer,
    etags,
    media_type,
    require_json,
    lambda text: version({"odata-maxversion": text, "odata-version": text}),
    lambda text: negotiate({"accept": text}, None, allowed=METADATA),
    lambda text: negotiate({}, text, allowed=DATA),
)
WORDS = [
    *('"', "\\", ",", ";", "=", " ", "*", "/", "W/", "q", "0", "1", "4.0", ".", "odata.", "json"),
    *("application/json", "metadata", "return", "minimal", "maxpagesize", "\x00", "ä", "\ud800"),
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(some.lists(some.sampled_from(WORDS), max_size=16))
def test_nothing_but_problems(words: list[str]) -> None:
    refused = 0
    for reader in READERS:
        try:
            reader("".join(words))
        except Problem:
            refused += 1
    assert refused < len(READERS)  # preferences and media types are never refused


@pytest.mark.parametrize("piece", ['"', '"\\', "a,", ";", '"a\\"', " ", "=", 'W/"'])
def test_long_nonsense_is_read_at_once(piece: str) -> None:
    assert prefer(piece * 200_000) == Prefer()
