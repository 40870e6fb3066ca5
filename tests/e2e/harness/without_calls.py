"""usage: without_calls.py NUMBER[,NUMBER…] PROGRAM ARGUMENT…: runs the program on a kernel that
does not have these system calls, as far as it can tell (a seccomp filter answers ENOSYS)."""

import ctypes
import errno
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD_NUMBER = (0x20, 0, 0, 0)  # BPF_LD | BPF_W | BPF_ABS: seccomp_data.nr.
ALLOW = (0x06, 0, 0, 0x7fff0000)
NOT_THERE = (0x06, 0, 0, 0x00050000 | errno.ENOSYS)


def install(numbers):
    program = [LOAD_NUMBER]
    for number in numbers:
        program += [(0x15, 0, 1, number), NOT_THERE]  # BPF_JEQ: else over the next.
    program.append(ALLOW)
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for words in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                  (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)):
        if libc.prctl(*words) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


install([int(number) for number in sys.argv[1].split(",")])
os.execv(sys.argv[2], sys.argv[2:])
