"""What leaves the server, over real sockets: a mail server, receivers of webhooks, calendars."""
