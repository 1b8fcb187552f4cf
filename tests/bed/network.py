"""The networks of the bed: bridges in a machine of their own (the hub); every node has one port on each.

    network 0   br0   eth0   10.77.1.<i>   link
    network 1   br1   eth1   10.77.2.<i>   link
    network 2   br2   pub0   10.77.9.<i>   public; the client is .200
"""
import ctypes
import json
import os
import socket
import struct

from .commands import BedError, run

PREFIXES = ('10.77.1', '10.77.2', '10.77.9')
INTERFACES = ('eth0', 'eth1', 'pub0')
LINKS = (0, 1)
PUBLIC = 2
ALL = (0, 1, 2)

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_RTM_SETLINK = 19
_IFLA_PROTINFO = 12 | 0x8000
_IFLA_BRPORT_STATE = 1
_FORWARDING, _DISABLED = 3, 0


def ip(pid, *commands, check=True):
    """Runs iproute2 commands in the network namespace of a process (in the bed's own PID namespace, so that a
    process can be named as the target of a new interface)."""
    return run('nsenter', '--net=/proc/%d/ns/net' % pid, 'ip', '-batch', '-', input='\n'.join(commands) + '\n',
               check=check)


def _socket_inside(pid):
    mine = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
    theirs = os.open('/proc/%d/ns/net' % pid, os.O_RDONLY)
    try:
        if _libc.setns(theirs, _CLONE_NEWNET):
            raise BedError('cannot enter the network namespace of %d' % pid)
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    finally:
        if _libc.setns(mine, _CLONE_NEWNET):
            os._exit(70)            # in the wrong network namespace: nothing here may go on
        os.close(theirs)
        os.close(mine)


class Hub:
    """The bridges and their ports. `machine` runs nothing but the namespaces."""

    def __init__(self, machine):
        self.machine = machine
        self.drops = []
        ip(machine.pid, 'link set lo up', *[
            command for k in ALL for command in (
                'link add br%d type bridge stp_state 0 forward_delay 0 mcast_snooping 0' % k,
                'link set br%d up' % k)])
        self.netlink = _socket_inside(machine.pid)
        self.netlink.bind((0, 0))
        self.index = {}

    def close(self):
        self.netlink.close()

    def attach(self, machine, number):
        """Wires a machine to all networks (the client, number 200, to the public one only)."""
        networks = (PUBLIC,) if number == 200 else ALL
        inside = ['link set lo up']
        outside = []
        for k in networks:
            port = self.port(machine.name, k)
            outside += ['link add %s type veth peer name %s address %s netns %d'
                        % (port, INTERFACES[k], mac(number, k), machine.pid),
                        'link set %s master br%d up' % (port, k)]
            inside += ['addr add %s.%d/24 brd + dev %s' % (PREFIXES[k], number, INTERFACES[k]),
                       'link set %s up' % INTERFACES[k]]
        ip(self.machine.pid, *outside)
        ip(machine.pid, *inside)
        links = run('nsenter', '--net=/proc/%d/ns/net' % self.machine.pid, 'ip', '-json', 'link').stdout
        self.index = {link['ifname']: link['ifindex'] for link in json.loads(links)}

    def detach(self, name):
        """Removes what is left of a dead machine's ports (the kernel removes them, too, but in its own time)."""
        for k in ALL:
            ip(self.machine.pid, 'link del %s' % self.port(name, k), check=False)

    @staticmethod
    def port(name, network):
        return '%s-%d' % (name[:12], network)

    def switch(self, name, networks, on):
        """Switches ports of a machine on or off at once: one datagram to the kernel. The machine's own interface
        keeps its carrier, as with a failure behind the switch."""
        message = b''
        for k in networks:
            body = struct.pack('=BBHiII', socket.AF_BRIDGE, 0, 0, self.index[self.port(name, k)], 0, 0)
            state = struct.pack('=HHB3x', 5, _IFLA_BRPORT_STATE, _FORWARDING if on else _DISABLED)
            body += struct.pack('=HH', 4 + len(state), _IFLA_PROTINFO) + state
            message += struct.pack('=IHHII', 16 + len(body), _RTM_SETLINK, 1, 0, 0) + body
        self.netlink.send(message)

    def carrier(self, name, networks, on):
        """Takes the carrier away from the machine's interfaces, or gives it back."""
        ip(self.machine.pid, *['link set %s %s' % (self.port(name, k), 'up' if on else 'down') for k in networks])

    def drop(self, source, target, networks):
        """Frames from one machine to another vanish, this way only."""
        self.drops += [(self.port(source, k), self.port(target, k)) for k in networks]
        self._load_drops()

    def drop_none(self):
        self.drops = []
        self._load_drops()

    def _load_drops(self):
        rules = ''.join('    iifname "%s" oifname "%s" drop\n' % pair for pair in self.drops)
        self.machine.run('nft', '-f', '-', input=(
            'table bridge bed { }\ndelete table bridge bed\n'
            'table bridge bed {\n  chain faults {\n    type filter hook forward priority 0;\n%s  }\n}\n' % rules))


def mac(number, network):
    return '02:77:00:%02x:00:%02x' % (network, number)
