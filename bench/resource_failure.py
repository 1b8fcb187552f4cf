#!/usr/bin/env python3
"""A resource fails on the node that serves: how long after the failure the client has an answer of the other node.

Three failures, without local recovery: the address alone is removed; the process above the address dies whole; the
address below the process is removed. By the client's clock, with the time of each phase from the logs.
"""
from datetime import datetime

from report import BedError, Report, options, run, running

from bed.failures import Death, IpCommand
from bed.holdfast import LOG, WEB, WEB_IP
from bed.network import PUBLIC, mac
from bed.outage import wait_answer, wait_gap
from bed.testbed import ADDRESS

BOUND = 60                                      # ms, median
# failure -> (resources, the one that fails, the one that the client asks)
SERIES = {'address': ([WEB_IP], 'web-ip', 'web-ip'),
          'process': ([WEB_IP, WEB], 'web', 'web'),
          'address-below': ([WEB_IP, WEB], 'web-ip', 'web')}


def milliseconds(line, since):
    return (datetime.fromisoformat(line.split(' ')[0]).timestamp() * 1e9 - since) / 1e6


def last_time(lines, text, since):
    return max((milliseconds(line, since) for line in lines if text in line), default=None)


def first_time(lines, text, since):
    return min((milliseconds(line, since) for line in lines if text in line), default=None)


def phases(here, there, failed, asked, since):
    """When (ms after the failure) each phase was over; the logs tell whole milliseconds."""
    return {'seen': first_time(here, '"%s"' % failed, since),
            'stopped': last_time(here, 'END successful stop', since),
            'start begun': first_time(there, 'BEGIN start', since),
            'address up': last_time(there, 'END successful start of "web-ip"', since),
            'started': last_time(there, 'END successful start of "%s"' % asked, since)}


def one_run(bed, cluster, client, active, other, failed, asked):
    """One failure on `active`; (failure to answer, gap, phases) in ms."""
    cluster.wait_states(other, asked, **{other: 'out-of-service'})
    fail = (IpCommand(bed[active], 'addr del %s/24 dev pub0' % ADDRESS) if failed == 'web-ip'
            else Death(cluster.pid(active, 'nginx')))
    marks = {name: len(cluster.log(name)) for name in (active, other)}
    answering = mac(bed[other].number, PUBLIC) if asked == 'web-ip' else other
    start = client.count()
    at = fail()
    gap = wait_gap(client, 30, start, answering)
    if not gap:
        raise BedError('no answer from %s within 30 s%s' % (other, cluster.report()))
    cluster.wait_states(other, asked, **{other: ('in-service', 'unprotected'), active: 'out-of-service'})
    logs = [bed[name].read(LOG)[marks[name]:].splitlines() for name in (active, other)]
    return (gap.first - at) / 1e6, gap.milliseconds, phases(*logs, failed, asked, at)


def series(arguments, report, failure):
    resources, failed, asked = SERIES[failure]
    resources = [dict(resource, local_recovery=False) for resource in resources]
    with running(arguments, ['alpha', 'beta'], resources, failover_limit=1000) as (bed, cluster):
        active, other = 'alpha', 'beta'
        cluster.do(active, 'resource', 'start', asked, '--on', active)
        client = bed.watch_address() if asked == 'web-ip' else bed.watch_web(period_ms=2, gap_ms=10)
        if not wait_answer(client, 10):
            raise BedError('no first answer' + cluster.report())
        results = []
        for number in range(arguments.runs):
            results.append(one_run(bed, cluster, client, active, other, failed, asked))
            print('%s %2d/%d: %.0f ms; %s' % (failure, number + 1, arguments.runs, results[-1][0], ', '.join(
                '%s %s' % (name, '?' if value is None else '%.0f' % value)
                for name, value in results[-1][2].items())), flush=True)
            active, other = other, active
    report.add('%s: failure to next answer on the other node' % failure, [result[0] for result in results], 'ms', BOUND)
    report.add('%s: gap the client saw' % failure, [result[1] for result in results], 'ms')
    for name in results[0][2]:
        report.add('%s: %s' % (failure, name), [result[2][name] for result in results
                                                if result[2][name] is not None], 'ms')


def main():
    arguments = options(__doc__, runs=(20, 'failures of each series'),
                        failures=(','.join(SERIES), 'which series'))
    report = Report('resource failure')
    for failure in arguments.failures.split(','):
        if failure not in SERIES:
            raise BedError('unknown series %s; allowed: %s' % (failure, ', '.join(SERIES)))
        series(arguments, report, failure)
    return report.finish(arguments.json)


run(main)
