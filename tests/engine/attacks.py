"""Requests as an attacker would send them: composed from what the model knows, then damaged."""

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.second_service import data

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "MERGE")
SEEDS: Final = (
    "Products",
    "Products(1)",
    "Products('1')/Name/$value",
    "Products(ID=1)/Origin/Position/Lat",
    "Products/1/Related/2/$ref",
    "Products/$count?$filter=Price gt 1.5 and contains(Name,'a')",
    "Products/$filter(ID gt 3)/$count",
    "Products/Shop.Book?$expand=Category($select=Name;$expand=Parent($levels=2))",
    "Products?$filter=Related/any(r:r/ID eq 2 or r/Related/$count gt 1)&$orderby=Name desc,ID",
    "Products?$filter=ID in (1,2,3) and not (Origin/City eq null) or Weight add 1 lt 2 mul -3",
    "Products?$filter=year(Released) eq 2020 and Runtime gt duration'PT1H' or Code eq null",
    "Products?$filter=cast(ID,Edm.String) eq substring(Name,1) or Colour eq Shop.Colour'Red'",
    "Products?$apply=filter(Price gt 1)/groupby((Colour),aggregate(Price with sum as Sum))",
    "Products?$apply=groupby((rollup($all,Category/Name)),aggregate($count as N))",
    'Products?$search=wool OR (NOT "best rope" AND a)&$top=3&$skip=1&$count=true',
    "Products?$compute=Price mul 2 as Twice&$select=Name,Twice&$orderby=Twice",
    "Products?$select=Name,Origin/City,Origin($select=Zip)&$format=json",
    "Products?$skiptoken=abcdef&$top=2",
    "Products?$filter=Name eq @n&@n='Hammer'",
    "Products/Shop.Cheapest(count=@c)?@c=2",
    "Products/Cheapest?@count=2",
    "Products(1)/Discount",
    "Products/Restock",
    "Products(1)/Touch",
    "Products(1)/Thumb",
    "Products(1)/Category/$ref",
    "Products(1)/Related/$ref?$id=Products(2)",
    "Best(minimum=4)?$top=1",
    "Version()",
    "Reset",
    "Shop",
    "Settings('Plain%2Fone%20two')/Extra",
    f"Orders({data.ORDER_A})/Lines(1)",
    f"OrderLines(OrderId={data.ORDER_A},Line=-1)?$expand=Order,Product",
    "Pictures(1)/$value",
    "$metadata?$format=json",
    "$entity?$id=Products(1)",
    "$all",
    "$crossjoin(Products,Categories)?$filter=Products/CategoryID eq Categories/ID",
    "Categories(5)/Products/$query",
    "Products/$each/Touch",
    "",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MARKS: Final = tuple("'\"()[]{},;:/\\?&=$@%+*~#|<>\x00\x7f\n\t ")
WORDS: Final = _words("""
    '' (( )) // %00 %2F %27 %25 %zz %c3%28 %ed%a0%80 .. ../ -- /* Ä 😀 \u202e ＩＤ null true NaN INF
    -INF 1e999 -0 any( all(x: case( $it $this $root/ $count $value $ref $filter( $each $batch
    $metadata $levels=max Shop.Book Edm.String duration' binary' Shop.Colour'Red' 2020-02-30
    24:00:00 P99999999999D ID Name Price Origin Nope matchesPattern(Name,'(a+)+$')
""")
PIECES: Final = (
    *MARKS,
    *WORDS,
    *(";DROP TABLE product", "' OR 1=1 --", "\ud800", "9" * 40, "0" * 40, "1" * 400),
    *("not ", "-", "- ", " and ", " eq ", " in (", " has ", ""),
)

Edit = tuple[float, float, str]


def _damaged(text: str, edits: Sequence[Edit]) -> str:
    """The text with pieces in place of what stands there; places are shares of its length."""
    for start, width, piece in edits:
        at = int(start * len(text))
        text = text[:at] + piece + text[at + int(width * width * 12) :]
    return text


_edits = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(PIECES)), max_size=4)
damaged = st.builds(_damaged, st.sampled_from(SEEDS), _edits)
_several = st.lists(st.sampled_from((*PIECES, *SEEDS)), min_size=1, max_size=6)
addresses = st.one_of(
    damaged, damaged, _several.map("".join), _several.map("/".join), st.text(max_size=60)
)

NAMES: Final = (
    *_words("""
    ID Name Price Stock Weight Rating Released Available OpensAt Runtime Code Discontinued Colour
    Features Origin Digits Thumb Modified CategoryID Category Related Lines Pages Customer Amount
    Products Children Parent Line OrderId Street City Position Lat Title Extra Level value percent
    amount ids @id @odata.id @odata.type @odata.etag @odata.context @type Category@odata.bind
    Related@odata.bind Category@bind Lines@odata.bind Name@odata.type Related@delta @removed @ a@
    x.y requests id method url body #Shop.Touch
    """),
    "",
)
NUMBERS: Final = (0, 1, -1, 5, 1.5, -0.0, 1e308, 2**31, 2**63, -(2**63), 10**30)
TEXTS: Final = (
    *_words("""
    x 1 INF NaN -INF 2024-01-01 2024-01-01T00:00:00Z 9999-12-31T23:59:59-14:00 PT1M Red Light,Strong
    AAH_ 0a1b2c3d-0000-4000-8000-000000000001 Products(1) Products(13) Categories(5) $1 Reset * get
    ../Categories(5) http://shop.test/odata/Categories(5) Products/Cheapest(count=1) #Shop.Book
    #Shop.Product Shop.Address Edm.String W/"1" 😀
    """),
    *("", "x" * 101, "a\x00b", "\ud800", "\udfff\ud800", "'; DROP TABLE product; --", data.ORDER_A),
)
SCALARS: Final = (None, True, False, *NUMBERS, *TEXTS)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(NAMES)
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=5))


values: st.SearchStrategy[Any] = st.recursive(st.sampled_from(SCALARS), _nested, max_leaves=12)
objects = st.dictionaries(st.sampled_from(NAMES), values, max_size=7)

BYTES: Final = (
    *(bytes([each]) for each in b'{}[],:"\\-\x00\xff\xc3'),
    *(
        b"\\u",
        b"\\ud83d",
        b"1e",
        b"1e999999999999999999999",
        b"NaN",
        b"\r\n",
        b"\n\n",
        b"[" * 50,
        b"",
    ),
    *(b"--outer", b"--outer--", b"--set", b"Content-Length: 9", b"Content-Type: ", b"GET "),
    *(b"HTTP/1.1", b"\xef\xbb\xbf", b"$1"),
)


def _cut(text: bytes, edits: Sequence[tuple[float, float, bytes]]) -> bytes:
    for start, width, piece in edits:
        at = int(start * len(text))
        text = text[:at] + piece + text[at + int(width * width * 20) :]
    return text


def damaged_bytes(of: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes with some of them replaced."""
    edit = st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(BYTES))
    return st.builds(_cut, of, st.lists(edit, max_size=4))
