"""Guards on real parts (G1 to G3, G6, F4): a power switch and its fence agent, witnesses, shared storage, resets."""
import os
import shutil
import tempfile

from bed import network
from bed.commands import wait_until
from bed.holdfast import WEB, WEB_IP, Cluster, configuration
from bed.power import FAILS, HANGS, LIES, PowerSwitch

from .case import SERVING, ClusterCase

WITNESSES = (8081, 8082, 8083)
WITNESS_ADDRESS = '10.77.9.200'     # the client machine of the bed
LISTEN = '''
import socket, sys, time
listening = []
for port in map(int, sys.argv[1:]):
    listening.append(socket.create_server(('', port)))
print('listening', flush=True)
time.sleep(100000)
'''


def level(**further):
    return {'agent': 'fence_namespace', 'timeout': '3s', 'parameters': {'password': 'geheim'}, **further}


class GuardCase(ClusterCase):
    def fenced_cluster(self, levels=1, **settings):
        """A cluster whose nodes can power each other off, and web on alpha."""
        self.make(node_settings={'fence': [level()] * levels}, **settings)
        self.power = PowerSwitch(self.bed)
        self.addCleanup(self.power.close)
        self.cluster.start()
        self.cluster.wait_formed()

    def wait_off(self, name, timeout=20):
        wait_until(self.bed[name].is_off, timeout, lambda: name + ' is off' + self.cluster.report(), 0.02)

    def serving_nodes(self):
        return [name for name in self.nodes if not self.bed[name].is_off() and self.nginx_pid(name)]


class Fencing(GuardCase):
    def test_split_of_two_the_one_that_serves_survives(self):
        """G3: two nodes that do not hear each other never shoot each other: the one that serves has a head start."""
        self.fenced_cluster()
        self.serve('beta')
        nginx = self.nginx_pid('beta')
        self.bed['alpha'].cut()
        self.wait_off('alpha')
        self.cluster.wait_log('beta', 'alpha is off: fence_namespace: confirmed off')
        self.assertFalse(self.bed['beta'].is_off())
        self.assertEqual(self.power.asked('off', 'beta'), [], 'alpha was to wait')
        self.assertEqual(self.nginx_pid('beta'), nginx)
        self.assertNotIn('geheim', self.cluster.log('beta'))

    def test_takeover_waits_for_the_confirmed_off(self):
        """G6: first off, then the start; and what hangs with its links cut does not serve beside it."""
        self.fenced_cluster()
        self.serve('alpha')
        client = self.watch('alpha')
        self.bed['alpha'].freeze()
        self.bed['alpha'].cut()
        self.wait_off('alpha')
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        self.assertTrue(client.running())
        log = self.cluster.log('beta')
        self.assertLess(log.index('confirmed off'), log.index('BEGIN start of "web-ip"'))
        self.assertEqual(self.power.asked('off', 'alpha'), ['beta'])
        self.assertIn('status', [action for _, _, action, _ in self.power.calls])

    def held(self, manner, text):
        """alpha is dead, and beta cannot power it off."""
        self.fenced_cluster()
        self.serve('alpha')
        self.power.outlets['alpha'] = manner
        self.bed['alpha'].power_off()
        self.cluster.wait_log('beta', text, 30)
        self.cluster.wait_log('beta', 'that was the last level', 30)
        self.assertIsNone(self.nginx_pid('beta'))
        self.assertNotIn('geheim', self.cluster.log('beta'))

    def test_an_agent_that_fails_holds_until_an_operator_confirms(self):
        self.held(FAILS, 'off failed with exit code 1: the power switch says: out of order (password ***)')
        self.assert_one_line(self.cluster.command('beta', 'node', 'confirm-off', 'beta'), 4, 'beta')
        self.cluster.do('beta', 'node', 'confirm-off', 'alpha')
        self.cluster.wait_states('beta', 'web', beta=SERVING)

    def test_an_agent_that_hangs_is_killed(self):
        self.held(HANGS, 'off gave no answer within 3000 ms, killed')
        wait_until(lambda: not self.bed['beta'].pids('fence_namespace'), 10, 'the agent is gone')

    def test_an_agent_that_lies_is_found_out(self):
        """It says that it switched off, but both nodes go on running: neither takes anything over."""
        self.fenced_cluster()
        self.serve('alpha')
        nginx = self.nginx_pid('alpha')
        for name in self.nodes:
            self.power.outlets[name] = LIES
        self.bed['alpha'].cut()
        for name in self.nodes:
            self.cluster.wait_log(name, 'said that it switched off, but the status is on', 40)
            self.cluster.wait_log(name, 'that was the last level', 40)
        self.assertEqual(self.serving_nodes(), ['alpha'])
        self.assertEqual(self.nginx_pid('alpha'), nginx)

    def test_the_next_level_is_tried(self):
        self.make(node_settings={'fence': [level(parameters={'socket': '/run/nothing'}), level()]})
        self.power = PowerSwitch(self.bed)
        self.addCleanup(self.power.close)
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha')
        self.bed['alpha'].freeze()
        self.bed['alpha'].cut()
        self.cluster.wait_log('beta', 'the next level is tried', 30)
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        self.assertTrue(self.bed['alpha'].is_off())


class Quorum(GuardCase):
    def witnesses(self, *ports):
        program = self.bed.client.spawn('python3', '-c', LISTEN, *map(str, ports))
        self.assertIsNotNone(program.wait_line(lambda line: line == 'listening', 10))
        return program

    TCP = {'kind': 'tcp', 'hosts': ['%s:%d' % (WITNESS_ADDRESS, port) for port in WITNESSES]}

    def tcp(self, **settings):
        self.make(quorum=self.TCP, **settings)
        self.listeners = [self.witnesses(port) for port in WITNESSES]
        self.cluster.start()
        self.cluster.wait_formed()

    def test_tcp_survivor_takes_over(self):
        """G1: two of three witnesses are enough."""
        self.tcp()
        self.serve('alpha')
        self.listeners[0].stop()
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'web', beta=SERVING)

    def test_guards_come_to_a_running_cluster(self):
        """O7: a witness and fencing are added while web runs; then both are at work."""
        client = self.up_and_serving()
        self.power = PowerSwitch(self.bed)
        self.addCleanup(self.power.close)
        self.witnesses(*WITNESSES)
        self.bed['beta'].write('/etc/holdfast/new.toml', configuration(self.bed, (WEB_IP, WEB), quorum=self.TCP,
                                                                       node_settings={'fence': [level()]}))
        self.cluster.do('beta', 'apply', '/etc/holdfast/new.toml')
        for name in self.nodes:
            self.cluster.wait_log(name, 'quorum: more than half of 3 witnesses accept a connection', 20)
        self.assert_no_gap(client)
        self.bed['alpha'].freeze()
        self.bed['alpha'].cut()
        self.wait_off('alpha')
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        self.assertEqual(self.power.asked('off', 'alpha'), ['beta'])
        self.assertNotIn('geheim', self.cluster.log('beta'))

    def test_tcp_quorum_lost_stops(self):
        """G2: cut off from links and witnesses, a node stops what it runs; the other one takes it over."""
        self.tcp()
        self.serve('alpha')
        self.bed['alpha'].cut(*network.ALL)
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        wait_until(lambda: self.nginx_pid('alpha') is None, 20,
                   lambda: 'nginx on alpha is stopped' + self.cluster.report())
        self.assertRegex(self.cluster.log('alpha'), r'no quorum: 0 of 3 witnesses accept a connection')

    def test_tcp_quorum_lost_resets(self):
        """G2: quorum_loss = reboot; a real reset, which ends the machine of the bed."""
        self.tcp(quorum_loss='reboot')
        self.serve('alpha')
        self.bed['alpha'].cut(*network.ALL)
        self.wait_off('alpha')
        self.cluster.wait_states('beta', 'web', beta=SERVING)

    def test_storage(self):
        """G1: the mark of a node that is only cut off is renewed, so nothing is taken over; that of a dead one is not."""
        self.make()
        path = os.path.join(self.shared_folder(), 'marks')
        self.cluster = Cluster(self.bed, configuration(self.bed, quorum={'kind': 'storage', 'path': path,
                                                                         'interval': '1s'}))
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha')
        self.bed['alpha'].cut()
        self.cluster.wait_log('beta', 'the witness sees that it is alive', 20)
        self.assertEqual(self.serving_nodes(), ['alpha'])
        self.bed['alpha'].power_off()
        self.cluster.wait_states('beta', 'web', 30, beta=SERVING)

    def test_storage_that_is_not_shared(self):
        """Every node has a file of its own: said in one clear line, and nothing is taken over."""
        self.make(quorum={'kind': 'storage', 'path': '/var/lib/holdfast/marks', 'interval': '1s'})
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha')
        for name, other in (('alpha', 'beta'), ('beta', 'alpha')):
            self.cluster.wait_log(name, '/var/lib/holdfast/marks is not shared: %s is in the view' % other, 30)
        self.bed['alpha'].power_off()
        self.cluster.wait_log('beta', 'the witness sees that it is alive', 20)
        self.assertIsNone(self.nginx_pid('beta'))

    def shared_folder(self):
        """A folder that every node sees: what shared storage is to real machines."""
        folder = tempfile.mkdtemp(prefix='marks-', dir=self.bed.programs)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder


class Majority(GuardCase):
    nodes = ('alpha', 'beta', 'gamma')

    def test_majority_of_three(self):
        """G1, G2: the side with two goes on; the one alone stops."""
        self.up(quorum='majority')
        self.serve('alpha')
        self.bed['alpha'].cut(*network.ALL)
        self.cluster.wait_states('beta', 'web', beta=SERVING)
        wait_until(lambda: self.nginx_pid('alpha') is None, 20,
                   lambda: 'nginx on alpha is stopped' + self.cluster.report())
        self.assertEqual(self.serving_nodes(), ['beta'])
