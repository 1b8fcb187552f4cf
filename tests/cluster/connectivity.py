"""What the tests of the connectivity guard share (L9): cuts of every kind, and how soon one view is stable."""
import re
import time
from datetime import datetime

from .case import SERVING, ClusterCase
from bed.commands import wait_until

LINKS = (0, 1)
STABLE = 5.0                # s, from the cut to the last change of a view (L9)
QUIET = 4.0                 # s without a further change: then it was the last


def stamp(line):
    """When a line of the log was written; in seconds of the wall clock."""
    return datetime.fromisoformat(line.split(' ', 1)[0]).timestamp()


def last_view_change(log, since):
    """When the last line of a view after `since` was written; both in seconds of the wall clock."""
    times = [stamp(line) for line in log.splitlines() if ':::002001:' in line or ':::002002:' in line]
    return max([at for at in times if at >= since], default=since)


class Connectivity(ClusterCase):
    """No client's gaps are judged where rings form again and again: engines that spin with real-time priority leave
    the other machines of the bed no processor. That the service's process lives on is judged."""
    ALONE = True                # engines that form rings again and again leave other machines no processor
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
