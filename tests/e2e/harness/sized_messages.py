"""Messages that a test tells from each other by their size."""


def mail(number, octets):
    head = f"Subject: message {number}\r\nMessage-ID: <{number}@example.test>\r\n\r\n".encode()
    return head + b"x" * (octets - len(head) - 2) + b"\r\n"


MESSAGES = [mail(number, 150 + 7 * number) for number in range(1, 13)]  # Each of its own size.
