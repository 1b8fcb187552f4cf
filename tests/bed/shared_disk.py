"""A disk that all nodes of a bed reach, as a shared SCSI disk: a loop device. Nodes of one machine share its kernel, so
what two of them mount at once is one mount twice; nothing here can show what that does to a file system."""
import os
import shutil
import tempfile

from .commands import BedError, run

SIZE = 512 << 20        # a sparse file


class SharedDisk:
    """A loop device with an empty ext4; `device` is its path. Goes with close()."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='holdfast-disk-')
        image = os.path.join(self.folder, 'image')
        with open(image, 'wb') as file:
            file.truncate(SIZE)
        run('mkfs.ext4', '-q', '-F', image)
        done = run('losetup', '--find', '--show', image, check=False)
        if done.returncode != 0:
            shutil.rmtree(self.folder)
            raise BedError('no loop device: %s' % done.stderr.strip())
        self.device = done.stdout.strip()

    def fill(self, node, folder, prepare):
        """Mounts it on `node`, calls `prepare`, which puts the first files on it, and unmounts it."""
        node.run('mount', self.device, folder)
        try:
            prepare()
        finally:
            node.run('umount', folder)

    def close(self):
        """After the machines' end, so that none has it mounted; the device goes when the kernel lets go of it."""
        run('losetup', '--detach', self.device, check=False)
        shutil.rmtree(self.folder)
