"""The headers that libraries of SAP and Microsoft send, as their sources and issues show them."""

UI5 = {
    "Accept": "application/json;odata.metadata=minimal;IEEE754Compatible=true",
    "Accept-Language": "en",
    "Content-Type": "application/json;charset=UTF-8;IEEE754Compatible=true",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "X-CSRF-Token": "Fetch",
    "X-Requested-With": "XMLHttpRequest",
}
CLOUD_SDK = {"Accept": "application/json", "Content-Type": "application/json"}
SIMPLE = {"Accept": "application/json, application/xml, application/text"}
MICROSOFT = {
    "Accept": "application/json;odata.metadata=minimal",
    "Accept-Charset": "UTF-8",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "User-Agent": "Microsoft.OData.Client/7.21.3",
}
SENT = {
    "Content-Type": "application/json;odata.metadata=minimal;odata.streaming=true;"
    "IEEE754Compatible=false;charset=utf-8",
    "OData-Version": "4.0",
}
