"""V10: holdfast simulate says what would happen; then it happens, and was so."""
import json

from bed.outage import wait_gap

from .case import SERVING, ClusterCase

MARGIN_MS = 1500    # a busy machine, the client's own timeouts


class Simulate(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def simulate(self, *words):
        return json.loads(self.cluster.do('beta', 'simulate', *words, '--json'))

    def answer(self, simulated, resource):
        return next(r for r in simulated['resources'] if r['name'] == resource)

    def test_a_node_that_dies_as_it_was_said(self):
        client = self.up_and_serving()
        self.cluster.do('alpha', 'resource', 'move', 'web', 'beta')     # so that starts and stops were measured
        self.cluster.do('alpha', 'resource', 'move', 'web', 'alpha')
        self.cluster.wait_states('beta', 'web', alpha=SERVING)
        before = self.cluster.status('beta')['resources']
        said = self.simulate('--node-dies', 'alpha')
        web = self.answer(said, 'web')
        self.assertEqual(web['before'], ['alpha'])
        self.assertEqual(web['after'], ['beta'])
        self.assertFalse(web['twice'])
        self.assertGreater(said['durations']['web']['start']['measured'], 0)
        self.assertIn('N4', [line['rule'] for line in said['timeline']])
        self.assertEqual(self.cluster.status('beta')['resources'], before, 'a simulation changes nothing')

        start = client.count()
        self.bed['alpha'].power_off()
        gap = wait_gap(client, 20, start, web['after'][0])
        self.assertIsNotNone(gap, self.cluster.report())
        self.assertLess(gap.milliseconds, web['worst_outage_ms'] + MARGIN_MS, said)
        self.cluster.wait_states('beta', 'web', **{web['after'][0]: SERVING})

        said = self.simulate('--node-dies', 'beta')                     # from a present with a dead node
        self.assertEqual(self.answer(said, 'web')['after'], ['gamma'])
        self.assertTrue(self.answer(said, 'web')['unprotected'])

    def test_measurements_outlive_the_daemon(self):
        self.up_and_serving()
        self.cluster.do('alpha', 'resource', 'move', 'web', 'beta')
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        measured = self.simulate('--node-dies', 'beta')['durations']
        self.assertGreater(measured['web']['stop']['measured'], 0)
        self.cluster.do('beta', 'stop', '--keep-resources')
        self.cluster.start('beta')
        self.cluster.wait_formed()
        self.assertEqual(self.simulate('--node-dies', 'beta')['durations'], measured)

    def test_matrix_scenario_and_wrong_words(self):
        self.up()
        self.serve()
        matrix = self.simulate('--matrix')
        self.assertEqual(len(matrix['singles']), len(matrix['faults']))
        self.assertGreater(len(matrix['pairs']), 0)
        self.assertIn('what it means', self.cluster.do('alpha', 'simulate', '--matrix', '--rows', '3'))
        self.bed['beta'].write('/etc/holdfast/rehearse.scn', 'crash alpha\nrun until stable\n')
        played = self.simulate('--scenario', '/etc/holdfast/rehearse.scn')
        self.assertEqual(self.answer(played, 'web')['after'], ['beta'])
        wrong = self.cluster.command('alpha', 'simulate', '--node-dies', 'delta')
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('known: alpha, beta, gamma', wrong.stderr)
        none = self.cluster.command('alpha', 'simulate')
        self.assertEqual(none.returncode, 2)
