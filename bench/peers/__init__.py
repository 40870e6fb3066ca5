"""The servers that are measured side by side, one file each."""

from .common import Group, Workplace
from .disk import Fio
from .dovecot import Dovecot
from .restanted import Restanted
from .yardstick import Yardstick

MAKERS = {
    "yardstick": Yardstick,
    "fio": Fio,
    "restanted": Restanted,
    "dovecot": lambda place: Dovecot(place, tuned=False),
    "dovecot tuned": lambda place: Dovecot(place, tuned=True),
}

__all__ = ["MAKERS", "Group", "Workplace"]
