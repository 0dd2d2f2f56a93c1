"""Expressions: every operator, function and literal, with the types that the grammar finds."""

import pytest

from app.odata.engine.ast import Literal, Member, Variable
from app.odata.engine.edm import (
    BYTE,
    DATE_TIME_OFFSET,
    DECIMAL,
    DOUBLE,
    GUID,
    INT16,
    INT32,
    STRING,
    CollectionType,
)
from app.odata.engine.grammar.expressions import parse, parse_argument, parse_condition
from app.odata.engine.grammar.scope import Scope
from tests.unit.odata.grammar_model import (
    ADDRESS,
    CATEGORY,
    COLOR,
    ITEM,
    LIMITS,
    MODEL,
    NOTES,
    SCOPE,
    STYLE,
    refusal,
    shown,
)

UPPER_GUID = "01234567-89AB-CDEF-0123-456789ABCDEF"
GUID_TEXT = UPPER_GUID.lower()

LITERALS = [
    ("Name eq 'x'", "(eq Name:String, x:String)"),
    ("'x' eq Name", "(eq x:String, Name:String)"),
    ("Name eq 'O''Neil'", "(eq Name:String, O'Neil:String)"),
    ("Name eq ''", "(eq Name:String, :String)"),
    ("Name eq 'and or (not) ; , \"'", '(eq Name:String, and or (not) ; , ":String)'),
    ('Name eq "x\\u00e9\\""', '(eq Name:String, xé":String)'),
    ("Name eq null", "(eq Name:String, null)"),
    ("null", "null"),
    ("NULL eq Name", "(eq null, Name:String)"),
    ("true", "true:Boolean"),
    ("TRUE", "true:Boolean"),
    ("False", "false:Boolean"),
    ("2147483647 eq -2147483648", "(eq 2147483647:Int32, -2147483648:Int32)"),
    ("2147483648", "2147483648:Int64"),
    ("-9223372036854775808", "-9223372036854775808:Int64"),
    ("9223372036854775808", "9223372036854775808:Decimal"),
    ("+5", "5:Int32"),
    ("007", "7:Int32"),
    ("4.50", "4.50:Decimal"),
    ("1e3", "1000:Double"),
    ("1.5E-1", "0.15:Double"),
    ("INF", "INF:Double"),
    ("-INF", "-INF:Double"),
    ("NaN", "NaN:Double"),
    (UPPER_GUID, f"{GUID_TEXT}:Guid"),
    ("abcdefab-89ab-cdef-0123-456789abcdef", "abcdefab-89ab-cdef-0123-456789abcdef:Guid"),
    ("2020-02-29", "2020-02-29:Date"),
    ("12:30", "12:30:00:TimeOfDay"),
    ("12:30:01.25", "12:30:01.25:TimeOfDay"),
    ("2020-02-29T10:00Z", "2020-02-29T10:00:00Z:DateTimeOffset"),
    ("2020-02-29T10:00:00.5+02:00", "2020-02-29T08:00:00.5Z:DateTimeOffset"),
    # A client forgot to encode the plus sign.
    ("2020-02-29T10:00:00 02:00", "2020-02-29T08:00:00Z:DateTimeOffset"),
    ("duration'-P1DT2H3M4.5S'", "-P1DT2H3M4.5S:Duration"),
    ("DURATION'PT1S'", "PT1S:Duration"),
    ("binary'T0RhdGE='", "T0RhdGE:Binary"),
    ("Ns.Color'Red'", "Red:Color"),
    ("Color'Red'", "Red:Color"),
    ("Ns.Style'Bold,Slim'", "Bold,Slim:Style"),
]

CASTS = [
    (f"Id eq {UPPER_GUID}", f"(eq Id:Guid, {GUID_TEXT}:Guid)"),
    (f"Id eq '{UPPER_GUID}'", f"(eq Id:Guid, {GUID_TEXT}:Guid)"),
    (f"'{GUID_TEXT}' eq Id", f"(eq {GUID_TEXT}:Guid, Id:Guid)"),
    ("Color eq 'Red'", "(eq Color:Color, Red:Color)"),
    ("Style eq 'Bold,Slim'", "(eq Style:Style, Bold,Slim:Style)"),
    ("Done eq 'true'", "(eq Done:Boolean, true:Boolean)"),
    ("Count eq '5'", "(eq Count:Int32, 5:Int32)"),
    ("Price eq '5.10'", "(eq Price:Decimal, 5.10:Decimal)"),
    ("Weight eq 'INF'", "(eq Weight:Double, INF:Double)"),
    ("Day eq '2020-02-29'", "(eq Day:Date, 2020-02-29:Date)"),
    ("Clock lt '12:30'", "(lt Clock:TimeOfDay, 12:30:00:TimeOfDay)"),
    ("Span eq 'PT1H'", "(eq Span:Duration, PT1H:Duration)"),
    ("Bytes eq 'T0RhdGE'", "(eq Bytes:Binary, T0RhdGE:Binary)"),
    ("At gt '2020-02-29T10:00Z'", "(gt At:DateTimeOffset, 2020-02-29T10:00:00Z:DateTimeOffset)"),
    ("At gt 2020-02-29", "(gt At:DateTimeOffset, 2020-02-29T00:00:00Z:DateTimeOffset)"),
    ("2020-02-29 gt At", "(gt 2020-02-29T00:00:00Z:DateTimeOffset, At:DateTimeOffset)"),
    ("Big eq 5", "(eq Big:Int64, 5:Int64)"),
    ("Small eq 5", "(eq Small:Int16, 5:Int16)"),
    ("Tiny eq 300", "(eq Tiny:Byte, 300:Int32)"),
    ("Count eq 3000000000", "(eq Count:Int32, 3000000000:Int64)"),
    ("Count eq 4.5", "(eq Count:Int32, 4.5:Decimal)"),
    ("Count eq 1e3", "(eq Count:Int32, 1000:Double)"),
    ("Price eq 5", "(eq Price:Decimal, 5:Decimal)"),
    ("Price lt 1e-1", "(lt Price:Decimal, 0.1:Decimal)"),
    ("Price ne INF", "(ne Price:Decimal, INF:Double)"),
    ("Weight eq 5", "(eq Weight:Double, 5:Double)"),
    ("Ratio eq 0.5", "(eq Ratio:Single, 0.5:Single)"),
    ("Count eq Big", "(eq Count:Int32, Big:Int64)"),
]

OPERATORS = [
    *(
        (f"Count {word} 5", f"({word} Count:Int32, 5:Int32)")
        for word in ("eq", "ne", "gt", "ge", "lt", "le")
    ),
    ("Count EQ 5 AnD Done", "(and (eq Count:Int32, 5:Int32), Done:Boolean)"),
    ("Done gt false", "(gt Done:Boolean, false:Boolean)"),
    (f"Id ge {GUID_TEXT}", f"(ge Id:Guid, {GUID_TEXT}:Guid)"),
    ("Style has Ns.Style'Bold,Wide'", "(has Style:Style, Bold,Wide:Style)"),
    ("Style has 'Bold'", "(has Style:Style, Bold:Style)"),
    ("Style has null", "(has Style:Style, null)"),
    ("Name in ('a','b')", "(Name:String in a:String, b:String)"),
    ("Name in ('a')", "(Name:String in a:String)"),
    ("Name in ( 'a' , null )", "(Name:String in a:String, null)"),
    ("Name in ()", "(Name:String in )"),
    ("Name in [\"a\",'b']", "(Name:String in a:String, b:String)"),
    ("Name in []", "(Name:String in )"),
    ("Name in @list", "(Name:String in a:String, b:String)"),
    ("Name in @pair", "(Name:String in a:String, b:String)"),
    ("Name in (@text)", "(Name:String in abc:String)"),
    ("Color in ('Red','Blue')", "(Color:Color in Red:Color, Blue:Color)"),
    (f"'{GUID_TEXT}' in ({UPPER_GUID})", f"({GUID_TEXT}:Guid in {GUID_TEXT}:Guid)"),
    ("Count in (1,2.5)", "(Count:Int32 in 1:Int32, 2.5:Decimal)"),
    ("not Done", "(not Done:Boolean)"),
    ("not(Done)", "(not Done:Boolean)"),
    ("NOT not Done", "(not (not Done:Boolean))"),
    ("-Count", "(- Count:Int32):Int32"),
    ("- 5", "(- 5:Int32):Int32"),
    ("-(Span)", "(- Span:Duration):Duration"),
    ("-Tiny", "(- Tiny:Byte):Int16"),
    ("-null", "(- null):null"),
    ("Count add Big", "(add Count:Int32, Big:Int64):Int64"),
    ("Count sub 1", "(sub Count:Int32, 1:Int32):Int32"),
    ("Price mul 2", "(mul Price:Decimal, 2:Decimal):Decimal"),
    ("Count div 2", "(div Count:Int32, 2:Int32):Int32"),
    ("Count divby 2", "(divby Count:Int32, 2:Int32):Decimal"),
    ("Weight divby 2", "(divby Weight:Double, 2:Double):Double"),
    ("Price div Weight", "(div Price:Decimal, Weight:Double):Double"),
    ("Ratio add Price", "(add Ratio:Single, Price:Decimal):Single"),
    ("Count MOD 2", "(mod Count:Int32, 2:Int32):Int32"),
    ("Price add '5'", "(add Price:Decimal, 5:Decimal):Decimal"),
    ("null add Count", "(add null, Count:Int32):Int32"),
    ("null mul null", "(mul null, null):null"),
    ("At add duration'P1D'", "(add At:DateTimeOffset, P1D:Duration):DateTimeOffset"),
    ("At sub 'P1D'", "(sub At:DateTimeOffset, P1D:Duration):DateTimeOffset"),
    ("At sub Until", "(sub At:DateTimeOffset, Until:DateTimeOffset):Duration"),
    (
        "At sub '2020-01-01T00:00Z'",
        "(sub At:DateTimeOffset, 2020-01-01T00:00:00Z:DateTimeOffset):Duration",
    ),
    ("At sub null", "(sub At:DateTimeOffset, null):DateTimeOffset"),
    ("Day add Span", "(add Day:Date, Span:Duration):Date"),
    ("Day sub Span", "(sub Day:Date, Span:Duration):Date"),
    ("Day sub Day", "(sub Day:Date, Day:Date):Duration"),
    ("Span add Span", "(add Span:Duration, Span:Duration):Duration"),
    ("Span sub Span", "(sub Span:Duration, Span:Duration):Duration"),
    ("Span mul 2", "(mul Span:Duration, 2:Int32):Duration"),
    ("2 mul Span", "(mul 2:Int32, Span:Duration):Duration"),
    ("Span div 2", "(div Span:Duration, 2:Int32):Duration"),
    ("Span divby 0.5", "(divby Span:Duration, 0.5:Decimal):Duration"),
    ("Span mul null", "(mul Span:Duration, null):Duration"),
]

PRECEDENCE = [
    ("1 add 2 mul 3", "(add 1:Int32, (mul 2:Int32, 3:Int32):Int32):Int32"),
    ("(1 add 2) mul 3", "(mul (add 1:Int32, 2:Int32):Int32, 3:Int32):Int32"),
    ("9 sub 3 sub 2", "(sub (sub 9:Int32, 3:Int32):Int32, 2:Int32):Int32"),
    ("8 div 4 mul 2", "(mul (div 8:Int32, 4:Int32):Int32, 2:Int32):Int32"),
    ("-Count add 1", "(add (- Count:Int32):Int32, 1:Int32):Int32"),
    ("Count add 1 gt 2", "(gt (add Count:Int32, 1:Int32):Int32, 2:Int32)"),
    ("Count gt 1 eq true", "(eq (gt Count:Int32, 1:Int32), true:Boolean)"),
    ("true eq Count gt 1", "(eq true:Boolean, (gt Count:Int32, 1:Int32))"),
    ("Count eq 1 eq Done", "(eq (eq Count:Int32, 1:Int32), Done:Boolean)"),
    ("not Done eq true", "(eq (not Done:Boolean), true:Boolean)"),
    ("not Done and not_x", "(and (not Done:Boolean), not_x:Boolean)"),
    ("not Name in ('a')", "(not (Name:String in a:String))"),
    ("Done or Done and Done", "(or Done:Boolean, (and Done:Boolean, Done:Boolean))"),
    ("(Done or Done) and Done", "(and (or Done:Boolean, Done:Boolean), Done:Boolean)"),
    ("Done and Done and Done", "(and Done:Boolean, Done:Boolean, Done:Boolean)"),
    (
        "Done or (Done or Done) or Done",
        "(or Done:Boolean, Done:Boolean, Done:Boolean, Done:Boolean)",
    ),
    ("(Done)and(Done)", "(and Done:Boolean, Done:Boolean)"),
    ("( ( Done ) )", "Done:Boolean"),
    ("\tDone  and\tDone ", "(and Done:Boolean, Done:Boolean)"),
]

NAMES = [
    ("nullable eq 'x'", "(eq nullable:String, x:String)"),
    ("allocated eq 1", "(eq allocated:Int32, 1:Int32)"),
    ("not_x", "not_x:Boolean"),
    ("not not_x", "(not not_x:Boolean)"),
    ("anything eq 'x'", "(eq anything:String, x:String)"),
    ("eq eq 1", "(eq eq:Int32, 1:Int32)"),
    ("Größe gt 5", "(gt Größe:Int32, 5:Int32)"),
    ("Address/City eq 'x'", "(eq Address:Address/City:String, x:String)"),
    ("Address/Place/Lat gt 1", "(gt Address:Address/Place:Place/Lat:Double, 1:Double)"),
    ("Category/Name eq 'x'", "(eq Category:Category/Name:String, x:String)"),
    (
        "Category/Parent/Name eq 'x'",
        "(eq Category:Category/Parent:Category/Name:String, x:String)",
    ),
    ("Category eq null", "(eq Category:Category, null)"),
    ("null ne Category/Parent", "(ne null, Category:Category/Parent:Category)"),
    (
        "Address/Country/Name eq 'x'",
        "(eq Address:Address/Country:Category/Name:String, x:String)",
    ),
    ("$it/Name eq 'x'", "(eq Name:String, x:String)"),
    ("$this/Name eq 'x'", "(eq Name:String, x:String)"),
    ("Ns.Book/Pages gt 1", "(gt <Book>/Pages:Int32, 1:Int32)"),
    ("Book/Pages gt 1", "(gt <Book>/Pages:Int32, 1:Int32)"),
    ("Ns.Item/Count gt 1", "(gt Count:Int32, 1:Int32)"),
    ("Whole/Ns.Book/Pages gt 1", "(gt Whole:Item/<Book>/Pages:Int32, 1:Int32)"),
    ("Address/Ns.PostBox/Number eq 1", "(eq Address:Address/<PostBox>/Number:Int32, 1:Int32)"),
    ("Name eq @text", "(eq Name:String, abc:String)"),
    ("@price and Done", "(and (gt Price:Decimal, 5:Decimal), Done:Boolean)"),
    ("@nothing eq Name", "(eq null, Name:String)"),
    ("@nothing/Name eq Name", "(eq null, Name:String)"),
    ("@me/Name eq 'x'", "(eq Name:String, x:String)"),
]

COLLECTIONS = [
    ("Lines/any()", "Lines:[Line]/any()"),
    ("Lines/any( )", "Lines:[Line]/any()"),
    ("Lines/any(l:l/Amount gt 5)", "Lines:[Line]/any(l: (gt l:Line/Amount:Int32, 5:Int32))"),
    (
        "Lines/ALL( l : l/Item/Name eq Name )",
        "Lines:[Line]/all(l: (eq l:Line/Item:Item/Name:String, Name:String))",
    ),
    (
        "Parts/any(Name:Name/Count eq $it/Count)",
        "Parts:[Item]/any(Name: (eq Name:Item/Count:Int32, Count:Int32))",
    ),
    (
        "Parts/any(p:p/Parts/all(q:q/Name eq p/Name))",
        "Parts:[Item]/any(p: p:Item/Parts:[Item]/all("
        "q: (eq q:Item/Name:String, p:Item/Name:String)))",
    ),
    ("not Lines/any()", "(not Lines:[Line]/any())"),
    ("Whole/Lines/any()", "Whole:Item/Lines:[Line]/any()"),
    (
        "Parts/Ns.Book/any(b:b/Pages gt 5)",
        "Parts:[Item]/<[Book]>/any(b: (gt b:Book/Pages:Int32, 5:Int32))",
    ),
    ("Lines/$count gt 1", "(gt Lines:[Line]/$count(-, -), 1:Int64)"),
    ("Whole/Lines/$count", "Whole:Item/Lines:[Line]/$count(-, -)"),
    (
        "Lines/$count($filter=Amount gt 5) gt 1",
        "(gt Lines:[Line]/$count((gt $this:Line/Amount:Int32, 5:Int32), -), 1:Int64)",
    ),
    (
        "Parts/$count(search=a b;Filter=Name eq $it/Name)",
        "Parts:[Item]/$count((eq $this:Item/Name:String, Name:String), AND('a', 'b'))",
    ),
    (
        "Parts/$count($filter=Lines/$count($filter=Amount gt 1) gt 2)",
        "Parts:[Item]/$count((gt $this:Item/Lines:[Line]/$count("
        "(gt $this:Line/Amount:Int32, 1:Int32), -), 2:Int64), -)",
    ),
]

FUNCTIONS = [
    ("concat(Name,'x')", "concat(Name:String, x:String):String"),
    ("contains(Name,'x')", "contains(Name:String, x:String):Boolean"),
    ("ENDSWITH( Name , 'x' )", "endswith(Name:String, x:String):Boolean"),
    ("indexof(Name,'x')", "indexof(Name:String, x:String):Int32"),
    ("length(Name)", "length(Name:String):Int32"),
    ("startswith(Name,null)", "startswith(Name:String, null):Boolean"),
    ("substring(Name,1)", "substring(Name:String, 1:Int32):String"),
    ("substring(Name,Small,Big)", "substring(Name:String, Small:Int16, Big:Int64):String"),
    ("matchesPattern(Name,'^a')", "matchespattern(Name:String, ^a:String):Boolean"),
    ("tolower(toupper(trim(Name)))", "tolower(toupper(trim(Name:String):String):String):String"),
    ("date(At)", "date(At:DateTimeOffset):Date"),
    ("time(At)", "time(At:DateTimeOffset):TimeOfDay"),
    *(
        (f"{name}({of})", f"{name}({of}:{kind}):Int32")
        for name in ("year", "month", "day")
        for of, kind in (("At", "DateTimeOffset"), ("Day", "Date"))
    ),
    *(
        (f"{name}({of})", f"{name}({of}:{kind}):Int32")
        for name in ("hour", "minute", "second")
        for of, kind in (("At", "DateTimeOffset"), ("Clock", "TimeOfDay"))
    ),
    ("fractionalseconds(Clock)", "fractionalseconds(Clock:TimeOfDay):Decimal"),
    ("totalseconds(Span)", "totalseconds(Span:Duration):Decimal"),
    ("totalseconds('PT1S')", "totalseconds(PT1S:Duration):Decimal"),
    ("totaloffsetminutes(At)", "totaloffsetminutes(At:DateTimeOffset):Int32"),
    ("now()", "now():DateTimeOffset"),
    ("mindatetime( )", "mindatetime():DateTimeOffset"),
    ("maxdatetime()", "maxdatetime():DateTimeOffset"),
    ("year('2020-01-01')", "year(2020-01-01:Date):Int32"),
    ("hour(2020-01-01)", "hour(2020-01-01T00:00:00Z:DateTimeOffset):Int32"),
    ("round(Price)", "round(Price:Decimal):Decimal"),
    ("floor(Weight)", "floor(Weight:Double):Double"),
    ("ceiling(Ratio)", "ceiling(Ratio:Single):Double"),
    ("round(Count)", "round(Count:Int32):Decimal"),
    ("ceiling(null)", "ceiling(null):null"),
    ("cast(Count,Edm.String)", "cast->String(Count:Int32):String"),
    ("cast('5',Edm.Int32)", "cast->Int32(5:String):Int32"),
    ("cast(1,Ns.Color)", "cast->Color(1:Int32):Color"),
    ("cast(null,Edm.Date)", "cast->Date(null):Date"),
    ("cast(Ns.Book)/Pages", "<Book>/Pages:Int32"),
    ("cast(Whole,Book)/Pages", "Whole:Item/<Book>/Pages:Int32"),
    ("isof(Ns.Book)", "isof->Book($it:Item):Boolean"),
    ("isof(Whole,Ns.Book)", "isof->Book(Whole:Item):Boolean"),
    ("isof(Category,Ns.Book)", "false:Boolean"),
    ("isof(Count,Edm.Int32)", "isof->Int32(Count:Int32):Boolean"),
    (
        "case(Count gt 0:1,Count lt 0:-1,true:0)",
        "case((gt Count:Int32, 0:Int32), 1:Int32, (lt Count:Int32, 0:Int32), -1:Int32,"
        " true:Boolean, 0:Int32):Int32",
    ),
    (
        "case( Done : 1 , true : 2.5 )",
        "case(Done:Boolean, 1:Int32, true:Boolean, 2.5:Decimal):Decimal",
    ),
    (
        "case(Done:'Red',true:Color)",
        "case(Done:Boolean, Red:Color, true:Boolean, Color:Color):Color",
    ),
    ("case(Done:null)", "case(Done:Boolean, null):null"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [*LITERALS, *CASTS, *OPERATORS, *PRECEDENCE, *NAMES, *COLLECTIONS, *FUNCTIONS],
)
def test_reads_and_types(text: str, expected: str) -> None:
    assert shown(parse(text, SCOPE, LIMITS)) == expected


BAD = "BadRequest"
NOT_DONE = "NotSupported"

REFUSED = [
    # Syntax.
    ("", BAD, "Expected an operand where the text ends", 0),
    ("Count eq", BAD, "Expected an operand", 8),
    ("Count eq 1)", BAD, "Expected the end, not ')'", 10),
    ("(Done", BAD, "Expected ')'", 5),
    ("Done and", BAD, "Expected an operand", 8),
    ("Done Done", BAD, "Expected the end, not 'Done'", 5),
    ("Name eq 'x", BAD, "begins with ' does not end", 8),
    ("Name eq'x'", BAD, "Expected the end", 5),
    ("Count eq 1a", BAD, "'1a' is not a number", 9),
    ("Count eq 5.", BAD, "'5.' is not a number", 9),
    ("Count eq .5", BAD, "'.5' is not a number", 9),
    ("Count eq #", BAD, "The character '#'", 9),
    ("Name eq \x00", BAD, "A character in the text is not allowed", 8),
    ("Name eq '\ud800'", BAD, "A character in the text is not allowed", 9),
    ('Name eq "\\ud800"', BAD, "a character that is not allowed", 8),
    ('Name eq "\\x"', BAD, "not a JSON string", 8),
    ("Name eq $count", BAD, "Expected an operand, not '$count'", 8),
    ("Count in (1,)", BAD, "Expected an operand", 12),
    ("Lines/all()", BAD, "Expected a variable", 10),
    ("Lines/any(l/Amount gt 1)", BAD, "Expected ':'", 11),
    ("Lines/any(a.b:true)", BAD, "'a.b' cannot be a variable", 10),
    ("case()", BAD, "Expected an operand", 5),
    ("case(Done)", BAD, "Expected ':'", 9),
    ("Lines/$count($top=5)", BAD, "'$top' is not an option of $count", 6),
    ("Lines/$count($filter=Amount gt 1", BAD, "A parenthesis is not closed", 21),
    ("Lines/$ref", BAD, "'$ref' has no place", 6),
    # Names.
    ("Nope eq 1", BAD, "'Nope' is not a property of Ns.Item", 0),
    ("name eq 'x'", BAD, "'name' is not a property of Ns.Item", 0),
    ("Category/Nope eq 1", BAD, "'Nope' is not a property of Ns.Category", 9),
    ("Name/x eq 1", BAD, "'x': Edm.String has no properties", 5),
    ("Lines/Amount gt 1", BAD, "'Amount' needs one item", 6),
    ("Ns.Category/Name eq 'x'", BAD, "Ns.Category is not derived from Ns.Item", 0),
    ("Category/Item eq 1", BAD, "'Item' is neither a property of Ns.Category nor a type", 9),
    ("Lines/any(l:true) and l/Amount gt 1", BAD, "'l' is not a property of Ns.Item", 22),
    ("nosuch(Name)", BAD, "There is no function 'nosuch'", 0),
    ("any()", BAD, "There is no function 'any'", 0),
    ("cast(Count,Edm.Nope)", BAD, "There is no type 'Edm.Nope'", 11),
    ("Nope'x' eq Name", BAD, "'Nope' before a quote", 0),
    # Types.
    ("Name gt 5", BAD, "'gt' does not take Edm.String and Edm.Int32", 5),
    ("Id eq 'x'", BAD, "Edm.String and Edm.Guid do not fit: 'x' is not", 6),
    ("Id eq Name", BAD, "'eq' does not take Edm.Guid and Edm.String", 3),
    ("Day eq At", BAD, "'eq' does not take Edm.Date and Edm.DateTimeOffset", 4),
    ("At eq Day", BAD, "'eq' does not take Edm.DateTimeOffset and Edm.Date", 3),
    ("Color eq Style", BAD, "'eq' does not take Ns.Color and Ns.Style", 6),
    ("Color eq 'Pink'", BAD, "Edm.String and Ns.Color do not fit", 9),
    ("Color eq 1", BAD, "'eq' does not take Ns.Color and Edm.Int32", 6),
    ("Bytes gt binary'AA'", BAD, "Edm.Binary has no order", 6),
    ("Name has 'Red'", BAD, "not of Edm.String", 5),
    ("Style has Ns.Color'Red'", BAD, "'has' does not take Ns.Style and Ns.Color", 6),
    ("Category gt null", BAD, "'gt' does not take Ns.Category and null", 9),
    ("Category eq 5", BAD, "'eq' does not take Ns.Category and Edm.Int32", 9),
    ("Count in (1,'x')", BAD, "Edm.String and Edm.Int32 do not fit", 12),
    ("Count in (1,true)", BAD, "'in' does not take Edm.Int32 and Edm.Boolean", 6),
    ("Name in (Title)", BAD, "literals only", 9),
    ("Name in Title", BAD, "'in' takes a list", 8),
    ("Category in (1)", BAD, "'in' does not take Ns.Category", 9),
    ("not Count eq 5", BAD, "The operand of 'not' has to be Edm.Boolean, not Edm.Int32", 4),
    ("Done and Name", BAD, "An operand of 'and' has to be Edm.Boolean, not Edm.String", 9),
    ("Done or 'true'", BAD, "An operand of 'or' has to be Edm.Boolean, not Edm.String", 8),
    ("-Name", BAD, "Edm.String has no negative", 0),
    ("Name add 1", BAD, "'add' does not take Edm.String and Edm.Int32", 5),
    ("Name add 'x'", BAD, "'add' does not take Edm.String and Edm.String", 5),
    ("At add At", BAD, "'add' does not take Edm.DateTimeOffset and Edm.DateTimeOffset", 3),
    ("Clock add Span", BAD, "'add' does not take Edm.TimeOfDay and Edm.Duration", 6),
    ("Span mod 2", BAD, "'mod' does not take Edm.Duration and Edm.Int32", 5),
    ("Done add null", BAD, "'add' does not take Edm.Boolean and null", 5),
    ("Count add Category", BAD, "'add' does not take Edm.Int32 and Ns.Category", 6),
    ("contains(Name)", BAD, "contains takes 2 arguments, not 1", 0),
    ("substring(Name)", BAD, "substring takes 2 or 3 arguments, not 1", 0),
    ("now(1)", BAD, "now takes 0 arguments, not 1", 0),
    ("contains(Name,5)", BAD, "contains takes Edm.String here, not Edm.Int32", 14),
    ("contains(Count,'x')", BAD, "contains takes Edm.String here, not Edm.Int32", 9),
    ("substring(Name,1.5)", BAD, "substring takes an integer here, not Edm.Decimal", 15),
    ("hour(Day)", BAD, "hour takes Edm.DateTimeOffset or Edm.TimeOfDay here", 5),
    ("year('x')", BAD, "'x' is not a value of Edm.Date", 5),
    ("round(Name)", BAD, "round takes a number here, not Edm.String", 6),
    ("length(Category)", BAD, "length takes Edm.String here, not Ns.Category", 7),
    ("cast(Category,Edm.String)", BAD, "Ns.Category is no primitive type", 5),
    ("cast(Category,Ns.Book)/Pages", BAD, "Ns.Book is not derived from Ns.Category", 14),
    ("isof(Edm.String)", BAD, "Ns.Item is no primitive type", 0),
    ("case(Count:1)", BAD, "A condition of case has to be Edm.Boolean", 5),
    ("Lines/any(l:l/Amount)", BAD, "The condition has to be Edm.Boolean, not Edm.Int32", 14),
    ("Category/any()", BAD, "any needs a collection, not Ns.Category", 9),
    ("Name/$count", BAD, "$count needs a collection, not Edm.String", 5),
    # Values out of range.
    ("Count eq 1e999", BAD, "is not a value of Edm.Double", 9),
    ("Day eq 2020-02-30", BAD, "'2020-02-30' is not a value of Edm.Date", 7),
    ("At eq 2020-01-01T24:00Z", BAD, "is not a value of Edm.DateTimeOffset", 6),
    ("Clock eq 25:00", BAD, "is not a value of Edm.TimeOfDay", 9),
    ("Bytes eq binary'A'", BAD, "is not a value of Edm.Binary", 9),
    ("Span eq duration'1D'", BAD, "is not a value of Edm.Duration", 8),
    (f"Weight eq 1{'0' * 350}", BAD, "too large for Edm.Double", 10),
    # Legal, but not done.
    ("Photo eq null", NOT_DONE, "Streams in expressions", 0),
    ("Tags eq null", NOT_DONE, "Comparing collections", 5),
    ("Address eq null", NOT_DONE, "Comparing Ns.Address with 'eq'", 8),
    ("Category eq Category", NOT_DONE, "Comparing Ns.Category with 'eq'", 9),
    ("Tags/any()", NOT_DONE, "any of Collection(Edm.String)", 5),
    ("Addresses/any()", NOT_DONE, "any of Collection(Ns.Address)", 10),
    ("Tags/$count gt 1", NOT_DONE, "$count of Collection(Edm.String)", 5),
    ("Name in Tags", NOT_DONE, "'in' with a collection", 8),
    ("Tags in ('a')", NOT_DONE, "'in' for Collection(Edm.String)", 5),
    ("Name in [['a']]", NOT_DONE, "An array or object in a list", 9),
    ('["a"] eq Tags', NOT_DONE, "An array or object here", 0),
    ('Address eq {"City":"x"}', NOT_DONE, "An array or object here", 11),
    ("Lines(1)/Amount gt 1", NOT_DONE, "Keys in expressions", 0),
    ("Whole/Lines(1)/Amount gt 1", NOT_DONE, "Keys in expressions", 6),
    ("Parts/$filter(Done)/$count gt 1", NOT_DONE, "/$filter(…) in expressions", 6),
    ("$root/Items eq null", NOT_DONE, "$root", 0),
    ("$these/$count gt 1", NOT_DONE, "$these", 0),
    ("Name/@Core.X eq 1", NOT_DONE, "Annotations in expressions", 5),
    ("@Core.X eq 1", NOT_DONE, "Annotations in expressions", 0),
    ("Rename()", NOT_DONE, "Calling functions of the model", 0),
    ("Ns.Cheapest(a=1) eq null", NOT_DONE, "Calling functions of the model", 0),
    ("Parts/Cheapest()/Name eq 'x'", NOT_DONE, "Calling functions of the model", 6),
    ("geo.distance(Name,Name) gt 1", NOT_DONE, "The function geo.distance", 0),
    ("hassubset(Tags,Tags)", NOT_DONE, "The function hassubset", 0),
    ("HasSubsequence(Tags,Tags)", NOT_DONE, "The function HasSubsequence", 0),
    ("contains(Tags,'x')", NOT_DONE, "contains of a collection", 9),
    ("Name eq geography'SRID=0;Point(1 2)'", NOT_DONE, "Geo literals", 8),
    ("isof(Name,Edm.GeographyPoint)", NOT_DONE, "The type 'Edm.GeographyPoint'", 10),
    ("cast(Name,Collection(Edm.String))", NOT_DONE, "The type 'Collection'", 10),
    ("cast(Name,Edm.Binary)", NOT_DONE, "The type Edm.Binary", 10),
    ("cast(Bytes,Edm.String)", NOT_DONE, "cast of Edm.Binary", 5),
    ("case(Done:Category)", NOT_DONE, "case with values of Ns.Category", 0),
    ("case(Done:Day,true:Name)", NOT_DONE, "case with values of Edm.Date and Edm.String", 0),
]


@pytest.mark.parametrize(("text", "kind", "fragment", "position"), REFUSED)
def test_refuses(text: str, kind: str, fragment: str, position: int) -> None:
    found, message, target, where = refusal(parse, text, SCOPE, LIMITS)
    assert (found, target, where) == (kind, "$filter", position)
    assert fragment in message


def test_the_target_of_errors_can_be_said() -> None:
    error = refusal(parse, "Nope", SCOPE, LIMITS, target="$orderby")
    assert error[2:] == ("$orderby", 0)


def test_errors_in_an_alias_name_the_alias() -> None:
    scope = Scope(model=MODEL, type=ITEM, aliases={"@a": "Count eq Nope"})
    error = refusal(parse, "Done and @a", scope, LIMITS)
    assert error == (BAD, "'Nope' is not a property of Ns.Item", "@a", 9)


@pytest.mark.parametrize("text", ["Done", "null", "@price", "Lines/any()", "Count eq 1"])
def test_conditions(text: str) -> None:
    assert parse_condition(text, SCOPE, LIMITS) == parse(text, SCOPE, LIMITS)


@pytest.mark.parametrize("text", ["Count", "'true'", "Category", "Tags", "$it"])
def test_what_is_not_boolean_is_no_condition(text: str) -> None:
    kind, message, _, position = refusal(parse_condition, text, SCOPE, LIMITS)
    assert (kind, position) == (BAD, 0)
    assert "The condition has to be Edm.Boolean" in message


OPEN = [
    ("Extra eq 'x'", "(eq $it:Note/Extra!:String, x:String)"),
    ("Level gt 1", "(gt $it:Note/Level!:Int32, 1:Int32)"),
    ("Id eq 1", "(eq $it:Note/Id:Int32, 1:Int32)"),
    # What no instance has is null (URL Conventions 5.1.1.15).
    ("Nowhere eq 'x'", "(eq null, x:String)"),
    ("TRUE", "true:Boolean"),
]


@pytest.mark.parametrize(("text", "expected"), OPEN)
def test_dynamic_properties_of_an_open_type(text: str, expected: str) -> None:
    assert shown(parse(text, NOTES, LIMITS)) == expected


def test_dynamic_properties_that_are_not_known_are_not_guessed() -> None:
    scope = NOTES.nested(NOTES.type)
    assert refusal(parse, "Extra eq 'x'", scope, LIMITS)[0] == NOT_DONE


def test_items_of_a_collection_of_primitives() -> None:
    scope = Scope(model=MODEL, type=STRING)
    expected = "(and endswith($it:String, x:String):Boolean, (ne $it:String, y:String))"
    assert shown(parse("endswith($it,'x') and $this ne 'y'", scope, LIMITS)) == expected


def test_nested_options_tell_it_from_this() -> None:
    scope = SCOPE.nested(CATEGORY)
    expected = (
        "(and (eq $this:Category/Name:String, Name:String), (gt $this:Category/Id:Int32, 1:Int32))"
    )
    text = "Name eq $it/Name and $this/Id gt 1"
    assert shown(parse(text, scope, LIMITS)) == expected


def test_without_a_type_only_variables_have_names() -> None:
    variables = {"Items": Variable("Items", ITEM), "Categories": Variable("Categories", CATEGORY)}
    scope = Scope(model=MODEL, variables=variables)
    text = "Items/Name eq Categories/Name"
    expected = "(eq Items:Item/Name:String, Categories:Category/Name:String)"
    assert shown(parse(text, scope, LIMITS)) == expected
    assert refusal(parse, "Name eq 'x'", scope, LIMITS)[1] == "'Name' is not known here"


def test_nodes_know_where_they_stand() -> None:
    node = parse("Done and Count eq 5", SCOPE, LIMITS)
    assert node.position == 5
    compared = node.operands[1]  # type: ignore[union-attr]
    assert [compared.position, compared.left.position, compared.right.position] == [15, 9, 18]


def test_a_literal_is_a_python_value() -> None:
    assert parse("Count", SCOPE, LIMITS) == Member(Variable("$it", ITEM, 0), "Count", INT32, 0)
    assert parse(f"'{UPPER_GUID}'", SCOPE, LIMITS) == Literal(UPPER_GUID, STRING, 0)
    assert parse(UPPER_GUID, SCOPE, LIMITS) == Literal(GUID_TEXT, GUID, 0)


ARGUMENTS = [
    ("5", INT32, "5"),
    (" 5 ", INT16, "5"),
    ("5", DOUBLE, "5.0"),
    ("5", DECIMAL, "Decimal('5')"),
    ("INF", DOUBLE, "inf"),
    ("'5'", INT32, "5"),
    ("'a''b'", STRING, '"a\'b"'),
    ('"ab"', STRING, "'ab'"),
    ("@text", STRING, "'abc'"),
    ("@nothing", STRING, "None"),
    ("null", INT32, "None"),
    (UPPER_GUID, GUID, f"'{GUID_TEXT}'"),
    (f"'{UPPER_GUID}'", GUID, f"'{GUID_TEXT}'"),
    ("'Red'", COLOR, "1"),
    ("Ns.Style'Bold,Slim'", STYLE, "5"),
    ("@list", CollectionType(STRING), "['a', 'b']"),
    ('["a","b",null]', CollectionType(STRING), "['a', 'b', None]"),
    ("[1,2]", CollectionType(DOUBLE), "[1.0, 2.0]"),
    ("[]", CollectionType(INT32), "[]"),
    (f'["{UPPER_GUID}"]', CollectionType(GUID), f"['{GUID_TEXT}']"),
    ("null", CollectionType(INT32), "None"),
    (
        '{"City":"x","Place":{"Lat":1.5}}',
        ADDRESS,
        "{'City': 'x', 'Place': {'Lat': Decimal('1.5')}}",
    ),
    ('[{"City":"x"},{}]', CollectionType(ADDRESS), "[{'City': 'x'}, {}]"),
]


@pytest.mark.parametrize(("text", "kind", "expected"), ARGUMENTS)
def test_arguments_are_values_of_their_type(text: str, kind: object, expected: str) -> None:
    assert repr(parse_argument(text, kind, SCOPE, LIMITS)) == expected  # type: ignore[arg-type]


def test_a_date_is_an_instant_where_one_is_due() -> None:
    value = parse_argument("2020-02-29", DATE_TIME_OFFSET, SCOPE, LIMITS)
    assert value.isoformat() == "2020-02-29T00:00:00+00:00"


def test_an_argument_that_is_no_constant_is_a_node() -> None:
    found = parse_argument("Count add 1", INT32, SCOPE, LIMITS)
    assert shown(found) == "(add Count:Int32, 1:Int32):Int32"


REFUSED_ARGUMENTS = [
    ("300", BYTE, "'300' is not a value of Edm.Byte", "count"),
    ("5.5", INT32, "'5.5' is not a value of Edm.Int32", "count"),
    ("'x'", INT32, "Edm.String and Edm.Int32 do not fit", "count"),
    ("5", STRING, "There is Edm.Int32 where Edm.String is due", "count"),
    ("Nope", STRING, "'Nope' is not a property", "count"),
    ("", STRING, "Expected an operand", "count"),
    ("@one", STRING, "goes round in a circle", "@"),
    ("'a','b'", CollectionType(STRING), "'in' takes a list", "count"),
    ('{"a":', ADDRESS, "This is not JSON", "count"),
    ('{"a":NaN}', ADDRESS, "This is not JSON", "count"),
    ('{"a":1e9999999999999999999}', ADDRESS, "This is not JSON", "count"),
    ('{"City":"\\u0000"}', ADDRESS, "a character that is not allowed", "count"),
    ('{"City":["\\ud800"]}', ADDRESS, "a character that is not allowed", "count"),
    ("[]", ADDRESS, "A JSON object is due here", "count"),
    ("{}", CollectionType(ADDRESS), "A JSON array is due here", "count"),
    ("[" * 40 + "]" * 40, CollectionType(ADDRESS), "Nested deeper than 32 levels", "count"),
]


@pytest.mark.parametrize(("text", "kind", "fragment", "target"), REFUSED_ARGUMENTS)
def test_refused_arguments(text: str, kind: object, fragment: str, target: str) -> None:
    error = refusal(parse_argument, text, kind, SCOPE, LIMITS, target="count")
    assert error[0] == BAD
    assert fragment in error[1]
    assert error[2].startswith(target)
