"""Wrong input and wrong surroundings: one clear line each, the exit code of E1, nothing half done."""
import os

from .case import SERVING, ClusterCase
from bed import network
from bed.commands import wait_until
from bed.holdfast import CONFIGURATION, KEY, WEB, WEB_IP, configuration
from bed.testbed import ADDRESS

FAILED, USAGE, REFUSED = 1, 2, 4


class WrongInputCase(ClusterCase):
    def run_daemon(self, name, *options, timeout=20):
        """holdfastd on a node, which must end by itself."""
        return self.bed[name].run(os.path.join(self.cluster.programs, 'holdfastd'), *options, check=False,
                                  timeout=timeout)

    def assert_nothing_left_running(self, name):
        self.assertIsNone(self.cluster.pid(name))
        self.assertIsNone(self.cluster.pid(name, 'corosync'))


class Surroundings(WrongInputCase):
    def test_second_daemon(self):
        client = self.up_and_serving()
        first = self.cluster.pid('alpha')
        self.assert_one_line(self.run_daemon('alpha'), REFUSED, 'another holdfastd', 'runs')
        self.assertEqual(self.cluster.pid('alpha'), first)
        self.cluster.wait_formed()
        self.assert_no_gap(client)

    def test_foreign_corosync(self):
        self.make()
        alpha = self.bed['alpha']
        alpha.write('/etc/corosync/corosync.conf', (
            'totem {\n  version: 2\n  cluster_name: foreign\n  transport: knet\n}\nnodelist {\n  node {\n    nodeid: 1\n'
            '    name: alpha\n    ring0_addr: 127.0.0.1\n  }\n}\nlogging {\n  to_stderr: yes\n}\n'))
        alpha.spawn('corosync', '-f', log=alpha.path('/var/log/corosync/output'))
        wait_until(lambda: alpha.run('corosync-cmapctl', check=False).returncode == 0, 20, 'the foreign corosync')
        foreign = self.cluster.pid('alpha', 'corosync')
        self.assert_one_line(self.run_daemon('alpha'), REFUSED, 'another corosync', 'runs')
        self.assertEqual(self.cluster.pid('alpha', 'corosync'), foreign)

    def test_another_key(self):
        """L7: a node with another key stays outside, whatever it sends; the others go on."""
        self.make(startup_wait='1s')
        self.bed['beta'].write(KEY, os.urandom(256), 0o600)
        self.cluster.start()
        for name, peer in (('alpha', 'beta'), ('beta', 'alpha')):
            self.cluster.wait_log(name, 'key', 30)
            self.cluster.wait(lambda: (self.cluster.status(name) or {}).get('synced'), 60, name + ' alone')
            states = {node['name']: node['state'] for node in self.cluster.status(name)['nodes']}
            self.assertNotEqual(states[peer], 'online')
        self.cluster.wait_log('alpha', 'startup_wait is over')
        self.cluster.do('alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.cluster.wait_states('alpha', 'web', alpha=SERVING)

    def test_hostile_packets(self):
        """E3, L7: noise on the ports of the engine from a machine that has no key."""
        client = self.up_and_serving()
        sender = ('import os,socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n'
                  'for i in range(3000):\n for k in (0,1):\n  try: s.sendto(os.urandom(i%1400+1),("10.77.%d.1"%(k+1),5405+k))\n'
                  '  except OSError: pass\n')
        self.bed['beta'].run('python3', '-c', sender)
        self.cluster.wait_formed()
        self.cluster.wait_states('beta', 'web', alpha='in-service')
        self.assert_no_gap(client)
        self.assert_never_logged('alpha', 'FAILED')

    def test_address_in_use(self):
        """B3: somebody else has the address; the start fails, says so, and what stands on it stays down."""
        self.up()
        network.ip(self.bed.client.pid, 'addr add %s/24 dev pub0' % ADDRESS)
        done = self.cluster.command('alpha', 'resource', 'start', 'web', '--on', 'alpha')
        self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
        self.assertIn('in use', done.stdout + done.stderr)
        self.cluster.wait_states('beta', 'web-ip', alpha='failed')
        self.cluster.wait_states('beta', 'web', alpha='out-of-service')
        self.assert_has_address('alpha', False)
        self.assertIsNone(self.nginx_pid('alpha'))
        network.ip(self.bed.client.pid, 'addr del %s/24 dev pub0' % ADDRESS)
        self.serve()                                            # the operator tries again: nothing is left of it (O6)

    def test_agent_not_installed(self):
        self.make(resources=(WEB_IP, {'name': 'strange', 'agent': 'ocf:heartbeat:nothing', 'parameters': {}}))
        checked = self.cluster.command('alpha', 'check', CONFIGURATION)
        self.assertNotEqual(checked.returncode, 0)
        self.assertIn('ocf:heartbeat:nothing', checked.stdout + checked.stderr)
        self.assert_one_line(self.run_daemon('alpha'), FAILED, 'ocf:heartbeat:nothing')
        self.assert_nothing_left_running('alpha')


class WrongConfiguration(WrongInputCase):
    def refuse(self, text, *words):
        """Both the daemon and `holdfast check` refuse this file, each naming these words; nothing is started."""
        self.bed['alpha'].write(CONFIGURATION, text)
        for done in (self.run_daemon('alpha'), self.cluster.command('alpha', 'check', CONFIGURATION)):
            self.assertEqual(done.returncode, FAILED, done.stdout + done.stderr)
            for word in words:
                self.assertIn(word, done.stdout + done.stderr)
        self.assert_nothing_left_running('alpha')

    def test_wrong_configurations(self):
        self.make()
        good = self.cluster.text
        self.assertEqual(self.cluster.command('alpha', 'check', CONFIGURATION).returncode, 0)
        self.refuse('this is not TOML', 'holdfast.toml:1')
        self.refuse(good.replace('"ip"', '"ipp"'), 'holdfast.toml:', 'ipp')
        self.refuse(good.replace('depends_on = ["web-ip"]', 'depends_on = ["nobody"]'), 'nobody', 'holdfast.toml:')
        self.refuse(good.replace('[cluster]\n', '[cluster]\ncolour = "red"\ndetection = "never"\n'), 'colour', 'never')
        self.refuse(good.replace('10.77.2.2', '10.77.2.1'), '10.77.2.1')
        # This node is not in the file: the daemon cannot run here, though the file is well.
        self.bed['alpha'].write(CONFIGURATION, good.replace('"alpha"', '"delta"'))
        self.assert_one_line(self.run_daemon('alpha'), FAILED, 'alpha', 'delta, beta')

    def test_cycle_and_double_address(self):
        """R3: refused, and both places are named."""
        self.make(resources=({**WEB_IP, 'depends_on': ['web']}, WEB))
        self.refuse(self.cluster.text, 'web-ip', 'web')
        double = {**WEB_IP, 'name': 'again'}
        self.refuse(configuration(self.bed, (WEB_IP, double)), 'again', 'web-ip', ADDRESS)

    def test_unreadable(self):
        self.make()
        missing = self.run_daemon('alpha', '--config', '/etc/holdfast/nothing.toml')
        self.assert_one_line(missing, FAILED, '/etc/holdfast/nothing.toml')
        self.assert_one_line(self.cluster.command('alpha', 'check', '/etc/holdfast/nothing.toml'), FAILED,
                             '/etc/holdfast/nothing.toml')
        os.remove(self.bed['alpha'].path(KEY))
        self.assert_one_line(self.run_daemon('alpha'), FAILED, KEY)
        self.bed['alpha'].write(KEY, b'short', 0o600)
        self.assert_one_line(self.run_daemon('alpha'), FAILED, KEY)
        self.bed['alpha'].write(KEY, self.cluster.key, 0o644)
        self.assert_one_line(self.run_daemon('alpha'), FAILED, KEY, '0600')
        self.assert_nothing_left_running('alpha')

    def test_wrong_options(self):
        self.make()
        self.assertEqual(self.run_daemon('alpha', '--dance').returncode, USAGE)
        self.assert_one_line(self.run_daemon('alpha', '--node', 'nowhere'), FAILED, 'nowhere')
