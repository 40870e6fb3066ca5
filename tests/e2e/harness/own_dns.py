"""A network namespace with a DNS of its own (dnsmasq): resolvers ask port 53 of what
/etc/resolv.conf names, and nothing else, so both are made anew for programs that run inside. Needs
root."""

import pathlib
import shutil
import tempfile

from .process import Process

START_SECONDS = 60


class OwnDns:
    """`prefix` is what a program is started by to run inside; loopback there is its own."""

    def __init__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-dns-"))
        resolv = self._folder / "resolv.conf"
        resolv.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        # It holds the namespaces until it is killed.
        self._inside = Process(["unshare", "--net", "--mount", "sh", "-c",
                                f"ip link set lo up && mount --bind {resolv} /etc/resolv.conf && "
                                "echo inside && exec tail -f /dev/null"])
        self._inside.wait_line(lambda line: line == "inside", START_SECONDS)
        self.prefix = ["nsenter", f"--target={self._inside.pid}", "--net", "--mount", "--"]
        self._dns = None

    def serve(self, *records):
        """Options of dnsmasq, as in "--srv-host=_pop3s._tcp.example.test,pop.example.test,995"."""
        self.stop_serving()
        self._dns = Process([*self.prefix, "dnsmasq", "--keep-in-foreground", "--conf-file=",
                             "--no-hosts", "--no-resolv", "--port=53", "--bind-interfaces",
                             "--listen-address=127.0.0.1", "--user=root", "--pid-file=",
                             "--log-facility=-", "--log-queries", "--local=/test/", *records])
        self._dns.wait_line(lambda line: "started, version" in line, START_SECONDS)

    def asked(self):
        """What it was asked for and said, by its log."""
        return self._dns.lines()

    def stop_serving(self):
        if self._dns:
            self._dns.kill()
            self._dns = None

    def close(self):
        self.stop_serving()
        self._inside.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

