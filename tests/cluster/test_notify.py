"""Who is told what, by real receivers: a mail server, snmptrapd, a web server, a program (V5, B4, B5)."""
import json
import os
import subprocess

from .application import ApplicationCase, application
from .case import SERVING
from bed.holdfast import CONFIGURATION, configuration

RECEIVERS = os.path.join(os.path.dirname(__file__), '..', 'bed', 'receivers.py')
CLIENT = '10.77.9.200'
MAIL, WEB, TRAPS = 2525, 8080, 10162
OUT = '/var/log/told'
PROGRAM = '/var/lib/holdfast/tell'
OID = '.1.3.6.1.4.1.7359.1'

OPS = {'name': 'ops', 'by': 'mail', 'server': '%s:%d' % (CLIENT, MAIL), 'from': 'holdfast@bed.example',
       'to': ['ops@bed.example', 'gone@bed.example']}
NMS = {'name': 'nms', 'by': 'snmp', 'hosts': ['%s:%d' % (CLIENT, TRAPS)]}
HOOK = {'name': 'hook', 'by': 'webhook', 'url': 'http://%s:%d/hook' % (CLIENT, WEB)}
OWN = {'name': 'own', 'by': 'program', 'path': PROGRAM}


def second(name):
    return application(name=name, parameters={key: '/var/lib/holdfast/%s/%s' % (name, key)
                                              for key in ('restore', 'remove', 'quickCheck')})


class Notify(ApplicationCase):
    nodes = ('alpha', 'beta', 'gamma')

    def make(self, resources=(), targets=(OPS, NMS, HOOK, OWN), **settings):
        super().make(resources, **settings)
        text = configuration(self.bed, resources, **settings) + self.tables(targets)
        for node in self.bed.nodes.values():
            node.write(CONFIGURATION, text)
            node.write(PROGRAM, '#!/bin/sh\necho "$HOLDFAST_EVENT $HOLDFAST_NODE [$HOLDFAST_RESOURCES]" >> %s\n' % OUT, 0o755)
        self.text = text

    @staticmethod
    def tables(targets):
        from bed.holdfast import toml
        return ''.join('[[notify]]\n' + ''.join('%s = %s\n' % (key, toml(value)) for key, value in target.items())
                       for target in targets)

    # --- receivers -----------------------------------------------------------------------------------------------
    def receive_mail(self, *further):
        program = self.bed.client.spawn('python3', '-B', RECEIVERS, 'mail', str(MAIL), *further)
        self.assertTrue(program.wait_line(lambda line: 'listening' in line, 10), program.lines)
        return program

    def receive_web(self, *further):
        program = self.bed.client.spawn('python3', '-B', RECEIVERS, 'web', str(WEB), *further)
        self.assertTrue(program.wait_line(lambda line: 'listening' in line, 10), program.lines)
        return program

    def receive_traps(self):
        """Debian's snmptrapd, which decodes what it gets."""
        folder = os.path.join(self.bed.folder, 'snmptrapd')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'conf'), 'w', encoding='utf-8') as conf:
            conf.write('authCommunity log public\nagentxsocket %s/none\n' % folder)
        program = self.bed.client.spawn(
            'env', 'SNMP_PERSISTENT_DIR=' + folder, 'MIBS=', 'snmptrapd', '-f', '-Lo', '-On', '-C', '-c', folder + '/conf',
            '-p', folder + '/pid', 'udp:%s:%d' % (CLIENT, TRAPS))
        self.assertTrue(program.wait_line(lambda line: 'NET-SNMP version' in line, 10), program.lines)
        return program

    @staticmethod
    def mails(program):
        found = [json.loads(line) for line in program.since(0) if line.startswith('{')]
        return [item['mail'] for item in found if 'mail' in item]

    @staticmethod
    def events(program):
        found = [json.loads(line) for line in program.since(0) if line.startswith('{')]
        return [item['event'] for item in found if 'event' in item]

    def wait_mail(self, program, *words, timeout=40):
        """The first mail that has all these words."""
        return self.cluster.wait(lambda: next((m for m in self.mails(program) if all(w in m for w in words)), None),
                                 timeout, 'a mail with %s among %s' % (words, self.mails(program)))

    def wait_trap(self, program, number, *words, timeout=30):
        def right(line):
            return '%s.0.%d' % (OID, number) in line and all(word in line for word in words)
        line = program.wait_line(right, timeout)
        self.assertIsNotNone(line, 'trap %d with %s: %s%s' % (number, words, program.since(0), self.cluster.report()))
        return line

    # --- tests ---------------------------------------------------------------------------------------------------
    def test_power_off(self):
        """One mail that names the lost node, the resource, the new node and why; a trap, a POST and a program likewise."""
        self.make(resources=(application(),))
        mail, traps, web = self.receive_mail(), self.receive_traps(), self.receive_web()
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('gamma', 'application')
        for name in self.nodes:
            self.wait_mail(mail, name + ' has started')
            self.wait_trap(traps, 100, name + ' has started')
        told = self.mails(mail)
        self.bed['gamma'].power_off()
        text = self.wait_mail(mail, 'node-failed')
        self.assertIn('Subject: [bed] gamma failed; application goes to alpha', text)
        self.assertIn('application goes to alpha, the highest-priority live node; not beta: ', text)
        self.assertIn('not gamma: ', text)
        self.assertIn('[N4]', text)
        self.cluster.wait_log('alpha', ':007001:ops: told: ', 30)
        self.cluster.wait_states('alpha', 'application', alpha=SERVING)
        taken = self.wait_trap(traps, 121, OID + '.3', '"application"')
        self.assertIn('taken over from gamma: application on alpha', taken)
        self.wait_trap(traps, 120, 'gamma failed; application goes to alpha')
        self.cluster.wait(lambda: [e for e in self.events(web) if e['event'] == 'takeover-done'], 20, 'the POST')
        failed = [e for e in self.events(web) if e['event'] == 'node-failed']
        self.assertEqual([(e['node'], e['resources'], e['teller'], e['trap']) for e in failed],
                         [('gamma', ['application'], 'alpha', 120)])
        self.cluster.wait(lambda: 'takeover-done alpha [application]' in self.bed['alpha'].read(OUT), 20, 'the program')
        self.assertEqual(self.bed['alpha'].read(OUT).count('node-failed gamma [application]'), 1)
        self.assertNotIn('node-failed', self.bed['beta'].read(OUT))
        self.wait_mail(mail, 'takeover-done')
        about = [m for m in self.mails(mail)[len(told):] if 'gamma failed' in m]
        self.assertEqual(len(about), 1, about)

    def test_split_linux(self):
        """B4: mail and trap name every resource that is in service twice."""
        two = (application(), second('other'))
        self.nodes = ('alpha', 'beta')
        self.make(resources=two)
        for node in self.bed.nodes.values():
            for key, text in (('restore', 'touch /run/other.up'), ('remove', 'rm -f /run/other.up'),
                              ('quickCheck', 'test -e /run/other.up')):
                node.write('/var/lib/holdfast/other/' + key, '#!/bin/sh\n%s\n' % text, 0o755)
        mail, traps = self.receive_mail(), self.receive_traps()
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha', 'application')
        self.serve('alpha', 'other')
        self.bed['beta'].cut()
        for resource in ('application', 'other'):
            self.cluster.wait_states('beta', resource, beta=SERVING)
        self.wait_mail(mail, 'alpha failed; application and other go to beta')
        self.wait_mail(mail, 'beta failed; nothing of it has to be taken over')
        self.bed['beta'].restore()
        text = self.wait_mail(mail, 'in-service-twice')
        self.assertIn('2 resources are in service on more than one node: application and other', text)
        self.assertIn('resources: application, other', text)
        for name in ('application', 'other'):
            self.assertIn('%s is in service on alpha and beta: both stay, an operator decides' % name, text)
        self.wait_trap(traps, 201, OID + '.2', '"application other"')
        self.cluster.wait_formed()
        self.cluster.kill('alpha')                      # a daemon's restart tells nothing of it again
        self.cluster.start('alpha')
        self.cluster.wait_formed()
        self.ask(0, 'beta', 'split', 'resolve', 'application', '--keep', 'beta')
        self.ask(0, 'beta', 'split', 'resolve', 'other', '--keep', 'beta')
        self.ask(0, 'beta', 'notify', 'test', 'ops')
        self.wait_mail(mail, 'test of notifications by beta')
        self.assertEqual(len([m for m in self.mails(mail) if 'in-service-twice' in m]), 1)

    def test_split_windows(self):
        """B5: what is removed is told with its name."""
        self.nodes = ('alpha', 'beta')
        self.make(resources=(application(),), profile='windows', targets=(OPS,))
        mail = self.receive_mail()
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha', 'application')
        self.bed['beta'].cut()
        self.cluster.wait_states('beta', 'application', beta=SERVING)
        self.bed['beta'].restore()
        text = self.wait_mail(mail, 'resource-removed')
        self.assertIn('application is in service on alpha and beta: it stops on beta', text)

    def test_a_receiver_that_is_down_and_live_changes(self):
        """Told later, with one line at its begin and one at its end; targets come and go by apply (O7); the test command."""
        self.nodes = ('alpha', 'beta')
        self.make(resources=(application(),), targets=(OPS,))
        self.cluster.start()
        self.cluster.wait_formed()
        self.serve('alpha', 'application')
        self.cluster.wait_log('alpha', ':007002:ops: not told yet', 30)
        text = self.ask(1, 'alpha', 'notify', 'test')
        self.assertRegex(text, r'failed  ops by mail: 10\.77\.9\.200:2525: .*[Cc]onnect')
        mail = self.receive_mail()
        self.cluster.wait_log('alpha', ':007004:ops: takes notifications again', 60)
        self.wait_mail(mail, 'alpha has started')
        self.assertEqual(self.cluster.log('alpha').count(':007002:'), 1)
        text = self.ask(0, 'alpha', 'notify', 'test', 'ops')
        self.assertIn('told    ops by mail: 10.77.9.200:2525 took it, but not for all receivers: 550 5.1.1', text)
        self.wait_mail(mail, 'test of notifications by alpha')

        web, traps = self.receive_web('secret'), self.receive_traps()
        for node in self.bed.nodes.values():
            node.write('/etc/holdfast/token', 'secret\n', 0o600)
        changed = configuration(self.bed, (application(),)) + self.tables(
            [dict(HOOK, token_file='/etc/holdfast/token'), dict(NMS, inform=True)])
        self.bed['beta'].write('/etc/holdfast/new.toml', changed)
        self.ask(0, 'beta', 'apply', '/etc/holdfast/new.toml')
        self.cluster.wait(lambda: [e for e in self.events(web) if e['event'] == 'configuration-changed'], 20, 'a POST')
        self.ask(0, 'beta', 'notify', 'test', 'hook')
        self.assertIn('told    nms (10.77.9.200:10162) by snmp: 10.77.9.200:10162 confirmed it',
                      self.ask(0, 'beta', 'notify', 'test', 'nms'))
        self.wait_trap(traps, 299, 'test of notifications by beta')
        self.ask(2, 'beta', 'notify', 'test', 'ops')
        self.assertTrue(self.runs('alpha'))

    def test_encrypted_mail_with_a_login(self):
        self.nodes = ('alpha', 'beta')
        folder = '/etc/holdfast'
        self.make(resources=(application(),), targets=(dict(
            OPS, server='mail.bed:%d' % MAIL, tls='starttls', user='ops', password_file=folder + '/password',
            ca_file=folder + '/ca.pem'),))
        pem = os.path.join(self.bed.folder, 'mail.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=mail.bed',
                        '-addext', 'subjectAltName=DNS:mail.bed', '-keyout', pem + '.key', '-out', pem + '.crt'],
                       check=True, capture_output=True)
        with open(pem, 'w', encoding='utf-8') as both, open(pem + '.key', encoding='utf-8') as key, \
                open(pem + '.crt', encoding='utf-8') as certificate:
            text = certificate.read()
            both.write(key.read() + text)
        for node in self.bed.nodes.values():
            node.write(folder + '/ca.pem', text)
            node.write(folder + '/password', 'wrong\n', 0o600)
            node.write('/etc/hosts', node.read('/etc/hosts') + '%s mail.bed\n' % CLIENT)
        mail = self.receive_mail(pem, 'ops', 'right')
        self.cluster.start()
        self.cluster.wait_formed()
        self.assertIn('535 wrong user or password', self.ask(1, 'alpha', 'notify', 'test'))
        self.bed['alpha'].write(folder + '/password', 'right\n', 0o600)
        self.ask(0, 'alpha', 'notify', 'test')
        self.wait_mail(mail, 'test of notifications by alpha')
        self.bed['alpha'].write(folder + '/ca.pem', self.bed['alpha'].read('/etc/ssl/certs/ca-certificates.crt'))
        self.assertRegex(self.ask(1, 'alpha', 'notify', 'test'), 'certificate')
