"""What the tests in guests share."""
import os
import unittest
import urllib.request

from bed.commands import run, wait_until
from bed.holdfast import WEB, WEB_IP, configuration
from bed.testbed import ADDRESS

from . import runner
from .guest import Guest
from .holdfast import VmCluster
from .testbed import VmBed

SERVING = ('in-service', 'unprotected')
# Emulated processors, several on one core: what is quick on a machine of its own is not here.
DETECTION = {'interval': '1s', 'misses': 5}
FORMED = 120

# In service until its file is gone; then it can neither be recovered nor stopped.
BROKEN = {'name': 'broken', 'agent': 'script', 'on_stop_failure': 'reboot', 'local_recovery': False,
          'monitor_interval': '1s', 'timeouts': {'stop': '10s'},
          'parameters': {name: '/etc/holdfast/' + name for name in ('restore', 'remove', 'quickCheck')}}


def write_broken(guest, remove):
    """The scripts of BROKEN on a guest; `remove`: what its stop does."""
    for name, text in (('restore', 'touch /run/broken'), ('remove', remove), ('quickCheck', 'test -e /run/broken')):
        guest.write('/etc/holdfast/' + name, '#!/bin/sh\n%s\n' % text, 0o755)


class GuestCase(unittest.TestCase):
    maxDiff = None
    guest_kind, cluster_kind = Guest, VmCluster
    longest = runner.LONGEST    # s
    only_all = False            # it runs with --all, or by its name
    modules = ()                # kernel modules that every guest loads at every boot

    def make(self, nodes=('alpha', 'beta'), modules=None, off=()):
        """The guests, without the product; those of `off` are switched off."""
        bed = VmBed(nodes, self.modules if modules is None else modules, off,
                    self.guest_kind)
        self.addCleanup(self.check_journals, bed)
        self.addCleanup(bed.__exit__, None, None, None)
        self.bed = bed.__enter__()

    def configure(self, resources=(WEB_IP, WEB), **settings):
        """The product's files on every guest; no daemon runs yet."""
        settings.setdefault('detection', DETECTION)
        self.cluster = self.cluster_kind(self.bed, configuration(self.bed, resources, **settings))

    def up(self, resources=(WEB_IP, WEB), nodes=('alpha', 'beta'), modules=None, managed=False, **settings):
        """Guests with a cluster that has formed."""
        self.make(nodes, modules)
        self.configure(resources, **settings)
        self.cluster.managed = managed
        self.cluster.start()
        self.cluster.wait_formed(FORMED)

    def serve(self, on='alpha', resource='web'):
        self.cluster.do(on, 'resource', 'start', resource, '--on', on)
        self.cluster.wait_states(on, resource, 20, **{on: SERVING})

    def check_journals(self, bed):
        """Law 1, at the end of every test: what the guests' disks have of their journals, also after resets and power-offs,
        replays equal, and the nodes agree."""
        folders = [folder for folder in (guest.copy_state() + '/journal' for guest in bed.nodes.values())
                   if os.path.isdir(folder) and os.listdir(folder)]
        if folders:
            done = run(os.path.join(bed.build, 'bin/holdfast'), 'journal', 'replay', '--quiet', *folders, check=False)
            sizes = [sum(os.path.getsize(os.path.join(f, name)) for name in os.listdir(f)) for f in folders]
            print('journals of %s bytes: %s' % (sizes, done.stdout.strip().splitlines()[-1:]), flush=True)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)

    # --- checks --------------------------------------------------------------------------------------------------
    def served_by(self):
        """The page as a client of the public network gets it, None while nobody answers."""
        try:
            with urllib.request.urlopen('http://%s/' % ADDRESS, timeout=2) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def wait_served_by(self, name, timeout=30):
        wait_until(lambda: 'Served by %s<' % name in (self.served_by() or ''), timeout,
                   lambda: 'the page of %s%s' % (name, self.cluster.report()))

    def wait_reset(self, name, since, timeout, count=1):
        """Waits until a guest has reset itself so often; returns how long after `since` (CLOCK_MONOTONIC) the last was."""
        guest = self.bed[name]
        wait_until(lambda: len(guest.resets()) >= count, timeout,
                   lambda: '%d reset(s) of %s%s' % (count, name, self.cluster.report()))
        after = guest.resets()[count - 1] - since
        print('%s was reset after %.1f s' % (name, after), flush=True)
        return after

    def assert_no_reset(self, *names):
        for name in names:
            self.assertEqual(self.bed[name].resets(), [], self.cluster.report())
            self.assertFalse(self.bed[name].is_off(), self.cluster.report())

    def assert_one_line(self, done, exit_code, *words):
        """One clear line with these words, and this exit code (E1)."""
        lines = [line for line in (done.stdout + done.stderr).strip().splitlines() if all(w in line for w in words)]
        self.assertEqual((done.returncode, len(lines)), (exit_code, 1), done.stdout + done.stderr)
