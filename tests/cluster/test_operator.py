"""What an operator asks for: R2, O2, O6, and the exit codes of E1."""
from .case import OTHER_ADDRESS, OTHER_IP, SERVING, ClusterCase
from bed.holdfast import WEB, WEB_IP
from bed.outage import wait_gap

V1 = (r'^\S+ alpha holdfastd\[\d+\]: (EMERG|ERROR|WARN|NOTIFY|INFO):[a-z]*:[a-z]*:[^:]*:\d{6}:.*$')
DONE, FAILED, USAGE, NO_DAEMON, REFUSED = range(5)


class Operator(ClusterCase):
    def test_start_stop_move(self):
        self.up()
        self.ask(DONE, 'alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.cluster.wait_states('beta', 'web', 5, alpha='in-service', beta='out-of-service')
        self.cluster.wait_states('beta', 'web-ip', 5, alpha='in-service', beta='out-of-service')
        client = self.watch()

        start = client.count()
        self.ask(DONE, 'beta', 'resource', 'move', 'web', 'beta')       # asked on the other node
        self.assertIsNotNone(wait_gap(client, 5, start, 'beta'))   # not one of a client that was late itself
        self.cluster.wait_states('alpha', 'web', 5, alpha='out-of-service', beta='in-service')
        self.cluster.wait_states('alpha', 'web-ip', 5, alpha='out-of-service', beta='in-service')
        self.assertIsNone(self.nginx_pid('alpha'))
        self.assert_has_address('alpha', False)

        start = client.count()
        self.ask(DONE, 'alpha', 'resource', 'move', 'web', 'alpha')     # and back: no hidden rule is left (O6)
        self.assertIsNotNone(wait_gap(client, 5, start, 'alpha'))

        self.ask(DONE, 'alpha', 'resource', 'stop', 'web')              # what it stands on stays
        self.cluster.wait_states('beta', 'web', 5, alpha='out-of-service', beta='out-of-service')
        self.cluster.wait_states('beta', 'web-ip', 5, alpha='in-service')
        self.ask(DONE, 'alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.ask(DONE, 'alpha', 'resource', 'stop', 'web-ip')           # what stands on it stops first (R2)
        self.cluster.wait_states('beta', 'web', 5, alpha='out-of-service')
        self.cluster.wait_states('beta', 'web-ip', 5, alpha='out-of-service')
        self.assertIsNone(self.nginx_pid('alpha'))
        self.assert_has_address('alpha', False)

    def test_start_without_a_node(self):
        """Without --on: the node of highest priority."""
        self.up()
        self.ask(DONE, 'beta', 'resource', 'start', 'web')
        self.cluster.wait_states('beta', 'web', 5, alpha='in-service', beta='out-of-service')

    def test_two_hierarchies_on_two_nodes(self):
        self.up(resources=(WEB_IP, WEB, OTHER_IP))
        self.ask(DONE, 'alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.ask(DONE, 'alpha', 'resource', 'start', 'other-ip', '--on', 'beta')
        self.assert_has_address('beta', True, OTHER_ADDRESS)
        self.ask(DONE, 'alpha', 'resource', 'move', 'other-ip', 'alpha')
        self.assert_has_address('beta', False, OTHER_ADDRESS)
        self.assert_has_address('alpha', True, OTHER_ADDRESS)
        self.cluster.wait_states('beta', 'web', 5, alpha='in-service')

    def test_show_and_list(self):
        self.up()
        self.serve()
        listed = self.ask(DONE, 'alpha', 'resource', 'list')
        self.assertIn('web-ip', listed)
        shown = self.ask(DONE, 'alpha', 'resource', 'show', 'web')
        self.assertIn('process', shown)
        self.assertIn('alpha', self.ask(DONE, 'beta', 'why', 'web'))
        status = self.ask(DONE, 'beta', 'status')
        for word in ('alpha', 'beta', 'web', 'web-ip', '10.77.1.1', '10.77.2.1'):
            self.assertIn(word, status)
        self.assertNotIn('\033[', status)                               # colour only on a terminal
        self.assertIn('web', self.ask(DONE, 'alpha', 'log'))
        self.ask(DONE, 'alpha', 'version')
        for line in self.cluster.log('alpha').splitlines():
            self.assertRegex(line, V1)

    def test_refused(self):
        """O2: refused with a reason while the target could not take it; nothing changes."""
        client = self.up_and_serving()
        self.bed['beta'].power_off()
        self.cluster.wait_nodes('alpha', beta='failed')
        text = self.ask(REFUSED, 'alpha', 'resource', 'move', 'web', 'beta')
        self.assertIn('beta', text)
        self.cluster.wait_states('alpha', 'web', 5, alpha=SERVING)
        self.assert_no_gap(client)

    def test_started_where_it_runs_elsewhere(self):
        client = self.up_and_serving()
        text = self.ask(REFUSED, 'alpha', 'resource', 'start', 'web', '--on', 'beta')
        self.assertIn('alpha', text)
        self.assert_no_gap(client)

    def test_unknown_names_and_words(self):
        self.up()
        for arguments in (('resource', 'start', 'nothing'), ('resource', 'move', 'web', 'nowhere'),
                          ('resource', 'stop', 'web', '--on', 'nowhere'), ('why', 'nothing'),
                          ('resource', 'show', 'nothing')):
            done = self.cluster.command('alpha', *arguments)
            self.assert_one_line(done, USAGE, arguments[-1])
        for arguments in (('dance',), ('resource', 'dance'), ('status', '--dance'), ('resource', 'move', 'web')):
            self.ask(USAGE, 'alpha', *arguments)

    def test_no_daemon(self):
        self.up()
        missing = self.cluster.command('alpha', '--socket', '/run/nothing.sock', 'status')
        self.assert_one_line(missing, NO_DAEMON, '/run/nothing.sock')
        self.cluster.kill('beta')
        self.assert_one_line(self.cluster.command('beta', 'status'), NO_DAEMON, 'api.sock')
