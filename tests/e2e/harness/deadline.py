"""Waiting without sleeping: a point in time that every blocking call is bounded by."""

import time


class Deadline:
    """`seconds` from now. The monotonic clock only bounds waits; no test result depends on it."""

    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def remaining(self):
        return max(0.0, self._end - time.monotonic())

    def expired(self):
        return self.remaining() == 0.0


def poll(attempt, seconds, what):
    """The first true result of `attempt()`, which must itself do work that takes a moment (open a
    connection, run a program); fails the test when there is none in time."""
    deadline = Deadline(seconds)
    while True:
        result = attempt()
        if result:
            return result
        if deadline.expired():
            raise AssertionError(f"not within {seconds} s: {what}")
