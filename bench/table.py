"""The result of a run as text: for each workload a row a peer, and ratios to restanted."""

COLUMNS = [  # Title, figure, divisor, decimals.
    ("per second", "per_second", 1, 0),
    ("CPU us", "cpu_us", 1, 1),
    ("50 % ms", "p50_us", 1000, 2),
    ("99 % ms", "p99_us", 1000, 2),
    ("99.9 % ms", "p999_us", 1000, 2),
    ("memory MiB", "memory_kb", 1024, 1),
]
RATIOS = {"cpu_of_yardstick": "CPU/yard", "cpu_of_restanted": "CPU/ours",
          "restanted_faster": "faster"}
OURS = "restanted"


def ratios(peers):
    """{peer: {ratio: number}}: its CPU as a multiple of the yardstick's and of restanted's, and
    restanted's rate as a multiple of its own. What cannot be said is left out."""
    found = {}
    for name, figures in peers.items():
        found[name] = {
            "cpu_of_yardstick": _times(figures, peers.get("yardstick"), "cpu_us"),
            "cpu_of_restanted": _times(figures, peers.get(OURS), "cpu_us"),
            "restanted_faster": _times(peers.get(OURS), figures, "per_second")}
        found[name] = {key: value for key, value in found[name].items() if value is not None}
    return found


def _times(above, below, figure):
    if not above or not below or not above.get(figure) or not below.get(figure):
        return None
    return above[figure] / below[figure]


def _row(name, figures, ratio):
    if "error" in figures:
        return f"  {name:<16}{figures['error']}"
    cells = []
    for _, figure, divisor, decimals in COLUMNS:
        value = figures.get(figure)
        cells.append(f"{'-':>12}" if value is None else f"{value / divisor:12,.{decimals}f}")
    known = {figure for _, figure, *_ in COLUMNS} | {"octets_per_second"}
    more = [f"  {figure.replace('_', ' ')}: {value:,.1f}" for figure, value in figures.items()
            if figure not in known]
    cells += [f"{ratio[key]:11.2f}" if key in ratio else f"{'-':>11}" for key in RATIOS]
    return f"  {name:<16}" + "".join(cells + more)


def text(result):
    machine = result["machine"]
    lines = [f"{machine['date']}, {machine['processors']} x {machine['cpu']}, "
             f"{machine['memory_gib']} GiB, Linux {machine['kernel']}, load average "
             f"{machine['load_average']}; medians of {result['rounds']} rounds"]
    lines += [f"{name}: {version}" for name, version in result["versions"].items()]
    heads = "".join(f"{title:>12}" for title, *_ in COLUMNS)
    for one in result["workloads"].values():
        lines += ["", f"{one['title']} ({one['unit']}s)",
                  f"  {'':16}{heads}" + "".join(f"{head:>11}" for head in RATIOS.values())]
        times = ratios(one["peers"])
        lines += [_row(name, figures, times.get(name, {}))
                  for name, figures in one["peers"].items()]
    lines += ["", "CPU/yard, CPU/ours: its CPU as a multiple of the yardstick's and of "
              "restanted's; faster: restanted's rate as a multiple of its own."]
    return "\n".join(lines)
