"""A node stands still for 5 s, as a paused guest does, and wakes: L5, N3."""
import os
import signal
import time

from .case import OTHER_IP, SERVING, ClusterCase
from bed.holdfast import WEB, WEB_IP

ALONE = True        # who stood still is told by time alone
PAUSE = 5


class Pause(ClusterCase):
    def pause(self, name, meanwhile):
        """Freezes a node, its networks too (a paused machine answers no ARP), for PAUSE seconds."""
        node = self.bed[name]
        begun = time.monotonic()
        node.cut(0, 1, 2)
        node.freeze()
        meanwhile()
        time.sleep(max(0, PAUSE - (time.monotonic() - begun)))      # the length of the pause is what is tested
        node.restore(0, 1, 2)
        node.thaw()

    def test_active_node_paused(self):
        """beta takes web over; alpha wakes, says that it stood still, and does not take what beta has."""
        self.up(resources=(WEB_IP, WEB, OTHER_IP))
        self.serve()
        self.serve('beta', 'other-ip')
        self.pause('alpha', lambda: self.cluster.wait_states('beta', 'web', 4, beta=SERVING))
        self.cluster.wait_formed()
        self.cluster.wait_log('alpha', 'stalled for')
        for name in self.nodes:
            self.cluster.wait_states(name, 'other-ip', alpha='out-of-service', beta='in-service')
        self.assert_has_address('alpha', False, '10.77.9.101')
        self.assert_never_logged('alpha', 'BEGIN start of "other-ip"')
        self.cluster.wait_states('alpha', 'web', beta=SERVING)

    def test_standby_paused(self):
        """alpha goes on; beta wakes and takes nothing over."""
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.pause('beta', lambda: self.cluster.wait_nodes('alpha', 4, beta='failed'))
        self.cluster.wait_formed()
        self.cluster.wait_log('beta', 'stalled for')
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha='in-service', beta='out-of-service')
        self.assert_never_logged('beta', 'BEGIN start of "web')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_daemon_alone_paused(self):
        """Our daemon stands still while corosync and the service live: no takeover, nothing restarted."""
        client = self.up_and_serving()
        nginx, daemon = self.nginx_pid('alpha'), self.cluster.pid('alpha')
        os.kill(daemon, signal.SIGSTOP)
        time.sleep(PAUSE)
        os.kill(daemon, signal.SIGCONT)
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assert_no_gap(client)
        self.assertEqual((self.nginx_pid('alpha'), self.cluster.pid('alpha')), (nginx, daemon))
