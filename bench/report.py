"""What the cluster benchmarks share: options, a cluster in the bed, the table and the JSON at the end."""
import argparse
import json
import os
import platform
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests'))
sys.dont_write_bytecode = True

from bed import Bed, BedError                                                # noqa: E402
from bed.holdfast import Cluster, configuration                              # noqa: E402
from bed.load import Noise, summary                                          # noqa: E402

__all__ = ['Bed', 'BedError', 'Cluster', 'Noise', 'Report', 'configuration', 'cpu_seconds', 'options', 'run', 'running',
           'summary']


def options(description, **extra):
    """Command line of a benchmark; `extra` maps an option to (default, help)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--build', default=os.path.join(ROOT, 'build/release'), help='build folder (build/release)')
    parser.add_argument('--json', help='also write the results to this file')
    for name, (default, text) in extra.items():
        parser.add_argument('--' + name.replace('_', '-'), default=default, type=type(default),
                            help='%s (default: %s)' % (text, default))
    return parser.parse_args()


def cpu_seconds(pid):
    """Of the process itself, without its children."""
    with open('/proc/%d/stat' % pid) as stat:
        fields = stat.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class running:
    """`with running(arguments, nodes, resources, ...) as (bed, cluster):` a formed cluster."""

    def __init__(self, arguments, nodes, resources, **settings):
        self.bed = Bed(nodes, build=arguments.build)
        self.resources, self.settings = resources, settings

    def __enter__(self):
        self.bed.__enter__()
        try:
            cluster = Cluster(self.bed, configuration(self.bed, self.resources, **self.settings))
            cluster.start()
            cluster.wait_formed()
            return self.bed, cluster
        except BaseException:
            self.bed.__exit__()
            raise

    def __exit__(self, *_):
        self.bed.__exit__()


class Report:
    """Rows of figures with their bounds; print() gives table and JSON, and whether all bounds hold."""

    def __init__(self, name):
        self.name = name
        self.rows = []
        self.noise = Noise()

    def add(self, what, values, unit, median=None, worst=None):
        """Adds figures with the issue's bounds for their median and worst value."""
        row = {'what': what, 'unit': unit, **summary(values), 'values': [round(value, 2) for value in values]}
        row['bounds'] = {'median': median, 'worst': worst}
        row['holds'] = bool(values) and (median is None or row['median'] <= median) and (
            worst is None or row['max'] <= worst)
        self.rows.append(row)

    def finish(self, path=None):
        """Prints table and JSON; the exit code: 0 if all bounds hold."""
        print('\n%-58s %4s %8s %8s %8s %8s  %s' % (self.name, 'n', 'min', 'median', 'p90', 'worst', 'bounds'))
        for row in self.rows:
            bounds = ', '.join('%s <= %g' % item for item in row['bounds'].items() if item[1] is not None)
            print('%-58s %4d %8s %8s %8s %8s  %s %s' % (
                '%s, %s' % (row['what'], row['unit']), row['n'], row.get('min', '-'), row.get('median', '-'),
                row.get('p90', '-'), row.get('max', '-'), bounds, '' if row['holds'] else '  MISSED'))
        noise = self.noise.result()
        print('machine: %d cores, busy %.1f %%, steal %.1f %%, load %.2f' % (
            os.cpu_count(), noise['busy_percent'], noise['steal_percent'], noise['load']))
        result = {'benchmark': self.name, 'when': time.strftime('%Y-%m-%dT%H:%M:%S'), 'cores': os.cpu_count(),
                  'kernel': platform.release(), 'noise': noise, 'rows': self.rows}
        print(json.dumps(result))
        if path:
            with open(path, 'w') as file:
                json.dump(result, file, indent=1)
        return 0 if all(row['holds'] for row in self.rows) else 1


def run(main):
    try:
        sys.exit(main())
    except BedError as error:
        print('%s: %s' % (os.path.basename(sys.argv[0]), error), file=sys.stderr)
        sys.exit(1)
