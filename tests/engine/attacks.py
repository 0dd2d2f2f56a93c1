"""Requests as an attacker would send them: composed from what the model knows, then damaged."""

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from tests.second_service import data

METHODS: Final = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "MERGE")
SEEDS: Final = (
    "Products", "Products(1)", "Products('1')/Name/$value", "Products(ID=1)/Origin/Position/Lat",
    "Products/1/Related/2/$ref", "Products/$count?$filter=Price gt 1.5 and contains(Name,'a')",
    "Products/$filter(ID gt 3)/$count",
    "Products/Shop.Book?$expand=Category($select=Name;$expand=Parent($levels=2))",
    "Products?$filter=Related/any(r:r/ID eq 2 or r/Related/$count gt 1)&$orderby=Name desc,ID",
    "Products?$filter=ID in (1,2,3) and not (Origin/City eq null) or Weight add 1 lt 2 mul -3",
    "Products?$filter=year(Released) eq 2020 and Runtime gt duration'PT1H' or Code eq null",
    "Products?$filter=cast(ID,Edm.String) eq substring(Name,1) or Features has Shop.Features'Light'",
    "Products?$apply=filter(Price gt 1)/groupby((Colour),aggregate(Price with sum as Sum))",
    "Products?$apply=groupby((rollup($all,Category/Name)),aggregate($count as N))",
    'Products?$search=wool OR (NOT "best rope" AND a)&$top=3&$skip=1&$count=true',
    "Products?$compute=Price mul 2 as Twice&$select=Name,Twice&$orderby=Twice",
    "Products?$select=Name,Origin/City,Origin($select=Zip)&$format=json",
    "Products?$skiptoken=abcdef&$top=2", "Products?$filter=Name eq @n&@n='Hammer'",
    "Products/Shop.Cheapest(count=@c)?@c=2", "Products/Cheapest?@count=2", "Products(1)/Discount",
    "Products/Restock", "Products(1)/Touch", "Products(1)/Thumb", "Products(1)/Category/$ref",
    "Products(1)/Related/$ref?$id=Products(2)", "Best(minimum=4)?$top=1", "Version()", "Reset",
    "Shop", "Settings('Plain%2Fone%20two')/Extra", f"Orders({data.ORDER_A})/Lines(1)",
    f"OrderLines(OrderId={data.ORDER_A},Line=-1)?$expand=Order,Product", "Pictures(1)/$value",
    "$metadata?$format=json", "$entity?$id=Products(1)", "$all",
    "$crossjoin(Products,Categories)?$filter=Products/CategoryID eq Categories/ID",
    "Categories(5)/Products/$query", "Products/$each/Touch", "",
)  # fmt: skip


def damaged_bytes(of: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Bytes with some of them replaced."""
    edit = st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(BYTES))
    return st.builds(_cut, of, st.lists(edit, max_size=4))
