"""A TCP server of the tests' own, a thread a connection."""

import socketserver


class QuietServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away is no news."""
