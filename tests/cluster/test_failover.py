"""A resource fails and its agent cannot recover it in place: F3, F4, F6, F7; and the way home: O3."""
from .application import ApplicationCase
from .case import SERVING


class Failover(ApplicationCase):
    def test_stops_here_then_starts_there(self):
        """F3"""
        self.up_with({'local_recovery': False})
        self.break_on('alpha')
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.assertFalse(self.runs('alpha'))
        alpha = self.cluster.log('alpha')
        self.assertLess(alpha.index('END successful stop of "application"'),
                        alpha.index('application is wanted on beta'))
        self.assertIn('F3', self.cluster.do('beta', 'why', 'application'))

    def test_a_stop_that_fails_blocks(self):
        """F4: it may still run on alpha, so it starts nowhere else until a stop succeeded there."""
        self.up_with()
        self.script('alpha', 'remove', 'echo it hangs on >&2; exit 1\n')
        self.break_on('alpha')
        self.cluster.wait_log('alpha', '004022')
        self.assertIn('holdfast resource stop application', self.wait_attention('beta', 'failed'))
        self.assert_never_logged('beta', 'BEGIN start of "application"')
        self.script('alpha', 'remove', 'exit 0\n')
        self.ask(0, 'beta', 'resource', 'stop', 'application')
        self.ask(0, 'beta', 'resource', 'start', 'application', '--on', 'beta')
        self.assertTrue(self.runs('beta'))

    def test_no_ping_pong(self):
        """F7: moved failover_limit times, it stays where it fails until an operator acts."""
        self.up_with(failover_limit=1)
        self.break_on('alpha')
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.break_on('beta')
        self.assertIn('F7', self.wait_attention('alpha', 'held'))
        self.cluster.wait_states('alpha', 'application', beta='failed')
        self.assertFalse(self.runs('alpha'))
        self.ask(0, 'alpha', 'resource', 'start', 'application', '--on', 'beta')
        self.cluster.wait(lambda: all(a['kind'] != 'held' for a in self.cluster.status('alpha')['attention']), 5,
                          'an operator acted: it may move again')
        self.assertTrue(self.runs('beta'))

    def test_notify_only(self):
        """F6: told, with what would have been done; nothing is done."""
        self.up_with({'notify_only': True})
        self.break_on('alpha')
        self.cluster.wait_log('alpha', 'notify_only')
        self.assertIn('notify_only', self.wait_attention('beta', 'failed'))
        for name in self.nodes:
            self.assert_never_logged(name, 'BEGIN stop of "application"')
        self.assert_never_logged('beta', 'BEGIN start of "application"')

    def test_an_operator_confirms_the_takeover(self):
        """N6"""
        self.up_with(node_settings={'confirm_failover': True})
        self.assertIn('did not fail', self.ask(4, 'beta', 'node', 'confirm', 'alpha', 'yes'))
        self.bed['alpha'].power_off()
        self.assertIn('holdfast node confirm alpha yes', self.wait_attention('beta', 'waits'))
        self.assertFalse(self.runs('beta'))
        self.ask(0, 'beta', 'node', 'confirm', 'alpha', 'yes')
        self.cluster.wait_states('beta', 'application', beta=SERVING)

    def test_home_again(self):
        """O3: switchback = automatic, after switchback_delay."""
        self.up_with({'switchback': 'automatic'}, switchback_delay='1s')
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.cluster.boot('alpha')
        self.cluster.wait_states('beta', 'application', 60, alpha='in-service', beta='out-of-service')
        self.assertIn('O3', self.cluster.do('beta', 'why', 'application', '--all'))
        self.assertFalse(self.runs('beta'))
