"""Two builds side by side (trap 16, docs/decisions/0002): the older one is today's program that speaks as the first did."""
from bed.holdfast import WEB, WEB_IP
from bed.outage import wait_gap

from .case import OTHER_IP, SERVING, ClusterCase

FIRST_BUILD = ['--speak', '1-1/1']
ONLY_NEW = ['--speak', '2-2/2']
OLDER = 'an older build runs on'


class Versions(ClusterCase):
    def restart(self, name, options):
        self.cluster.options[name] = options
        self.cluster.kill(name)
        self.cluster.start(name)

    def test_fail_over_between_an_old_and_a_new_build(self):
        """Both ways; then the old one is upgraded while it serves, and nothing is noticed."""
        self.make()
        self.cluster.options['alpha'] = FIRST_BUILD
        self.cluster.start()
        self.cluster.wait_formed()
        self.cluster.wait_log('beta', OLDER + ' alpha')
        self.assert_never_logged('alpha', OLDER)
        self.serve()
        client = self.watch()
        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        self.cluster.boot('alpha')
        self.cluster.wait_formed()
        self.cluster.do('alpha', 'resource', 'move', 'web', 'alpha')
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')

        client, nginx, since = self.watch(), self.nginx_pid('alpha'), len(self.cluster.log('beta'))
        self.restart('alpha', [])
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha='in-service', beta='out-of-service')
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.cluster.wait_log('beta', 'alpha, beta agree on a view', since=since)
        self.assertNotIn(OLDER, self.cluster.log('beta')[since:])
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        for name in self.nodes:
            self.assert_never_logged(name, 'could not be read')
            self.assert_never_logged(name, 'different states')

    def test_versions_that_have_nothing_in_common(self):
        """The one with the greater number takes no part and says so; its services go on, nothing of it is taken over."""
        self.up(resources=(WEB_IP, WEB, OTHER_IP))
        self.serve('beta')
        self.serve('alpha', 'other-ip')
        client, nginx = self.watch('beta'), self.nginx_pid('beta')
        self.restart('beta', ONLY_NEW)
        self.cluster.wait_states('alpha', 'web', beta='in-service')
        self.restart('alpha', FIRST_BUILD)
        self.cluster.wait_log('beta', 'no version of the protocol is common to this node (2) and alpha')
        self.cluster.wait_log('alpha', 'beta speaks versions 2 of the protocol, this node 1')
        self.cluster.wait_nodes('alpha', beta='set-aside')
        self.assertFalse(self.cluster.status('beta')['synced'])
        self.assertIn('no version of the protocol is common',
                      self.cluster.do('beta', 'status') + self.cluster.command('beta', 'status').stderr)
        self.cluster.wait_states('alpha', 'other-ip', alpha=SERVING)
        self.assert_no_gap(client)
        self.assertEqual(self.nginx_pid('beta'), nginx)
        self.assert_has_address('alpha', False)

        self.restart('alpha', ['--speak', '1-2/2'])         # the release between them
        self.cluster.wait_formed()
        self.cluster.wait_states('alpha', 'web', alpha='out-of-service', beta='in-service')
        self.assert_no_gap(client)
