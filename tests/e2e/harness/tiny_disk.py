"""A file system of a few MB that only the programs of one test see: a tmpfs in a mount namespace of
its own, held open by a process that does nothing. Needs root."""

import os
import pathlib

from .process import Process


class TinyDisk:
    """Mounted on `folder`, which is made; `inside` is the command prefix that enters."""

    def __init__(self, folder, size):
        folder.mkdir()
        self._folder = folder
        self._holder = Process(
            ["unshare", "--mount", "--propagation", "private", "--", "sh", "-c",
             f"mount -t tmpfs -o size={size},mode=700 tmpfs {folder} && echo mounted && "
             "exec tail -f /dev/null"])
        self._holder.wait_line(lambda line: line == "mounted", 30)
        self.inside = ["nsenter", "--mount", f"--target={self._holder.pid}", "--"]

    @property
    def path(self):
        """The same folder for those who are outside."""
        return pathlib.Path(f"/proc/{self._holder.pid}/root{self._folder}")

    def free_bytes(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill_up(self):
        """Takes all room that is left."""
        with open(self.path / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * 4096)
            except OSError:
                pass

    def free_up(self):
        (self.path / "ballast").unlink()

    def close(self):
        self._holder.kill()
