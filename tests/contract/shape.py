"""Comparing an answer with a sample of the document: every member there, type for type."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "golden"

# What a sample's text tells about the text in our answer; the first that fits.
NOTATIONS = {
    "an instant": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "a day": re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"),
    "digits": re.compile(r"\d+"),
    "a colour": re.compile(r"#[0-9A-F]{6}"),
    "an address": re.compile(r"https?://\S+"),
}


def sample_answer(name: str) -> Any:
    """A sample response of the document."""
    return json.loads((GOLDEN / "responses" / f"{name}.json").read_text())


def sample_request(name: str, real: Mapping[str, Any] | None = None) -> bytes:
    """A sample request of the document, verbatim but for what `real` puts in the place of the ids
    and stamps that the document prints.
    """
    text = (GOLDEN / "requests" / f"{name}.txt").read_text()
    for printed, value in (real or {}).items():
        assert printed in text, f"{name} does not print {printed}"
        text = text.replace(printed, str(value))
    return text.encode()


def kind(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    for name, types in (("boolean", bool), ("number", int | float), ("string", str)):
        if isinstance(value, types):
            return name
    return "array" if isinstance(value, list) else "object"


def differences(sample: Any, answer: Any, at: str = "$") -> list[str]:
    """Where an answer lacks a member of the sample, or has it in another type or notation.

    All members of an array are held against the sample's first; if the sample has one, so must we.
    """
    if kind(sample) != kind(answer):
        return [f"{at}: {kind(answer)} {answer!r} instead of {kind(sample)}"]
    if isinstance(sample, dict):
        return [
            said
            for name, value in sample.items()
            for said in _member(value, name, answer, f"{at}.{name}")
        ]
    if isinstance(sample, list) and sample:
        if not answer:
            return [f"{at}: is empty, the sample is not"]
        return [
            said
            for number, value in enumerate(answer)
            for said in differences(sample[0], value, f"{at}[{number}]")
        ]
    return _notation(sample, answer, at) if isinstance(sample, str) else []


def _member(value: Any, name: str, answer: dict[str, Any], at: str) -> list[str]:
    return differences(value, answer[name], at) if name in answer else [f"{at}: is missing"]


def _notation(sample: str, answer: str, at: str) -> list[str]:
    for name, pattern in NOTATIONS.items():
        if pattern.fullmatch(sample):
            return [] if pattern.fullmatch(answer) else [f"{at}: {answer!r} is not {name}"]
    return []
