"""What the server has promised, kept by a witness outside it: which numbered messages must be in a
maildrop, which may be, and which may never be seen (again)."""

import threading

from .messages import number_of, split_trace


class Ledger:
    """Of one maildrop. Senders and the one POP3 session write to it at the same time."""

    def __init__(self):
        self._lock = threading.Lock()
        self._accepted = set()  # Answered 250, not deleted.
        self._sent = set()  # Handed over, not answered.
        self._gone = set()  # Deleted, or never arrived: must not come back.
        self._leaving = set()  # In a QUIT that is not answered.
        self._numbers = {}  # Every uid ever seen, and the message it stands for.
        self.was_open = 0  # Answers that a restart had to decide, in all.

    def sending(self, number):
        with self._lock:
            self._sent.add(number)

    def accepted(self, number):
        with self._lock:
            self._sent.discard(number)
            if number not in self._gone:  # Deleted before its 250 was read.
                self._accepted.add(number)

    def quitting(self, numbers):
        with self._lock:
            self._leaving = set(numbers)

    def quit_answered(self):
        """The deletions of the last quitting() are in force."""
        with self._lock:
            self._remove(self._leaving)
            self._leaving = set()

    def _remove(self, numbers):
        self._accepted -= numbers
        self._sent -= numbers  # Seen in a session before its 250 was read.
        self._gone |= numbers

    def read(self, pop3):
        """Reads an open session; returns {message number: number of the mail}. New mail is checked
        byte for byte; a uid that is known must be where it was."""
        uids = pop3.uids()
        new = [place for place, uid in uids.items() if uid not in self._numbers]
        for place, message in pop3.retr_all(new):
            self._numbers[uids[place]] = number_of(split_trace(message)[1])
        found = {place: self._numbers[uid] for place, uid in uids.items()}
        assert len(set(found.values())) == len(found), "a message is there twice"
        with self._lock:
            back = self._gone & set(found.values())
            assert not back, f"came back: {back}"
        return found

    def settle(self, pop3):
        """After a restart: checks every promise, and what was open is now decided."""
        present = set(self.read(pop3).values())
        self.was_open += len(self._sent) + bool(self._leaving)
        assert self._leaving <= present or not self._leaving & present, "half a QUIT"
        if not self._leaving <= present:
            self._remove(self._leaving)
        self._leaving = set()
        lost = self._accepted - present
        assert not lost, f"answered 250 and lost: {lost}"
        strange = present - self._accepted - self._sent
        assert not strange, f"never sent here: {strange}"
        self._gone |= self._sent - present
        self._accepted |= present
        self._sent = set()
        return len(present)

    def compare_all(self, pop3):
        """Every message again, byte for byte, against what its uid stands for."""
        for place, uid in pop3.uids().items():
            assert number_of(split_trace(pop3.retr(place))[1]) == self._numbers[uid]
