"""What a short command costs: processor time (user and system) and wall time of a start, medians of
30, with an archive of ten messages. Prints a table in Markdown.

usage: start.py RESTANTE [--starts N]"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

COMMANDS = [["--version"], ["list"], ["search", "words"], ["show", "1"], ["stats"]]


def start(words, environment):
    """Processor and wall milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.monotonic()
    subprocess.run(words, check=True, env=environment, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * used, 1000 * wall


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("restante", type=pathlib.Path)
    parser.add_argument("--starts", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="restante-start-") as name:
        folder = pathlib.Path(name)
        (folder / "c.toml").write_text(f'archive = "{folder}/archive"\n', encoding="utf-8")
        (folder / "mail").mkdir()
        for i in range(10):
            (folder / f"mail/{i}.eml").write_text(
                f"From: ann@a.example\nSubject: mail {i}\n\nwords {i}\n", encoding="ascii")
        environment = dict(os.environ, HOME=name, LC_ALL="C.UTF-8")
        command = [options.restante.resolve(), "--config", folder / "c.toml"]
        start([*command, "import", "--account", "home", folder / "mail"], environment)
        start([*command, "list"], environment)
        print("| start of | processor, ms | wall, ms |")
        print("|---|--:|--:|")
        for words in COMMANDS:
            measured = [start([*command, *words], environment) for _ in range(options.starts)]
            processor, wall = (statistics.median(each) for each in zip(*measured))
            print(f"| restante {' '.join(words)} | {processor:.1f} | {wall:.1f} |", flush=True)


if __name__ == "__main__":
    main()
