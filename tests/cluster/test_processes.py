"""Our daemon or corosync dies on a node that lives: N7, R5, E4."""
from .case import OTHER_IP, SERVING, ClusterCase
from bed.holdfast import CONFIGURATION, WEB, WEB_IP


class DeadProcesses(ClusterCase):
    def test_daemon_killed(self):
        """N7, R5: its peer waits; started again, it adopts what runs; nothing was restarted."""
        client = self.up_and_serving()
        nginx, corosync = self.nginx_pid('alpha'), self.cluster.pid('alpha', 'corosync')
        self.cluster.kill('alpha')
        self.cluster.wait_nodes('beta', alpha='daemon-dead')
        self.cluster.start('alpha')
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.assertEqual(self.cluster.pid('alpha', 'corosync'), corosync, 'corosync outlives our daemon')
        self.assertIsNone(self.nginx_pid('beta'))
        self.assert_never_logged('beta', 'COMMUNICATIONS alpha FAILED')

    def test_adopted_service_is_still_watched(self):
        """R5, K7, F1: after the adoption a dead nginx is noticed at once; the operator starts it again."""
        self.up_and_serving()
        self.cluster.kill('alpha')
        self.cluster.start('alpha')
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', alpha='in-service')
        dead = self.cluster.kill('alpha', 'nginx')
        self.cluster.wait_log('alpha', 'web failed on alpha', 2)        # far below the monitor interval of 10 s
        self.cluster.wait_states('beta', 'web-ip', alpha=SERVING)
        self.cluster.do('alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.assertNotIn(self.nginx_pid('alpha'), (None, dead))
        self.watch()

    def test_daemon_dead_for_good(self):
        """N7, B3: after daemon_grace the peer tries, finds the address in use, and the service goes on."""
        client = self.up_and_serving(daemon_grace='2s')
        nginx = self.nginx_pid('alpha')
        self.cluster.kill('alpha')
        self.cluster.wait_states('beta', 'web-ip', beta='failed')
        self.assert_has_address('beta', False)
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_standby_daemon_killed(self):
        client = self.up_and_serving()
        self.cluster.kill('beta')
        self.cluster.wait_nodes('alpha', beta='daemon-dead')
        self.cluster.start('beta')
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', alpha='in-service', beta='out-of-service')
        self.assert_no_gap(client)

    def test_corosync_killed(self):
        """Corosync is our child: it comes back, the nodes meet again, nothing was stopped or started twice."""
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        killed = self.cluster.kill('alpha', 'corosync')
        self.cluster.wait(lambda: self.cluster.pid('alpha', 'corosync') not in (None, killed), 20,
                          'a new corosync on alpha')
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha=SERVING)
        self.assert_has_address('beta', False)
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_corosync_killed_on_the_standby(self):
        client = self.up_and_serving()
        killed = self.cluster.kill('beta', 'corosync')
        self.cluster.wait(lambda: self.cluster.pid('beta', 'corosync') not in (None, killed), 20,
                          'a new corosync on beta')
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', alpha='in-service')
        self.assert_has_address('beta', False)
        self.assert_no_gap(client)

    def test_daemon_killed_while_two_hierarchies_run(self):
        """Each node serves one; both daemons die at once and come back: adopted on both, nothing moved."""
        self.up(resources=(WEB_IP, WEB, OTHER_IP))
        self.serve()
        self.serve('beta', 'other-ip')
        client, nginx = self.watch(), self.nginx_pid('alpha')
        for name in self.nodes:
            self.cluster.kill(name)
        self.cluster.start()
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha='in-service', beta='out-of-service')
            self.cluster.wait_states(name, 'other-ip', alpha='out-of-service', beta='in-service')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_heartbeat_settings_changed_live(self):
        """L6: the file changed on both nodes, the daemons restarted one after the other: the same corosync goes on with
        the new timers, no node and no link fails, and the service does not notice."""
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        engines = {name: self.cluster.pid(name, 'corosync') for name in self.bed.nodes}
        before = {name: len(self.cluster.log(name)) for name in self.bed.nodes}
        text = self.cluster.text.replace('[cluster]\n', '[cluster]\ndetection = "fast"\n')
        for name in self.bed.nodes:
            self.bed[name].write(CONFIGURATION, text)
            self.cluster.kill(name)
            self.cluster.start(name)
            self.cluster.wait_log(name, 'changed heartbeat settings', since=before[name])
        self.cluster.wait_formed()
        for name, node in self.bed.nodes.items():
            self.assertEqual(self.cluster.pid(name, 'corosync'), engines[name])
            token = node.run('corosync-cmapctl', '-g', 'runtime.config.totem.token')
            self.assertIn('= 100', getattr(token, 'stdout', token))
            self.assertNotIn('FAILED AT', self.cluster.log(name)[before[name]:])
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.cluster.wait_states('beta', 'web', alpha='in-service')
        self.assert_no_gap(client)
