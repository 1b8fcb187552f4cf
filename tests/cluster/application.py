"""A service for tests that break things: three scripts on every node's own disk, and a file that says that it runs."""
from .case import ClusterCase

FOLDER = '/var/lib/holdfast/application'
RUNS = '/run/application.up'
SCRIPTS = {'restore': 'touch %s\n' % RUNS, 'remove': 'rm -f %s\n' % RUNS, 'quickCheck': 'test -e %s\n' % RUNS}


def application(**settings):
    """Its resource, without local recovery: a `script` without `recover` has none (K6)."""
    return {'name': 'application', 'agent': 'script', 'monitor_interval': '1s',
            'parameters': {name: '%s/%s' % (FOLDER, name) for name in SCRIPTS}, **settings}


class ApplicationCase(ClusterCase):
    """`settings` of up_with() are those of [cluster], `of` those of the resource."""

    def make(self, *arguments, **settings):
        super().make(*arguments, **settings)
        for node in self.bed.nodes.values():
            for name, text in SCRIPTS.items():
                node.write('%s/%s' % (FOLDER, name), '#!/bin/sh\n' + text, 0o755)

    def up_with(self, of=None, on='alpha', **settings):
        self.up(resources=(application(**(of or {})),), **settings)
        self.serve(on, 'application')

    def script(self, name, script, text):
        self.bed[name].write('%s/%s' % (FOLDER, script), '#!/bin/sh\n' + text, 0o755)

    def runs(self, name):
        return self.bed[name].run('test', '-e', RUNS, check=False).returncode == 0

    def break_on(self, name):
        self.bed[name].run('rm', RUNS)

    def wait_attention(self, seen_by, kind, timeout=15):
        """Waits until the status tells something of this kind; returns its text with its command."""
        def told():
            status = self.cluster.status(seen_by) or {'attention': []}
            return next((a['text'] + ' ' + a['command'] for a in status['attention'] if a['kind'] == kind), None)
        return self.cluster.wait(told, timeout, 'attention %s on %s' % (kind, seen_by))
