"""The kernel's watchdog (G4), with softdog on kernels of their own: what ends in a reset of the machine, and what never
does. Each reset is seen by QEMU."""
import signal
import time

from bed import network
from bed.commands import wait_until
from bed.holdfast import CONFIGURATION, OUTPUT

from . import witness
from .case import FORMED, SERVING, GuestCase

TIMEOUT = 20            # s; what the peers rely on
WATCHDOG = {'device': '/dev/watchdog', 'timeout': '%ds' % TIMEOUT}
SLACK = 3               # s; the kernel counts whole seconds, and both guests share the cores with everybody
STUCK = {'name': 'stuck', 'agent': 'script',
         'parameters': {'restore': '/bin/true', 'remove': '/etc/holdfast/remove'},
         'timeouts': {'stop': '5m'}}


class WatchdogCase(GuestCase):
    modules = ('softdog',)

    def guarded(self, formed=FORMED, **settings):
        """Two nodes with a watchdog and three witnesses, and web on alpha."""
        self.make()
        self.addCleanup(witness.listen())
        settings.setdefault('quorum', witness.QUORUM)
        settings.setdefault('watchdog', WATCHDOG)
        managed = settings.pop('managed', False)
        self.configure(**settings)
        self.cluster.managed = managed
        self.cluster.start()
        self.cluster.wait_formed(formed)
        for name in self.bed.nodes:
            self.cluster.wait_log(name, 'guards this node')

    def assert_reset_and_takeover(self, begun):
        """alpha is reset within the time that beta relies on, and beta serves, but not before."""
        after = self.wait_reset('alpha', begun, TIMEOUT + SLACK)
        self.assertLess(after, TIMEOUT, 'the peers take it for off by then')
        self.assertTrue('Served by beta<' not in (self.served_by() or ''), 'before alpha was reset')
        self.wait_served_by('beta', 60)
        self.assert_no_reset('beta')
        return after


class ThreeNodes(WatchdogCase):
    def test_majority_takes_over_what_the_minority_cannot_stop(self):
        """Quorum by majority: alone, a node on which something does not stop is reset; the others rely on it."""
        timeout = 45                # three guests on two cores: heartbeats are later still
        self.make(nodes=('alpha', 'beta', 'gamma'))
        self.configure((STUCK,), quorum='majority', watchdog={**WATCHDOG, 'timeout': '%ds' % timeout},
                       detection={'interval': '2s', 'misses': 6})
        for guest in self.bed.nodes.values():
            guest.write('/etc/holdfast/remove', '#!/bin/sh\nexec sleep 1000\n', 0o755)
        self.cluster.start()
        self.cluster.wait_formed(2 * FORMED)
        self.serve(resource='stuck')
        begun = time.monotonic()
        self.bed['alpha'].cut()
        self.wait_reset('alpha', begun, timeout + 12 + SLACK)       # the peers wait from when they lost it
        self.assertNotIn('BEGIN start of', self.cluster.log('beta') + self.cluster.log('gamma'))
        self.cluster.wait_states('gamma', 'stuck', 2 * timeout, beta=SERVING)
        self.assertIn('its watchdog has reset it', self.cluster.log('beta'))
        self.assert_no_reset('beta', 'gamma')


class Softdog(WatchdogCase):
    def test_a_hung_daemon_ends_in_a_reset(self):
        self.guarded()
        self.serve()
        begun = time.monotonic()
        self.cluster.signal('alpha', signal.SIGSTOP)
        self.assert_reset_and_takeover(begun)
        self.assertIn('softdog: Initiating system reboot', self.bed['alpha'].console())

    def test_a_dead_daemon_that_nobody_restarts_ends_in_a_reset(self):
        self.guarded()
        self.serve()
        begun = time.monotonic()
        self.cluster.kill('alpha')
        self.assert_reset_and_takeover(begun)

    def test_a_stopped_feeder_ends_in_a_reset(self):
        self.guarded()
        self.serve()
        begun = time.monotonic()
        self.cluster.signal('alpha', signal.SIGSTOP, 'holdfast-watchdog')
        self.assert_reset_and_takeover(begun)

    def test_without_quorum_what_does_not_stop_ends_in_a_reset(self):
        """quorum_loss = stop, and a resource that hangs in its stop."""
        self.make()
        self.addCleanup(witness.listen())
        self.configure((STUCK,), quorum=witness.QUORUM, watchdog=WATCHDOG)
        for name in self.bed.nodes:
            self.bed[name].write('/etc/holdfast/remove', '#!/bin/sh\nexec sleep 1000\n', 0o755)
        self.cluster.start()
        self.cluster.wait_formed(FORMED)
        self.serve(resource='stuck')
        begun = time.monotonic()
        self.bed['alpha'].cut(*network.ALL)
        self.wait_reset('alpha', begun, TIMEOUT + 5 + SLACK)        # the peer waits from when it lost it
        self.assertNotIn('BEGIN start of', self.cluster.log('beta'))
        self.cluster.wait_states('beta', 'stuck', 60, beta=SERVING)
        self.assertIn('the watchdog is not fed: this node ', self.cluster.log('alpha'))
        self.assertIn('its watchdog has reset it', self.cluster.log('beta'))

    def test_an_idle_node_without_quorum_is_not_reset(self):
        """It endangers nobody; and the one that serves goes on."""
        self.guarded()
        self.serve()
        nginx = self.bed['alpha'].pids('nginx')
        self.bed['beta'].cut(*network.ALL)
        self.cluster.wait_log('beta', 'COMMUNICATIONS alpha FAILED', 60)
        time.sleep(TIMEOUT + SLACK)
        self.assert_no_reset('alpha', 'beta')
        self.assertEqual(self.bed['alpha'].pids('nginx'), nginx)
        self.wait_served_by('alpha')

    def test_a_healthy_cluster_is_never_reset(self):
        """Restarts of the daemon within time, in order and by kill -9, and the feeder's own death."""
        self.guarded(managed=True)
        self.serve()
        nginx = self.bed['alpha'].pids('nginx')
        for _ in range(2):
            killed = self.cluster.kill('alpha')
            self.cluster.wait_new_pid('alpha', killed, timeout=20)
            self.cluster.wait_formed(60)
        feeder = self.cluster.kill('alpha', 'holdfast-watchdog')
        self.cluster.wait_new_pid('alpha', feeder, 'holdfast-watchdog')
        self.cluster.wait_log('alpha', 'guards this node again')
        self.cluster.do('alpha', 'stop', '--keep-resources')
        wait_until(lambda: not self.bed['alpha'].pids('holdfast-watchdog'), 10, 'the watchdog is let go')
        time.sleep(TIMEOUT + SLACK)             # what does not happen has no event to wait for
        self.assert_no_reset('alpha', 'beta')
        self.cluster.start('alpha')
        self.cluster.wait_formed(60)
        time.sleep(TIMEOUT + SLACK)
        self.assert_no_reset('alpha', 'beta')
        self.assertEqual(self.bed['alpha'].pids('nginx'), nginx)

    def test_a_node_that_resets_rejoins(self):
        """Its daemon starts at its boot: the peers need not wait for the watchdog's time, and nothing runs twice."""
        self.guarded()
        self.serve()
        begun = time.monotonic()
        self.cluster.signal('alpha', signal.SIGSTOP)
        self.wait_reset('alpha', begun, TIMEOUT + SLACK)
        self.bed['alpha'].wait_up()
        self.cluster.start('alpha')
        self.cluster.wait_formed(FORMED)
        self.cluster.wait(lambda: any(state in SERVING for state in self.cluster.states('beta', 'web').values()), 60,
                          'web is served again')
        states = self.cluster.states('beta', 'web')
        self.assertEqual(len([state for state in states.values() if state in SERVING]), 1, states)
        self.assert_no_reset('beta')
        self.assertEqual(len(self.bed['alpha'].resets()), 1)


class NoWayOut(WatchdogCase):
    modules = ('softdog nowayout=1',)

    def test_it_is_fed_on_after_the_daemon_has_left(self):
        self.guarded()
        self.serve()
        self.assert_one_line(self.cluster.check('alpha'), 0, 'cannot be switched off once it is armed (nowayout)')
        self.cluster.do('alpha', 'stop')
        time.sleep(TIMEOUT + SLACK)
        self.assert_no_reset('alpha')
        self.assertEqual(len(self.bed['alpha'].pids('holdfast-watchdog')), 1)
        self.cluster.start('alpha')
        self.cluster.wait_formed(60)
        begun = time.monotonic()
        self.serve()
        self.cluster.signal('alpha', signal.SIGSTOP)
        self.wait_reset('alpha', begun, 2 * TIMEOUT)


class Hardware(WatchdogCase):
    modules = ('i6300esb',)

    def test_a_kernel_that_stands_still_is_reset_by_the_hardware(self):
        """A panic that does not reboot; softdog would be dead with its kernel."""
        self.guarded()
        self.serve()
        self.bed['alpha'].shell('echo 0 > /proc/sys/kernel/panic')
        begun = time.monotonic()
        self.bed['alpha'].shell('echo c > /proc/sysrq-trigger', check=False, timeout=5)
        alpha = self.bed['alpha']
        wait_until(lambda: any(name == 'WATCHDOG' for _, name, _ in alpha.events()), TIMEOUT + SLACK,
                   lambda: 'the watchdog of the machine' + self.cluster.report(), 0.1)
        self.assertLess(time.monotonic() - begun, TIMEOUT)
        self.wait_served_by('beta', 60)
        self.assert_no_reset('beta')


class WrongInput(WatchdogCase):
    def node_with(self, **settings):
        self.make(off=('beta',))
        self.configure((), **settings)
        return self.bed['alpha']

    def test_a_watchdog_in_use(self):
        alpha = self.node_with(quorum=witness.QUORUM, watchdog=WATCHDOG)
        alpha.shell('(exec 9> /dev/watchdog0; while :; do echo >&9; sleep 1; done) > /dev/null 2>&1 &')
        wait_until(lambda: alpha.shell('cat /sys/class/watchdog/watchdog0/state') == 'active\n', 10, 'it is in use')
        self.assert_one_line(self.cluster.check('alpha'), 0, '/dev/watchdog is in use already')
        self.cluster.start('alpha')
        wait_until(lambda: 'must not take part' in alpha.read(OUTPUT), 20, lambda: self.cluster.report(), 0.2)
        wait_until(lambda: self.cluster.pid('alpha') is None, 10, 'it has ended')
        said = [line for line in alpha.read(OUTPUT).splitlines() if 'watchdog' in line]
        self.assertEqual([line for line in said if 'is in use by another program' in line], said[-1:], said)

    def test_no_watchdog_where_one_is_wanted(self):
        alpha = self.node_with(quorum=witness.QUORUM, watchdog=WATCHDOG)
        alpha.run('modprobe', '-r', 'softdog')
        self.assert_one_line(self.cluster.check('alpha'), 1, '/dev/watchdog: No such file or directory')
        self.cluster.start('alpha')
        wait_until(lambda: 'modprobe softdog' in alpha.read(OUTPUT), 20, lambda: self.cluster.report(), 0.2)
        self.assertIsNone(self.cluster.pid('alpha'))

    def test_it_is_no_watchdog(self):
        self.node_with(quorum=witness.QUORUM, watchdog={'device': '/dev/null', 'timeout': '20s'})
        self.assert_one_line(self.cluster.check('alpha'), 1, '/dev/null is no watchdog')
        self.assertIn('/dev/null', self.bed['alpha'].read(CONFIGURATION))
