"""Real mail goes in by LMTP and comes back by POP3 byte for byte, with exact sizes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import corpus
from harness.lmtp import Lmtp
from harness.messages import split_trace
from harness.pop3 import Pop3

MAILDROPS = 20
CONNECTIONS = 4


def in_parallel(work, items):
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(work, items))


def top_of(message, lines):
    """What TOP answers: the header, the blank line, and `lines` lines of the body."""
    header, blank, body = message.partition(b"\r\n\r\n")
    if not blank:
        return message
    kept = body.split(b"\r\n")[:-1][:lines]
    return header + blank + b"".join(line + b"\r\n" for line in kept)


@pytest.mark.sanitized
@pytest.mark.corpus
def test_corpus_comes_back_byte_for_byte(make_server):
    messages = corpus.load()
    assert sum(map(corpus.has_bare_cr, messages)) == corpus.BARE_CR_MESSAGES
    server = make_server({"smtp": {"bare_newlines": "keep"}})
    accounts = [server.add_account() for _ in range(MAILDROPS)]

    def deliver(index):
        # One connection for a maildrop: its order is the order of sending.
        with Lmtp(server.address("lmtp", "starttls")) as lmtp:
            for message in messages[index::MAILDROPS]:
                lmtp.deliver(message, accounts[index].name)

    in_parallel(deliver, range(MAILDROPS))
    counts = in_parallel(
        lambda index: check_maildrop(server, accounts[index], messages[index::MAILDROPS]),
        range(MAILDROPS))
    assert sum(counts) == corpus.MESSAGES


def check_maildrop(server, account, sent):
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        sizes, uids = pop3.sizes(), pop3.uids()
        assert list(sizes) == list(uids) == list(range(1, len(sent) + 1))
        assert pop3.stat() == (len(sent), sum(sizes.values()))
        received = [message for _, message in pop3.retr_all(sizes)]
        assert list(map(len, received)) == list(sizes.values())
        assert [split_trace(message)[1] for message in received] == sent
        for lines in (0, 5):
            tops = pop3.top_all(sizes, lines)
            assert list(tops) == [top_of(message, lines) for message in received]
        pop3.quit()
    with Pop3(server.address("pop3")) as pop3:
        pop3.login(account)
        assert (pop3.sizes(), pop3.uids()) == (sizes, uids)
        pop3.quit()
    return len(sent)

