"""Payloads of the Teamwork dialect: what goes out (fields.py, todo_item.py, neighbours.py) and in
(inputs.py, requests.py).
"""
