"""clang-tidy over all sources but tests, side by side. A source is analysed again only when it, a
header of ours that it includes, its command or .clang-tidy changed (build/tidy). The checks look at
our own code only (tools/clang_tidy_scope.cc), which makes them three times as fast.

usage: clang_tidy.py BUILD_FOLDER [PATH…]: all sources but tests, or those whose path begins so"""

import json
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import stamps  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = "clang-tidy-16"
ROOTS = (TOP, TOP / "src", TOP / "apps")  # What an include's path starts from.
SCOPE = TOP / "tools/clang_tidy_scope.cc"
# The analyser's deep mode costs ten times the rest of clang-tidy (12 s for a file of 150 lines) and
# finds little more than wrong alarms across function calls.
SHALLOW = [f"--extra-arg={argument}"
           for argument in ("-Xclang", "-analyzer-config", "-Xclang", "mode=shallow")]
TEST_SUFFIXES = ("_test.cc", "_bench.cc")


def version_of_program():
    return subprocess.run([PROGRAM, "--version"], capture_output=True, text=True,
                          check=True).stdout


def scope_plugin(version):
    """The check that bounds the others, as clang-tidy loads it. Compiled when it changed."""
    folder = TOP / "build/tidy-scope"
    plugin = folder / f"{stamps.key_of([SCOPE], version)}.so"
    if not plugin.exists():
        folder.mkdir(parents=True, exist_ok=True)
        flags = subprocess.run(["llvm-config-16", "--cppflags"], capture_output=True, text=True,
                               check=True).stdout.split()
        subprocess.run(["clang++-16", "-std=c++17", "-fno-rtti", "-shared", "-fPIC", *flags,
                        "-o", f"{plugin}.new", SCOPE], check=True)
        pathlib.Path(f"{plugin}.new").rename(plugin)
    return plugin


def commands_of(build):
    """{path from the top: command} of what is ours; a source in two targets counts once."""
    entries = json.loads((build / "compile_commands.json").read_text())
    commands = {}
    for entry in entries:
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(TOP) and not path.is_relative_to(TOP / "build") \
                and path.suffix == ".cc" and path.exists():
            commands.setdefault(str(path.relative_to(TOP)), entry["command"])
    return commands


def against_us(output):
    """False when every error is in a library's header that the analyser followed a call into."""
    places = re.findall(r"^(/\S+?):\d+:\d+: error:", output, re.M)
    return not places or any(pathlib.Path(place).is_relative_to(TOP) for place in places)


def analyse(build, plugin, path):
    """What clang-tidy says against the source; empty when nothing."""
    start = time.monotonic()
    run = subprocess.run([PROGRAM, "--quiet", f"--load={plugin}", *SHALLOW, "-p", str(build), path],
                         cwd=TOP, capture_output=True, text=True, check=False)
    print(f"  {time.monotonic() - start:5.1f} s {path}", flush=True)
    output = re.sub(r"^\d+ warnings? .*\n", "", run.stdout + run.stderr, flags=re.M)
    return output if run.returncode and against_us(output) else ""


def main(arguments):
    build = (TOP / arguments[0]).resolve()
    prefixes = tuple(arguments[1:])
    version = version_of_program()
    plugin = scope_plugin(version)
    settings = (TOP / ".clang-tidy").read_text(), version, plugin.name, *SHALLOW
    jobs = {}
    for path, command in commands_of(build).items():
        wanted = path.startswith(prefixes) if prefixes else not path.endswith(TEST_SUFFIXES)
        if wanted:
            paths = stamps.closure(TOP / path, ROOTS)
            jobs[path] = stamps.key_of(paths, command, *settings)
    if not jobs:
        print(f"{build}/compile_commands.json has no source of ours")
        return 1
    good = stamps.Stamps(TOP / "build/tidy")
    if prefixes:
        good.keep_only = lambda keys: None
    failures = stamps.check_all(jobs, good, lambda path: analyse(build, plugin, path))
    print(f"{len(jobs) - failures} sources are clean, {failures} are not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
