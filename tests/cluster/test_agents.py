"""Every kind of agent in one hierarchy, failed over for real: K1, K5, K6, K7, R2; and a start that hangs: R4, K11."""
from .case import SERVING, ClusterCase
from bed.holdfast import WEB_IP

APPLICATION = '/var/lib/holdfast/application'        # on every node's own disk
HIERARCHY = (
    WEB_IP,
    {'name': 'dummy', 'agent': 'ocf:heartbeat:Dummy', 'depends_on': ['web-ip'],
     'parameters': {'state': '/run/dummy.state'}},
    {'name': 'other-dummy', 'agent': 'ocf:heartbeat:Dummy', 'depends_on': ['web-ip'],
     'parameters': {'state': '/run/other-dummy.state'}},
    {'name': 'application', 'agent': 'script', 'depends_on': ['dummy', 'other-dummy'],
     'parameters': {name: '%s/%s' % (APPLICATION, name) for name in ('restore', 'remove', 'quickCheck')}},
)
SCRIPTS = {'restore': 'touch /run/application.up\n', 'remove': 'rm -f /run/application.up\n',
           'quickCheck': 'test -e /run/application.up\n'}


class Agents(ClusterCase):
    def make(self, *arguments, **settings):
        super().make(*arguments, **settings)
        for node in self.bed.nodes.values():
            for name, text in SCRIPTS.items():
                node.write('%s/%s' % (APPLICATION, name), '#!/bin/sh\n' + text, 0o755)

    def exists(self, name, path):
        return self.bed[name].run('test', '-e', path, check=False).returncode == 0

    def position(self, name, text):
        log = self.cluster.log(name)
        self.assertIn(text, log)
        return log.index(text)

    def test_one_hierarchy_of_all_kinds(self):
        self.up(resources=HIERARCHY)
        self.serve(resource='application')
        for path in ('/run/dummy.state', '/run/other-dummy.state', '/run/application.up'):
            self.assertTrue(self.exists('alpha', path), path)

        self.cluster.do('alpha', 'resource', 'move', 'application', 'beta')
        for path in ('/run/dummy.state', '/run/other-dummy.state', '/run/application.up'):
            self.assertFalse(self.exists('alpha', path), path)
            self.assertTrue(self.exists('beta', path), path)
        for above, below in (('application', 'dummy'), ('application', 'other-dummy'), ('dummy', 'web-ip')):   # R2
            self.assertLess(self.position('alpha', 'END successful stop of "%s"' % above),
                            self.position('alpha', 'BEGIN stop of "%s"' % below))
            self.assertLess(self.position('beta', 'END successful start of "%s"' % below),
                            self.position('beta', 'BEGIN start of "%s"' % above))

        self.bed['beta'].power_off()
        self.cluster.wait_states('alpha', 'application', alpha=SERVING)
        self.assertTrue(self.exists('alpha', '/run/application.up'))

    def test_a_start_that_hangs(self):
        """R4, K11: killed with all that it started when its time is over; failed, with what stands on it down."""
        slow = dict(HIERARCHY[3], depends_on=['web-ip'], timeouts={'start': '2s'})
        self.up(resources=(WEB_IP, slow))
        self.bed['alpha'].write(APPLICATION + '/restore', '#!/bin/sh\nsleep 1000 & sleep 1000\n', 0o755)
        done = self.cluster.command('alpha', 'resource', 'start', 'application', '--on', 'alpha')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.cluster.wait_states('beta', 'application', alpha='failed')
        self.cluster.wait_states('beta', 'web-ip', alpha=SERVING)
        self.cluster.wait(lambda: not self.bed['alpha'].pids('sleep'), 5, 'nothing of the start is left')

    def test_a_failed_monitor(self):
        """F1, F6: found by the monitor and, by its policy, left; the operator starts it again (F5)."""
        quick = dict(HIERARCHY[3], depends_on=['web-ip'], monitor_interval='1s', local_recovery=False, failover=False)
        self.up(resources=(WEB_IP, quick))
        self.serve(resource='application')
        self.bed['alpha'].run('rm', '/run/application.up')
        self.cluster.wait_states('beta', 'application', alpha='failed')
        self.cluster.wait_states('beta', 'web-ip', alpha=SERVING)
        self.cluster.do('beta', 'resource', 'start', 'application', '--on', 'alpha')
        self.assertTrue(self.exists('alpha', '/run/application.up'))
        self.cluster.wait_states('beta', 'application', alpha='in-service')
        self.assert_never_logged('alpha', 'BEGIN stop of "web-ip"')
        self.assert_never_logged('beta', 'BEGIN start of')
