"""F5: a failed resource is recovered where it is, by every kind of agent, and nothing else is touched; K6."""
from .case import SERVING, ClusterCase
from bed.failures import Death, IpCommand
from bed.holdfast import WEB, WEB_IP
from bed.testbed import ADDRESS

FOLDER = '/var/lib/holdfast/application'            # on every node's own disk
APPLICATION = {'name': 'application', 'agent': 'script', 'depends_on': ['web-ip'], 'monitor_interval': '1s',
               'parameters': {name: '%s/%s' % (FOLDER, name) for name in ('restore', 'remove', 'quickCheck')}}
SCRIPTS = {'restore': 'touch /run/application.up\n', 'remove': 'rm -f /run/application.up\n',
           'quickCheck': 'test -e /run/application.up\n', 'recover': 'touch /run/application.up\n'}


class LocalRecovery(ClusterCase):
    def make(self, *arguments, **settings):
        super().make(*arguments, **settings)
        for node in self.bed.nodes.values():
            for name, text in SCRIPTS.items():
                node.write('%s/%s' % (FOLDER, name), '#!/bin/sh\n' + text, 0o755)

    def recovered_after(self, fail, resource):
        """Makes the failure and waits until `resource` has been recovered on alpha."""
        mark = len(self.cluster.log('alpha'))
        fail()
        self.cluster.wait_log('alpha', 'END successful recover of "%s"' % resource, since=mark)
        self.cluster.wait_states('beta', resource, alpha=SERVING)

    def assert_untouched(self, *resources):
        """Nothing of these was stopped, recovered or started elsewhere since the cluster began to serve."""
        for resource in resources:
            for action in ('stop', 'recover'):
                self.assert_never_logged('alpha', 'BEGIN %s of "%s"' % (action, resource))
            self.assert_never_logged('beta', 'BEGIN start of "%s"' % resource)

    def remove_address(self):
        return IpCommand(self.bed['alpha'], 'addr del %s/24 dev pub0' % ADDRESS)

    def test_address(self):
        """K1: it comes back below the service, which is not touched."""
        self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.recovered_after(self.remove_address(), 'web-ip')
        self.assert_has_address('alpha', True)
        self.assertEqual(self.nginx_pid('alpha'), nginx)
        self.assert_untouched('web')
        self.watch()

    def test_process(self):
        """K7: started anew; the address below it stays where it is."""
        self.up_and_serving()
        nginx = self.nginx_pid('alpha')
        self.recovered_after(Death(nginx), 'web')
        self.assertNotIn(self.nginx_pid('alpha'), (None, nginx))
        self.assert_untouched('web-ip')
        self.watch()
        again = self.nginx_pid('alpha')             # watched anew: a second death is seen as the first was
        self.recovered_after(Death(again), 'web')

    def test_script_with_recover(self):
        recoverable = dict(APPLICATION, parameters=dict(APPLICATION['parameters'], recover=FOLDER + '/recover'))
        self.up(resources=(WEB_IP, recoverable))
        self.serve(resource='application')
        self.recovered_after(lambda: self.bed['alpha'].run('rm', '/run/application.up'), 'application')
        self.assert_untouched('web-ip')

    def test_script_without_recover_fails_over(self):
        """K6: at once; F3: stopped here, then started there."""
        self.up(resources=(WEB_IP, APPLICATION))
        self.serve(resource='application')
        self.bed['alpha'].run('rm', '/run/application.up')
        self.cluster.wait_states('beta', 'application', beta=SERVING, alpha='out-of-service')
        self.assertIn('it has no recover script', self.cluster.log('alpha'))

    def test_ocf(self):
        """Stop and start in place, one operation."""
        dummy = {'name': 'dummy', 'agent': 'ocf:heartbeat:Dummy', 'depends_on': ['web-ip'], 'monitor_interval': '1s',
                 'parameters': {'state': '/run/dummy.state'}}
        self.up(resources=(WEB_IP, dummy))
        self.serve(resource='dummy')
        self.recovered_after(lambda: self.bed['alpha'].run('rm', '/run/dummy.state'), 'dummy')
        self.bed['alpha'].run('test', '-e', '/run/dummy.state')
        self.assert_untouched('web-ip')
        self.assert_never_logged('alpha', 'BEGIN stop of "dummy"')

    def test_what_cannot_be_recovered_fails_over(self):
        """F1, F3: the interface is off, so the address cannot come back here."""
        self.up_and_serving()
        IpCommand(self.bed['alpha'], 'link set pub0 down')()
        self.cluster.wait_states('beta', 'web', beta=SERVING, alpha='out-of-service')
        self.assertIn('END failed recover of "web-ip"', self.cluster.log('alpha'))
        self.assertIsNone(self.nginx_pid('alpha'))
