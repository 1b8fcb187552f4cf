"""Proves every facility of the bed, with real corosync and nginx and without any part of Holdfast."""
import os
import re
import subprocess
import sys
import time

from . import cgroup, network, nginx, testbed
from .commands import BedError, Program, wait_until
from .machine import KEPT, LOST
from .outage import wait_answer, wait_gap

ADDRESS = testbed.ADDRESS
COROSYNC = '''\
totem {
  version: 2
  cluster_name: bed
  transport: knet
  token: 300
  token_coefficient: 0
  interface {
    linknumber: 0
    knet_ping_interval: 200
    knet_ping_timeout: 800
  }
  interface {
    linknumber: 1
    knet_ping_interval: 200
    knet_ping_timeout: 800
  }
  crypto_cipher: aes256
  crypto_hash: sha256
}
nodelist {
%s}
logging {
  to_stderr: yes
  to_syslog: no
}
'''


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, what, condition, note=''):
        self.passed += bool(condition)
        self.failed += not condition
        print('%-4s %s %s' % ('ok' if condition else 'FAIL', what, note), flush=True)


def pings(node, address):
    return node.run('ping', '-c1', '-W1', address, check=False).returncode == 0


def check_isolation(check, bed):
    alpha, beta = bed['alpha'], bed['beta']
    check('own host name', beta.run('hostname').stdout.strip() == 'beta')
    check('own processes', len(alpha.run('ps', '-e', '--no-headers').stdout.splitlines()) <= 2)
    alpha.run('ipcmk', '-M', '1024')
    check('own shared memory', '1024' in alpha.run('ipcs', '-m').stdout and '1024' not in beta.run('ipcs', '-m').stdout)
    probe = 'probe-of-alpha'
    for folder in KEPT + LOST:
        alpha.run('touch', folder + '/' + probe)
    check('own folders', not any(
        beta.run('test', '-e', folder + '/' + probe, check=False).returncode == 0
        or os.path.exists(folder + '/' + probe) for folder in KEPT + LOST))
    check('the repository and the build are seen', alpha.run(
        'test', '-x', os.path.join(bed.programs, 'webclient'), check=False).returncode == 0
        and alpha.run('test', '-d', testbed.REPOSITORY + '/tests/bed', check=False).returncode == 0)
    check('no way out', alpha.run('ip', 'route', 'show', 'default').stdout == '')


def check_networks(check, bed):
    alpha, beta, gamma = bed['alpha'], bed['beta'], bed['gamma']
    check('both links and the public network', all(pings(alpha, beta.address(k)) for k in network.ALL))
    beta.cut(0)
    check('silent cut of one link', not pings(alpha, beta.address(0)) and pings(alpha, beta.address(1))
          and 'state UP' in beta.run('ip', 'link', 'show', 'eth0').stdout)
    beta.restore(0)
    check('restored', pings(alpha, beta.address(0)))
    bed.hub.carrier('beta', (0,), False)
    check('loss of carrier', 'NO-CARRIER' in beta.run('ip', 'link', 'show', 'eth0').stdout)
    bed.hub.carrier('beta', (0,), True)
    wait_until(lambda: pings(alpha, beta.address(0)), 5, 'the link answers after its carrier is back')
    bed.hub.drop('beta', 'alpha', (1,))
    check('one way, one pair', not pings(alpha, beta.address(1)) and pings(gamma, beta.address(1)))
    bed.hub.drop_none()
    check('one way ended', pings(alpha, beta.address(1)))


def boot_id(node):
    return node.run('cat', '/proc/sys/kernel/random/boot_id').stdout


def check_freeze_and_power(check, bed):
    alpha, beta = bed['alpha'], bed['beta']
    first_boot = boot_id(alpha)
    for node in (alpha, beta):
        nginx.install(node)
    alpha.run('ip', 'addr', 'add', ADDRESS + '/24', 'dev', 'pub0')
    alpha.spawn(*nginx.COMMAND, log=alpha.path('/var/log/nginx/output'))
    beta.spawn(*nginx.COMMAND, log=beta.path('/var/log/nginx/output'))
    web, ping = bed.watch_web(), bed.watch_address()
    check('a client sees nginx', wait_answer(web, 5) == 'alpha')
    check('a client sees the address', wait_answer(ping, 5) == network.mac(1, 2))
    start = web.count(), ping.count()
    alpha.freeze()
    time.sleep(0.3)
    alpha.thaw()
    gap = wait_gap(web, 3, start[0])
    check('frozen for 300 ms', gap and 250 < gap.milliseconds < 500, gap and '%.0f ms' % gap.milliseconds)
    start = web.count(), ping.count()
    off = alpha.power_off()
    beta.run('ip', 'addr', 'add', ADDRESS + '/24', 'dev', 'pub0')
    beta.run('arping', '-q', '-U', '-c', '1', '-I', 'pub0', ADDRESS, check=False)
    gap = wait_gap(web, 5, start[0], 'beta')
    check('power off; another node serves', gap, gap and '%.0f ms, last answer %.1f ms after' % (
        gap.milliseconds, (gap.last - off) / 1e6))
    check('nothing answers after the power is off', gap and gap.last < off + 15e6)
    gap = wait_gap(ping, 5, start[1], network.mac(2, 2))
    check('the address alone, too', gap, gap and '%.1f ms' % gap.milliseconds)
    web.terminate()
    check('the client counts', web.since(0)[-1].startswith('END sent='), web.since(0)[-1])
    ping.terminate()
    alpha.boot()
    check('every boot has its id', len(boot_id(alpha)) == 37 and boot_id(alpha) != first_boot != boot_id(beta))
    check('after the boot: kept and lost', alpha.run('test', '-e', '/var/lib/probe-of-alpha', check=False).returncode == 0
          and alpha.run('test', '-e', '/run/probe-of-alpha', check=False).returncode == 1 and pings(alpha, beta.address(0)))


def corosync_configuration(bed):
    nodes = ''.join('  node {\n    nodeid: %d\n    name: %s\n    ring0_addr: %s\n    ring1_addr: %s\n  }\n' % (
        node.number, node.name, node.address(0), node.address(1)) for node in bed.nodes.values())
    return COROSYNC % nodes


def members(node):
    output = node.run('corosync-cmapctl', check=False).stdout
    return sorted(re.findall(r'runtime\.members\.(\d+)\.status \(str\) = joined', output))


def check_corosync(check, bed):
    key = os.urandom(256)
    for node in bed.nodes.values():
        node.write('/etc/corosync/corosync.conf', corosync_configuration(bed))
        node.write('/etc/corosync/authkey', key, 0o400)
        node.spawn('corosync', '-f', log=node.path('/var/log/corosync/output'))
    alpha, beta = bed['alpha'], bed['beta']
    wait_until(lambda: members(alpha) == members(beta) == ['1', '2', '3'], 20,
               lambda: 'corosync on three nodes\n' + alpha.read('/var/log/corosync/output')[-2000:])
    check('corosync forms a ring of three', True)
    check('its real-time priority', alpha.run('ps', '-o', 'cls=', '-C', 'corosync').stdout.strip() == 'RR')
    begun = time.monotonic()
    bed['gamma'].power_off()
    wait_until(lambda: members(alpha) == ['1', '2'], 10, 'corosync sees the power-off', 0.01)
    check('corosync sees the power-off', True, '%.0f ms (token 300)' % ((time.monotonic() - begun) * 1e3))
    beta.freeze()
    beta.cut()
    wait_until(lambda: members(alpha) == ['1'], 10, 'corosync sees the frozen node')
    beta.restore()
    beta.thaw()
    wait_until(lambda: members(alpha) == ['1', '2'], 20, 'the frozen node is back')
    check('corosync sees a frozen node go and come back', True)


KILLED_RUN = '''
import sys, time
sys.path.insert(0, %r)
from bed import Bed
with Bed(['alpha'], build=%r) as bed:
    bed['alpha'].spawn('sleep', '300')
    bed['alpha'].freeze()
    print('READY', bed['alpha'].pid, bed.folder, bed.tag, flush=True)
    time.sleep(300)
'''


def check_killed_run(check, build):
    """A run that is killed leaves no process, and the next start removes its folders."""
    victim = Program([sys.executable, '-c', KILLED_RUN % (os.path.join(testbed.REPOSITORY, 'tests'), build)])
    line = victim.wait_line(lambda text: text.startswith('READY '), 30)
    if not line:
        return check('a run to be killed', False, str(victim.since(0)))
    _, pid, folder, tag = line.split()
    victim.stop()
    testbed.clean()
    wait_until(lambda: not os.path.exists('/proc/' + pid), 5, 'its processes are gone')
    check('a killed run leaves nothing', not os.path.exists(folder) and tag not in cgroup.stale_tags())


def main(arguments):
    check = Checks()
    namespaces = subprocess.run(['ip', 'netns'], stdout=subprocess.PIPE, check=True).stdout
    begun = time.monotonic()
    try:
        with testbed.Bed(['alpha', 'beta', 'gamma']) as bed:
            check('three nodes up', True, '%.0f ms' % ((time.monotonic() - begun) * 1e3))
            check_isolation(check, bed)
            check_networks(check, bed)
            check_freeze_and_power(check, bed)
            check_corosync(check, bed)
        check('nothing left behind', not os.path.exists(bed.folder) and bed.tag not in str(cgroup.stale_tags())
              and namespaces == subprocess.run(['ip', 'netns'], stdout=subprocess.PIPE, check=True).stdout)
        check_killed_run(check, bed.build)
    except BedError as error:
        check('the bed', False, str(error))
    print('%d passed, %d failed' % (check.passed, check.failed))
    return 1 if check.failed else 0
