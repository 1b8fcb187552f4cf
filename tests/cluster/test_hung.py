"""A daemon that hangs (SIGSTOP) while its node and its engine live: E4, traps 13 and 14, L5."""
import os
import signal

from bed.holdfast import WEB, WEB_IP

from .case import SERVING, ClusterCase

ALONE = True        # who stands still is told by time alone


class HungDaemon(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def stop(self, name):
        return self.cluster.signal(name, signal.SIGSTOP)

    def go_on(self, name):
        self.cluster.signal(name, signal.SIGCONT)

    def test_set_aside_and_back(self):
        """The peers go on without it and take nothing of it over; when it continues it holds, checks and rejoins."""
        client = self.up_and_serving()
        nginx, daemon = self.nginx_pid('alpha'), self.stop('alpha')
        self.cluster.wait_nodes('beta', 20, alpha='set-aside', gamma='online')
        self.cluster.wait_nodes('gamma', 20, alpha='set-aside', beta='online')
        done = self.cluster.command('beta', 'resource', 'start', 'web', '--on', 'beta')
        self.assertEqual(done.returncode, 4, 'what may run on alpha is started nowhere else: ' + done.stdout + done.stderr)
        for name in ('beta', 'gamma'):
            self.assert_has_address(name, False)
            self.assert_never_logged(name, 'BEGIN start of')
            self.assert_never_logged(name, 'COMMUNICATIONS alpha FAILED')
        self.go_on('alpha')
        self.cluster.wait_log('alpha', 'stalled for')
        self.cluster.wait_log('alpha', 'links judged afresh, resources checked')
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha='in-service', beta='out-of-service', gamma='out-of-service')
        self.assert_no_gap(client)
        self.assertEqual((self.nginx_pid('alpha'), self.cluster.pid('alpha')), (nginx, daemon))

    def test_a_failover_beside_it(self):
        """alpha dies while beta's daemon hangs: gamma takes over; beta comes back and takes nothing."""
        self.up_and_serving()
        self.stop('beta')
        self.bed['alpha'].power_off()
        self.cluster.wait_states('gamma', 'web', 30, gamma=SERVING)
        nginx = self.nginx_pid('gamma')
        self.go_on('beta')
        self.cluster.wait_nodes('beta', alpha='failed', beta='online', gamma='online')
        self.cluster.wait_states('beta', 'web', beta='out-of-service', gamma=SERVING)
        self.assertEqual(self.nginx_pid('gamma'), nginx)
        self.assert_never_logged('beta', 'BEGIN start of')
        self.assert_has_address('beta', False)


class Managed(ClusterCase):
    """holdfastd under a service manager that does what packaging/systemd/holdfast.service says."""

    def managed(self, resources=(WEB_IP, WEB), **settings):
        self.make(resources, **settings)
        self.cluster.managed = True
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        return self.watch()

    def test_the_watchdog_ends_a_hung_daemon(self):
        """WatchdogSec: fed by the loop alone, it ends the hung daemon; the next one adopts what runs (R5, N7)."""
        client = self.managed()
        nginx = self.nginx_pid('alpha')
        hung = self.cluster.signal('alpha', signal.SIGSTOP)
        new = self.cluster.wait_new_pid('alpha', hung, timeout=20)
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha='in-service', beta='out-of-service')
        self.assertIn('watchdog:', self.bed['alpha'].read('/var/log/holdfastd.output'))
        self.assertEqual((self.nginx_pid('alpha'), self.cluster.pid('alpha')), (nginx, new))
        self.assert_no_gap(client)
        self.assert_never_logged('beta', 'BEGIN start of')

    def test_a_living_daemon_is_left_alone(self):
        """Also while everything that it started hangs, and its disk is slow: only the loop feeds the watchdog."""
        client = self.managed()
        daemon = self.cluster.pid('alpha')
        frozen = self.cluster.signal('alpha', signal.SIGSTOP, 'corosync')
        self.cluster.wait_states('beta', 'web-ip', 30, beta='failed')       # B3: the address answers on alpha
        self.assertEqual(self.cluster.pid('alpha'), daemon)
        self.assertNotIn('watchdog:', self.bed['alpha'].read('/var/log/holdfastd.output'))
        self.cluster.signal('alpha', signal.SIGCONT, 'corosync')
        self.cluster.wait_formed()
        self.assertEqual(self.cluster.pid('alpha', 'corosync'), frozen)
        self.assertEqual(self.cluster.pid('alpha'), daemon)
        self.assert_no_gap(client)

    def test_killed_again_and_again(self):
        """E4: five times in a row, at any instant of its start; what runs goes on."""
        client = self.managed()
        nginx, daemon = self.nginx_pid('alpha'), None
        for _ in range(5):
            daemon = self.cluster.wait_new_pid('alpha', daemon)
            os.kill(daemon, signal.SIGKILL)
        self.cluster.wait_new_pid('alpha', daemon)
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.assert_no_gap(client)
