"""The routes, one file per folder of the document. Views parse, call the core once, and wrap the
answer.
"""
