"""What the cluster tests share: a bed per test, and checks that show the cluster when they fail."""
import os
import re
import subprocess
import unittest

from bed import Bed
from bed.holdfast import WEB, WEB_IP, Cluster, configuration
from bed.machine import Node
from bed.outage import gaps, wait_answer

SERVING = ('in-service', 'unprotected')
BLINK = 150         # ms that a busy machine may keep an answer waiting; what was stopped and started is a new process
OTHER_ADDRESS = '10.77.9.101'
OTHER_IP = {'name': 'other-ip', 'agent': 'ip',
            'parameters': {'address': OTHER_ADDRESS + '/24', 'interface': 'pub0'}}
JOURNAL = '/var/lib/holdfast/journal'
LINK_LINE = r'COMMUNICATION TO %s BY %s/%s %s AT: +\S'


class ClusterCase(unittest.TestCase):
    nodes = ('alpha', 'beta')
    node_kind, cluster_kind = Node, Cluster
    visible = ()                    # folders that every node sees, where they are
    maxDiff = None

    def make(self, resources=(WEB_IP, WEB), **settings):
        """A bed with the product's files on every node; no daemon runs yet."""
        bed = Bed(self.nodes, visible=self.visible, kind=self.node_kind)
        self.bed = bed.__enter__()
        self.addCleanup(bed.__exit__, None, None, None)
        self.cluster = self.cluster_kind(self.bed, configuration(self.bed, resources, **settings))
        self.addCleanup(self.check_journals)

    def replay(self, *paths):
        """holdfast journal replay outside of the cluster, as somebody does who got the files."""
        return subprocess.run([os.path.join(self.cluster.programs, 'holdfast'), 'journal', 'replay', *paths],
                              capture_output=True, text=True, timeout=60, check=False)

    def check_journals(self):
        """Law 1 on real parts, at the end of every test: the nodes' journals replay equal and agree with one another."""
        folders = [node.path(JOURNAL) for node in self.bed.nodes.values()]
        written = [folder for folder in folders if os.path.isdir(folder) and os.listdir(folder)]
        if written:
            done = self.replay('--quiet', *written)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)

    def up(self, resources=(WEB_IP, WEB), **settings):
        """The same, and the cluster has formed."""
        self.make(resources, **settings)
        self.cluster.start()
        self.cluster.wait_formed()

    def serve(self, on='alpha', resource='web'):
        self.cluster.do(on, 'resource', 'start', resource, '--on', on)
        self.cluster.wait_states(on, resource, 5, **{on: SERVING})

    def watch(self, answered_by='alpha'):
        """A web client that has had its first answer."""
        client = self.bed.watch_web()
        self.assertEqual(wait_answer(client, 10), answered_by, self.cluster.report())
        client.served_by = answered_by, self.nginx_pid(answered_by)
        return client

    def up_and_serving(self, **settings):
        """web runs on alpha, a client asks for it; returns the client."""
        self.up(**settings)
        self.serve()
        return self.watch()

    # --- checks --------------------------------------------------------------------------------------------------
    def nginx_pid(self, name):
        """Outer PID of the nginx master on a node (the worker is its child, and started later), or None."""
        return self.cluster.pid(name, 'nginx')

    def ask(self, exit_code, name, *arguments):
        """Runs holdfast on a node, expects this exit code; returns all that it printed."""
        done = self.cluster.command(name, *arguments)
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, exit_code, 'holdfast %s: %s%s' % (
            ' '.join(arguments), text, self.cluster.report()))
        return text

    def assert_no_gap(self, client, start=0):
        """The client was answered all the time; from the first answer on (start = 0) by the same process."""
        found = [gap for gap in gaps(client.since(start)) if gap.kind == 'MOVE' or gap.milliseconds > BLINK]
        self.assertEqual(found, [], 'the client saw a change' + self.cluster.report())
        self.assertTrue(client.running())
        if start == 0:
            name, process = client.served_by
            self.assertEqual(self.nginx_pid(name), process, 'another nginx on ' + name + self.cluster.report())

    def assert_link_lines(self, name, peer, word, links=(0, 1)):
        """L3: the exact line of every one of these links between two nodes, in the log of `name`."""
        mine, theirs = self.bed[name], self.bed[peer]
        for k in links:
            self.cluster.wait_log(name, 'BY %s/%s %s AT: ' % (mine.address(k), theirs.address(k), word))
            pattern = LINK_LINE % (peer, re.escape(mine.address(k)), re.escape(theirs.address(k)), word)
            self.assertRegex(self.cluster.log(name), pattern)

    def assert_peer_line_after_link_lines(self, name, peer):
        """L4: the line for the peer comes after the L3 line of every link."""
        log = self.cluster.log(name)
        peer_line = re.search(r'COMMUNICATIONS %s FAILED AT +\S' % peer, log)
        self.assertIsNotNone(peer_line, 'no L4 line on %s:\n%s' % (name, log))
        for k in (0, 1):
            link = log.find('BY %s/%s FAILED AT: ' % (self.bed[name].address(k), self.bed[peer].address(k)))
            self.assertTrue(0 <= link < peer_line.start(), 'link %d after the L4 line:\n%s' % (k, log))

    def assert_one_line(self, done, exit_code, *words):
        """A refusal is one clear line with these words, and this exit code (E1)."""
        text = (done.stdout + done.stderr).strip()
        self.assertEqual(done.returncode, exit_code, text)
        self.assertEqual(len(text.splitlines()), 1, text)
        for word in words:
            self.assertIn(word, text)

    def assert_never_logged(self, name, text):
        self.assertNotIn(text, self.cluster.log(name))

    def assert_has_address(self, name, has, address='10.77.9.100'):
        shown = self.bed[name].run('ip', '-brief', 'addr', 'show', 'dev', 'pub0').stdout
        self.assertEqual(' %s/24' % address in shown, has, '%s: %s%s' % (name, shown, self.cluster.report()))
