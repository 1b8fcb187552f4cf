#!/usr/bin/env python3
"""What monitoring costs: CPU of holdfastd itself, without the time of the agents that it starts, while it monitors
many resources."""
import time

from report import Report, cpu_seconds, options, run, running


def script(number):
    return {'name': 'app%03d' % number, 'agent': 'script', 'monitor_interval': '10s',
            'parameters': {'restore': '/bin/true', 'remove': '/bin/true', 'quickCheck': '/bin/true'}}


def main():
    arguments = options(__doc__, seconds=(60.0, 'how long'), resources=(200, 'how many'))
    report = Report('monitoring')
    resources = [script(number) for number in range(arguments.resources)]
    with running(arguments, ['alpha', 'beta'], resources) as (bed, cluster):
        for resource in resources:
            cluster.do('alpha', 'resource', 'start', resource['name'], '--on', 'alpha')
        time.sleep(10)          # the first round of every monitor, which finds nothing prepared
        pids = {name: cluster.pid(name, 'holdfastd') for name in bed.nodes}
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        begun = time.monotonic()
        time.sleep(arguments.seconds)
        passed = time.monotonic() - begun
        used = {name: 100 * (cpu_seconds(pid) - before[name]) / passed for name, pid in pids.items()}
        what = '%d resources every 10 s: CPU of holdfastd' % arguments.resources
        report.add(what + ' where they run', [used['alpha']], '% of a core', worst=3)
        report.add(what + ' of the standby', [used['beta']], '% of a core')
    return report.finish(arguments.json)


run(main)
