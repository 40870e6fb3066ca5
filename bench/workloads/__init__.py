"""The workloads: what is done, with which maildrops, and how it is measured."""

from . import delivering, fetching, growing, polling, resting


def all_workloads(scale):
    return [workload for part in (polling, fetching, delivering, resting, growing)
            for workload in part.make(scale)]
