"""Filters of every kind for hypothesis: typed texts over the products of the second service."""

from collections.abc import Callable

from hypothesis import strategies as st

Texts = Callable[[st.DrawFn], str]  # one text of a kind, drawn

CHARACTERS = "aAbhHmr %_'\"\\äÄßİıſΣς😀日 \u00a0.+*"
WORDS = ("Hammer", "ham", "er", "", "ß", "Ä", "İ", "%", "_", "'", "Köln", "true", "12", "-3.5e1")
PATTERNS = ("^H", "er$", "a+m", "[a-z]{2}", "^.{1,6}$", "(ham|wool)", r"\w \w", r"[^a-z]", r"\.|%")
INTEGERS = ("0", "1", "-1", "2", "3", "7", "10", "-10", "255", "40000", "9007199254740993")
EXTREMES = ("9223372036854775807", "-9223372036854775808", "4611686018427387904")
DECIMALS = (
    "0.1",
    "2.5",
    "2.50",
    "-3.75",
    "12.0",
    "0.0",
    "99999999.9999",
    "1.000000000000000000001",
)
DOUBLES = (
    "1e0",
    "-2.5e-1",
    "1e300",
    "1e-300",
    "INF",
    "-INF",
    "3.3333333333333335e0",
    "0e0",
    "5e-324",
)
INSTANTS = (
    "2020-02-29T12:30:45.5Z",
    "2020-02-29T14:30:45.5+02:00",
    "1969-12-31T23:59:59.999999Z",
    "2024-03-31T01:30:00Z",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "2024-03-31",
)
DATES = ("2020-02-29", "2024-03-31", "1969-12-31", "9999-12-31", "0001-01-01")
TIMES = ("08:30", "23:59:59.999999", "00:00:00", "12:00:00.25")
DURATIONS = (
    "duration'PT0S'",
    "duration'PT1H30M'",
    "duration'-PT90.000001S'",
    "'P1D'",
    "duration'P3DT0.5S'",
    "duration'P400D'",
    "duration'P3000000D'",
)
GUIDS = (
    "0a1b2c3d-0000-4000-8000-000000000001",
    "'FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF'",
    "0a1b2c3d-0000-4000-8000-000000000009",
)
COLOURS = ("'Red'", "Shop.Colour'Green'", "'Blue'", "4")


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def one(*texts: str) -> Texts:
    """One of some texts."""
    return lambda draw: draw(st.sampled_from(texts))


def made(form: str, *parts: Texts) -> Texts:
    """A text with parts at `{}`."""
    return lambda draw: form.format(*(each(draw) for each in parts))


COMPARISONS = one("eq", "ne", "gt", "ge", "lt", "le")


def either(*kinds: Texts) -> Texts:
    """A text of one of some kinds."""
    return lambda draw: kinds[draw(st.integers(0, len(kinds) - 1))](draw)


def of(depth: int, leaves: Texts, *grown: Callable[[int], Texts]) -> Texts:
    """Leaves, or something that has expressions of less depth in it."""
    if depth == 0:
        return leaves
    return either(leaves, *(_later(each, depth - 1) for each in grown))


def _later(kind: Callable[[int], Texts], depth: int) -> Texts:
    return lambda draw: kind(depth)(draw)


def literals() -> Texts:
    """String literals."""
    found = st.one_of(st.sampled_from(WORDS), st.text(CHARACTERS, max_size=5))
    return lambda draw: quoted(draw(found))


def texts(depth: int) -> Texts:
    """Strings."""
    leaves = either(
        one("Name", "Origin/City", "Origin/Street", "Category/Name", "Category/Parent/Name"),
        one("Shop.Book/Author", "null"),
        literals(),
    )
    return of(
        depth,
        leaves,
        lambda less: made("concat({},{})", texts(less), texts(less)),
        lambda less: made("tolower({})", texts(less)),
        lambda less: made("toupper({})", texts(less)),
        lambda less: made("trim({})", texts(less)),
        lambda less: made("substring({},{})", texts(less), integers(less)),
        lambda less: made("substring({},{},{})", texts(less), integers(less), one("0", "1", "3")),
        lambda less: made("cast({},Edm.String)", scalars(less)),
        lambda less: made("case({}:{},true:{})", truths(less), texts(less), texts(less)),
    )


def integers(depth: int) -> Texts:
    """Integers of any size."""
    leaves = either(
        one("ID", "Stock", "Rating", "CategoryID", "Shop.Book/Pages", "Shop.Gadget/Voltage"),
        one("Lines/$count", "Related/$count", "Category/ID", "Lines/$count($filter=Amount gt 2)"),
        one(*INTEGERS, *EXTREMES),
    )
    return of(
        depth,
        leaves,
        lambda less: made(
            "({} {} {})", integers(less), one("add", "sub", "mul", "div", "mod"), integers(less)
        ),
        lambda less: made("-({})", integers(less)),
        lambda less: made("length({})", texts(less)),
        lambda less: made("indexof({},{})", texts(less), texts(less)),
        lambda less: made("{}({})", one("year", "month", "day"), instants(less)),
        lambda less: made("{}({})", one("hour", "minute", "second"), instants(less)),
        lambda less: made("{}({})", one("year", "month", "day"), dates(less)),
        lambda less: made("{}({})", one("hour", "minute", "second"), times(less)),
        lambda less: made(
            "cast({},Edm.{})",
            either(numbers(less), texts(less)),
            one("Int64", "Int32", "Int16", "Byte", "SByte"),
        ),
        lambda less: made("case({}:{},{}:{})", *2 * (truths(less), integers(less))),
    )


def decimals(depth: int) -> Texts:
    """Decimals."""
    return of(
        depth,
        one("Price", *DECIMALS),
        lambda less: made(
            "({} {} {})",
            decimals(less),
            one("add", "sub", "mul", "div", "divby", "mod"),
            either(decimals(less), integers(less)),
        ),
        lambda less: made("({} divby {})", integers(less), integers(less)),
        lambda less: made("-({})", decimals(less)),
        lambda less: made("{}({})", one("round", "floor", "ceiling"), decimals(less)),
        lambda less: made("fractionalseconds({})", instants(less)),
        lambda less: made("totalseconds({})", durations(less)),
        lambda less: made(
            "cast({},Edm.Decimal)", either(integers(less), doubles(less), texts(less))
        ),
    )


def doubles(depth: int) -> Texts:
    """Doubles."""
    return of(
        depth,
        one("Weight", "Origin/Position/Lat", *DOUBLES),
        lambda less: made(
            "({} {} {})",
            doubles(less),
            one("add", "sub", "mul", "div", "divby", "mod"),
            numbers(less),
        ),
        lambda less: made("-({})", doubles(less)),
        lambda less: made("{}({})", one("round", "floor", "ceiling"), doubles(less)),
        lambda less: made(
            "cast({},Edm.Double)", either(integers(less), decimals(less), texts(less))
        ),
    )


def numbers(depth: int) -> Texts:
    """Numbers of any kind."""
    return either(integers(depth), decimals(depth), doubles(depth))


def instants(depth: int) -> Texts:
    """Points in time; a bare date is no instant by itself, so it comes with a cast."""
    known = tuple(each for each in INSTANTS if "T" in each)
    return of(
        depth,
        one("Released", "Modified", "now()", "maxdatetime()", "mindatetime()", *known),
        lambda less: made("({} {} {})", instants(less), one("add", "sub"), durations(less)),
        lambda less: made("cast({},Edm.DateTimeOffset)", texts(less)),
        lambda less: made("cast({},Edm.DateTimeOffset)", dates(less)),
    )


def dates(depth: int) -> Texts:
    """Days."""
    return of(
        depth,
        one("Available", *DATES),
        lambda less: made("date({})", instants(less)),
        lambda less: made("({} {} {})", dates(less), one("add", "sub"), durations(less)),
        lambda less: made("cast({},Edm.Date)", texts(less)),
    )


def times(depth: int) -> Texts:
    """Times of the day."""
    return of(
        depth,
        one("OpensAt", *TIMES),
        lambda less: made("time({})", instants(less)),
        lambda less: made("cast({},Edm.TimeOfDay)", texts(less)),
    )


def durations(depth: int) -> Texts:
    """Durations."""
    known = tuple(each for each in DURATIONS if each.startswith("duration"))
    return of(
        depth,
        one("Runtime", *known),
        lambda less: made("({} {} {})", durations(less), one("add", "sub"), durations(less)),
        lambda less: made("({} {} {})", durations(less), one("mul", "div"), numbers(less)),
        lambda less: made("({} sub {})", instants(less), instants(less)),
        lambda less: made("({} sub {})", dates(less), dates(less)),
        lambda less: made("-({})", durations(less)),
        lambda less: made("cast({},Edm.Duration)", texts(less)),
    )


def scalars(depth: int) -> Texts:
    """What has a text."""
    return either(
        numbers(depth),
        instants(depth),
        dates(depth),
        times(depth),
        durations(depth),
        one("Code", "Colour", "Discontinued"),
    )


def compared(depth: int) -> Texts:
    """Comparisons of two values of kinds that go together."""
    kinds = (texts, numbers, instants, dates, times, durations)
    pairs = [made("{} {} {}", kind(depth), COMPARISONS, kind(depth)) for kind in kinds]
    known = either(
        made("Code {} {}", COMPARISONS, one(*GUIDS, "null")),
        made("Colour {} {}", COMPARISONS, one(*COLOURS, "null")),
        made("Features has {}", one("'Strong'", "Shop.Features'Light,Waterproof'", "'0'")),
        made("Digits {} {}", one("eq", "ne"), one("binary'AAH_'", "null", "binary''")),
        made("Released {} {}", COMPARISONS, one(*INSTANTS)),
        made("Category {} null", one("eq", "ne")),
        made("Category/Parent {} null", one("eq", "ne")),
        made("{} in ({},{},{})", texts(depth), texts(0), texts(0), texts(0)),
        made("{} in ({},null,{})", integers(depth), integers(0), integers(0)),
        made("{} in ({},{},{})", numbers(depth), one(*DECIMALS), one(*INTEGERS), one(*DECIMALS)),
        made("{} {} null", scalars(depth), one("eq", "ne")),
        made("null {} {}", COMPARISONS, numbers(depth)),
        made("CategoryID {} {}", one("eq", "ne"), one("1", "2", "2.0", "2.5", "null")),
        made("isof({},Edm.{})", scalars(depth), one("String", "Int32", "Decimal")),
    )
    return either(*pairs, known)


def lambdas(depth: int) -> Texts:
    """any and all."""
    line = either(
        made("l/Amount {} {}", COMPARISONS, integers(0)),
        made("l/Product/Name {} {}", one("eq", "ne"), one("Name", "$it/Name", "null")),
        made("l/Note {} {}", COMPARISONS, literals()),
        one("l/Order/Lines/any(m:m/Amount gt l/Amount)", "l/Order/Customer eq 'Mia'"),
        made("not ({})", truths(min(depth, 1))),
    )
    return either(
        made("Lines/{}(l:{})", one("any", "all"), line),
        made("Related/{}(r:{})", one("any", "all"), one("r/Price gt Price", "r/Colour eq null")),
        one("Lines/any()", "Related/any()", "Category/Products/any(p:p/ID gt $it/ID)"),
    )


def truths(depth: int) -> Texts:
    """Conditions."""
    leaves = either(
        one("Discontinued", "true", "false", "null", "isof(Shop.Book)"),
        compared(0),
    )
    return of(
        depth,
        leaves,
        compared,
        compared,
        lambdas,
        lambda less: made("not ({})", truths(less)),
        lambda less: made("({} {} {})", truths(less), one("and", "or"), truths(less)),
        lambda less: made("({}) {} ({})", truths(less), one("eq", "ne"), truths(less)),
        lambda less: made(
            "{}({},{})", one("contains", "startswith", "endswith"), texts(less), texts(less)
        ),
        lambda less: made("matchesPattern({},{})", texts(less), one(*map(quoted, PATTERNS))),
        lambda less: made("case({}:{},true:{})", truths(less), truths(less), truths(less)),
    )


@st.composite
def filters(draw: st.DrawFn, depth: int = 3) -> str:
    """A condition of about a dozen operators and functions at most."""
    return truths(depth)(draw)
