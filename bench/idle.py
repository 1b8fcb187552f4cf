#!/usr/bin/env python3
"""CPU and memory of holdfastd (and, for comparison, of its corosync) while a protected service runs and nothing
happens."""
import time

from report import Report, cpu_seconds, options, run, running

from bed.holdfast import WEB, WEB_IP


def resident_megabytes(pid):
    with open('/proc/%d/status' % pid) as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS:')) / 1024


def main():
    arguments = options(__doc__, seconds=(60.0, 'how long'), detections=('normal,fast', 'detection settings'))
    report = Report('idle')
    for detection in arguments.detections.split(','):
        with running(arguments, ['alpha', 'beta'], [WEB_IP, WEB], detection=detection) as (bed, cluster):
            cluster.do('alpha', 'resource', 'start', 'web', '--on', 'alpha')
            time.sleep(5)
            pids = {program: [cluster.pid(name, program) for name in bed.nodes] for program in ('holdfastd', 'corosync')}
            before = {pid: cpu_seconds(pid) for found in pids.values() for pid in found}
            begun = time.monotonic()
            time.sleep(arguments.seconds)
            passed = time.monotonic() - begun
            for program, bound in (('holdfastd', (1, 30)), ('corosync', (None, None))):
                used = [100 * (cpu_seconds(pid) - before[pid]) / passed for pid in pids[program]]
                report.add('%s, %s: CPU' % (detection, program), used, '% of a core', worst=bound[0])
                report.add('%s, %s: memory' % (detection, program), list(map(resident_megabytes, pids[program])), 'MB',
                           worst=bound[1])
    return report.finish(arguments.json)


run(main)
