"""K4: units under a real systemd as process 1 of every node; and holdfastd as the unit that the package installs (O4, N7)."""
import os
import re
import signal
import statistics
import time
from datetime import datetime

from .case import SERVING, ClusterCase
from bed.holdfast import CONFIGURATION, WEB_IP
from bed.outage import wait_gap
from bed.systemd import SystemdCluster, SystemdNode

ALONE = True                                        # milliseconds are judged
AT_ONCE = 100                                       # ms; the monitors of these resources come every 10 s
RUNS = 5
DROP_IN = '/run/systemd/system/%s.d/zz-holdfast.conf'

# Restart=always: whoever starts it again behind our back is seen.
APP = '[Service]\nExecStart=/bin/sleep 100000\nRestart=always\nRestartSec=0\n[Install]\nWantedBy=bed.target\n'
LOWER = '[Service]\nExecStart=/bin/sleep 100001\nExecStop=/bin/sleep 0.3\n'
STUBBORN = ('[Service]\nExecStart=/bin/sh -c \'trap "" TERM; while :; do sleep 1; done\'\nSendSIGKILL=no\n'
            'TimeoutStopSec=1\n')


def unit(name, depends_on=(), **settings):
    """The resource `name` of the unit name.service."""
    return {'name': name, 'agent': 'systemd', 'depends_on': list(depends_on), 'parameters': {'unit': name + '.service'},
            **settings}


class UnitsCase(ClusterCase):
    node_kind, cluster_kind = SystemdNode, SystemdCluster
    units = {'app.service': APP}

    def make(self, *arguments, **settings):
        super().make(*arguments, **settings)
        for node in self.bed.nodes.values():
            for name, text in self.units.items():
                node.unit(name, text)

    def up_with(self, *resources, **settings):
        self.up(resources=resources, **settings)
        self.serve(resource=resources[-1]['name'])

    def active(self, name, unit_name='app.service'):
        return self.bed[name].systemctl('is-active', unit_name, check=False).stdout.strip()

    def main_pid(self, name, unit_name='app.service'):
        """Outer PID of a unit's main process."""
        inner = self.bed[name].shown(unit_name, 'MainPID')
        for pid in self.bed[name].pids():
            with open('/proc/%d/status' % pid) as status:
                if re.search(r'^NSpid:.*\t%s$' % inner, status.read(), re.M):
                    return pid
        raise AssertionError('%s has no process on %s' % (unit_name, name))

    def has_drop_in(self, name, unit_name='app.service'):
        return self.bed[name].run('test', '-e', DROP_IN % unit_name, check=False).returncode == 0

    def log_time(self, name, text, since=0):
        """When the first line with `text` was written (s since 1970)."""
        line = self.cluster.wait_log(name, text, 15, since)
        return datetime.fromisoformat(line.split(' ')[0]).timestamp()

    def check(self, name='alpha'):
        """`holdfastd --check` on a node: what it says."""
        done = self.bed[name].run(os.path.join(self.cluster.programs, 'holdfastd'), '--check', CONFIGURATION, check=False)
        return done.stdout + done.stderr


class Failures(UnitsCase):
    def test_its_node_dies(self):
        """N4: nginx as Debian's own unit, behind its address, on the other node."""
        self.units = {}
        self.up_with(WEB_IP, unit('nginx', ['web-ip']))
        client = self.watch()
        self.assertEqual(self.active('beta', 'nginx.service'), 'inactive')
        start = client.count()
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'nginx', beta=SERVING)
        self.assertEqual(self.active('beta', 'nginx.service'), 'active')
        self.assertIsNotNone(wait_gap(client, 10, start, 'beta'), self.cluster.report())

    def test_killed_main_process_is_seen_at_once(self):
        """By systemd's signal, long before the next monitor; recovered in place (F5)."""
        self.up_with(unit('app'))
        seen = []
        for _ in range(RUNS):
            mark = len(self.cluster.log('alpha'))
            at = time.time()
            os.kill(self.main_pid('alpha'), signal.SIGKILL)
            seen.append((self.log_time('alpha', 'app failed on alpha', mark) - at) * 1000)
            self.assertIn('ended by signal 9 (KILL)', self.cluster.log('alpha')[mark:])
            self.cluster.wait_log('alpha', 'END successful recover of "app"', since=mark)
            self.cluster.wait_states('beta', 'app', alpha=SERVING)
        print('app failed was seen after %s ms' % ', '.join('%.0f' % each for each in seen))
        self.assertLess(statistics.median(seen), AT_ONCE, seen)
        self.assertEqual(self.active('beta'), 'inactive')

    def test_systemd_does_not_restart_it(self):
        """Restart=always would: the drop-in holds it, and is gone after the stop."""
        self.up_with(unit('app', local_recovery=False, failover=False))
        self.assertTrue(self.has_drop_in('alpha'))
        self.assertEqual(self.bed['alpha'].shown('app.service', 'Restart'), 'no')
        os.kill(self.main_pid('alpha'), signal.SIGKILL)
        self.cluster.wait_states('beta', 'app', alpha='failed')
        self.assertEqual(self.active('alpha'), 'failed')
        self.cluster.do('alpha', 'resource', 'start', 'app', '--on', 'alpha')
        self.cluster.do('alpha', 'resource', 'stop', 'app')
        self.assertFalse(self.has_drop_in('alpha'))
        self.assertEqual(self.bed['alpha'].shown('app.service', 'Restart'), 'always')

    def test_stopped_by_hand(self):
        """F1: somebody's systemctl stop is a failure, seen at once and recovered; a systemctl restart is none."""
        self.up_with(unit('app'))
        mark = len(self.cluster.log('alpha'))
        self.bed['alpha'].systemctl('stop', 'app.service')
        self.cluster.wait_log('alpha', 'END successful recover of "app"', 5, since=mark)
        self.cluster.wait_states('beta', 'app', alpha=SERVING)
        mark = len(self.cluster.log('alpha'))
        self.bed['alpha'].systemctl('restart', 'app.service')
        time.sleep(1)       # what would be a failure had 1 s to be seen; one is seen within milliseconds
        self.assertNotIn('app failed', self.cluster.log('alpha')[mark:])
        self.cluster.wait_states('beta', 'app', alpha=SERVING)

    def test_moves_when_it_cannot_be_started_again(self):
        self.up_with(unit('app'))
        self.bed['alpha'].unit('app.service', '[Service]\nExecStart=/bin/false\n')
        os.kill(self.main_pid('alpha'), signal.SIGKILL)
        self.cluster.wait_states('beta', 'app', beta='in-service')
        self.assertFalse(self.has_drop_in('alpha'))

    def test_without_the_bus(self):
        """A bus that dies is noticed and left for systemd's own socket: failures are seen as before."""
        self.up_with(unit('app'))
        alpha = self.bed['alpha']
        alpha.systemctl('stop', 'dbus.socket', 'dbus.service')
        mark = len(self.cluster.log('alpha'))
        os.kill(self.main_pid('alpha'), signal.SIGKILL)
        self.cluster.wait_log('alpha', 'END successful recover of "app"', 5, since=mark)
        self.cluster.wait_states('beta', 'app', alpha=SERVING)

    def test_systemd_executes_itself_anew(self):
        """systemctl daemon-reexec, as an upgrade of systemd does it: no failure, and the next one is seen."""
        self.up_with(unit('app'))
        self.bed['alpha'].systemctl('daemon-reexec')
        self.cluster.wait(lambda: self.active('alpha') == 'active', 10, 'systemd answers again')
        mark = len(self.cluster.log('alpha'))
        os.kill(self.main_pid('alpha'), signal.SIGKILL)
        self.cluster.wait_log('alpha', 'END successful recover of "app"', 5, since=mark)
        self.assertEqual(self.cluster.log('alpha').count('004023:app failed on alpha'), 1, self.cluster.log('alpha'))


class Stops(UnitsCase):
    units = {'app.service': STUBBORN}

    def test_one_that_does_not_stop(self):
        """F4: nothing starts elsewhere."""
        self.up_with(unit('app', timeouts={'stop': '6s'}))
        done = self.cluster.command('alpha', 'resource', 'move', 'app', 'beta')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(self.cluster.log('alpha'), 'END failed stop of "app": .*app.service')
        self.cluster.wait_states('beta', 'app', alpha='failed', beta='out-of-service')
        self.assertEqual(self.active('beta'), 'inactive')

    def test_one_that_systemd_gives_too_long(self):
        """Its own TimeoutStopSec is longer than ours: it is killed in time."""
        self.units = {'app.service': STUBBORN.replace('SendSIGKILL=no\n', '').replace('=1\n', '=300\n')}
        self.up_with(unit('app', timeouts={'stop': '6s'}))
        self.cluster.do('alpha', 'resource', 'move', 'app', 'beta')
        self.assertEqual((self.active('alpha'), self.active('beta')), ('inactive', 'active'))


class WrongUnits(UnitsCase):
    def test_found_by_check(self):
        """One clear line each (E1)."""
        self.make(resources=(unit('app'), unit('masked'), unit('nowhere'), unit('broken'), unit('at')))
        for node in self.bed.nodes.values():
            node.unit('broken.service', '[Service]\nRestart=no\n')
            node.unit('masked.service', APP)
            node.systemctl('enable', 'app.service')
            os.unlink(node.path('/etc/systemd/system/masked.service'))
            os.symlink('/dev/null', node.path('/etc/systemd/system/masked.service'))
            node.systemctl('daemon-reload')
            node.write(CONFIGURATION, self.cluster.text.replace('"at.service"', '"at@.service"'))
        lines = self.check().splitlines()
        for words in ('"masked".*masked', '"nowhere".*not known', '"broken".*cannot be loaded', '"at".*template',
                      '"app".*app.service is enabled'):
            self.assertEqual(len([line for line in lines if re.search(words, line)]), 1, (words, lines))

    def test_a_start_that_fails(self):
        """S1; with systemd's own result, and nothing left behind."""
        self.units = {'app.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c "exit 3"\n'}
        self.up(resources=(unit('app'),))
        done = self.cluster.command('alpha', 'resource', 'start', 'app', '--on', 'alpha')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(self.cluster.log('alpha'), 'END failed start of "app": .*failed.*exit-code.*exit code 3')
        self.assertFalse(self.has_drop_in('alpha'))

    def test_oneshot(self):
        """In service while RemainAfterExit holds it."""
        self.units = {'app.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n'}
        self.up_with(unit('app'))
        self.cluster.do('alpha', 'resource', 'move', 'app', 'beta')
        self.assertEqual((self.active('alpha'), self.active('beta')), ('inactive', 'active'))

    def test_started_by_hand(self):
        """R6: reported and left; and from then on it is not the OS's to restart."""
        self.make(resources=(unit('app', monitor_interval='1s'),))
        self.bed['alpha'].systemctl('start', 'app.service')
        pid = self.main_pid('alpha')
        self.cluster.start()
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'app', alpha=SERVING)
        self.assertEqual(self.main_pid('alpha'), pid)
        self.cluster.wait(lambda: self.has_drop_in('alpha'), 15, 'the drop-in is there')
        self.assertEqual(self.main_pid('alpha'), pid)


class Machine(UnitsCase):
    """The unit that the package installs (packaging/systemd), and the machine's own shutdown."""
    units = {'upper.service': APP, 'lower.service': LOWER}
    resources = (unit('lower'), unit('upper', ['lower']))

    def assert_stopped_in_order(self, mark):
        """R2: by Holdfast, from the top down; nobody took it over (N5)."""
        log = self.cluster.log('alpha')[mark:]
        places = [log.find(text) for text in ('BEGIN stop of "upper"', 'END successful stop of "upper"',
                                              'BEGIN stop of "lower"', 'END successful stop of "lower"')]
        self.assertTrue(-1 not in places and places == sorted(places), log)
        for name in self.nodes:
            self.assertNotIn('failed on', self.cluster.log(name)[mark if name == 'alpha' else 0:])
        self.assert_never_logged('beta', 'BEGIN start of')

    def test_stop_and_start_of_the_unit(self):
        """Type=notify: it is active once it is ready. O4: systemctl stop stops its resources; O1: they come up again."""
        self.up_with(*self.resources)
        alpha = self.bed['alpha']
        self.assertEqual(alpha.shown('holdfast.service', 'ActiveState'), 'active')
        self.assertEqual(alpha.shown('holdfast.service', 'NotifyAccess'), 'main')
        mark = len(self.cluster.log('alpha'))
        alpha.systemctl('stop', 'holdfast.service')
        self.assertEqual([self.active('alpha', name) for name in ('holdfast.service', 'upper.service', 'lower.service')],
                         ['inactive'] * 3, self.cluster.report(60))
        self.assert_stopped_in_order(mark)
        self.cluster.wait_nodes('beta', alpha='stopped')
        alpha.systemctl('start', 'holdfast.service')
        self.cluster.wait_states('beta', 'upper', alpha=SERVING)

    def test_killed_daemon(self):
        """N7: systemd starts it again, it adopts."""
        self.up_with(*self.resources)
        pids = [self.main_pid('alpha', name) for name in self.units]
        old = self.cluster.kill('alpha')
        self.cluster.wait_new_pid('alpha', old)
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'upper', alpha=SERVING)
        self.assertEqual([self.main_pid('alpha', name) for name in self.units], pids)
        mark = len(self.cluster.log('alpha'))
        os.kill(self.main_pid('alpha', 'upper.service'), signal.SIGKILL)        # it is watched again
        self.cluster.wait_log('alpha', 'END successful recover of "upper"', 5, since=mark)

    def test_reboot_of_the_machine(self):
        """O4, K4: systemd stops Holdfast before the units, Holdfast stops them in order; O1: back after the boot."""
        self.up_with(*self.resources)
        alpha = self.bed['alpha']
        alpha.enable('holdfast.service')
        mark = len(self.cluster.log('alpha'))
        began = time.monotonic()
        alpha.reboot()
        self.assertLess(time.monotonic() - began, 45)
        self.assert_stopped_in_order(mark)
        self.cluster.wait_nodes('beta', alpha='stopped')
        alpha.kill()
        alpha.boot()
        self.cluster.wait_states('beta', 'upper', 60, alpha=SERVING)
        self.assertEqual(self.active('alpha', 'lower.service'), 'active')
        self.assert_never_logged('beta', 'BEGIN start of')
