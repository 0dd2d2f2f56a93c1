"""Batches: many requests in the body of one (Protocol 11.7; JSON Format 19).

multipart and json read and write the two formats to and from the values of items; references puts
the addresses of new entities where later requests name the request that made them.
"""
