"""What the end-to-end tests share: the server under test, exact wire clients, messages."""
