"""How large the workloads are: whole, quick (a few minutes), and the smallest, for the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    rounds: int
    seconds: float  # Of a workload that goes on for a time, in each round.
    many: int = 5000  # Messages of "poll with leave-on-server".
    huge: int = 100000
    big_bytes: int = 10_000_000
    drained: int = 1000  # Maildrops.
    idle: int = 10000  # Connections.
    started: int = 100000  # Maildrops that are there at a start.
    logins: int = 100  # With argon2id.
    growth: tuple = (1, 10, 100, 1000)  # Times 20 maildrops, and times 100 messages.
    warms_up: bool = True


WHOLE = Scale(rounds=5, seconds=2.0)
QUICK = Scale(rounds=3, seconds=0.7, huge=20000, drained=200, idle=2000, started=10000, logins=30,
              growth=(1, 10, 100))
# Fewer idle connections would take less than a server gives back meanwhile.
SMALLEST = Scale(rounds=1, seconds=0.1, many=50, huge=200, big_bytes=200_000, drained=6, idle=200,
                 started=20, logins=3, growth=(1, 2), warms_up=False)
