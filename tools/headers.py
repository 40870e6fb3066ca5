"""Each header below src/ and apps/ compiles alone, without the precompiled ones: whoever includes
it needs nothing before it. What is unchanged is not compiled again (build/headers). Asio and CLI11
cost more than all the rest, so that headers which include them anyway get them precompiled.

usage: headers.py"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import stamps  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[1]
COMPILER = "clang++-16"
# What is precompiled, and what of ours it stands for when a header includes that.
HEAVY = {"asio": ("#include \"net/asio.h\"\n", TOP / "src/net/asio.h"),
         "cli": ("#include <CLI/CLI.hpp>\n", TOP / "apps/restante/command.h")}
LIBRARIES = ("gmime-3.0",)  # Their headers lie in folders of their own.
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-pragma-once-outside-header",
         "-Wno-unused-const-variable", f"-I{TOP}/src", f"-I{TOP}/apps",
         f'-DRESTANTE_SOURCE_DIR="{TOP}"', '-DRESTANTE_VERSION="0"']


def library_flags():
    return subprocess.run(["pkg-config", "--cflags", *LIBRARIES], capture_output=True, text=True,
                          check=True).stdout.split()


def precompile(flags):
    """{what it stands for: the precompiled header}"""
    folder = TOP / "build/headers-precompiled"
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for name, (text, stands_for) in HEAVY.items():
        (folder / f"{name}.h").write_text(text)
        subprocess.run([COMPILER, *flags, "-x", "c++-header", str(folder / f"{name}.h"),
                        "-o", str(folder / f"{name}.pch")], check=True)
        made[stands_for] = folder / f"{name}.pch"
    return made


def with_precompiled(flags, precompiled, path, roots):
    """The flags for a header: with the first of what it includes anyway."""
    included = set(stamps.closure(path, roots)) - {path}
    for stands_for, made in precompiled.items():
        if stands_for in included:
            return [*flags, "-include-pch", str(made)]
    return flags


def compile_alone(flags, name):
    """What the compiler says against the header; empty when nothing."""
    run = subprocess.run([COMPILER, *flags, "-x", "c++", str(TOP / name)], cwd=TOP,
                         capture_output=True, text=True, check=False)
    return run.stderr if run.returncode else ""


def main():
    headers = sorted(path for folder in ("src", "apps") for path in (TOP / folder).rglob("*.h"))
    flags = [*FLAGS, *library_flags()]
    version = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True)
    roots = (TOP / "src", TOP / "apps")
    jobs = {str(path.relative_to(TOP)):
            stamps.key_of(stamps.closure(path, roots), version.stdout, *flags) for path in headers}
    precompiled = precompile([flag for flag in flags if flag != "-fsyntax-only"])
    failures = stamps.check_all(
        jobs, stamps.Stamps(TOP / "build/headers"),
        lambda name: compile_alone(with_precompiled(flags, precompiled, TOP / name, roots), name))
    print(f"{len(jobs) - failures} headers stand alone, {failures} do not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
