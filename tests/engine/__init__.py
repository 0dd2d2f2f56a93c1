"""Tests of the OData engine through the second service, on both engines."""
