"""The text of an HTML page, by Python's parser: to compare with, not for reading."""

import html.parser

_UNSEEN = ("script", "style", "title", "textarea", "noframes")


class _Text(html.parser.HTMLParser):
    def __init__(self, between):
        super().__init__()
        self.pieces = []
        self._between = between
        self._unseen = 0

    def handle_starttag(self, tag, attrs):
        self._unseen += tag in _UNSEEN

    def handle_endtag(self, tag):
        self._unseen -= tag in _UNSEEN and self._unseen > 0

    def handle_data(self, data):
        if not self._unseen:
            self.pieces.append(data)


def text(page, between=" "):
    """With `between` for each tag."""
    parser = _Text(between)
    parser.feed(page)
    return between.join(parser.pieces)
