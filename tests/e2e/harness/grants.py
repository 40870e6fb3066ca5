"""An issuer that also logs people in: by a code on another device (RFC 8628), by a browser with
PKCE (RFC 7636), and by refresh tokens, each of which it takes once."""

import base64
import hashlib
import json
import secrets
import threading
import urllib.parse

from .issuer import Issuer

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class GrantingIssuer(Issuer):
    """`person`: who logs in; None: no login yet; "refuses": access_denied."""

    client_id = "restante-client"

    def __init__(self, folder, person=None):
        self.person = person
        self.life = 3600
        self.refresh_tokens = set()
        self.codes = {}  # Code: (challenge, redirect_uri).
        self.asked = []  # Errors given, in order.
        self.asking = threading.Event()
        super().__init__(folder)

    def settings(self, **more):
        """An [[issuer]] of the client's configuration."""
        return {"name": "test", "client_id": self.client_id, "scope": "mail",
                "device_url": f"{self.url}/device", "token_url": f"{self.url}/token",
                "authorization_url": f"{self.url}/authorize",
                "ca_file": str(self.authority.certificate), **more}

    def visit(self, address):
        """What the browser does at the address that the client shows: the login, and then the way
        back to the client. Returns the address of that."""
        parts = urllib.parse.urlsplit(address)
        asked = {key: values[0] for key, values in urllib.parse.parse_qs(parts.query).items()}
        assert asked["response_type"] == "code" and asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked["code_challenge"], asked["redirect_uri"])
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": code, "state": asked["state"]})

    def _granted(self):
        refresh = secrets.token_urlsafe(24)
        self.refresh_tokens.add(refresh)
        return 200, json.dumps({"access_token": self.token(self.person), "token_type": "Bearer",
                                "expires_in": self.life, "refresh_token": refresh}).encode()

    def _refused(self, error):
        self.asked.append(error)
        self.asking.set()
        return 400, json.dumps({"error": error, "error_description": "as it is"}).encode()

    def _exchange(self, form):
        def field(name):
            return form.get(name, [""])[0]

        if field("client_id") != self.client_id:
            return self._refused("invalid_client")
        kind = field("grant_type")
        if kind == DEVICE_GRANT:
            if field("device_code") != "the-device" or self.person == "refuses":
                return self._refused("access_denied")
            return self._granted() if self.person else self._refused("authorization_pending")
        if kind == "refresh_token":
            if field("refresh_token") not in self.refresh_tokens:
                return self._refused("invalid_grant")
            self.refresh_tokens.remove(field("refresh_token"))
            return self._granted()
        challenge, redirect = self.codes.pop(field("code"), ("", ""))
        digest = hashlib.sha256(field("code_verifier").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if proven != challenge or field("redirect_uri") != redirect:
            return self._refused("invalid_grant")
        return self._granted()

    def _answer(self, path, form, authorization):
        if path == "/device":
            return 200, json.dumps({"device_code": "the-device", "user_code": "ABCD-EFGH",
                                    "verification_uri": f"{self.url}/activate",
                                    "interval": 0, "expires_in": 600}).encode()
        if path == "/token":
            return self._exchange(form)
        return super()._answer(path, form, authorization)
