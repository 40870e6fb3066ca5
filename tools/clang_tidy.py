"""clang-tidy over all sources but tests, side by side. A source is analysed again only when it, a
header of ours that it includes, its command or .clang-tidy changed (build/tidy). The checks look at
our own code only (tools/clang_tidy_scope.cc), which makes them three times as fast.

usage: clang_tidy.py BUILD_FOLDER [--all | PATH…]: the sources, but for tests, that the last 100
commits changed, or that are not committed; --all of them; or those whose path begins so. A source
that was only moved, or of which only includes and comments changed, is not among them."""

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
RECENT_COMMITS = 100
TEST_SUFFIXES = ("_test.cc", "_bench.cc")
# Includes and comments make no difference to clang-tidy; NOLINT does.
NEUTRAL_LINE = re.compile(r"\s*(#\s*include\b|//(?!.*NOLINT)|$)")


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


def git(top, *words, said=None):
    """What git prints; None when it fails."""
    run = subprocess.run(["git", "-c", f"safe.directory={top}", "-C", str(top), *words],
                         input=said, capture_output=True, check=False)
    return run.stdout if run.returncode == 0 else None


def texts_of(top, commit, paths):
    """The files' texts in a commit that has them all, in the order of the paths."""
    said = "".join(f"{commit}:{path}\n" for path in paths).encode()
    output = git(top, "cat-file", "--batch", said=said) or b""
    texts = []
    for _ in paths:  # Of each: "ID blob LENGTH", the text, a line's end.
        head, _, output = output.partition(b"\n")
        length = int(head.split()[-1])
        texts.append(output[:length].decode("utf-8", "replace"))
        output = output[length + 1:]
    return texts


def essence(text):
    """The lines that can change what is found."""
    return [line.strip() for line in text.splitlines() if not NEUTRAL_LINE.match(line)]


def recent_paths(top=TOP, most=RECENT_COMMITS):
    """What the last commits changed, and what is not committed: of C++ more than the file's place,
    its includes and its comments. None: there is no such history."""
    commits = (git(top, "rev-list", "-n", str(most), "HEAD") or b"").decode().split()
    if len(commits) < most:
        return None
    listed = git(top, "diff", "--name-status", "-M", "-l0", commits[-1])
    if listed is None:
        return None
    changed, compared = set(), {}  # {path: its path in that commit}
    for line in listed.decode().splitlines():
        status, old, *moved = line.split("\t")
        path = moved[0] if moved else old
        if status[0] in "MR" and path.endswith((".cc", ".h")):
            compared[path] = old
        else:
            changed.add(path)
    for path, was in zip(compared, texts_of(top, commits[-1], compared.values())):
        if essence(was) != essence((top / path).read_text("utf-8", "replace")):
            changed.add(path)
    return changed


def affected(sources, changed):
    """Of {source: what of ours it is made of}, those that the changed paths are analysed by: the
    source itself or that of its header; for a header without a source, the first to include it."""
    stems = {path.rpartition(".")[0] for path in changed}
    found = {source for source in sources if source.rpartition(".")[0] in stems}
    for header in changed:
        if header.endswith(".h") and header.rpartition(".")[0] + ".cc" not in sources:
            found |= set([source for source in sorted(sources) if header in sources[source]][:1])
    return found


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
    wants_all = "--all" in arguments
    prefixes = tuple(word for word in arguments[1:] if word != "--all")
    version = version_of_program()
    plugin = scope_plugin(version)
    settings = (TOP / ".clang-tidy").read_text(), version, plugin.name, *SHALLOW
    jobs, made_of = {}, {}
    for path, command in commands_of(build).items():
        wanted = path.startswith(prefixes) if prefixes else not path.endswith(TEST_SUFFIXES)
        if wanted:
            paths = stamps.closure(TOP / path, ROOTS)
            jobs[path] = stamps.key_of(paths, command, *settings)
            made_of[path] = {str(one.relative_to(TOP)) for one in paths if one.is_relative_to(TOP)}
    if not jobs:
        print(f"{build}/compile_commands.json has no source of ours")
        return 1
    changed = None if prefixes or wants_all else recent_paths()
    if changed is not None:
        recent = affected(made_of, changed)
        print(f"{len(recent)} of {len(jobs)} sources were changed lately; --all looks at the rest")
        jobs = {path: key for path, key in jobs.items() if path in recent}
    good = stamps.Stamps(TOP / "build/tidy")
    if prefixes or changed is not None:
        good.keep_only = lambda keys: None
    failures = stamps.check_all(jobs, good, lambda path: analyse(build, plugin, path))
    print(f"{len(jobs) - failures} sources are clean, {failures} are not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
