#!/usr/bin/env python3
"""More nodes than two (L8, L9): detection with two, three and five nodes, and how long one-sided cuts take to a stable view.

Detection: power-off of a node to the line of L4 on the first of the others. Cuts: from the cut to the last change of a
view on any node; watched until nothing has changed for some seconds. An idle machine with one core for every node
would be fair; all nodes share what there is.
"""
import re
import statistics
import time
from datetime import datetime

from report import BedError, Report, options, run, running

from bed.commands import wait_until

NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
LINKS = (0, 1)
QUIET = 5.0                 # s without a change of a view
RATIO = 1.2                 # the bound for three nodes against two
STABLE = 5000               # ms (L9)


def stamps(log, pattern):
    return [datetime.fromisoformat(line.split(' ', 1)[0]).timestamp() for line in log.splitlines()
            if re.search(pattern, line)]


def power_offs(arguments, detection, count):
    """ms from the power-off of the last node to L4 on the first of the others."""
    took = []
    with running(arguments, NAMES[:count], [], detection=detection) as (bed, cluster):
        victim, seen_by = NAMES[count - 1], NAMES[0]
        for _ in range(arguments.runs):
            start = len(cluster.log(seen_by))
            off = bed[victim].power_off() / 1e9
            cluster.wait_log(seen_by, 'COMMUNICATIONS %s FAILED AT' % victim, 20, start)
            took.append((stamps(cluster.log(seen_by)[start:], 'COMMUNICATIONS %s FAILED' % victim)[0] - off) * 1000)
            cluster.boot(victim)
            cluster.wait_formed()
            time.sleep(2)
    return took


CUTS = {
    'alpha and gamma apart': (3, [('alpha', 'gamma'), ('gamma', 'alpha')], [['alpha', 'beta'], ['gamma']]),
    'gamma to alpha lost': (3, [('gamma', 'alpha')], [['alpha', 'beta'], ['gamma']]),
    'gamma only hears': (3, [('gamma', 'alpha'), ('gamma', 'beta')], [['alpha', 'beta'], ['gamma']]),
    'two halves with a bridge': (5, [(a, b) for one, two in (((0, 1), (3, 4)), ((3, 4), (0, 1))) for a in
                                     (NAMES[i] for i in one) for b in (NAMES[i] for i in two)],
                                 [['alpha', 'beta', 'gamma'], ['delta', 'epsilon']]),
}


def until_stable(cluster, groups, since):
    """ms from `since` to the last change of a view; the views are the groups."""
    names = [name for group in groups for name in group]
    for group in groups:
        for name in group:
            cluster.wait_nodes(name, 60, **{other: 'online' if other in group else 'failed' for other in names})

    def latest():
        return max(max(stamps(cluster.log(name), ':::00200[12]:'), default=since) for name in names)
    wait_until(lambda: time.time() - latest() > QUIET, 120, 'the views come to rest')
    return (max(latest(), since) - since) * 1000


def cuts(arguments, what):
    count, pairs, groups = CUTS[what]
    took = []
    with running(arguments, NAMES[:count], []) as (bed, cluster):
        for number in range(arguments.cuts):
            since = time.time()
            for source, target in pairs:
                bed.hub.drop(source, target, LINKS)
            took.append(until_stable(cluster, groups, since))
            print('%s %d/%d: %.0f ms' % (what, number + 1, arguments.cuts, took[-1]), flush=True)
            bed.hub.drop_none()
            cluster.wait_formed(120)
            time.sleep(16)          # else the third cut in a row counts as a flap, which is another case
    return took


def main():
    arguments = options(__doc__, runs=(10, 'power-offs of each series'), cuts=(5, 'cuts of each kind'),
                        detections=('normal,fast', 'detection settings'))
    report = Report('connectivity')
    for detection in filter(None, arguments.detections.split(',')):
        medians = {}
        for count in (2, 3, 5):
            took = power_offs(arguments, detection, count)
            medians[count] = statistics.median(took)
            report.add('%s, %d nodes: power-off to L4' % (detection, count), took, 'ms')
        for count in (3, 5):
            report.add('%s, %d nodes against two' % (detection, count), [medians[count] / medians[2]], 'times',
                       median=RATIO)
    if arguments.cuts:
        for what in CUTS:
            report.add(what + ': cut to the last change of a view', cuts(arguments, what), 'ms', worst=STABLE)
    return report.finish(arguments.json)


run(main)
