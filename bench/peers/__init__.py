"""The servers that are measured side by side, one file each."""

from .common import Group, Workplace, takes_part
from .cyrus import Cyrus
from .disk import Fio
from .dovecot import Dovecot
from .mailutils import Mailutils
from .restanted import Restanted
from .yardstick import Yardstick

MAKERS = {
    "yardstick": Yardstick,
    "fio": Fio,
    "restanted": Restanted,
    "dovecot": lambda place: Dovecot(place, tuned=False),
    "dovecot tuned": lambda place: Dovecot(place, tuned=True),
    "cyrus": Cyrus,
    "mailutils": Mailutils,
}

__all__ = ["MAKERS", "Cyrus", "Group", "Mailutils", "Workplace", "takes_part"]
