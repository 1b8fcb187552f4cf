#!/usr/bin/env python3
"""False failovers: with nothing wrong, idle and with every core saturated by other processes, nobody may be called
failed, no link may be called down, and the client may see no other node and no hole of a second."""
import contextlib
import re
import time

from report import BedError, Report, options, run, running

from bed.holdfast import WEB, WEB_IP
from bed.load import Saturated
from bed.outage import gaps, wait_answer


def series(arguments, report, detection, load, minutes):
    with running(arguments, ['alpha', 'beta'], [WEB_IP, WEB], detection=detection) as (bed, cluster):
        cluster.do('alpha', 'resource', 'start', 'web', '--on', 'alpha')
        client = bed.watch_web()
        if wait_answer(client, 10) != 'alpha':
            raise BedError('no first answer' + cluster.report())
        start = {name: len(cluster.log(name)) for name in bed.nodes}
        with Saturated() if load == 'saturated' else contextlib.nullcontext():
            time.sleep(minutes * 60)
        logs = ''.join(cluster.log(name)[start[name]:] for name in bed.nodes)
        client.terminate()
        holes = gaps(client.since(0))
        what = '%s, %s for %g min: ' % (detection, load, minutes)
        report.add(what + 'failed peers', [len(re.findall(r'COMMUNICATIONS \S+ FAILED AT', logs))], 'lines', worst=0)
        report.add(what + 'failed links', [len(re.findall(r'COMMUNICATION TO .* FAILED AT', logs))], 'lines', worst=0)
        report.add(what + 'answers of another node', [sum(hole.after != 'alpha' for hole in holes)], 'times', worst=0)
        report.add(what + 'longest hole', [max([hole.milliseconds for hole in holes], default=0)], 'ms', worst=1000)


def main():
    arguments = options(__doc__, idle=(10.0, 'minutes idle'), saturated=(5.0, 'minutes saturated'),
                        detections=('normal,fast', 'detection settings'))
    report = Report('stability')
    for detection in arguments.detections.split(','):
        for load, minutes in (('idle', arguments.idle), ('saturated', arguments.saturated)):
            if minutes > 0:
                series(arguments, report, detection, load, minutes)
    return report.finish(arguments.json)


run(main)
