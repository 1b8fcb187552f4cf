"""G1, `qdevice`: Corosync's votequorum, corosync-qdevice on the nodes, and a real corosync-qnetd beside the cluster."""
import os
import re

from bed.commands import wait_until

from .case import ClusterCase

QNETD_ADDRESS = '10.77.9.200'       # the client machine of the bed
DATABASE = '/etc/corosync/qnetd/nssdb'


class Qdevice(ClusterCase):
    """TLS is off: the certificates are corosync's own business (corosync-qdevice-net-certutil)."""

    def start_qnetd(self):
        self.bed.client.run('mkdir', '-p', '/run/corosync-qnetd')
        self.qnetd = self.bed.client.spawn('corosync-qnetd', '-f', '-s', 'off', '-S',
                                           'lock_file=%s/qnetd.pid,local_socket_file=%s/qnetd.sock' % (
                                               (self.bed.folder,) * 2),
                                           log=os.path.join(self.bed.folder, 'qnetd.log'))

    def up_with_qnetd(self):
        self.make(quorum={'kind': 'qdevice', 'host': QNETD_ADDRESS, 'tls': 'off'})
        self.start_qnetd()
        self.cluster.start()
        self.cluster.wait_formed()
        for name in self.nodes:
            self.cluster.wait_log(name, 'the quorum device votes for this side', 60)

    def test_one_side_of_a_split_keeps_its_vote(self):
        self.up_with_qnetd()
        marks = {name: len(self.cluster.log(name)) for name in self.nodes}
        self.bed['alpha'].cut()
        found = {}

        def both_know():
            for name in self.nodes:
                lines = re.findall(r'(no quorum|quorum): \d of 3 votes', self.cluster.log(name)[marks[name]:])
                if lines:
                    found[name] = lines[-1]
            return sorted(found.values()) == ['no quorum', 'quorum']
        wait_until(both_know, 40, lambda: 'exactly one side has quorum: %s%s' % (found, self.cluster.report()))

    def test_a_restarted_daemon_finds_its_vote(self):
        self.up_with_qnetd()
        qdevice = self.cluster.pid('alpha', 'corosync-qdevic')
        self.assertIsNotNone(qdevice, self.cluster.report())
        mark = len(self.cluster.log('alpha'))
        self.cluster.kill('alpha')
        self.cluster.start('alpha')
        self.cluster.wait_log('alpha', 'corosync-qdevice (process', 30, since=mark)
        self.cluster.wait_log('alpha', 'the quorum device votes for this side', 30, since=mark)
        self.assertEqual(self.cluster.pid('alpha', 'corosync-qdevic'), qdevice)
        self.assertNotIn('no quorum', self.cluster.log('alpha')[mark:])
