"""Three and more nodes that do not all hear each other: one stable view, and a line that says why (L9); eight links and
IPv6 links (L1). bench/connectivity.py measures how soon."""
import re
import time
from datetime import datetime

from .case import SERVING, ClusterCase
from bed.commands import wait_until

ALONE = True                # engines that form rings again and again leave other machines no processor
LINKS = (0, 1)
STABLE = 5.0                # s, from the cut to the last change of a view (L9)
QUIET = 4.0                 # s without a further change: then it was the last


def last_view_change(log, since):
    """When the last line of a view after `since` was written; both in seconds of the wall clock."""
    times = [datetime.fromisoformat(line.split(' ', 1)[0]).timestamp() for line in log.splitlines()
             if ':::002001:' in line or ':::002002:' in line]
    return max([at for at in times if at >= since], default=since)


class Connectivity(ClusterCase):
    """No client's gaps are judged where rings form again and again: engines that spin with real-time priority leave
    the other machines of the bed no processor. That the service's process lives on is judged."""
    nodes = ('alpha', 'beta', 'gamma')

    def cut_both(self, one, other, networks=LINKS):
        self.bed.hub.drop(one, other, networks)
        self.bed.hub.drop(other, one, networks)

    def assert_stable(self, since, *groups):
        """Every node of each group sees just its group, and their views have not changed later than STABLE s after
        `since`."""
        for group in groups:
            for name in group:
                self.cluster.wait_nodes(name, 15, **{other: 'online' if other in group else 'failed'
                                                     for other in self.nodes})
        members = [name for group in groups for name in group]

        def latest():
            return max(last_view_change(self.cluster.log(name), since) for name in members)
        wait_until(lambda: time.time() - latest() > QUIET, 30, 'views stay' + self.cluster.report())
        took = latest() - since
        self.assertLess(took, STABLE, 'stable only %.1f s after the cut%s' % (took, self.cluster.report(60)))

    def close_port(self, one, other):
        """A firewall on one machine drops the side channel's datagrams from another, on both links."""
        self.bed[one].run('nft', '-f', '-', input=''.join(
            'add table inet firewall\nadd chain inet firewall in { type filter hook input priority 0; }\n'
            'add rule inet firewall in ip saddr %s udp dport 5413 drop\n' % self.bed[other].address(k) for k in LINKS))

    def ports_closed(self, name):
        return [entry['node'] for entry in self.cluster.status(name)['attention'] if entry['kind'] == 'port-closed']

    def open_port(self, one):
        self.bed[one].run('nft', 'delete', 'table', 'inet', 'firewall')

    def assert_nowhere_twice(self, resource, *groups):
        """Among the members of a view at most one serves it, and so see all of them."""
        for group in groups:
            for name in group:
                states = self.cluster.states(name, resource)
                serving = [node for node in group if states.get(node) in SERVING]
                self.assertLessEqual(len(serving), 1, '%s: %s%s' % (name, states, self.cluster.report()))
            running = [name for name in group if self.nginx_pid(name) is not None]
            self.assertLessEqual(len(running), 1, '%s runs it%s' % (running, self.cluster.report()))

    def assert_left_out(self, names, left, stay):
        text = 'left out: %s; together stay: %s ' % (left, stay)
        for name in names:
            self.cluster.wait_log(name, text)
            self.assertEqual(self.cluster.log(name).count(text), 1)

    def assert_filters(self, **shut_out):
        """Just the links of these nodes are dropped on each."""
        for name, others in shut_out.items():
            wanted = {self.bed[other].address(k) for other in others for k in LINKS}

            def right(name=name, wanted=wanted):
                rules = self.bed[name].run('nft', 'list', 'ruleset').stdout
                return set(re.findall(r'saddr (\S+)', rules)) == wanted
            wait_until(right, 10, '%s drops %s' % (name, sorted(wanted)))

    def mend(self):
        self.bed.hub.drop_none()
        self.cluster.wait_formed()
        self.assert_filters(**{name: () for name in self.nodes})


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
        since = min(datetime.fromisoformat(line.split(' ', 1)[0]).timestamp() for line in lines)
        self.assert_stable(since, ('alpha', 'beta'), ('gamma',))
        self.assert_left_out(self.nodes, 'gamma', 'alpha, beta')
        for name in self.nodes:
            first = next(line for line in self.cluster.log(name)[start[name]:].splitlines() if ':::002001:' in line)
            self.assertGreater(datetime.fromisoformat(first.split(' ', 1)[0]).timestamp(), since - 0.5, first)
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

    def test_one_of_two_links_flaps(self):
        """Up and down every second for 14 s beside a link that is whole: no view changes."""
        client = self.up_and_serving()
        start = {name: len(self.cluster.log(name)) for name in self.nodes}
        for _ in range(7):
            self.bed['gamma'].cut(0)
            time.sleep(1)                       # the rhythm is what is tested
            self.bed['gamma'].restore(0)
            time.sleep(1)
        self.cluster.wait_formed()
        for name in self.nodes:
            log = self.cluster.log(name)[start[name]:]
            for word in ('COMMUNICATIONS', 'left out', ':::002001:', ':::002002:'):
                self.assertNotIn(word, log)
        self.assert_no_gap(client)

    def test_a_link_flaps_slowly(self):
        """Down for 10 s, up for 10 s, beside one that is whole: its own two lines each time, and no view changes."""
        client = self.up_and_serving()
        start = {name: len(self.cluster.log(name)) for name in self.nodes}
        for _ in range(3):
            self.bed['gamma'].cut(0)
            time.sleep(10)                      # the rhythm is what is tested
            self.bed['gamma'].restore(0)
            time.sleep(10)
        self.cluster.wait_formed()
        for name in self.nodes:
            log = self.cluster.log(name)[start[name]:]
            for word in ('COMMUNICATIONS', 'left out', ':::002001:', ':::002002:'):
                self.assertNotIn(word, log)
        self.assert_no_gap(client)

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
