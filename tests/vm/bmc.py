"""A management controller (BMC) for every guest: OpenIPMI's ipmi_sim, asked over the LAN protocol of IPMI 2.0, with the
guest's power on it. Off is the end of its QEMU, on a new one."""
import os
import socket
import subprocess
import threading
import time

from bed.commands import PLAIN_ENVIRONMENT, BedError, run, wait_until

from .guest import MANAGEMENT

USER, PASSWORD = 'ops', 'geheim-7'
FIRST = 100                 # guest i has its controller at .(100 + i) of the bed's own network
LAN = '''\
name "%(name)s"
set_working_mc 0x20
  startlan 1
    addr %(address)s 623
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcd%(number)02d
  endlan
  chassis_control "%(switch)s 0x20"
  user 1 true "" "" user 10 none md2 md5 straight
  user 2 true "%(user)s" "%(password)s" admin 10 none md2 md5 straight
'''
EMULATION = '''\
mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02
sel_enable 0x20 100 0x0a
mc_enable 0x20
'''
# What ipmi_sim runs for the chassis: asks this process, which holds the power.
SWITCH = '''\
#!/usr/bin/python3 -I
import socket, sys
with socket.socket(socket.AF_UNIX) as power:
    power.connect(%r)
    power.sendall((' '.join(sys.argv[2:]) + '\\n').encode())
    answer = power.makefile().read()
print(answer, end='')
'''
WORKS, LIES = 'works', 'lies'


class Controller:
    """The controller of one guest. `manner`: LIES says that it switched off and does not."""

    def __init__(self, bed, name):
        self.bed = bed
        self.guest = bed[name]
        self.address = '%s.%d' % (MANAGEMENT, FIRST + self.guest.number)
        self.manner = WORKS
        self.orders = []                # (CLOCK_MONOTONIC in s, what was ordered of the power)
        folder = os.path.join(self.guest.folder, 'bmc')
        os.makedirs(folder + '/state')
        self._listen(folder + '/power')
        values = {'name': name, 'address': self.address, 'number': self.guest.number, 'switch': folder + '/switch',
                  'user': USER, 'password': PASSWORD}
        for file, text, mode in (('lan.conf', LAN % values, 0o600), ('emulation', EMULATION, 0o600),
                                 ('switch', SWITCH % (folder + '/power'), 0o700)):
            with open(os.path.join(folder, file), 'w', encoding='utf-8') as out:
                out.write(text)
            os.chmod(os.path.join(folder, file), mode)
        self.plug_network()
        with open(folder + '/output', 'ab') as output:
            self.process = subprocess.Popen(
                ['ipmi_sim', '-c', folder + '/lan.conf', '-f', folder + '/emulation', '-s', folder + '/state', '-n'],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=PLAIN_ENVIRONMENT)
        wait_until(lambda: self.ask('power', 'status').returncode == 0, 20, 'the controller of %s answers' % name)

    def fence_level(self, **further):
        """This controller as a fence level of the configuration."""
        return {'agent': 'fence_ipmilan', 'timeout': '60s',
                'parameters': {'ip': self.address, 'username': USER, 'password': PASSWORD, 'lanplus': '1',
                               'cipher': '3', 'login_timeout': '30', 'shell_timeout': '20', 'power_timeout': '40',
                               'ipmitool_timeout': '20', **further}}

    def ask(self, *words):
        """ipmitool of the bed's own machine."""
        return run('ipmitool', '-I', 'lanplus', '-C', '3', '-U', USER, '-P', PASSWORD, '-H', self.address, *words,
                   check=False)

    def cut_network(self):
        run('ip', 'addr', 'del', self.address + '/24', 'dev', 'br3')

    def plug_network(self):
        run('ip', 'addr', 'add', self.address + '/24', 'dev', 'br3')

    def offs(self):
        return [when for when, order in self.orders if order == 'off']

    # --- what the controller asks of the power -------------------------------------------------------------------
    def _listen(self, path):
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(path)
        self.listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, _ = self.listening.accept()
            with connection, connection.makefile('rw') as stream:
                stream.write(self._chassis(stream.readline().split()))

    def _chassis(self, words):
        """ipmi_sim's chassis_control: get power | set power 0|1 | set reset 1 ..., several at once."""
        if words[:1] == ['get']:
            shown = {'power': '%d' % (not self.guest.is_off()), 'boot': 'default'}
            return ''.join('%s:%s\n' % (word, shown[word]) for word in words[1:] if word in shown)
        for what, value in zip(words[1::2], words[2::2]):
            if what == 'power':
                self._power(value != '0')
            elif what == 'reset':
                self._power(False)
                self._power(True)
        return ''

    def _power(self, on):
        self.orders.append((time.monotonic(), 'on' if on else 'off'))
        if on and self.guest.is_off():
            self.guest.power_on()
        elif not on and not self.guest.is_off() and self.manner == WORKS:
            self.guest.power_off()


def controllers(bed):
    """One for every guest; a bed that does not use them has none."""
    if not os.path.exists('/usr/bin/ipmi_sim'):
        raise BedError('there is no ipmi_sim: tools/setup check-vm')
    return {name: Controller(bed, name) for name in bed.nodes}
