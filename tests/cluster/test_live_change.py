"""The configuration of a running cluster changes, on real Corosync: O7, V9, L6."""
import types

from .case import SERVING, ClusterCase
from bed.holdfast import CONFIGURATION, OUTPUT, WEB, WEB_IP, configuration
from bed import network

SLEEPER = {'name': 'sleeper', 'agent': 'process', 'parameters': {'command': ['/bin/sleep', '100000']}}
DONE, FAILED, USAGE, NO_DAEMON, REFUSED = range(5)


class LiveChange(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def text(self, names, links=(0, 1), resources=(WEB_IP, WEB), **settings):
        """The file for some of the bed's nodes, with these links, and ids that stay."""
        part = types.SimpleNamespace(nodes={name: self.bed[name] for name in names})
        text = configuration(part, resources, lambda name: {'id': self.nodes.index(name) + 1}, **settings)
        for name in names:
            two = ['"%s"' % self.bed[name].address(k) for k in network.LINKS]
            want = ['"%s"' % self.bed[name].address(k) for k in links]
            text = text.replace('[%s]' % ', '.join(two), '[%s]' % ', '.join(want))
        return text

    def apply(self, text, *arguments, on='alpha'):
        self.bed[on].write('/etc/holdfast/new.toml', text)
        return self.cluster.do(on, 'apply', '/etc/holdfast/new.toml', *arguments)

    def stored(self, *names, text):
        for name in names:
            self.assertEqual(self.bed[name].read(CONFIGURATION), text, name)

    def two_nodes_serving(self):
        self.make()
        for name in ('alpha', 'beta'):
            self.bed[name].write(CONFIGURATION, self.text(('alpha', 'beta')))
        self.cluster.start('alpha', 'beta')
        for name in ('alpha', 'beta'):
            self.cluster.wait_nodes(name, 60, alpha='online', beta='online')
            self.cluster.wait_links(name, True, 60)
        self.serve()
        return self.watch()

    def gamma_joins_without_beta(self):
        """Into the cluster of alpha, that lost beta; the file that counts from then on."""
        self.cluster.wait_nodes('alpha', 20, beta='failed')
        text = self.text(self.nodes)
        self.apply(text, '--force')
        self.bed['gamma'].write(CONFIGURATION, text)
        self.cluster.start('gamma')
        self.cluster.wait_nodes('alpha', 60, alpha='online', gamma='online')
        return text

    def assert_nothing_failed(self, client, *names):
        self.assert_no_gap(client)
        for name in names:
            self.assertNotIn('FAILED', self.cluster.log(name))

    def test_everything_joins_and_leaves(self):
        client = self.two_nodes_serving()
        two = ('alpha', 'beta')

        # A heartbeat setting, and the same file twice.
        text = self.text(two, detection='fast')
        self.bed['alpha'].write('/etc/holdfast/new.toml', text)
        plan = self.cluster.do('alpha', 'plan', '/etc/holdfast/new.toml')
        self.assertIn('detection.token 250ms -> 100ms', plan)
        self.apply(text)
        self.stored('alpha', 'beta', text=text)
        self.assertIn('nothing to do', self.apply(text, on='beta'))
        self.assertEqual(self.cluster.do('beta', 'export'), text)

        # A third link.
        text = self.text(two, links=(0, 1, 2), detection='fast')
        self.apply(text)
        for name in two:
            self.cluster.wait_links(name, True, 20, index=2)
        self.assert_nothing_failed(client, *two)

        # A resource, brought in service, and a dependency on it.
        more = (WEB_IP, dict(WEB, depends_on=['web-ip', 'sleeper']), SLEEPER)
        text = self.text(two, links=(0, 1, 2), resources=(WEB_IP, WEB, SLEEPER), detection='fast')
        self.apply(text)
        text = self.text(two, links=(0, 1, 2), resources=more, detection='fast')
        self.apply(text)
        self.cluster.wait_states('beta', 'sleeper', 15, alpha=SERVING)
        self.assert_nothing_failed(client, *two)

        # A third node: its place in the configuration, the file and the key on it, and its daemon.
        text = self.text(self.nodes, links=(0, 1, 2), resources=more, detection='fast')
        self.apply(text)
        self.bed['gamma'].write(CONFIGURATION, self.bed['alpha'].read(CONFIGURATION))
        self.cluster.start('gamma')
        for name in self.nodes:
            self.cluster.wait_nodes(name, 60, alpha='online', beta='online', gamma='online')
            self.cluster.wait_links(name, True, 60)
        self.assert_nothing_failed(client, *self.nodes)

        # The second node leaves for good.
        text = self.text(('alpha', 'gamma'), links=(0, 1, 2), resources=more, detection='fast')
        self.apply(text)
        self.cluster.wait(lambda: self.cluster.pid('beta') is None, 20, 'holdfastd of beta has ended')
        for name in ('alpha', 'gamma'):
            self.cluster.wait_nodes(name, 20, alpha='online', gamma='online')
        self.cluster.wait_states('gamma', 'web', 5, alpha=SERVING)
        self.assert_nothing_failed(client, 'alpha', 'gamma')
        # The ids have a gap now, and a rehearsal knows the two that are left.
        self.assertIn('web: alpha -> gamma; outage:', self.cluster.do('alpha', 'simulate', '--node-dies', 'alpha'))

    def test_refused_and_out_of_date(self):
        client = self.two_nodes_serving()
        two = ('alpha', 'beta')
        before = self.bed['alpha'].read(CONFIGURATION)
        other = dict(WEB, parameters=dict(WEB['parameters'], check=['/bin/true']))
        self.bed['alpha'].write('/etc/holdfast/new.toml', self.text(two, resources=(WEB_IP, other)))
        for verb in ('plan', 'apply'):
            done = self.cluster.command('alpha', verb, '/etc/holdfast/new.toml')
            self.assertEqual(done.returncode, REFUSED, done.stdout + done.stderr)
            self.assertIn('parameters cannot change while it is in service on alpha', done.stderr)
        wrong = {'name': 'other', 'agent': 'ocf:heartbeat:Dummy', 'parameters': {'colour': 'red'}}
        self.bed['alpha'].write('/etc/holdfast/new.toml', self.text(two, resources=(WEB_IP, WEB, wrong)))
        for verb in ('plan', 'apply'):      # what only the agent knows
            self.assert_one_line(self.cluster.command('alpha', verb, '/etc/holdfast/new.toml'), FAILED, 'colour')
        self.bed['alpha'].write('/etc/holdfast/new.toml', self.text(two, startup_wait='5s'))
        done = self.cluster.command('alpha', 'apply', '/etc/holdfast/new.toml', '--base', '0123456789abcdef')
        self.assert_one_line(types.SimpleNamespace(returncode=done.returncode, stdout='', stderr=done.stderr), REFUSED,
                             'out of date')
        self.stored(*two, text=before)
        self.assert_nothing_failed(client, *two)

    def test_the_one_that_was_away_takes_it(self):
        self.two_nodes_serving()
        self.bed['beta'].power_off()
        self.cluster.wait_nodes('alpha', 20, beta='failed')
        text = self.text(('alpha', 'beta'), startup_wait='7s')
        self.bed['alpha'].write('/etc/holdfast/new.toml', text)
        done = self.cluster.command('alpha', 'apply', '/etc/holdfast/new.toml')
        self.assertEqual(done.returncode, REFUSED, done.stdout + done.stderr)
        self.apply(text, '--force')
        self.cluster.boot('beta')
        self.cluster.wait_nodes('beta', 60, alpha='online', beta='online')
        self.cluster.wait(lambda: self.bed['beta'].read(CONFIGURATION) == text, 10, 'beta has stored the new file')

    def test_the_one_that_was_away_while_a_node_joined(self):
        """O7, L9: with its old file it would not know the new node, and stay out of their ring; it asks before it starts."""
        self.two_nodes_serving()
        self.bed['beta'].power_off()
        text = self.gamma_joins_without_beta()
        old = self.bed['beta'].read(CONFIGURATION)
        self.assertNotEqual(old, text)
        self.cluster.boot('beta')
        for name in self.nodes:
            self.cluster.wait_nodes(name, 60, alpha='online', beta='online', gamma='online')
        self.assertEqual(self.bed['beta'].read(CONFIGURATION), text)
        self.assertEqual(self.bed['beta'].read(CONFIGURATION + '.0'), old)
        self.assertIn('took configuration 1 from', self.cluster.log('beta'))

    def test_one_that_was_removed_does_not_start(self):
        """O7: with its old file it would start alone what runs elsewhere now."""
        self.make()
        text = self.text(self.nodes)
        for name in self.nodes:
            self.bed[name].write(CONFIGURATION, text)
        self.cluster.start(*self.nodes)
        for name in self.nodes:
            self.cluster.wait_nodes(name, 60, alpha='online', beta='online', gamma='online')
        self.serve()
        self.bed['gamma'].power_off()
        self.cluster.wait_nodes('alpha', 20, gamma='failed')
        client = self.watch()
        self.apply(self.text(('alpha', 'beta')))
        self.cluster.boot('gamma')
        self.cluster.wait(lambda: 'gamma was removed from the cluster' in self.bed['gamma'].read(OUTPUT), 20,
                          'gamma says that it was removed')
        self.cluster.wait(lambda: self.cluster.pid('gamma') is None, 10, 'holdfastd of gamma has ended')
        self.assert_no_gap(client)

    def test_the_one_that_was_cut_off_while_a_node_joined(self):
        """O7, L9: its Corosync runs with the old list of nodes; when it hears them again it asks, takes the later one, and
        its Corosync starts anew: a ring that comes and goes would deliver no reload."""
        self.two_nodes_serving()
        self.bed['beta'].cut()
        text = self.gamma_joins_without_beta()
        pid = self.cluster.pid('beta')
        self.bed['beta'].restore()
        for name in self.nodes:
            self.cluster.wait_nodes(name, 60, alpha='online', beta='online', gamma='online')
        self.assertEqual(self.bed['beta'].read(CONFIGURATION), text)
        self.assertEqual(self.cluster.pid('beta'), pid)
