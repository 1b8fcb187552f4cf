"""A shared iSCSI disk: the kernel's own target (LIO) in a guest of its own, and how the nodes reach it.

The store is no node of the cluster. Its portals are on the public network and on that of the bed, so that the links can
be cut without it: two paths to one disk.
"""
from bed import network
from bed.commands import wait_until

from .guest import MANAGEMENT

TARGET = 'iqn.2004-01.test.bed:shared'
FILE = '/run/lun'
SIZE = 400 * 1024 * 1024        # xfs wants 300 at least; of memory it takes what is written
MODULES = 'target_core_mod target_core_file iscsi_target_mod'
ANSWERS = 'replacement_timeout = 5', 'noop_out_interval = 1', 'noop_out_timeout = 2'
REGION, BLOCK = 1024 * 1024, 4096               # sequence_writer.py


class Store:
    def __init__(self, guest):
        self.guest = guest
        self.portals = [guest.address(network.PUBLIC), '%s.%d' % (MANAGEMENT, guest.number)]

    def serve(self):
        """Offers the disk; its reservations are lost with the guest, as its content is."""
        self.guest.shell('''set -e
            modprobe -a %s
            mkdir -p /var/target/pr
            mount -t configfs configfs /sys/kernel/config 2> /dev/null || true
            truncate -s %d %s
            cd /sys/kernel/config/target
            mkdir -p core/fileio_0/shared
            unit=$PWD/core/fileio_0/shared
            echo fd_dev_name=%s,fd_dev_size=%d > $unit/control
            echo beef0001 > $unit/wwn/vpd_unit_serial
            echo 1 > $unit/enable
            group=$PWD/iscsi/%s/tpgt_1
            mkdir -p $group/lun/lun_0
            ln -s $unit $group/lun/lun_0/unit
            for portal in %s; do mkdir -p $group/np/$portal:3260; done
            echo 0 > $group/attrib/authentication
            echo 1 > $group/attrib/generate_node_acls
            echo 0 > $group/attrib/demo_mode_write_protect
            echo 1 > $group/attrib/cache_dynamic_acls
            echo 1 > $group/enable''' % (MODULES, SIZE, FILE, FILE, SIZE, TARGET, ' '.join(self.portals)))

    def login(self, guest, paths=1):
        """The disk appears on a guest as /dev/sda, over a second path as /dev/sdb, too. To be called after every boot."""
        changes = '; '.join(r's/^\(node\..*%s\) =.*/\1 = %s/' % tuple(answer.split(' = ')) for answer in ANSWERS)
        guest.shell('''set -e
            modprobe -a iscsi_tcp sd_mod
            echo InitiatorName=iqn.2004-01.test.bed:%s > /etc/iscsi/initiatorname.iscsi
            sed -i '%s' /etc/iscsi/iscsid.conf
            mkdir -p /run/lock/iscsi
            iscsid
            for portal in %s; do
              iscsiadm -m node -o new -T %s -p $portal > /dev/null
              iscsiadm -m node -T %s -p $portal -l > /dev/null
            done''' % (guest.name, changes, ' '.join(self.portals[:paths]), TARGET, TARGET), timeout=120)
        for device in ('/dev/sda', '/dev/sdb')[:paths]:
            wait_until(lambda device=device: guest.run('test', '-b', device, check=False).returncode == 0, 60,
                       '%s on %s' % (device, guest.name))

    def join_paths(self, guest):
        """/dev/mapper/both: a multipath device of /dev/sda and /dev/sdb, without a daemon that looks after it."""
        guest.shell("""set -e
            modprobe -a dm-multipath dm-round-robin
            table="0 %d multipath 0 0 1 1 round-robin 0 2 1 /dev/sda 1000 /dev/sdb 1000"
            dmsetup create both --noudevsync --noudevrules -u mpath-360000000beef0001 --table "$table"
            dmsetup mknodes both""" % (SIZE // 512))

    def cut(self, guest, path=0):
        """What the guest sends over this path goes nowhere."""
        guest.run('ip', 'route', 'add', 'blackhole', self.portals[path] + '/32')

    def restore(self, guest, path=0):
        guest.run('ip', 'route', 'del', 'blackhole', self.portals[path] + '/32')

    def block(self, number, offset=0):
        """The text of a block of sequence_writer.py, as it is on the disk now."""
        place = (number * REGION + offset * BLOCK) // BLOCK
        return self.guest.shell('dd if=%s bs=%d skip=%d count=1 status=none | tr -d "\\0"' % (FILE, BLOCK, place)).strip()

    def sequence(self, number):
        """The last number that a node wrote."""
        return int(self.block(number) or 0)

    def taken_over_at(self, number, other):
        """The last number of another node that this one saw when it began to write."""
        for word in self.block(number, 1).split():
            node, _, value = word.partition('=')
            if int(node) == other:
                return int(value)
        return None

    def keys(self, guest):
        """The keys on the disk, as a guest reads them."""
        done = guest.run('sg_persist', '-n', '--in', '-k', '/dev/sda').stdout
        return sorted(line.strip() for line in done.splitlines() if line.strip().startswith('0x'))
