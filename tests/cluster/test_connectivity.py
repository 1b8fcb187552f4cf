"""Three and more nodes that do not all hear each other: one stable view, and a line that says why (L9).
bench/connectivity.py measures how soon."""
import time

from .case import SERVING
from .connectivity import LINKS, Connectivity, last_view_change, stamp
from bed.commands import wait_until


class Three(Connectivity):
    def test_first_and_third_do_not_hear_each_other(self):
        """alpha and beta stay, gamma is left out; the service goes on; mended, all are one view again."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        since = time.time()
        self.cut_both('alpha', 'gamma')
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        self.assert_filters(alpha=('gamma',), beta=('gamma',), gamma=('alpha', 'beta'))
        self.assertIn('left out', self.cluster.do('beta', 'status'))
        self.assert_nowhere_twice('web', ('alpha', 'beta'), ('gamma',))
        self.mend()
        self.cluster.wait_states('beta', 'web', alpha=SERVING)
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_one_direction_cut(self):
        """gamma hears alpha, alpha does not hear gamma: as good as no path at all."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        since = time.time()
        self.bed.hub.drop('gamma', 'alpha', LINKS)
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        self.assert_nowhere_twice('web', ('alpha', 'beta'), ('gamma',))
        self.mend()
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_one_direction_on_each_link(self):
        """Link 0 carries only there, link 1 only back: no heartbeat comes back on either. The engine's messages pass until
        it gives these links up (so soon after the start: up to ten link timeouts), so long its view of three stays."""
        self.up(resources=())
        start = {name: len(self.cluster.log(name)) for name in self.nodes}
        self.bed.hub.drop('alpha', 'gamma', (0,))
        self.bed.hub.drop('gamma', 'alpha', (1,))
        lines = [self.cluster.wait_log(one, 'COMMUNICATION TO %s BY' % other, 20, start[one])
                 for one, other in (('alpha', 'gamma'), ('gamma', 'alpha'))]
        since = min(stamp(line) for line in lines)
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        for name in self.nodes:
            first = next(line for line in self.cluster.log(name)[start[name]:].splitlines() if ':::002001:' in line)
            self.assertGreater(stamp(first), since - 0.5, first)
        self.mend()

    def test_a_node_that_only_hears(self):
        """What gamma sends arrives nowhere: it is alone, and nobody has to be shut out for that."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        since = time.time()
        for other in ('alpha', 'beta'):
            self.bed.hub.drop('gamma', other, LINKS)
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        for name in ('alpha', 'beta'):
            self.assert_never_logged(name, 'left out')
        self.assert_nowhere_twice('web', ('alpha', 'beta'), ('gamma',))
        self.mend()
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_daemon_of_the_one_between_is_killed(self):
        """The next daemon removes what the killed one left, takes the others' word, and the view of two comes back."""
        self.up(resources=())
        self.cut_both('alpha', 'gamma')
        self.cluster.wait_nodes('beta', 15, alpha='online', gamma='failed')
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        self.cluster.kill('beta')
        self.assert_filters(beta=('gamma',))
        since = time.time()
        self.cluster.start('beta')
        self.assert_stable(since, ('alpha', 'beta'))
        self.assert_filters(alpha=('gamma',), beta=('gamma',), gamma=('alpha', 'beta'))
        self.mend()

    def test_killed_daemon_leaves_nothing_for_long(self):
        """gamma was shut out on beta; beta's daemon is killed and starts when all is well: nothing is dropped."""
        self.up(resources=())
        self.cut_both('alpha', 'gamma')
        self.cluster.wait_nodes('beta', 15, alpha='online', gamma='failed')
        self.assert_filters(beta=('gamma',))
        self.cluster.kill('beta')
        self.bed.hub.drop_none()
        self.cluster.start('beta')
        self.cluster.wait_formed()
        self.assert_filters(beta=())

    def flap(self, times, seconds):
        """One of two links of gamma goes down and comes up: no view changes, and no service is gone."""
        client = self.up_and_serving()
        start = {name: len(self.cluster.log(name)) for name in self.nodes}
        for _ in range(times):
            self.bed['gamma'].cut(0)
            time.sleep(seconds)                 # the rhythm is what is tested
            self.bed['gamma'].restore(0)
            time.sleep(seconds)
        self.cluster.wait_formed()
        for name in self.nodes:
            log = self.cluster.log(name)[start[name]:]
            for word in ('COMMUNICATIONS', 'left out', ':::002001:', ':::002002:'):
                self.assertNotIn(word, log)
        self.assert_no_gap(client)

    def test_one_of_two_links_flaps(self):
        self.flap(7, 1)

    def test_a_link_flaps_slowly(self):
        """Each time it is a failure of its own, with its own two lines."""
        self.flap(3, 10)

    def test_the_only_link_of_a_node_flaps_slowly(self):
        """Down for 6 s, up for 9 s, four times: a failure each time it is down, no service moves, no storm of lines."""
        self.up(node_settings=lambda name: {'links': [self.bed[name].address(0)]})
        self.serve()
        nginx = self.nginx_pid('alpha')
        start = {name: len(self.cluster.log(name)) for name in self.nodes}
        for _ in range(4):
            self.bed['gamma'].cut(0)
            time.sleep(6)
            self.bed['gamma'].restore(0)
            time.sleep(9)
        self.cluster.wait_formed(90)
        for name in ('alpha', 'beta'):
            log = self.cluster.log(name)[start[name]:]
            self.assertLessEqual(log.count('left out: '), 1, log)
            self.assertLessEqual(log.count('COMMUNICATIONS gamma FAILED'), 4, log)
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.assert_nowhere_twice('web', self.nodes)

    def test_a_closed_port_is_no_cut(self):
        """A firewall on alpha drops what gamma sends beside the engine: told once for each link, nobody is left out, also
        when the view changes; opened, it is told, too. Meanwhile a cut is still found."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        self.close_port('alpha', 'gamma')
        texts = {'alpha': 'nothing comes back from gamma by %s/%s on UDP port 5413',
                 'gamma': 'nothing comes back from alpha by %s/%s on UDP port 5413'}
        for name, other in (('alpha', 'gamma'), ('gamma', 'alpha')):
            for k in LINKS:
                self.cluster.wait_log(name, texts[name] % (self.bed[name].address(k), self.bed[other].address(k)), 30)
        self.assertEqual(self.ports_closed('alpha'), ['gamma', 'gamma'])
        self.assertEqual(self.ports_closed('beta'), [])
        self.assertIn('UDP port 5413', self.cluster.do('gamma', 'status'))
        self.cluster.kill('beta', 'corosync')
        self.cluster.wait_formed()
        self.bed['beta'].power_off()
        self.cluster.wait_nodes('alpha', beta='failed', gamma='online')
        self.cluster.boot('beta')
        self.cluster.wait_formed()
        for name in self.nodes:
            self.assert_never_logged(name, 'left out')
        for name in ('alpha', 'gamma'):
            self.assertEqual(self.cluster.log(name).count('nothing comes back from'), 2)
        self.open_port('alpha')
        for name in ('alpha', 'gamma'):
            self.cluster.wait_log(name, 'UDP port 5413 of ')
        wait_until(lambda: not self.ports_closed('alpha'), 10, 'nothing needs attention')
        since = time.time()
        self.cut_both('alpha', 'gamma')
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.mend()
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_a_port_that_is_closed_from_the_start(self):
        self.make(resources=())
        self.close_port('alpha', 'gamma')
        self.cluster.start()
        self.cluster.wait_formed()
        for name, other in (('alpha', 'gamma'), ('gamma', 'alpha')):
            self.cluster.wait_log(name, 'nothing comes back from %s by ' % other, 30)
        for name in self.nodes:
            self.assert_never_logged(name, 'left out')

    def test_the_only_link_of_a_node_flaps(self):
        """Up and down every second for 20 s: the node is left out meanwhile, the others go on, then it is back."""
        self.up(node_settings=lambda name: {'links': [self.bed[name].address(0)]})
        self.serve()
        nginx = self.nginx_pid('alpha')
        for _ in range(10):
            self.bed['gamma'].cut(0)
            time.sleep(1)
            self.bed['gamma'].restore(0)
            time.sleep(1)
        for name in ('alpha', 'beta'):
            self.cluster.wait_log(name, 'left out: gamma; together stay: alpha, beta ')
            self.cluster.wait_nodes(name, gamma='failed')
        changed = max(last_view_change(self.cluster.log(name), 0) for name in ('alpha', 'beta'))
        self.assertGreater(time.time() - changed, 8, 'the view of alpha and beta lasts while gamma flaps' +
                           self.cluster.report(60))
        self.cluster.wait_formed(60)
        self.assertEqual(self.nginx_pid('alpha'), nginx)


class Four(Connectivity):
    nodes = ('alpha', 'beta', 'gamma', 'delta')

    def test_the_first_node_hears_only_one(self):
        """beta, gamma and delta stay together, with beta's service; alpha is left out although it is the first."""
        self.up()
        self.serve('beta')
        nginx = self.nginx_pid('beta')
        since = time.time()
        for other in ('gamma', 'delta'):
            self.cut_both('alpha', other)
        self.assert_stable(since, ('beta', 'gamma', 'delta'), ('alpha',))
        self.assert_left_out(self.nodes, 'alpha', 'beta, gamma, delta')
        self.assert_nowhere_twice('web', ('beta', 'gamma', 'delta'), ('alpha',))
        self.mend()
        self.assertEqual(self.nginx_pid('beta'), nginx)

    def test_one_direction_between_two_pairs(self):
        """What alpha and beta send does not reach gamma and delta: two views of two."""
        self.up(resources=())
        since = time.time()
        for one in ('alpha', 'beta'):
            for other in ('gamma', 'delta'):
                self.bed.hub.drop(one, other, LINKS)
        self.assert_stable(since, ('alpha', 'beta'), ('gamma', 'delta'))
        self.mend()


class Five(Connectivity):
    nodes = ('alpha', 'beta', 'gamma', 'delta', 'epsilon')

    def test_two_halves_with_a_bridge(self):
        self.up()
        self.serve()
        since = time.time()
        for one in ('alpha', 'beta'):
            for other in ('delta', 'epsilon'):
                self.cut_both(one, other)
        self.assert_stable(since, ('alpha', 'beta', 'gamma'), ('delta', 'epsilon'))
        self.assert_left_out(self.nodes, 'delta, epsilon', 'alpha, beta, gamma')
        self.assert_nowhere_twice('web', ('alpha', 'beta', 'gamma'), ('delta', 'epsilon'))
        self.mend()

    def test_a_ring_that_holds_is_left_alone(self):
        """alpha and gamma do not hear each other, but the token need not pass between them: nobody is left out."""
        self.up(resources=())
        self.cut_both('alpha', 'gamma')
        for name in self.nodes:
            self.cluster.wait_log(name, 'alpha and gamma do not answer each other over any link; the view holds')
            self.cluster.wait_nodes(name, **{other: 'online' for other in self.nodes})
            self.assert_never_logged(name, 'left out:')
        self.mend()


class Two(Connectivity):
    nodes = ('alpha', 'beta')

    def test_one_hears_and_is_not_heard(self):
        """alpha hears beta, beta does not hear alpha: each alone in one stable view, nothing flaps, the service goes on."""
        self.up()
        self.serve()
        nginx = self.nginx_pid('alpha')
        since = time.time()
        self.bed.hub.drop('alpha', 'beta', LINKS)
        self.assert_stable(since, ('alpha',), ('beta',))
        self.assert_nowhere_twice('web', ('alpha',), ('beta',))
        self.bed.hub.drop_none()
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha=SERVING)
        self.assertEqual(self.nginx_pid('alpha'), nginx)
