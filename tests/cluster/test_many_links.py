"""Eight links and IPv6 links (L1), also where not all nodes hear each other (L9)."""
import time

from .connectivity import LINKS, Connectivity


class EightLinks(Connectivity):
    def address(self, name, link):
        return '10.77.%d.%d' % (20 + link, self.bed[name].number)

    def test_eight_links(self):
        """Seven of eight may fail."""
        self.make(resources=(), node_settings=lambda name: {'links': [self.address(name, k) for k in range(8)]})
        for name in self.nodes:
            for link in range(8):
                self.bed[name].run('ip', 'addr', 'add', self.address(name, link) + '/24', 'dev', 'eth%d' % (link % 2))
        self.cluster.start()
        self.cluster.wait_formed()
        status = self.cluster.status('alpha')
        self.assertEqual(len([link for link in status['links'] if link['peer'] == 'beta']), 8)
        for name in self.nodes[1:]:         # between alpha and the others, all but the last
            self.bed['alpha'].run('nft', '-f', '-', input=''.join(
                'add table inet test\nadd chain inet test in { type filter hook input priority 0; }\n'
                'add rule inet test in ip saddr %s drop\n' % self.address(name, link) for link in range(7)))
        for link in range(7):
            self.cluster.wait_links('alpha', False, index=link)
        self.cluster.wait_links('alpha', True, index=7)
        for link in range(7):
            for name in self.nodes[1:]:
                self.cluster.wait_log('alpha', 'COMMUNICATION TO %s BY %s/%s FAILED AT: ' % (
                    name, self.address('alpha', link), self.address(name, link)))
        for name in self.nodes:
            self.assert_never_logged(name, 'COMMUNICATIONS')
            self.assert_never_logged(name, 'left out')
        self.bed['alpha'].run('nft', 'delete', 'table', 'inet', 'test')
        self.cluster.wait_formed()


class IPv6(Connectivity):
    def address(self, name, link):
        return 'fd00:77:%d::%d' % (link + 1, self.bed[name].number)

    def up_on_ipv6(self):
        self.make(resources=(), node_settings=lambda name: {'links': [self.address(name, k) for k in LINKS]})
        for name in self.nodes:
            for link in LINKS:
                self.bed[name].run('ip', 'addr', 'add', self.address(name, link) + '/64', 'dev', 'eth%d' % link, 'nodad')
        self.cluster.start()
        self.cluster.wait_formed()

    def test_links_on_ipv6(self):
        """L3 with these addresses; one link cut, then all."""
        self.up_on_ipv6()
        self.bed['beta'].cut(0)
        mine, theirs = self.address('alpha', 0), self.address('beta', 0)
        self.cluster.wait_log('alpha', 'COMMUNICATION TO beta BY %s/%s FAILED AT: ' % (mine, theirs))
        self.assert_never_logged('alpha', 'COMMUNICATIONS')
        self.bed['beta'].cut()
        self.cluster.wait_nodes('alpha', beta='failed', gamma='online')
        self.bed['beta'].restore()
        self.cluster.wait_formed()

    def test_first_and_third_on_ipv6(self):
        self.up_on_ipv6()
        since = time.time()
        self.cut_both('alpha', 'gamma')
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        self.assertIn('ip6 saddr ' + self.address('gamma', 0), self.bed['beta'].run('nft', 'list', 'ruleset').stdout)
        self.bed.hub.drop_none()
        self.cluster.wait_formed()
