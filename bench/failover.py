#!/usr/bin/env python3
"""Power-off of the active node: how long the client gets no answer, and how long after the new view it gets one.

For `normal` and `fast` detection, web (nginx above a virtual IP, asked 100 times a second) and the address alone
(pinged every millisecond). Every run powers off the node that serves; it boots and joins again before the next one.
"""
import re
from datetime import datetime

from report import BedError, Report, options, run, running

from bed.holdfast import LOG, WEB, WEB_IP
from bed.network import PUBLIC, mac
from bed.outage import wait_answer, wait_gap

BOUNDS = {'normal': (700, 1000), 'fast': (300, None)}
DUPLICATE_CHECK = 20                            # ms, the agent's parameter dad_wait
VIEW_TO_ANSWER = {'web': 60, 'web-ip': 15 + DUPLICATE_CHECK}        # median, ms


def view_time(text):
    """When the survivor's log names the failed peer (the L4 line), in ns; None if it does not."""
    for line in text.splitlines():
        if re.search(r'COMMUNICATIONS \S+ FAILED AT', line):
            return datetime.fromisoformat(line.split(' ')[0]).timestamp() * 1e9
    return None


def one_run(bed, cluster, client, active, other, resource):
    """Powers off `active`; (power-off to answer, gap, view to answer) in ms."""
    answering = other if resource == 'web' else mac(bed[other].number, PUBLIC)
    start, log_start = client.count(), len(cluster.log(other))
    off = bed[active].power_off()
    gap = wait_gap(client, 30, start, answering)
    if not gap:
        raise BedError('no takeover within 30 s' + cluster.report())
    view = view_time(bed[other].read(LOG)[log_start:])
    cluster.wait_states(other, resource, **{other: ('in-service', 'unprotected')})
    cluster.boot(active)
    cluster.wait_formed()
    cluster.wait_states(active, resource, **{other: 'in-service'})
    return (gap.first - off) / 1e6, gap.milliseconds, (gap.first - view) / 1e6 if view else None


def series(arguments, report, detection, resource):
    with running(arguments, ['alpha', 'beta'], [WEB_IP, WEB] if resource == 'web' else [WEB_IP],
                 detection=detection) as (bed, cluster):
        active, other = 'alpha', 'beta'
        cluster.do(active, 'resource', 'start', resource, '--on', active)
        client = bed.watch_web() if resource == 'web' else bed.watch_address()
        if not wait_answer(client, 10):
            raise BedError('no first answer' + cluster.report())
        results = []
        for number in range(arguments.runs):
            results.append(one_run(bed, cluster, client, active, other, resource))
            print('%s %s %2d/%d: %.0f ms after the power-off, %s ms after the view' % (
                detection, resource, number + 1, arguments.runs, results[-1][0],
                '?' if results[-1][2] is None else '%.0f' % results[-1][2]), flush=True)
            active, other = other, active
    what = '%s, %s: ' % (detection, 'web' if resource == 'web' else 'address alone')
    median, worst = BOUNDS[detection] if resource == 'web' else (None, None)
    report.add(what + 'power-off to next answer', [result[0] for result in results], 'ms', median, worst)
    report.add(what + 'gap the client saw', [result[1] for result in results], 'ms')
    report.add(what + 'new view to first answer', [result[2] for result in results if result[2] is not None], 'ms',
               VIEW_TO_ANSWER[resource])


def main():
    arguments = options(__doc__, runs=(20, 'power-offs of each series'), detections=('normal,fast', 'detection settings'),
                        resources=('web,web-ip', 'what is protected: web, web-ip (the address alone)'))
    report = Report('failover')
    for resource in arguments.resources.split(','):
        for detection in arguments.detections.split(','):
            series(arguments, report, detection, resource)
    return report.finish(arguments.json)


run(main)
