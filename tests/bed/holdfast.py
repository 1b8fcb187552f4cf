"""holdfastd and holdfast on the nodes of a bed."""
import json
import os
import signal

from . import network, nginx
from .commands import PLAIN_ENVIRONMENT, BedError, wait_until
from .testbed import ADDRESS, REPOSITORY

CONFIGURATION = '/etc/holdfast/holdfast.toml'
KEY = '/etc/holdfast/authkey'
LOG = '/var/log/holdfast.log'
OUTPUT = '/var/log/holdfastd.output'
UNIT = os.path.join(REPOSITORY, 'packaging/systemd/holdfast.service')
UNIT_RUNNER = os.path.join(REPOSITORY, 'tests/bed/unitrunner.py')
FENCE_AGENTS = os.path.join(REPOSITORY, 'tests/bed/fence')
PATH = 'PATH=%s:%s' % (FENCE_AGENTS, PLAIN_ENVIRONMENT['PATH'])

WEB_IP = {'name': 'web-ip', 'agent': 'ip', 'parameters': {'address': ADDRESS + '/24', 'interface': 'pub0'}}
WEB = {'name': 'web', 'agent': 'process', 'depends_on': ['web-ip'],
       'parameters': {'command': nginx.COMMAND, 'check': ['curl', '-fs', '-m', '5', 'http://%s/' % ADDRESS]}}


def toml(value):
    """A TOML value from a Python one; dictionaries become inline tables."""
    if isinstance(value, dict):
        return '{ ' + ', '.join('%s = %s' % (key, toml(item)) for key, item in value.items()) + ' }'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(toml(item) for item in value) + ']'
    return json.dumps(value)


def configuration(bed, resources=(WEB_IP, WEB), node_settings=None, **cluster):
    """The text of holdfast.toml for the nodes of a bed. `node_settings`: further settings of every node, or a function of
    its name. Keyword arguments are settings of [cluster]."""
    further = node_settings if callable(node_settings) else lambda name: node_settings or {}
    tables = [('[cluster]', {'name': 'bed', **cluster})]
    tables += [('[[node]]', {'name': node.name, 'links': [node.address(k) for k in network.LINKS],
                             **further(node.name)}) for node in bed.nodes.values()]
    tables += [('[[resource]]', resource) for resource in resources]
    return '\n'.join(title + '\n' + ''.join('%s = %s\n' % (key, toml(value)) for key, value in table.items())
                     for title, table in tables)


class Cluster:
    """The product on every node of a bed: same configuration, same key."""

    def __init__(self, bed, text):
        self.bed = bed
        self.text = text
        self.key = os.urandom(256)
        self.programs = os.path.join(bed.build, 'bin')
        self.daemons = {}
        self.options = {}               # of holdfastd, by node
        self.before = {}                # what stands before it on the command line, by node
        self.managed = False            # holdfastd is run by a service manager, as its unit file says
        with open(os.path.join(bed.build, 'bed', 'programs'), encoding='utf-8') as needed:
            programs = needed.read().split()
        for program in programs:
            if not os.access(os.path.join(self.programs, program), os.X_OK):
                raise BedError('%s is not built in %s: build the target "programs" first' % (program, self.programs))
        for node in bed.nodes.values():
            node.write(CONFIGURATION, text)
            node.write(KEY, self.key, 0o600)
            nginx.install(node)

    # --- the daemon ----------------------------------------------------------------------------------------------
    def start(self, *names):
        """Starts holdfastd on these nodes (default: all), as their service manager would."""
        for name in names or self.bed.nodes:
            node = self.bed[name]
            command = self.before.get(name, []) + [os.path.join(self.programs, 'holdfastd')]
            command += self.options.get(name, [])
            if self.managed:
                command = ['python3', '-B', UNIT_RUNNER, UNIT] + command
            self.daemons[name] = node.spawn('env', PATH, *command, log=node.path(OUTPUT))

    def boot(self, name):
        self.bed[name].boot()
        self.start(name)

    def pid(self, name, program='holdfastd'):
        """Outer PID of the one process of this command name on a node, or None."""
        found = self.bed[name].pids(program)
        return found[0] if found else None

    def kill(self, name, program='holdfastd'):
        """kill -9 of a program on a node; returns the PID that it had."""
        pid = self.pid(name, program)
        if pid is None:
            raise BedError('%s does not run on %s' % (program, name))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.pid(name, program) != pid, 5, '%s on %s is dead' % (program, name), 0.01)
        return pid

    def signal(self, name, number, program='holdfastd'):
        """Sends a signal to a program on a node; returns its PID."""
        pid = self.pid(name, program)
        if pid is None:
            raise BedError('%s does not run on %s' % (program, name))
        os.kill(pid, number)
        return pid

    def wait_new_pid(self, name, old, program='holdfastd', timeout=15):
        return self.wait(lambda: self.pid(name, program) not in (None, old) and self.pid(name, program), timeout,
                         'another %s than %s on %s' % (program, old, name))

    # --- the command ---------------------------------------------------------------------------------------------
    def command(self, name, *arguments, timeout=90):
        """Runs `holdfast` on a node; the CompletedProcess, whatever its exit code."""
        return self.bed[name].run('env', PATH, os.path.join(self.programs, 'holdfast'), *arguments, check=False,
                                  timeout=timeout)

    def do(self, name, *arguments, timeout=90):
        """The same, and it must succeed; returns its output."""
        done = self.command(name, *arguments, timeout=timeout)
        if done.returncode != 0:
            raise BedError('holdfast %s on %s: exit code %d: %s%s' % (
                ' '.join(arguments), name, done.returncode, done.stdout + done.stderr, self.report()))
        return done.stdout

    def status(self, name):
        """`holdfast status --json` as a dictionary, None while the daemon does not answer."""
        done = self.command(name, 'status', '--json')
        if done.returncode != 0:
            return None
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise BedError('status --json on %s is no JSON: %s' % (name, done.stdout[:500])) from None

    def states(self, seen_by, resource):
        """The states of a resource by node, as one node sees them; {} while unknown."""
        status = self.status(seen_by) or {'resources': []}
        for found in status['resources']:
            if found['name'] == resource:
                return found['states']
        return {}

    # --- waiting -------------------------------------------------------------------------------------------------
    def wait(self, condition, timeout, what):
        return wait_until(condition, timeout, lambda: what + self.report())

    def wait_nodes(self, seen_by, timeout=30, **wanted):
        """Waits until `seen_by` is synced and sees these nodes in these states (alpha='online', ...)."""
        def right():
            status = self.status(seen_by)
            if not status or not status['synced']:
                return False
            states = {node['name']: node['state'] for node in status['nodes']}
            return all(states.get(name) == state for name, state in wanted.items())
        self.wait(right, timeout, '%s sees %s' % (seen_by, wanted))

    def wait_formed(self, timeout=60):
        """Waits until every node sees every node, over all links."""
        everybody = {name: 'online' for name in self.bed.nodes}
        for name in self.bed.nodes:
            self.wait_nodes(name, timeout, **everybody)
            self.wait_links(name, True, timeout)

    def wait_links(self, seen_by, up, timeout=15, index=None):
        """Waits until all links (or those of one index) are up or down as this node sees them."""
        def right():
            status = self.status(seen_by)
            links = [link for link in status['links'] if index in (None, link['index'])] if status else []
            return bool(links) and all(link['up'] is up for link in links)
        self.wait(right, timeout, 'links %s of %s are %s' % (index, seen_by, 'up' if up else 'down'))

    def wait_states(self, seen_by, resource, timeout=30, **wanted):
        """Waits until a resource is in these states (alpha='in-service', ...; a tuple allows several)."""
        def right():
            states = self.states(seen_by, resource)
            return all(states.get(name) in ((state,) if isinstance(state, str) else state)
                       for name, state in wanted.items())
        self.wait(right, timeout, '%s sees %s as %s' % (seen_by, resource, wanted))

    def wait_log(self, name, text, timeout=15, since=0):
        """Waits for a line that contains `text` in the log of a node, from byte `since` on; returns it."""
        def found():
            return next((line for line in self.log(name)[since:].splitlines() if text in line), None)
        return self.wait(found, timeout, 'a log line "%s" on %s' % (text, name))

    def log(self, name):
        return self.bed[name].read(LOG)

    # --- what to show when something went wrong ------------------------------------------------------------------
    def report(self, lines=25):
        """Status as every node sees it, and the ends of the logs."""
        text = ''
        for node in self.bed.nodes.values():
            text += '\n--- %s: ' % node.name
            if node.is_off():
                text += 'off'
            else:
                done = self.command(node.name, 'status')
                text += 'holdfast status: exit code %d\n%s%s' % (done.returncode, done.stdout, done.stderr)
            for file in (LOG, OUTPUT):
                tail = node.read(file).splitlines()[-lines:]
                if tail:
                    text += '\n    %s %s:\n        ' % (node.name, file) + '\n        '.join(tail)
        return text
