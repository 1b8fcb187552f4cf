"""Load on the machine, and the machine's own noise during a measurement."""
import os
import statistics

from .commands import Program


class Saturated:
    """`with Saturated():` keeps every core busy with ordinary processes (plain busy loops, nice 0)."""

    def __init__(self, per_core=1):
        self.count = per_core * (os.cpu_count() or 1)

    def __enter__(self):
        self.programs = [Program(['/bin/sh', '-c', 'while :; do :; done']) for _ in range(self.count)]
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.stop()


class Noise:
    """Per cent of all cores between its making and result(): everything (busy), the hypervisor's share (steal)."""

    def __init__(self):
        self.begin = self._ticks()

    @staticmethod
    def _ticks():
        with open('/proc/stat') as stat:
            return [int(field) for field in stat.readline().split()[1:9]]

    def result(self):
        spent = [after - before for before, after in zip(self.begin, self._ticks())]
        total = sum(spent) or 1
        return {'busy_percent': round(100 * (total - spent[3] - spent[4]) / total, 1),
                'steal_percent': round(100 * spent[7] / total, 1), 'load': os.getloadavg()[0]}


def summary(values):
    """Count, smallest, median, 90th percentile and greatest of some numbers."""
    if not values:
        return {'n': 0}
    ordered = sorted(values)
    return {'n': len(ordered), 'min': round(ordered[0], 1), 'median': round(statistics.median(ordered), 1),
            'p90': round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))], 1), 'max': round(ordered[-1], 1)}
