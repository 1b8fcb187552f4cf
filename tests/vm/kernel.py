"""The guests' kernel: Debian's, fetched as a package and unpacked, never installed. Kept in a cache folder."""
import fcntl
import lzma
import os
import shutil
import subprocess

from bed.commands import BedError, run

CACHE = os.environ.get('HOLDFAST_VM_CACHE') or os.path.join(
    os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'holdfast-vm')
META_PACKAGE = 'linux-image-amd64'
XZ = b'\xfd7zXZ\x00'
# What no guest has use for; without it 70 MB stay.
LEFT_OUT = ['*/kernel/' + part for part in (
    'sound*', 'drivers/gpu*', 'drivers/media*', 'drivers/net/wireless*', 'drivers/net/ethernet*', 'drivers/staging*',
    'drivers/infiniband*', 'drivers/iio*', 'drivers/hid*', 'drivers/usb*', 'drivers/input*')]


class Kernel:
    """image: an uncompressed kernel (3 s of emulated decompression less at each boot); modules: its folder in
    lib/modules."""

    def __init__(self, folder):
        self.image = os.path.join(folder, 'vmlinux')
        self.all_modules = os.path.join(folder, 'lib/modules')
        self.modules = os.path.join(self.all_modules, os.listdir(self.all_modules)[0])

    def files_of(self, names):
        """The files of these modules and of all that they need, in the order to load them."""
        needs = {}
        with open(os.path.join(self.modules, 'modules.dep'), encoding='utf-8') as dependencies:
            for line in dependencies:
                file, _, others = line.partition(':')
                needs[file] = others.split()
        by_name = {os.path.basename(file).split('.ko')[0].replace('-', '_'): file for file in needs}
        found = []

        def add(file):
            for other in reversed(needs[file]):
                add(other)
            if file not in found:
                found.append(file)
        for name in names:
            if name in by_name:         # else it is built in
                add(by_name[name])
        return [os.path.join(self.modules, file) for file in found]


def newest_package():
    def named():
        lines = run('apt-cache', 'depends', META_PACKAGE, check=False).stdout.splitlines()
        return next((line.split(': ')[1] for line in lines if line.strip().startswith('Depends: ')), None)
    package = named()
    if not package:
        run('apt-get', 'update', '-q', timeout=300)
        package = named()
    if not package:
        raise BedError('apt knows no package %s' % META_PACKAGE)
    return package


def _unpack(package, folder):
    run('apt-get', 'update', '-q', check=False, timeout=300)
    download = os.path.join(folder, 'download')
    os.makedirs(download)
    with subprocess.Popen(['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', package], cwd=download,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as fetching:
        said = fetching.stdout.read().decode()
    archives = os.listdir(download)
    if fetching.returncode != 0 or len(archives) != 1:
        raise BedError('%s cannot be fetched: %s' % (package, said[-800:]))
    with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', os.path.join(download, archives[0])],
                          stdout=subprocess.PIPE) as archive:
        unpacked = subprocess.run(['tar', '-x', '-C', folder, '--wildcards', *['--exclude=' + part for part in LEFT_OUT],
                                   './boot', './lib/modules'], stdin=archive.stdout, check=False)
    if archive.returncode != 0 or unpacked.returncode != 0:
        raise BedError('%s cannot be unpacked' % package)
    shutil.rmtree(download)


def _decompress(folder):
    boot = os.path.join(folder, 'boot')
    name = next(name for name in os.listdir(boot) if name.startswith('vmlinuz-'))
    with open(os.path.join(boot, name), 'rb') as file:
        compressed = file.read()
    start = compressed.find(XZ)
    if start < 0:
        raise BedError('%s is not compressed by xz' % name)
    with open(os.path.join(folder, 'vmlinux'), 'wb') as image:
        image.write(lzma.LZMADecompressor().decompress(compressed[start:]))


def fetch():
    """The newest kernel of Debian 12: from the cache, or fetched now."""
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, 'lock'), 'a', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = [name for name in os.listdir(CACHE) if os.path.exists(os.path.join(CACHE, name, 'whole'))]
        if kept:
            return Kernel(os.path.join(CACHE, sorted(kept)[-1]))
        package = newest_package()
        folder = os.path.join(CACHE, package)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        _unpack(package, folder)
        _decompress(folder)
        kernel = Kernel(folder)
        run('depmod', '-b', folder, os.path.basename(kernel.modules))
        with open(os.path.join(folder, 'whole'), 'w', encoding='utf-8'):
            return kernel
