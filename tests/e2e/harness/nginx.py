"""nginx's mail proxy on loopback, with the HTTP server that it asks where to go."""

import http.server
import pathlib
import shutil
import socket
import tempfile
import threading

from .certs import make_certificate
from .deadline import poll
from .ports import free_port
from .process import Process

START_SECONDS = 60


class _WhereTo(http.server.BaseHTTPRequestHandler):
    """Everybody may in; the back end decides about passwords."""

    def do_GET(self):  # noqa: N802, the name is http.server's
        host, port = self.server.back_ends[self.headers["Auth-Protocol"]]
        self.send_response(200)
        for name, value in (("Auth-Status", "OK"), ("Auth-Server", host), ("Auth-Port", port)):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


class Nginx:
    """`back_ends`: {"pop3": (host, port), "smtp": …}. pop3 is behind TLS and gets a PROXY header,
    smtp gets XCLIENT, nginx's default."""

    def __init__(self, back_ends):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-nginx-"))
        self._asked = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _WhereTo)
        self._asked.back_ends = back_ends
        threading.Thread(target=self._asked.serve_forever, daemon=True).start()
        self.pop3s_port, self.smtp_port = free_port(), free_port()
        certificate, key = make_certificate(self.folder, "nginx", ["127.0.0.1"])
        config = self.folder / "nginx.conf"
        config.write_text(f"""
load_module /usr/lib/nginx/modules/ngx_mail_module.so;
daemon off;
master_process off;
pid {self.folder}/nginx.pid;
error_log stderr info;
events {{ worker_connections 64; }}
mail {{
  server_name proxy.example.test;
  auth_http 127.0.0.1:{self._asked.server_address[1]}/auth;
  proxy_pass_error_message on;
  server {{
    listen 127.0.0.1:{self.pop3s_port} ssl;
    protocol pop3;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    proxy_protocol on;
  }}
  server {{
    listen 127.0.0.1:{self.smtp_port};
    protocol smtp;
    smtp_auth none;
  }}
}}
""")
        self.process = Process(["/usr/sbin/nginx", "-e", "stderr", "-p", self.folder, "-c", config])
        poll(self._answers, START_SECONDS, "nginx listens")

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.smtp_port), START_SECONDS).close()
            return True
        except OSError:
            assert self.process.running(), "\n".join(self.process.lines())
            return False

    def close(self):
        self.process.kill()
        self._asked.shutdown()
        self._asked.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)
