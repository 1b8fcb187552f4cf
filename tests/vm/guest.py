"""A guest: a machine of QEMU in software emulation, with the face of a node of tests/bed (run, spawn, read, write, ...)."""
import base64
import os
import re
import select
import shlex
import signal
import socket
import subprocess
import time
import types

from bed import network
from bed.commands import PLAIN_ENVIRONMENT, BedError, run, wait_until
from bed.disk import OwnDisk

from .qmp import Monitor

MANAGEMENT = '10.77.254'
AGENT_PORT = 7
MEMORY = 512                    # MiB
# Seen from outside while the guest runs and after it; everything else but /var/lib/holdfast is forgotten at a boot.
KEPT = ('/etc/holdfast', '/etc/nginx', '/var/lib/nginx', '/var/log')
SAME_RESET = 1.0                # s; a kernel may ask for its reset in several ways, and no guest is up again so soon
COMMAND_LINE = ('systemd.unit=bed.target systemd.show_status=false '
                'console=ttyS0 quiet panic=1 mitigations=off nokaslr nopti audit=0 apparmor=0 no_timer_check '
                'tsc=reliable lpj=1000000 net.ifnames=0')
LAST_LINE = re.compile(r'(.*)\nexit code (\d+)', re.S)


class Guest(OwnDisk):
    """modules: what `modprobe` gets at every boot, one line each."""

    boot_limit = 90                     # s; 5 s on free cores

    def __init__(self, bed, number, name, modules=()):
        self.bed = bed
        self.number = number
        self.name = name
        self.modules = list(modules)
        self.folder = os.path.join(bed.folder, name)
        self.disk = os.path.join(self.folder, 'own')
        self.qemu = None
        self.monitor = None
        self.history = []               # events of the monitors of earlier boots

    def address(self, net):
        return '%s.%d' % (network.PREFIXES[net], self.number)

    # --- its disk ------------------------------------------------------------------------------------------------
    def path(self, inside):
        """Where a file of the guest is seen from outside."""
        if inside.startswith(tuple(kept + '/' for kept in KEPT)):
            return self.disk + inside
        raise BedError('%s is not kept (%s)' % (inside, ', '.join(KEPT)))

    def make_disk(self):
        for kept in KEPT:
            os.makedirs(self.disk + kept)
        os.makedirs(self.disk + '/var/log/nginx')
        ports = [(network.INTERFACES[k], self.address(k)) for k in network.ALL]
        ports.append(('bed0', '%s.%d' % (MANAGEMENT, self.number)))
        own = {'hostname': self.name + '\n', 'machine-id': '%032x\n' % self.number, 'kept': '\n'.join(KEPT) + '\n',
               'hosts': '127.0.0.1 localhost\n' + ''.join('%s %s\n' % (g.address(0), g.name)
                                                          for g in self.bed.nodes.values()),
               'modules': ''.join(line + '\n' for line in self.modules),
               'addresses': 'link set lo up\n' + ''.join('addr add %s/24 brd + dev %s\nlink set %s up\n' % (a, i, i)
                                                         for i, a in ports)}
        for name, text in own.items():
            with open(os.path.join(self.disk, name), 'w', encoding='utf-8') as file:
                file.write(text)
        self._make_units()
        run('truncate', '-s', '64M', self.folder + '/state')
        run('mkfs.ext4', '-q', '-F', self.folder + '/state')

    def _make_units(self):
        """For a guest with systemd as its first process."""

    def copy_state(self):
        """The files of /var/lib/holdfast of a guest that is off, in a folder whose name is returned."""
        copy = self.folder + '/copy'
        os.makedirs(copy)
        run('e2fsck', '-fy', self.folder + '/state', check=False)       # replays the file system's journal
        run('debugfs', '-R', 'rdump / %s' % copy, self.folder + '/state')
        return copy

    # --- power ---------------------------------------------------------------------------------------------------
    def power_on(self):
        """Switches it on; `wait_up` waits until it can be used."""
        if not self.is_off():
            raise BedError('%s is on already' % self.name)
        self._forget_monitor()
        kernel, share = self.bed.kernel, 'local,path=%s,mount_tag=%s,security_model=passthrough'
        command = [
            'qemu-system-x86_64', '-name', self.name, '-accel', 'tcg,thread=multi,tb-size=128', '-cpu', 'max,-la57',
            '-M', 'q35', '-smp', '1', '-m', str(MEMORY), '-nodefaults', '-no-user-config', '-vga', 'none',
            '-display', 'none', '-chardev', 'file,id=console,path=%s/console,append=on' % self.folder,
            '-serial', 'chardev:console',
            '-qmp', 'unix:%s/monitor,server=on,wait=off' % self.folder, '-device', 'virtio-rng-pci',
            '-device', 'i6300esb', '-kernel', kernel.image, '-initrd', self.bed.initramfs,
            '-drive', 'if=none,id=state,format=raw,cache=unsafe,file=%s/state' % self.folder,
            '-device', 'virtio-blk-pci,drive=state',
            '-virtfs', share % ('/', 'root') + ',readonly=on,multidevs=remap',
            '-virtfs', share % (kernel.all_modules, 'modules') + ',readonly=on',
            '-virtfs', share % (self.disk, 'own'), '-append', COMMAND_LINE]
        for k in range(len(self.bed.BRIDGES)):
            command += ['-netdev', 'tap,id=n%d,ifname=%s,script=no,downscript=no' % (k, self.bed.port(self.name, k)),
                        '-device', 'virtio-net-pci,netdev=n%d,mac=%s,romfile=' % (k, network.mac(self.number, k))]
        with open(self.folder + '/qemu', 'ab') as output:
            self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                         start_new_session=True, env=PLAIN_ENVIRONMENT)
        self.monitor = Monitor(self.folder + '/monitor', lambda: self.qemu.poll() is None)

    boot = power_on

    def is_off(self):
        return self.qemu is None or self.qemu.poll() is not None

    def power_off(self):
        """Pulls the plug: QEMU is killed. Returns the time of it (CLOCK_REALTIME, ns)."""
        time_of_it = time.time_ns()
        self.kill()
        return time_of_it

    def kill(self):
        if not self.is_off():
            os.kill(self.qemu.pid, signal.SIGKILL)
        if self.qemu:
            self.qemu.wait()
        self._forget_monitor()

    def _forget_monitor(self):
        if self.monitor:
            self.history += self.monitor.events
            self.monitor.close()
            self.monitor = None
        if os.path.exists(self.folder + '/monitor'):
            os.unlink(self.folder + '/monitor')

    def events(self):
        """What QEMU told: (CLOCK_MONOTONIC in s, name, data), over all boots."""
        return self.history + (self.monitor.events if self.monitor else [])

    def resets(self):
        """When the guest reset itself (CLOCK_MONOTONIC, s); a reset from outside is none."""
        times = []
        for when, name, data in self.events():
            again = times and when - times[-1] < SAME_RESET
            if name == 'RESET' and data.get('guest') and not again:
                times.append(when)
        return times

    def freeze(self):
        """The whole machine stands still, its clocks, too, as in a live migration."""
        self.monitor.command('stop')

    def thaw(self):
        self.monitor.command('cont')

    def wait_up(self):
        def up():
            if self.is_off():
                raise BedError('%s went off while it booted%s' % (self.name, self.evidence()))
            return self._ask('true', 3)[0] == 0
        wait_until(up, self.boot_limit, lambda: '%s is up%s' % (self.name, self.evidence()), 0.1)

    def console(self):
        with open(self.folder + '/console', errors='replace') as file:
            return file.read()

    def evidence(self, lines=15):
        text = '\n--- %s: %s' % (self.name, 'off' if self.is_off() else 'on')
        for when, name, given in self.events():
            text += '\n    QEMU at %.1f s: %s %s' % (when - self.bed.begun, name, given)
        for file in ('qemu', 'console'):
            path = os.path.join(self.folder, file)
            if os.path.exists(path):
                with open(path, errors='replace') as tail:
                    text += ''.join('\n    %s: %s' % (file, line) for line in tail.read().splitlines()[-lines:])
        return text

    # --- commands ------------------------------------------------------------------------------------------------
    def _ask(self, text, timeout):
        """Runs a shell text in the guest: (exit code, output), or (None, why not) if it cannot be asked, does not
        answer in time or is reset meanwhile."""
        begun, answer = len(self.events()), b''
        end = time.monotonic() + timeout
        with socket.socket() as agent:
            agent.settimeout(min(2, timeout))
            try:
                agent.connect(('%s.%d' % (MANAGEMENT, self.number), AGENT_PORT))
                agent.sendall(text.encode())
                agent.shutdown(socket.SHUT_WR)
                while True:
                    if select.select([agent], [], [], 0.2)[0]:
                        received = agent.recv(65536)
                        if not received:
                            break
                        answer += received
                    elif self.is_off() or any(name == 'RESET' for _, name, _ in self.events()[begun:]):
                        return None, 'the guest was reset or switched off meanwhile'
                    elif time.monotonic() > end:
                        return None, 'not done within %g s' % timeout
            except OSError as error:
                return None, 'cannot be asked: %s' % error
        last = LAST_LINE.fullmatch(answer.decode(errors='replace'))
        if not last:
            return None, 'no exit code: %s' % answer.decode(errors='replace')[-500:]
        return int(last.group(2)), last.group(1)

    def run(self, *command, check=True, timeout=60, input=None):
        """Runs a command to its end. Its two outputs come as one. Exit code 255 if the guest cannot be asked."""
        text = shlex.join(command)
        if input is not None:
            text = 'echo %s | base64 -d | ( %s )' % (base64.b64encode(input.encode()).decode(), text)
        code, output = self._ask(text, timeout)
        if check and code != 0:
            raise BedError('%s on %s: exit code %s: %s' % (shlex.join(command), self.name, code, output[-800:]))
        return types.SimpleNamespace(returncode=255 if code is None else code, stdout=output, stderr='')

    def shell(self, text, check=True, timeout=60):
        return self.run('/bin/sh', '-c', text, check=check, timeout=timeout).stdout

    def spawn(self, *command, log):
        """Starts a program that runs on; its output goes to a file in the guest."""
        self.shell('setsid %s >> %s 2>&1 < /dev/null &' % (shlex.join(command), shlex.quote(log)))

    def pids(self, name):
        """PIDs (the guest's) of the processes of this command name."""
        done = self.run('pgrep', '-x', name[:15], check=False)
        return [int(word) for word in done.stdout.split()] if done.returncode == 0 else []

    # --- networks ------------------------------------------------------------------------------------------------
    def cut(self, *networks):
        """Cuts networks (default: the links) silently; returns the time of it (CLOCK_REALTIME, ns)."""
        time_of_it = time.time_ns()
        self.bed.switch(self.name, networks or network.LINKS, False)
        return time_of_it

    def restore(self, *networks):
        self.bed.switch(self.name, networks or network.LINKS, True)
