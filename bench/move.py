#!/usr/bin/env python3
"""An operator's move of a virtual IP to the other node and back: the outage that a client sees who pings it every ms."""
from report import BedError, Report, options, run, running

from bed.holdfast import WEB, WEB_IP
from bed.network import PUBLIC, mac
from bed.outage import wait_answer, wait_gap


def main():
    arguments = options(__doc__, runs=(20, 'moves'), resource=('web-ip', 'web-ip (the address alone) or web'))
    report = Report('move')
    alone = arguments.resource == 'web-ip'
    with running(arguments, ['alpha', 'beta'], [WEB_IP] if alone else [WEB_IP, WEB]) as (bed, cluster):
        cluster.do('alpha', 'resource', 'start', arguments.resource, '--on', 'alpha')
        client = bed.watch_address() if alone else bed.watch_web(period_ms=5, gap_ms=15)
        if not wait_answer(client, 10):
            raise BedError('no first answer' + cluster.report())
        outages = []
        for number in range(arguments.runs):
            target = ('beta', 'alpha')[number % 2]
            start = client.count()
            cluster.do('alpha', 'resource', 'move', arguments.resource, target)
            gap = wait_gap(client, 5, start, mac(bed[target].number, PUBLIC) if alone else target)
            if not gap:
                raise BedError('the client did not see move %d%s' % (number + 1, cluster.report()))
            outages.append(gap.milliseconds)
    report.add('move of %s: outage' % arguments.resource, outages, 'ms', worst=30 if alone else None)
    return report.finish(arguments.json)


run(main)
