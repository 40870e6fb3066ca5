"""What a short command costs: processor time, with that of the processes that read mail; the median
of 30 starts, with an archive of ten messages. Prints a table in Markdown.

usage: start.py RESTANTE [--starts N]"""

import argparse
import os
import pathlib
import statistics
import tempfile

from processor import cost_of

COMMANDS = [["--version"], ["list"], ["search", "words"], ["show", "1"], ["stats"]]


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
        cost_of([*command, "import", "--account", "home", folder / "mail"], environment)
        cost_of([*command, "list"], environment)
        print("| start of | processor, ms |\n|---|--:|")
        for words in COMMANDS:
            starts = [cost_of([*command, *words], environment)[0] for _ in range(options.starts)]
            print(f"| restante {' '.join(words)} | {1000 * statistics.median(starts):.1f} |",
                  flush=True)


if __name__ == "__main__":
    main()
