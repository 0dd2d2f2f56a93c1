"""Dialect 2: InLoox's Task API, OData at /odata, /api/odata and /api/v1/odata."""
