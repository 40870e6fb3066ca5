"""What a program can check of the folders of src/ and apps/: none has more rooms than are seen at a
glance, and those inside a module use each other in one direction. tidy.py runs it with its own
rules, and passes its files: {path: tidy.File}."""

import pathlib
import re

ROOMS_MAX = 20  # A room is a source with its header.


def includes_of(file):
    """(line, name, quoted) of each #include."""
    for number, line in enumerate(file.lines, 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


def rooms_of(files):
    """{folder of src/ or apps/: its rooms}; what only tests use is none."""
    rooms = {}
    for file in files.values():
        path = pathlib.PurePosixPath(file.path)
        if file.path.startswith(("src/", "apps/")) and file.is_cpp and not file.is_test and \
                not re.match(r"test_|.*_test_support$", path.stem):
            rooms.setdefault(path.parent.as_posix(), set()).add(path.stem)
    return rooms


def check_rooms(files):
    for folder, rooms in rooms_of(files).items():
        if len(rooms) > ROOMS_MAX:
            yield (folder, 1, "rooms", f"{len(rooms)} sources with their headers — cut it by "
                   f"concept; {ROOMS_MAX} at most")


def check_circles(files):
    """The folders inside a module use each other in one direction. Tests may use all of them."""
    rooms = rooms_of(files)
    uses = {}  # {folder: {folder of the same module: (file, line) of an include}}
    for file in files.values():
        path = pathlib.PurePosixPath(file.path)
        here = path.parent.as_posix()
        if path.stem not in rooms.get(here, ()):
            continue
        for line, name, quoted in includes_of(file):
            there = pathlib.PurePosixPath(path.parts[0], name).parent
            if quoted and there.as_posix() in rooms and there.as_posix() != here and \
                    there.parts[1] == path.parts[1]:
                uses.setdefault(here, {}).setdefault(there.as_posix(), (file.path, line))

    def leads(start, end):
        seen, todo = set(), [start]
        while todo:
            folder = todo.pop()
            if folder == end:
                return True
            if folder not in seen:
                seen.add(folder)
                todo += uses.get(folder, ())
        return False

    for here, used in uses.items():
        for there, place in used.items():
            if leads(there, here):
                yield (*place, "circle", f"{here} uses {there}, which uses {here} again — "
                       "move what both need to the lower one")


def check(files):
    """(path, line, rule, message) of each finding."""
    yield from check_rooms(files)
    yield from check_circles(files)
