"""A node dies: N1 to N4, L3, L4, O3 (nothing moves back by itself), O1 after a whole outage."""
from bed.outage import wait_gap

from .case import OTHER_IP, SERVING, ClusterCase
from bed.holdfast import WEB, WEB_IP


class PowerOff(ClusterCase):
    def test_power_off(self):
        client = self.up_and_serving()
        start = client.count()
        self.bed['alpha'].power_off()
        gap = wait_gap(client, 20, start, 'beta')
        self.assertIsNotNone(gap, self.cluster.report())
        self.assertLess(gap.milliseconds, 3000)
        self.cluster.wait_nodes('beta', alpha='failed')
        self.cluster.wait_states('beta', 'web', beta='unprotected')         # nobody could take it over now
        self.assert_link_lines('beta', 'alpha', 'FAILED')
        self.assert_peer_line_after_link_lines('beta', 'alpha')
        why = self.cluster.do('beta', 'why', 'web')
        self.assertIn('alpha', why)
        self.assertIn('N', why)

        start, nginx = client.count(), self.nginx_pid('beta')
        self.cluster.boot('alpha')
        self.cluster.wait_formed()
        self.assert_link_lines('beta', 'alpha', 'RESTORE')
        self.cluster.wait_states('alpha', 'web', alpha='out-of-service', beta='in-service')
        self.cluster.wait_states('beta', 'web', alpha='out-of-service', beta='in-service')
        self.assert_no_gap(client, start)
        self.assertEqual(self.nginx_pid('beta'), nginx)
        self.assertIsNone(self.nginx_pid('alpha'))

    def test_detection_settings(self):
        """L6: fast, and interval and tolerated misses by number."""
        for detection, slowest in (('fast', 1000), ({'interval': '500ms', 'misses': 2}, 3000)):
            with self.subTest(detection=detection):
                client = self.up_and_serving(detection=detection)
                start = client.count()
                self.bed['alpha'].power_off()
                gap = wait_gap(client, 20, start, 'beta')
                self.assertIsNotNone(gap, self.cluster.report())
                self.assertLess(gap.milliseconds, slowest)
            self.doCleanups()

    def test_power_off_of_the_standby(self):
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.bed['beta'].power_off()
        self.cluster.wait_nodes('alpha', beta='failed')
        self.cluster.wait_states('alpha', 'web', alpha='unprotected')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_what_the_operator_stopped_stays_stopped(self):
        """N2: only what was in service, or would be, is taken over."""
        self.up(resources=(WEB_IP, WEB, OTHER_IP))
        self.serve()
        self.serve(resource='other-ip')
        self.cluster.do('alpha', 'resource', 'stop', 'other-ip')
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        self.cluster.wait_states('beta', 'other-ip', beta='out-of-service')
        self.assert_has_address('beta', False, '10.77.9.101')

    def test_whole_outage(self):
        """O1: after the power failed everywhere, the service comes up where it was last."""
        client = self.up_and_serving()
        self.cluster.do('alpha', 'resource', 'move', 'web', 'beta')
        self.assertIsNotNone(wait_gap(client, 10, 0, 'beta'))
        start = client.count()
        for name in self.nodes:
            self.bed[name].power_off()
        for name in self.nodes:
            self.cluster.boot(name)
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', 45, alpha='out-of-service', beta='in-service')
        self.assertEqual(wait_gap(client, 5, start).after, 'beta')

    def test_one_node_alone_starts_after_a_whole_outage(self):
        """O1: alone, it waits startup_wait for its peer, then serves."""
        self.up(startup_wait='2s')
        self.serve()
        for name in self.nodes:
            self.bed[name].power_off()
        self.cluster.boot('alpha')
        self.cluster.wait_states('alpha', 'web', 30, alpha=SERVING)


class Cascade(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def test_cascade(self):
        """N4: the highest-priority live node takes over, then the next one."""
        client = self.up_and_serving()
        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        self.cluster.wait_states('gamma', 'web', beta='in-service', gamma='out-of-service')
        start = client.count()
        self.bed['beta'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'gamma'), self.cluster.report())
        self.cluster.wait_states('gamma', 'web', gamma='unprotected')
        self.assertIn('beta', self.cluster.do('gamma', 'why', 'web'))
