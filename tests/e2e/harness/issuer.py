"""A small OAuth 2 issuer on loopback: signs tokens (RFC 9068), hands out keys (RFC 7517) and
answers introspection (RFC 7662), over TLS by an authority of its own. It can be told to fail."""

import base64
import http.server
import json
import ssl
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from .certs import Authority


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


class Key:
    """RS256, ES256 or EdDSA."""

    def __init__(self, algorithm, kid):
        self.algorithm, self.kid = algorithm, kid
        if algorithm == "RS256":
            self._private = rsa.generate_private_key(65537, 2048)
            numbers = self._private.public_key().public_numbers()
            self.jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        elif algorithm == "ES256":
            self._private = ec.generate_private_key(ec.SECP256R1())
            numbers = self._private.public_key().public_numbers()
            self.jwk = {"kty": "EC", "crv": "P-256", "x": number(numbers.x, 32),
                        "y": number(numbers.y, 32)}
        else:
            self._private = ed25519.Ed25519PrivateKey.generate()
            self.jwk = {"kty": "OKP", "crv": "Ed25519",
                        "x": b64url(self._private.public_key().public_bytes_raw())
                        if hasattr(ed25519.Ed25519PublicKey, "public_bytes_raw")
                        else b64url(raw_bytes(self._private.public_key()))}
        self.jwk |= {"kid": kid, "use": "sig", "alg": algorithm}

    def sign(self, data):
        if self.algorithm == "RS256":
            return self._private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.algorithm == "ES256":
            r, s = utils.decode_dss_signature(self._private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self._private.sign(data)

    def token(self, claims, **header):
        header = {"alg": self.algorithm, "typ": "at+jwt", "kid": self.kid} | header
        text = ".".join(b64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{b64url(self.sign(text.encode()))}"


def raw_bytes(public_key):
    from cryptography.hazmat.primitives import serialization
    return public_key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class Issuer:
    """`mode`: "good", or what is wrong with every answer: "hang", "500", "garbage", "redirect",
    "endless"."""

    audience = "mail"
    client = ("restante", "s3cret/+:")

    def __init__(self, folder, tls=True):
        self.mode = "good"
        self.keys = [Key("RS256", "first")]
        self.opaque = {}  # Token: introspection response.
        self.requests = []
        self._closing = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.handle_error = lambda *_: None  # Clients that hang up are part of the tests.
        self._server.daemon_threads = True
        self.authority = Authority(folder, "issuer-ca")
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.authority.issue("issuer", ["localhost"], ["127.0.0.1"]))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,),
                                        daemon=True)
        self._thread.start()

    def close(self):
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def claims(self, name, **more):
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.audience, "sub": name, "client_id": "app",
                  "iat": now, "exp": now + 300, "jti": "1"} | more
        return {key: value for key, value in claims.items() if value is not None}

    def token(self, name, key=None, header=None, **more):
        return (key or self.keys[0]).token(self.claims(name, **more), **(header or {}))

    def opaque_token(self, token, name, **more):
        self.opaque[token] = {"active": True, "sub": name, "aud": self.audience} | more
        return token

    def count(self, path):
        return sum(1 for asked, _ in self.requests if asked == path)

    def _answer(self, path, form, authorization):
        if path == "/keys":
            return 200, json.dumps({"keys": [key.jwk for key in self.keys]}).encode()
        if path == "/introspect":
            wanted = ":".join(urllib.parse.quote(part, safe="") for part in self.client)
            if authorization != "Basic " + base64.b64encode(wanted.encode()).decode():
                return 401, b""
            return 200, json.dumps(self.opaque.get(form.get("token", [""])[0],
                                                   {"active": False})).encode()
        return 404, b""

    def _handler(self):
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                self._serve({})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self._serve(urllib.parse.parse_qs(body.decode()))

            def _serve(self, form):
                issuer.requests.append((self.path, form))
                mode = issuer.mode
                if mode == "hang":
                    issuer._closing.wait(60)
                    return
                status, body = issuer._answer(self.path, form, self.headers.get("Authorization"))
                if mode == "500":
                    status, body = 500, b"{}"
                elif mode == "garbage":
                    body = b"<html>maintenance</html>"
                elif mode == "endless":
                    body = b'{"keys":[' + b" " * 400_000 + b"]}"
                elif mode == "redirect":
                    status, body = 302, b""
                self.send_response(status)
                if mode == "redirect":
                    self.send_header("Location", issuer.url + self.path + "?again")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
