"""A desktop without a screen: a session bus of its own, on it gnome-keyring's real daemon,
unlocked, and a notification service (org.freedesktop.Notifications 1.2) that prints what it is
asked to show. `environment` is what a program needs to be on that desktop."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from .deadline import poll
from .process import Process

START_SECONDS = 60

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={}</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""
_NOTIFICATIONS = """
import json, dbus, dbus.service, dbus.mainloop.glib
from gi.repository import GLib
NAME = "org.freedesktop.Notifications"
class Service(dbus.service.Object):
    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, program, replaces, icon, summary, body, actions, hints, timeout):
        print(json.dumps([program, summary, body]), flush=True)
        return 1
    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return "printing", "restante", "1", "1.2"
    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["body"]
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
name = dbus.service.BusName(NAME, bus)
service = Service(bus, "/org/freedesktop/Notifications")
print("ready", flush=True)
GLib.MainLoop().run()
"""


class Desktop:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="restante-desktop-"))
        # Nothing is started by being asked for: what is not here is not there.
        config = self.folder / "bus.conf"
        config.write_text(_BUS.format(self.folder))
        self._bus = Process(["dbus-daemon", f"--config-file={config}", "--nofork",
                             "--print-address=1"])
        address = self._bus.wait_line(lambda line: line.startswith("unix:"), START_SECONDS)
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address, "HOME": str(self.folder),
                            "XDG_RUNTIME_DIR": str(self.folder), "PATH": "/usr/bin:/bin",
                            "XDG_DATA_HOME": str(self.folder / "data"), "LC_ALL": "C.UTF-8"}
        self.prefix = ["env", *(f"{key}={value}" for key, value in self.environment.items())]
        self._keyring = self._notifications = None

    def start_keyring(self):
        (self.folder / "data").mkdir()
        unlocking = self.folder / "unlocking"
        unlocking.write_text("the-keyring")
        self._keyring = Process(["sh", "-c", "exec gnome-keyring-daemon --foreground --unlock "
                                             f"--components=secrets <{unlocking}"],
                                self.environment)
        poll(lambda: self.has_name("org.freedesktop.secrets"), START_SECONDS, "a keyring")

    def has_name(self, name):
        said = subprocess.run(
            [*self.prefix, "dbus-send", "--session", "--dest=org.freedesktop.DBus",
             "--print-reply=literal", "/", "org.freedesktop.DBus.NameHasOwner", f"string:{name}"],
            capture_output=True, timeout=START_SECONDS, check=False)
        return b"true" in said.stdout

    def start_notifications(self):
        self._notifications = Process([sys.executable, "-c", _NOTIFICATIONS], self.environment)
        self._notifications.wait_line(lambda line: line == "ready", START_SECONDS)

    def notified(self, matches):
        """The first of which [program, summary, body] as JSON matches; awaited."""
        return self._notifications.wait_line(matches, START_SECONDS)

    def secret_tool(self, *words, secret=b"", code=0):
        result = subprocess.run([*self.prefix, "secret-tool", *words], input=secret,
                                capture_output=True, timeout=START_SECONDS, check=False)
        assert result.returncode == code, result.stderr.decode()
        return result.stdout

    def close(self):
        for process in (self._notifications, self._keyring, self._bus):
            if process:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
