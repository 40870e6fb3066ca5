"""A relay between a client and a server on loopback that passes everything on a set time later: a
long line, for kernels that have no netem. A process of its own, so that it takes no time of the
others' threads.

usage: delay.py PORT MILLISECONDS     (each way; prints the port to connect to)"""

import asyncio
import socket
import sys

PIECE_BYTES = 1 << 18


async def pass_on(reader, writer, seconds):
    """Until the end of the stream, which is passed on, too. What comes later leaves later, with a
    coarse clock too."""
    loop = asyncio.get_running_loop()
    last = 0.0
    while piece := await reader.read(PIECE_BYTES):
        last = max(loop.time() + seconds, last + 1e-6)
        loop.call_at(last, writer.write, piece)
    loop.call_at(max(loop.time() + seconds, last + 1e-6), writer.close)


async def relay(client, client_out, port, seconds):
    server, server_out = await asyncio.open_connection("127.0.0.1", port)
    for writer in (client_out, server_out):
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.gather(pass_on(client, server_out, seconds), pass_on(server, client_out, seconds),
                         return_exceptions=True)


async def main(port, milliseconds):
    async def accepted(reader, writer):
        await relay(reader, writer, port, milliseconds / 1000)

    listener = await asyncio.start_server(accepted, "127.0.0.1", 0)
    print("listening", listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
