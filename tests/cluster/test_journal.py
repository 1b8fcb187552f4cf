"""The journals of real daemons: after a failover, restarts and a live change they replay equal and agree (law 1)."""
import os
import re

from bed.commands import PLAIN_ENVIRONMENT
from bed.holdfast import CONFIGURATION, FENCE_AGENTS, WEB, WEB_IP
from bed.outage import wait_gap

from .case import JOURNAL, OTHER_IP, SERVING, ClusterCase

STATE = '/var/lib/holdfast'
GAP = 'the journal has a gap'
WORKS = 'the journal is written again'
SLEEPER = '''
[[resource]]
name = "sleeper"
agent = "process"
parameters = { command = ["/bin/sleep", "100000"] }
'''


class JournalCase(ClusterCase):
    nodes = ('alpha', 'beta', 'gamma')

    def folders(self, *names):
        return [self.bed[name].path(JOURNAL) for name in names or self.nodes]

    def files(self, name):
        folder = self.bed[name].path(JOURNAL)
        return sorted(os.path.join(folder, file) for file in os.listdir(folder))

    def assert_equal_journals(self, *names):
        done = self.replay(*self.folders(*names))
        text = done.stdout[-3000:] + done.stderr
        self.assertEqual(done.returncode, 0, text)
        self.assertRegex(done.stdout.splitlines()[-1], r'^[1-9]\d* events replayed, equal$', text)
        return done.stdout

    def compared(self, told):
        return int(re.search(r'^(\d+) equal positions', told, re.M).group(1))

class Journals(JournalCase):
    def apply_one_resource_more(self):
        text = self.bed['alpha'].read(CONFIGURATION)
        self.bed['alpha'].write('/etc/holdfast/new.toml', text + SLEEPER)
        path = 'PATH=%s:%s' % (FENCE_AGENTS, PLAIN_ENVIRONMENT['PATH'])
        self.bed['alpha'].run('env', path, os.path.join(self.cluster.programs, 'holdfast'), 'apply',
                              '/etc/holdfast/new.toml')

    def test_failover_restarts_and_a_live_change(self):
        client = self.up_and_serving()
        self.apply_one_resource_more()
        daemon = self.cluster.kill('gamma')
        self.cluster.start('gamma')
        self.cluster.wait_new_pid('gamma', daemon)
        self.cluster.wait_formed()

        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        torn = self.files('alpha')[-1]
        with open(torn, 'r+b') as file:                 # what the power failure left of the last record
            file.truncate(os.path.getsize(torn) - 5)
        self.cluster.boot('alpha')
        self.cluster.wait_formed()
        self.cluster.do('beta', 'resource', 'move', 'web', 'alpha')
        self.cluster.wait_states('gamma', 'web', alpha=SERVING)

        told = self.assert_equal_journals()
        self.assertGreater(self.compared(told), 50, told)
        self.assertRegex(told, r'decides N1 on alpha: alpha does not answer over any link')
        self.assertRegex(told, r'decides N4 web on beta')
        self.assertIn('request: move web to alpha', told)
        self.assertIn('request: apply', told)
        self.assertIn('are no whole record', told)
        for name in self.nodes:
            self.assert_never_logged(name, GAP)
            for file in self.files(name):
                self.assertEqual(os.stat(file).st_mode & 0o777, 0o600, file)
        listed = self.cluster.do('alpha', 'journal')
        self.assertEqual(len(listed.splitlines()), 1 + len(self.files('alpha')), listed)

        # Damage in the middle is one clear line.
        whole = self.files('beta')[0]
        with open(whole, 'r+b') as file:
            file.seek(os.path.getsize(whole) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        done = self.replay(*self.folders())
        self.assertEqual(done.returncode, 1, done.stdout[-2000:])
        self.assertRegex(done.stdout.splitlines()[-1], r'DIFFERENT: .*is damaged: .*nothing behind it is read')
        os.remove(whole)

    def test_no_password_of_a_fence_agent(self):
        """Neither from the configuration that a node began with, nor from one that came by holdfast apply."""
        fence = {'agent': 'fence_namespace', 'timeout': '3s', 'parameters': {'password': 'geheim'}}
        self.up(node_settings={'fence': [fence]})
        self.assertIn('geheim', self.bed['alpha'].read(CONFIGURATION))
        self.apply_one_resource_more()
        self.assertIn('request: apply', self.assert_equal_journals())
        for name in self.nodes:
            for file in self.files(name):
                with open(file, 'rb') as opened:
                    content = opened.read()
                self.assertIn(b'fence_namespace', content)
                self.assertNotIn(b'geheim', content)


class JournalDisks(JournalCase):
    nodes = ('alpha', 'beta')

    def test_full(self):
        """Events are missing, which is said once; takeovers go on; a snapshot closes the gap when there is room."""
        self.make(resources=(WEB_IP, WEB, OTHER_IP))
        beta = self.bed['beta']
        beta.run('mount', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', STATE)
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        beta.run('dd', 'if=/dev/zero', 'of=%s/filler' % STATE, 'bs=4k', check=False)
        self.cluster.do('alpha', 'resource', 'start', 'other-ip', '--on', 'alpha')
        self.cluster.wait_log('beta', GAP)
        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        beta.run('rm', STATE + '/filler')

        def written_again():
            self.cluster.command('beta', 'resource', 'stop', 'other-ip')
            self.cluster.command('beta', 'resource', 'start', 'other-ip', '--on', 'beta')
            return WORKS in self.cluster.log('beta')
        self.cluster.wait(written_again, 30, WORKS)
        self.assertEqual(self.cluster.log('beta').count(GAP), 1)
        done = self.cluster.command('beta', 'journal', 'replay', '--quiet')     # the tmpfs is seen there only
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'beta: .* [1-9]\d* events missing')
        self.assert_equal_journals('alpha')

    def test_a_folder_that_cannot_be_made(self):
        self.make()
        self.bed['beta'].write(JOURNAL, 'a file in its place\n')
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve()
        client = self.watch()
        self.cluster.wait_log('beta', GAP)
        start = client.count()
        self.bed['alpha'].power_off()
        self.assertIsNotNone(wait_gap(client, 20, start, 'beta'), self.cluster.report())
        self.assertEqual(self.cluster.log('beta').count(GAP), 1)
        self.assertEqual(self.bed['beta'].read(JOURNAL), 'a file in its place\n')
        self.assert_equal_journals('alpha')
