#!/usr/bin/python3
"""Makes of one or more results of `./dev bench --format json` a table in Markdown, on stdout, and a
plot for each workload and each line of growth: report.py FOLDER RESULT.json…"""

import json
import pathlib
import sys

import plot
import table


def merged(results):
    """Later results add their workloads to the first's."""
    workloads = {}
    for result in results:
        workloads.update(result["workloads"])
    return workloads


def _figure(figures):
    """What a bar shows, and its words."""
    if "cpu_us" in figures:
        words = f"{figures['cpu_us']:,.1f} us"
        if "per_second" in figures:
            words += f", {figures['per_second']:,.0f}/s"
        return figures["cpu_us"], words, "CPU in us"
    if "kib_per_connection" in figures:
        return figures["kib_per_connection"], f"{figures['kib_per_connection']:,.1f} KiB", "KiB"
    return figures["start_ms"], f"{figures['start_ms']:,.0f} ms", "ms"


def plots(workloads):
    """{file name: SVG}"""
    found, series = {}, {}
    for name, one in workloads.items():
        peers = {peer: _figure(figures) for peer, figures in one["peers"].items()
                 if "error" not in figures}
        peers = {peer: shown for peer, shown in peers.items() if shown[0] > 0}
        if not peers:
            continue
        unit = f"{next(iter(peers.values()))[2]} a {one['unit']}"
        if one.get("line"):
            title, x = one["line"]
            for peer, (value, *_) in peers.items():
                series.setdefault((title, unit), {}).setdefault(peer, []).append((x, value))
        else:
            found[f"{name}.svg"] = plot.bars(
                one["title"], unit, {peer: shown[:2] for peer, shown in peers.items()})
    for (title, unit), found_lines in series.items():
        x_unit = title.rpartition(" of ")[2]
        name = title.lower().replace(",", "").replace(" ", "-") + ".svg"
        found[name] = plot.lines(title, (x_unit, unit), found_lines)
    return found


def markdown(workloads):
    """A row a workload; what is not there stays empty."""
    lines = ["| workload | CPU, us | ÷ bound's | Dovecot's ÷ ours | tuned | a second | ÷ bound's | "
             "÷ tuned Dovecot's | 99 %, ms | tuned | memory, MiB | tuned |",
             "|---|" + "---:|" * 11]
    for name, one in workloads.items():
        if all("cpu_us" in figures for figures in one["peers"].values()):
            lines.append("| " + " | ".join([f"{name} ({one['unit']})", *_cells(one["peers"])]) +
                         " |")
    lines += ["", "| workload | what | restanted | Dovecot | tuned |", "|---|---|---:|---:|---:|"]
    for name, one in workloads.items():
        for key in ("kib_per_connection", "start_ms"):
            found = [_number(one["peers"].get(peer, {}).get(key), 1, 1)
                     for peer in (table.OURS, "dovecot", "dovecot tuned")]
            if any(found):
                lines.append(f"| {name} ({one['unit']}) | {key.replace('_', ' ')} | " +
                             " | ".join(found) + " |")
    return "\n".join(lines)


def _cells(peers):
    ours, tuned = peers.get(table.OURS, {}), peers.get("dovecot tuned", {})
    bound = peers.get("yardstick") or peers.get("fio") or {}

    def ratio(above, below, figure):
        if not above.get(figure) or not below.get(figure):
            return ""
        return _number(above[figure] / below[figure], 1, 2)

    return [
        _number(ours.get("cpu_us"), 1, 1), ratio(ours, bound, "cpu_us"),
        ratio(peers.get("dovecot", {}), ours, "cpu_us"), ratio(tuned, ours, "cpu_us"),
        _number(ours.get("per_second"), 1, 0), ratio(ours, bound, "per_second"),
        ratio(ours, tuned, "per_second"),
        *(_number(one.get("p99_us"), 1000, 1) for one in (ours, tuned)),
        *(_number(one.get("memory_kb"), 1024, 1) for one in (ours, tuned))]


def _number(value, divisor, decimals):
    return "" if value is None else f"{value / divisor:,.{decimals}f}"


def main(words):
    folder = pathlib.Path(words[0])
    workloads = merged([json.loads(pathlib.Path(path).read_text()) for path in words[1:]])
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in plots(workloads).items():
        (folder / name).write_text(svg)
    print(markdown(workloads))


if __name__ == "__main__":
    main(sys.argv[1:])
