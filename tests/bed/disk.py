"""The files of a machine, as they lie on a disk that is seen from outside."""
import os


class OwnDisk:
    """path(inside) says where a file of the machine is seen."""

    def read(self, inside):
        """The text of a file on the disk, '' if there is none."""
        try:
            with open(self.path(inside), errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def write(self, inside, text, mode=0o644):
        path = self.path(inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
