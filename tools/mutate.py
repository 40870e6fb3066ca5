"""Takes one safeguard after the other out of the store, and sees the simulation fail.

Works on a copy of the tree in build/mutants, so the sources stay as they are and an interrupted run
leaves nothing behind. A mutation that the simulation does not notice is a hole in the simulation;
one whose text is gone means that sim/mutations.toml is out of date. Both fail the run.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build" / "mutants"
STORE = pathlib.Path("src/maildrop/log")
COPIED = ["CMakeLists.txt", "CMakePresets.json", "apps", "bench", "cmake", "fuzz", "sim", "src",
          "tests"]
FROM = "30000000"  # Where all kinds of operations are (sim/simulation.cc).
FLAGS = "-O2 -g -D_GLIBCXX_ASSERTIONS"


def read_mutations(path, names):
    mutations = tomllib.loads(path.read_text())["mutation"]
    unknown = set(names) - {one["name"] for one in mutations}
    if unknown:
        raise SystemExit(f"mutate: no such mutation: {', '.join(sorted(unknown))}; see {path}")
    return [one for one in mutations if not names or one["name"] in names]


def mutated(text, mutation):
    """The text with the mutation in it. Raises ValueError when `old` is not there exactly once."""
    count = text.count(mutation["old"])
    if count != 1:
        raise ValueError(f"its text stands {count} times in {mutation['file']}")
    return text.replace(mutation["old"], mutation["new"])


def copy_tree():
    for name in COPIED:
        source, target = ROOT / name, COPY / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def build():
    """What the compiler said when it failed, or None."""
    configure = ["cmake", "--preset", "release", "-B", "build", "-DRESTANTE_SIM=ON",
                 "-DRESTANTE_LTO=OFF", f"-DCMAKE_CXX_FLAGS_RELWITHDEBINFO={FLAGS}"]
    for command in (configure, ["cmake", "--build", "build", "--target", "restante_sim"]):
        done = subprocess.run(command, cwd=COPY, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr)[-2000:]
    return None


def known_seeds(path):
    """{mutation: the seed that noticed it before}."""
    return {name: int(seed) for name, seed in
            (line.split() for line in path.read_text().splitlines() if not line.startswith("#"))}


def search(runs, known):
    """(seed, what it said) of the seed that is known, or else of the first that failed, or None."""
    searches = [["--from", FROM, "--runs", str(runs)]]
    if known is not None:
        searches.insert(0, ["--seed", str(known)])
    for arguments in searches:
        done = subprocess.run(["build/bin/restante_sim", *arguments], cwd=COPY,
                              capture_output=True, text=True, check=False)
        found = first_failure(done.stdout, done.stderr)
        if found:
            return found
    return None


def first_failure(out, err):
    found = re.search(r"^FAILED: seed (\d+).*\n(.*)", out, re.M)
    if found:
        return int(found[1]), found[2]
    aborted = re.search(r"the program aborted in seed (\d+)", err)
    return (int(aborted[1]), "the program aborted") if aborted else None


def try_mutation(mutation, runs, known):
    """(seed, line for the table); seed is None when the mutation was not noticed."""
    path = COPY / STORE / mutation["file"]
    original = path.read_text()
    try:
        path.write_text(mutated(original, mutation))
        trouble = build()
        found = None if trouble else search(runs, known)
    except ValueError as error:
        return None, f"out of date: {error}"
    finally:
        path.write_text(original)
    if trouble:
        return None, f"does not compile: {trouble}"
    if not found:
        return None, f"NOT NOTICED in {runs} seeds"
    return found[0], f"seed {found[0]}: {found[1][:80]}"


def write_seeds(path, seeds):
    """Puts them in the place of those of the same names; what else the file names stays."""
    written = {name for name, _ in seeds}
    kept = [line for line in path.read_text().splitlines()
            if line.startswith("#") or line.split(" ")[0] not in written]
    lines = [f"{name} {seed}" for name, seed in seeds]
    path.write_text("\n".join(kept + lines) + "\n")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone (default: all)")
    parser.add_argument("--runs", type=int, default=80000, help="seeds to try for each")
    parser.add_argument("--write", action="store_true", help="write the seeds to sim/seeds.txt")
    options = parser.parse_args(arguments)
    mutations = read_mutations(ROOT / "sim/mutations.toml", options.names)
    copy_tree()
    known = known_seeds(ROOT / "sim/seeds.txt")
    seeds = []
    for mutation in mutations:
        seed, line = try_mutation(mutation, options.runs, known.get(mutation["name"]))
        print(f"{mutation['name']:26} {mutation['what']:58} {line}", flush=True)
        if seed is not None:
            seeds.append((mutation["name"], seed))
    if options.write:
        write_seeds(ROOT / "sim/seeds.txt", seeds)
    missed = len(mutations) - len(seeds)
    print(f"{len(seeds)} noticed, {missed} not")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
