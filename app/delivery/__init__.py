"""What leaves the server: mail, reminders and webhooks, sent by the worker (`flask deliver`) out of
tables that commands write in their own transactions. Nothing is sent from a request.
"""
