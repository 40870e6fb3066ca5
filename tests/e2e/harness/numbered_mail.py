"""Small messages that differ in their number."""


def mail(number, subject=None):
    return (f"From: a@example.test\r\nSubject: {subject or number}\r\n"
            f"Message-ID: <{number}@lab>\r\n\r\nMessage {number}\r\n").encode()
