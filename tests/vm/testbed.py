"""The guests of one test and their networks, in network, mount and PID namespaces of their own (runner.py makes them):
whatever runs in them ends with the test, however that ends.

    10.77.1.<i> eth0 link 0    10.77.2.<i> eth1 link 1    10.77.9.<i> pub0 public
    10.77.254.<i> bed0, on which the test runs commands; the test itself is .254 there, and .200 on the public network
"""
import os
import time

from bed import network
from bed.commands import BedError, run
from bed.testbed import REPOSITORY

from . import initramfs, kernel
from .guest import MANAGEMENT, Guest

CLIENT_NUMBER = 200


class VmBed:
    """`with VmBed(['alpha', 'beta']) as bed:` boots the guests; `bed['alpha']` is one. modules: see Guest. off: those that
    stay off. kind: the class of its guests."""

    BRIDGES = ('br0', 'br1', 'br2', 'br3')      # the networks of tests/bed, and that of the bed itself

    def __init__(self, names, modules=(), off=(), kind=Guest):
        self.folder = os.environ.get('HOLDFAST_VM_FOLDER')
        if not self.folder or os.getpid() != 1:
            raise BedError('a test in guests runs in namespaces of its own: start it by ./check-vm NAME')
        self.build = os.path.realpath(os.environ.get('HOLDFAST_BUILD', os.path.join(REPOSITORY, 'build/dev')))
        self.begun = time.monotonic()
        self.off = off
        self.nodes = {}
        self.kernel = kernel.fetch()
        self.initramfs = os.path.join(self.folder, 'initramfs')
        for number, name in enumerate(names, 1):
            self.nodes[name] = kind(self, number, name, modules)

    def __getitem__(self, name):
        return self.nodes[name]

    def __enter__(self):
        initramfs.write(self.initramfs, self.kernel)
        self._make_networks()
        for guest in self.nodes.values():
            guest.make_disk()
        switched_on = [guest for guest in self.nodes.values() if guest.name not in self.off]
        for guest in switched_on:
            guest.power_on()
        for guest in switched_on:
            guest.wait_up()
        return self

    def __exit__(self, *_):
        for guest in self.nodes.values():
            guest.kill()

    @staticmethod
    def port(name, network_number):
        return '%s-%d' % (name[:12], network_number)

    def _make_networks(self):
        commands = ['link set lo up']
        for bridge in self.BRIDGES:
            commands += ['link add %s type bridge stp_state 0 forward_delay 0 mcast_snooping 0' % bridge,
                         'link set %s up' % bridge]
        commands += ['addr add %s.%d/24 dev br2' % (network.PREFIXES[network.PUBLIC], CLIENT_NUMBER),
                     'addr add %s.254/24 dev br3' % MANAGEMENT]
        for name in self.nodes:
            for k, bridge in enumerate(self.BRIDGES):
                port = self.port(name, k)
                commands += ['tuntap add %s mode tap' % port, 'link set %s master %s up' % (port, bridge)]
        run('ip', '-batch', '-', input='\n'.join(commands) + '\n')

    def switch(self, name, networks, on):
        """The ports of a guest behind its network cards, which keep their carrier."""
        run('ip', '-batch', '-', input=''.join('link set %s %s\n' % (
            self.port(name, k), 'master ' + self.BRIDGES[k] if on else 'nomaster') for k in networks))

    def others(self, name):
        return [guest for guest in self.nodes.values() if guest.name != name]
