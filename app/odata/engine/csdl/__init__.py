"""The metadata documents: a model as CSDL XML and CSDL JSON, with annotations of what it can do."""
