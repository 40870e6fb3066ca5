"""What is collected, and what is counted. A workload runs every program once a round, in turns, so
that what else the machine does falls on all of them. A run that fails (getmail6 now and then waits
for a child that has gone) is done again; a program that fails each time is missing."""

import itertools
import pathlib
import sys
import tempfile
from dataclasses import dataclass, replace

from harness.deadline import poll
from harness.process import Process
from harness.relay import Relay

import mail
import running
from programs import PROGRAMS, Job

TRIES = 10

HERE = pathlib.Path(__file__).resolve().parent


@dataclass(frozen=True)
class Workload:
    name: str
    count: int
    octets: int  # Of each message.
    servers: tuple = ("restanted", "dovecot")
    delay_ms: int = 0  # Of a round trip.
    rounds_max: int = 1000
    kind: str = "collect"  # "poll": nothing is new; "kill": SIGKILL in the middle.

    def messages(self):
        """Functions, since the largest mail should not be there twice."""
        return [lambda number=number: mail.make(number, self.octets)
                for number in range(self.count)]


FULL = [
    Workload("2,000 of 4 kB", 2000, 4096),
    Workload("2,000 of 4 kB, 50 ms away", 2000, 4096, ("restanted",), delay_ms=50, rounds_max=3),
    Workload("200 of 1 MB", 200, 1 << 20),
    Workload("one of 200 MB", 1, 200 << 20, ("restanted",), rounds_max=3),
    # Dovecot and those who ask for one message at a time wait 40 ms for each other (Nagle's
    # algorithm and delayed acknowledgements): 5,000 would take them ten minutes first.
    Workload("nothing new of 5,000", 5000, 1024, ("restanted",), kind="poll"),
    Workload("500 of 4 kB, kill -9 in the middle", 500, 4096, kind="kill"),
]


def quick():
    """The same in small: whether all of it works, in half a minute."""
    for workload in FULL:
        octets = min(workload.octets, 4 << 20) if workload.count == 1 else workload.octets
        yield replace(workload, count=max(1, workload.count // 40), octets=octets, rounds_max=1,
                      delay_ms=workload.delay_ms // 5)


class Bench:
    """One workload on one server."""

    def __init__(self, workload, server, folder):
        self.workload, self.server, self._folder = workload, server, folder
        self._numbers = itertools.count()
        self._delay = None
        self.port = server.port

    def __enter__(self):
        if self.workload.delay_ms:
            self._delay = Process([sys.executable, HERE / "delay.py", self.server.port,
                                   self.workload.delay_ms / 2])
            line = self._delay.wait_line(lambda text: text.startswith("listening "), 60)
            self.port = int(line.split()[1])
        return self

    def __exit__(self, *_):
        if self._delay:
            self._delay.kill()

    def job(self, program, box, **more):
        folder = self._folder / f"{program.name.strip('()')}{next(self._numbers)}"
        folder.mkdir()
        job = Job(folder, self.port, box.user, box.password, delete=False, **more)
        program.prepare(job)
        running.give(folder)
        return job

    def records(self, rounds):
        """[(program's name, what was counted)] of all rounds."""
        rounds = min(rounds, self.workload.rounds_max)
        return {"collect": self._collect, "poll": self._poll, "kill": self._kill}[
            self.workload.kind](rounds)

    def _collect(self, rounds):
        box = self.server.box(self.workload.messages())
        for _ in range(rounds):
            for program in PROGRAMS:
                job, run = self._collected(program, box)
                if run:
                    yield program.name, {**measured(run), **self._kept(program, job)}

    def _collected(self, program, box, **more):
        """The job of a run that succeeded, and the run; none after TRIES failures."""
        for _ in range(TRIES):
            job = self.job(program, box, **more)
            if run := running.run(program.command(job), job.folder):
                return job, run
        return job, None

    def _kept(self, program, job):
        if not program.keeps:
            return {}
        kept = mail.kept_in(program.maildir(job))
        assert not kept.damaged and not kept.doubled and len(kept.copies) == self.workload.count, (
            f"{program.name} has {len(kept.copies)} messages of {self.workload.count}, "
            f"{kept.doubled} doubled, {kept.damaged} damaged")
        return {"on_disk": len(kept.copies)}

    def _poll(self, rounds):
        box = self.server.box(self.workload.messages())
        jobs = {}
        for program in PROGRAMS:
            jobs[program], run = self._collected(program, box, only_new=True)
            assert run, program.name
        for _ in range(rounds):
            for program, job in jobs.items():
                # fetchmail says by 1 that there is nothing.
                counted = running.Running(program.command(job), job.folder)
                run = counted.wait()
                assert run.code in ((0, 1) if program.name == "fetchmail" else (0,)), counted.said()
                yield program.name, {**measured(run), **self._kept(program, job)}

    def _kill(self, rounds):
        octets = self.workload.count * self.workload.octets
        for _ in range(rounds):
            for program in PROGRAMS:
                if program.keeps:
                    yield program.name, self._killed(program, octets // 2)

    def _killed(self, program, octets):
        box = self.server.box(self.workload.messages())
        job = self.job(program, box)
        with Relay(self.server.port, stall_after=octets) as relay:
            job = self._reconfigured(program, job, relay.port)
            first = running.Running(program.command(job), job.folder)
            relay.wait_stalled(running.RUN_SECONDS)
            first.kill()
        job = self._reconfigured(program, job, self.server.port)
        # Our server may still hold the mailbox for the program that was killed.
        poll(lambda: self._second(program, job), running.RUN_SECONDS,
             f"a second run of {program.name}")
        kept, left = mail.kept_in(program.maildir(job)), set(self.server.left(box))
        lost = set(range(self.workload.count)) - set(kept.copies) - left
        return {"on_disk": len(kept.copies), "lost": len(lost), "doubled": kept.doubled,
                "damaged": kept.damaged}

    def _reconfigured(self, program, job, port):
        job = replace(job, port=port, delete=True)
        program.prepare(job)
        running.give(job.folder)
        return job

    def _second(self, program, job):
        return running.Running(program.command(job), job.folder).wait().code == 0


def measured(run):
    return {"wall_s": run.wall_s, "cpu_s": run.cpu_s, "peak_kb": run.peak_kb}


def records(workload, servers, rounds):
    """[(server's name, program's name, what was counted)]"""
    for name in workload.servers:
        # Beside the sources: /tmp may be in memory, and what is compared is mail on a disk.
        with tempfile.TemporaryDirectory(prefix="restante-bench-", dir=build_folder()) as folder:
            folder = pathlib.Path(folder)
            folder.chmod(0o755)
            with Bench(workload, servers[name], folder) as bench:
                for program, counted in bench.records(rounds):
                    yield name, program, counted


def build_folder():
    folder = HERE.parents[1] / "build"
    folder.mkdir(exist_ok=True)
    return folder
