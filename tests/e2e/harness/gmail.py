"""Gmail's messages.import as far as its documentation describes it: a bearer token, labels as JSON
and a message in one multipart/related body."""

import email.parser
import http.server
import json
import threading
import urllib.parse


class Gmail:
    """`answers`: (status, object) for the next requests, before the right thing is done again."""

    def __init__(self, token):
        self.token = token
        self.answers = []
        self.mails = []  # (labels, octets), as taken.
        self.queries = []
        self.requests = 0
        self.connections = 0
        gmail = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                gmail.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = gmail.judge(self.path, self.headers, body)
                octets = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def refusal(code, message, reason):
        return code, {"error": {"code": code, "message": message,
                                "errors": [{"message": message, "reason": reason}]}}

    def judge(self, path, headers, body):
        self.requests += 1
        parts = urllib.parse.urlsplit(path)
        if parts.path != "/upload/gmail/v1/users/me/messages/import":
            return self.refusal(404, "Not Found", "notFound")
        if headers["Authorization"] != f"Bearer {self.token}":
            return self.refusal(401, "Invalid Credentials", "authError")
        if self.answers:
            return self.answers.pop(0)
        self.queries.append(dict(urllib.parse.parse_qsl(parts.query)))
        boundary = email.parser.HeaderParser().parsestr(
            f"Content-Type: {headers['Content-Type']}\n\n").get_boundary().encode()
        _, first, second, end = body.split(b"--" + boundary)
        assert end == b"--\r\n"
        labels = json.loads(first.split(b"\r\n\r\n", 1)[1])["labelIds"]
        head, octets = second.split(b"\r\n\r\n", 1)
        assert b"message/rfc822" in head
        self.mails.append((labels, octets[:-2]))
        return 200, {"id": str(len(self.mails))}

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
