"""Links are cut and mended: L2 to L4, B1, B3, and that nothing moves without need."""
from .case import SERVING, ClusterCase


class Links(ClusterCase):
    def test_one_link_cut(self):
        """One of two links: its line, exactly (L3); no failover, no word of a failed peer (L4)."""
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.bed['beta'].cut(0)
        for name, peer in (('alpha', 'beta'), ('beta', 'alpha')):
            self.assert_link_lines(name, peer, 'FAILED', links=(0,))
            self.cluster.wait_links(name, False, index=0)
            self.cluster.wait_links(name, True, index=1)
            self.cluster.wait_nodes(name, **{peer: 'online'})
        self.bed['beta'].restore(0)
        for name, peer in (('alpha', 'beta'), ('beta', 'alpha')):
            self.assert_link_lines(name, peer, 'RESTORE', links=(0,))
            self.cluster.wait_links(name, True)
            self.assert_never_logged(name, 'COMMUNICATIONS')
            self.assert_never_logged(name, self.bed[name].address(1) + '/' + self.bed[peer].address(1) + ' FAILED')
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_all_links_cut_and_healed(self):
        """B1, B3: both sides live; beta tries, finds the address in use, and lets the service go on where it was."""
        client = self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.bed['beta'].cut()
        for name, peer in (('alpha', 'beta'), ('beta', 'alpha')):
            self.cluster.wait_nodes(name, **{peer: 'failed'})
            self.assert_link_lines(name, peer, 'FAILED')
            self.assert_peer_line_after_link_lines(name, peer)
        self.cluster.wait_states('beta', 'web-ip', beta='failed')
        self.cluster.wait_states('beta', 'web', beta=('out-of-service', 'failed'))
        self.cluster.wait_states('alpha', 'web', alpha=SERVING)
        self.assert_has_address('alpha', True)
        self.assert_has_address('beta', False)
        self.assertIsNone(self.nginx_pid('beta'))
        self.assertIn('10.77.9.100', self.cluster.do('beta', 'why', 'web-ip'))

        self.bed['beta'].restore()
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha=SERVING)
            self.cluster.wait_states(name, 'web-ip', alpha=SERVING)
        self.assert_has_address('beta', False)
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_all_links_and_the_public_network_cut(self):
        """B1, N3: then each side serves; healed in profile linux, nobody stops anything (B4)."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        self.bed['beta'].cut(0, 1, 2)
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        self.cluster.wait_states('alpha', 'web', alpha=SERVING)
        theirs = self.nginx_pid('beta')
        self.bed['beta'].restore(0, 1, 2)
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_states(name, 'web', alpha=SERVING, beta=SERVING)
        self.assertEqual((self.nginx_pid('alpha'), self.nginx_pid('beta')), (nginx, theirs))

    def test_one_way(self):
        """L9: alpha hears beta, beta does not hear alpha: one stable view on each side, the service goes on."""
        client = self.up_and_serving()
        self.bed.hub.drop('alpha', 'beta', (0, 1))
        self.cluster.wait_nodes('beta', alpha='failed')
        self.cluster.wait_nodes('alpha', beta='failed')
        self.bed.hub.drop_none()
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha=SERVING)
        self.assert_no_gap(client)
