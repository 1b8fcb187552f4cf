"""Part of a hierarchy does not start: S1, S2, S3, S4."""
from .case import OTHER_IP, SERVING, ClusterCase
from bed.holdfast import WEB, WEB_IP


class StartFailure(ClusterCase):
    def break_nginx(self, name):
        self.bed[name].write('/etc/nginx/nginx.conf', 'this is not a configuration of nginx;\n')

    def fail_over_to_broken_beta(self, profile):
        self.up(resources=(WEB_IP, WEB, OTHER_IP), profile=profile)
        self.serve()
        self.serve(resource='other-ip')
        self.break_nginx('beta')
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'web', 60, beta='failed')

    def test_linux(self):
        """S1: what had started stays; S3: the other hierarchy comes up."""
        self.fail_over_to_broken_beta('linux')
        self.cluster.wait_states('beta', 'web-ip', beta=SERVING)
        self.cluster.wait_states('beta', 'other-ip', beta=SERVING)
        self.assert_has_address('beta', True)
        self.assertIn('S1', self.cluster.do('beta', 'why', 'web'))

    def test_windows(self):
        """S2: what had started is stopped again; S3: the other hierarchy comes up."""
        self.fail_over_to_broken_beta('windows')
        self.cluster.wait_states('beta', 'web-ip', beta='out-of-service')
        self.cluster.wait_states('beta', 'other-ip', beta=SERVING)
        self.assert_has_address('beta', False)
        self.assertIn('S2', self.cluster.do('beta', 'why', 'web'))

    def test_switchover_in_profile_windows(self):
        """S4: an operator's switchover behaves as S1, in either profile."""
        self.up(profile='windows')
        self.serve()
        self.break_nginx('beta')
        done = self.cluster.command('alpha', 'resource', 'move', 'web', 'beta')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.cluster.wait_states('alpha', 'web-ip', beta=SERVING)
        self.cluster.wait_states('alpha', 'web', alpha='out-of-service', beta='failed')
        self.assert_has_address('beta', True)
