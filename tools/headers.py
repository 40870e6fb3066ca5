"""Each header below src/ and apps/ compiles alone, without the precompiled ones: its user needs no
other include before it. Where a header's source includes it first, the build has proved that of
everything but what the build precompiles: a look at the text tells which of the standard's names a
header uses without including them, and a header that names a precompiled library is compiled here,
as is one without such a source. What is unchanged is not compiled again (build/headers).

usage: headers.py"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import stamps  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[1]
COMPILER = "clang++-16"
# Names of std:: that a header may only use when it, or one of ours that it includes, includes this.
STANDARD = {
    "algorithm": "sort|find_if|any_of|all_of|none_of|min|max|clamp", "array": "array",
    "chrono": "chrono", "cstdint": "u?int(8|16|32|64)_t", "filesystem": "filesystem",
    "functional": "function", "map": "map|multimap",
    "memory": "unique_ptr|shared_ptr|weak_ptr|make_unique|make_shared|enable_shared_from_this",
    "optional": "optional|nullopt", "span": "span", "string": "string|to_string",
    "string_view": "string_view", "variant": "variant|monostate|visit", "vector": "vector"}
# Headers that bring another one's names by the standard, or in every library there is.
BRINGS = {"string": ("string_view",), "filesystem": ("string", "string_view", "chrono"),
          "map": ("memory",), "set": ("memory",), "unordered_map": ("memory",)}
STD = "".join(f"#include <{name}>\n" for name in (*STANDARD, "utility"))
# The precompiled headers, each with the header of ours that stands for it.
HEAVY = {"asio": (STD + "#include \"net/asio.h\"\n", TOP / "src/net/asio.h"),
         "cli": (STD + "#include <CLI/CLI.hpp>\n", TOP / "apps/restante/frame/command.h"),
         "std": (STD, None)}
# What the build precompiles besides the standard's; see restante_module() and its PCH.
PRECOMPILED = re.compile(r"\b(asio|fmt|CLI)::")
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
         "-Wno-pragma-once-outside-header",
         "-Wno-unused-const-variable", f"-I{TOP}/src", f"-I{TOP}/apps",
         f'-DRESTANTE_SOURCE_DIR="{TOP}"', '-DRESTANTE_VERSION="0"']


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
    included = {*stamps.closure(path, roots), None} - {path}
    for stands_for, made in precompiled.items():
        if stands_for in included:
            return [*flags, "-include-pch", str(made)]
    return flags


def not_included(path, roots):
    """What the header uses of the standard library's and nothing includes, one a line."""
    text = re.sub(r"//.*", "", path.read_text())
    found = set()
    for one in stamps.closure(path, roots):
        found |= set(re.findall(r"^#\s*include\s*<([\w./]+)>", one.read_text(), re.M))
    if any("/" in name for name in found):
        return ""  # A library's header brings what it likes.
    for name in list(found):
        found |= set(BRINGS.get(name, ()))
    return "".join(f"{path}: uses std::{used.group(1)} without <{header}>\n"
                   for header, names in STANDARD.items() if header not in found
                   for used in [re.search(rf"\bstd::({names})\b", text)] if used)


def proved_by_build(path, roots):
    """Does the source of this name include it first, and nothing precompiled stand in for more?"""
    source = path.with_suffix(".cc")
    if not source.exists() or PRECOMPILED.search(path.read_text()):
        return False
    first = re.search(r'^#\s*include\s*[<"]([^>"]+)', source.read_text(), re.M)
    return first is not None and path in [root / first.group(1) for root in roots]


def compile_alone(flags, name):
    """What the compiler says against the header; empty when nothing."""
    run = subprocess.run([COMPILER, *flags, "-x", "c++", str(TOP / name)], cwd=TOP,
                         capture_output=True, text=True, check=False)
    return run.stderr if run.returncode else ""


def main():
    headers = sorted(path for folder in ("src", "apps") for path in (TOP / folder).rglob("*.h"))
    flags = FLAGS
    version = subprocess.run([COMPILER, "--version"], capture_output=True, text=True, check=True)
    roots = (TOP / "src", TOP / "apps")
    proved = {str(path.relative_to(TOP)): proved_by_build(path, roots) for path in headers}
    jobs = {name: stamps.key_of(stamps.closure(TOP / name, roots), version.stdout, str(by_build),
                                *flags) for name, by_build in proved.items()}
    precompiled = precompile([flag for flag in flags if flag != "-fsyntax-only"])
    failures = stamps.check_all(
        jobs, stamps.Stamps(TOP / "build/headers"),
        lambda name: not_included(TOP / name, roots) + (
            "" if proved[name] else
            compile_alone(with_precompiled(flags, precompiled, TOP / name, roots), name)))
    print(f"{len(jobs) - failures} headers stand alone, {failures} do not")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
