"""Stopping a node (O4, N5, O1) and maintenance (O5)."""
from .application import ApplicationCase, application
from .case import SERVING
from bed.holdfast import CONFIGURATION, OUTPUT


class Stopping(ApplicationCase):
    def wait_ended(self, name):
        self.assertIsNone(self.cluster.pid(name), 'holdfast stop ends after its daemon')

    def test_resources_stop_and_come_up_again_with_the_node(self):
        """O4, N5: nothing is taken over; O1: it comes up where it was. The service manager leaves the daemon down."""
        self.make(resources=(application(),))
        self.cluster.managed = True
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve(resource='application')
        self.assertIn('nothing is in service there', self.ask(0, 'alpha', 'stop'))
        self.wait_ended('alpha')
        self.assertFalse(self.runs('alpha'))
        self.cluster.wait_nodes('beta', alpha='stopped')
        self.cluster.wait_states('beta', 'application', beta='out-of-service')
        self.assert_never_logged('beta', 'BEGIN start of "application"')
        self.cluster.wait(lambda: 'exit code 0' in self.bed['alpha'].read(OUTPUT), 5, 'its daemon ended with 0')
        self.assertIn('no daemon', self.ask(3, 'alpha', 'stop'))
        self.cluster.start('alpha')
        self.cluster.wait_states('beta', 'application', alpha=SERVING)

    def test_switchover_strategy(self):
        """O4: shutdown_strategy = switchover: its hierarchies go to another node first."""
        self.up_with(node_settings={'shutdown_strategy': 'switchover'})
        self.ask(0, 'beta', 'stop', '--node', 'alpha')              # asked on the other node
        self.wait_ended('alpha')
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.assertFalse(self.runs('alpha'))

    def test_keep_resources(self):
        """O4, R5: what runs goes on, and is adopted."""
        self.up_with()
        self.ask(0, 'alpha', 'stop', '--keep-resources')
        self.wait_ended('alpha')
        self.assertTrue(self.runs('alpha'))
        self.cluster.wait_nodes('beta', alpha='stopped')
        self.cluster.start('alpha')
        self.cluster.wait_states('beta', 'application', alpha=SERVING)
        self.assertEqual(self.cluster.log('alpha').count('BEGIN start of "application"'), 1)

    def test_a_node_stays_whose_resource_does_not_stop(self):
        self.up_with()
        self.script('alpha', 'remove', 'exit 1\n')
        self.assertIn('alpha stays: application did not stop there', self.ask(1, 'alpha', 'stop'))
        self.assertIsNotNone(self.cluster.pid('alpha'))

    def test_without_a_view(self):
        """Nothing can be decided: one clear line in bounded time, and the way out."""
        self.up_with()
        self.cluster.kill('beta')
        self.bed['beta'].write(CONFIGURATION, self.cluster.text.replace('"bed"', '"bed"\nfailover_limit = 7', 1))
        self.cluster.start('beta')
        self.cluster.wait(lambda: (self.cluster.status('beta') or {}).get('synced') is False, 15, 'beta is alone')
        self.assertIn('holdfast stop --keep-resources', self.ask(1, 'beta', 'stop'))
        self.ask(0, 'beta', 'stop', '--keep-resources')
        self.wait_ended('beta')
        self.assertTrue(self.runs('alpha'))


class Maintenance(ApplicationCase):
    def test_nothing_is_acted_upon_until_it_ends(self):
        """O5"""
        self.up_with({'local_recovery': False})
        self.ask(0, 'beta', 'maintenance', 'on')
        self.assertIn('holdfast maintenance off', self.wait_attention('alpha', 'maintenance'))
        self.break_on('alpha')
        self.cluster.wait_states('beta', 'application', alpha='failed')     # it is monitored and shown
        shown = self.ask(0, 'beta', 'maintenance', 'off', '--dry-run')
        self.assertIn('start    application on beta', shown)
        refused = self.cluster.command('beta', 'maintenance', 'off')
        self.assertEqual(refused.returncode, 2)
        self.assertIn('--yes', refused.stderr)
        self.assertIn('start    application on beta', refused.stdout)
        for name in self.nodes:
            self.assert_never_logged(name, 'BEGIN stop of "application"')
        self.assert_never_logged('beta', 'BEGIN start of "application"')
        self.ask(0, 'beta', 'maintenance', 'off', '--yes')
        self.cluster.wait_states('beta', 'application', beta=SERVING)

    def test_of_a_resource(self):
        self.up_with({'local_recovery': False})
        self.ask(0, 'alpha', 'maintenance', 'on', '--resource', 'application')
        self.assertIn('in maintenance', self.ask(4, 'alpha', 'resource', 'move', 'application', 'beta'))
        self.ask(0, 'alpha', 'resource', 'move', 'application', 'beta', '--force')
        self.ask(0, 'alpha', 'maintenance', 'off', '--resource', 'application', '--yes')
        self.assertTrue(self.runs('beta'))
