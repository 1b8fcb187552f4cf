"""Real servers with their data on a shared disk, under Debian's OCF agents (K5): life from start to failover."""
from .ocf_case import OcfCase
from .ocf_services import Apache, Mariadb, Named, Postgres, Redis, Rsync


class OcfServers(OcfCase):
    def test_apache(self):
        self.up_with(Apache)
        self.check_life()

    def test_mariadb(self):
        self.up_with(Mariadb)
        self.check_life()

    def test_named(self):
        self.up_with(Named)
        self.check_life('10.77.9.44', stored=False)

    def test_postgresql(self):
        self.up_with(Postgres)
        self.check_life()

    def test_redis(self):
        self.up_with(Redis)
        self.check_life()

    def test_rsync(self):
        self.up_with(Rsync)
        self.check_life()
