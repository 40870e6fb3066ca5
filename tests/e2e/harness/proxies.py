"""Proxies of their own on loopback, by real programs: microsocks for SOCKS5, tinyproxy for HTTP's
CONNECT."""

import pathlib
import shutil
import socket
import tempfile

from .deadline import poll
from .ports import free_port
from .process import Process

START_SECONDS = 60
USER, PASSWORD = "gateway", "of-the-proxy"


class Proxy:
    """Wants USER and PASSWORD."""

    def __init__(self, kind):
        self.kind = kind
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-proxy-"))
        self.process = Process(self._socks5() if kind == "socks5" else self._http())
        poll(self._answers, START_SECONDS, f"an answer of the {kind} proxy")

    def _socks5(self):
        return ["microsocks", "-i", "127.0.0.1", "-p", self.port, "-u", USER, "-P", PASSWORD]

    def _http(self):
        config = self.folder / "tinyproxy.conf"
        config.write_text(f'Port {self.port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\n'
                          f'BasicAuth {USER} {PASSWORD}\nLogLevel Connect\n')
        return ["tinyproxy", "-d", "-c", config]

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), START_SECONDS).close()
            return True
        except OSError:
            assert self.process.running(), "\n".join(self.process.lines())
            return False

    def url(self, user=USER, password=PASSWORD):
        return f"{self.kind}://{user}:{password}@127.0.0.1:{self.port}"

    def close(self):
        self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
