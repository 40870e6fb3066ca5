"""Each header below src/ and apps/ compiles alone, without the precompiled ones: whoever includes
it needs nothing before it. What is unchanged is not compiled again (build/headers).

usage: headers.py"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import stamps  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[1]
COMPILER = "clang++-16"
LIBRARIES = ("gmime-3.0",)  # Their headers lie in folders of their own.
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-pragma-once-outside-header",
         "-Wno-unused-const-variable", f"-I{TOP}/src", f"-I{TOP}/apps",
         f'-DRESTANTE_SOURCE_DIR="{TOP}"', '-DRESTANTE_VERSION="0"']


def library_flags():
    return subprocess.run(["pkg-config", "--cflags", *LIBRARIES], capture_output=True, text=True,
                          check=True).stdout.split()


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
    failures = stamps.check_all(jobs, stamps.Stamps(TOP / "build/headers"),
                                lambda name: compile_alone(flags, name))
    print(f"{len(jobs) - failures} headers stand alone, {failures} do not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
