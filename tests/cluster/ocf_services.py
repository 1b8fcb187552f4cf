"""Real servers under Debian's OCF agents: what each needs on the shared disk, and how a client asks it."""
import signal

from bed.testbed import ADDRESS

PLACE = '/srv'          # mount point of the shared disk; of the machine's own root, so the same on every node
POSTGRES = '/usr/lib/postgresql/15/bin'

HTTPD_CONF = '''\
ServerRoot "/usr/lib/apache2"
ServerName cluster
PidFile /run/apache2.pid
ErrorLog /run/apache2.error
Listen 80
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule dir_module modules/mod_dir.so
DocumentRoot "%(place)s/site"
'''
NAMED_CONF = '''\
include "%(place)s/rndc.key";
controls { inet 127.0.0.1 port 953 allow { 127.0.0.1; } keys { "rndc-key"; }; };
options {
    directory "%(place)s/zones"; pid-file "/var/run/named/named.pid"; session-keyfile "/run/named/session.key";
    listen-on { 127.0.0.1; %(address)s; }; listen-on-v6 { none; }; recursion no; dnssec-validation no;
};
zone "cluster.test" { type primary; file "cluster.test"; };
'''
ZONE = '''\
$TTL 60
@ IN SOA ns hostmaster 1 3600 600 86400 60
  IN NS ns
ns IN A %(address)s
www IN A 10.77.9.44
'''
RSYNCD_CONF = '''\
pid file = /run/rsyncd.pid
use chroot = no
address = %(address)s
[orders]
path = %(place)s/orders
read only = no
uid = 0
gid = 0
'''
MARIADB_CONF = '''\
[mysqld]
datadir = %(place)s/data
bind-address = %(address)s
socket = /run/mysqld/mysqld.sock
pid-file = /run/mysqld/mysqld.pid
innodb_buffer_pool_size = 32M
innodb_log_file_size = 8M
performance_schema = off
'''


class Service:
    """One server. `programs` are the command names of its processes, those first that start others anew."""
    agent = ''
    programs = ()
    parameters = {}
    death = signal.SIGKILL

    def __init__(self, bed):
        self.bed = bed

    def resource(self, **settings):
        return {'name': 'server', 'agent': self.agent, 'depends_on': ['disk', 'address'], 'monitor_interval': '1s',
                'timeouts': {'start': '60s', 'stop': '60s', 'monitor': '20s', 'recover': '90s'},
                'parameters': self.parameters, **settings}

    def prepare(self, node):
        """The first files on the shared disk, which is mounted on `node`."""

    def store(self, text):
        """Puts something in, as a client."""

    def fetch(self):
        """What was put in, as a client gets it; None while it does not answer."""
        raise NotImplementedError

    def ask(self, *command, node=None):
        done = (node or self.bed.client).run(*command, check=False, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else None

    def put(self, node, path, text):
        node.run('sh', '-c', 'mkdir -p "$(dirname "$0")" && cat > "$0"', path,
                 input=text % {'place': PLACE, 'address': ADDRESS})


class Apache(Service):
    agent, programs = 'ocf:heartbeat:apache', ('apache2',)
    parameters = {'httpd': '/usr/sbin/apache2', 'configfile': PLACE + '/httpd.conf', 'client': 'curl',
                  'statusurl': 'http://127.0.0.1/', 'testregex': 'orders'}

    def prepare(self, node):
        self.put(node, PLACE + '/httpd.conf', HTTPD_CONF)
        self.put(node, PLACE + '/site/index.html', '<html><body>orders</body></html>\n')

    def store(self, text):
        for node in self.bed.nodes.values():
            if not node.is_off() and self.ask('mountpoint', '-q', PLACE, node=node) is not None:
                self.put(node, PLACE + '/site/orders', text)

    def fetch(self):
        return self.ask('curl', '-fs', '-m', '5', 'http://%s/orders' % ADDRESS)


class Nginx(Apache):
    agent, programs = 'ocf:heartbeat:nginx', ('nginx',)
    parameters = {'httpd': '/usr/sbin/nginx', 'configfile': PLACE + '/nginx.conf', 'OCF_CHECK_LEVEL': 10,
                  'status10url': 'http://127.0.0.1/', 'status10regex': 'orders', 'testclient': 'curl'}

    def prepare(self, node):
        super().prepare(node)
        self.put(node, PLACE + '/nginx.conf', 'worker_processes 1;\npid /run/nginx.pid;\n'
                 'error_log /run/nginx.error;\nevents {}\n'
                 'http { access_log off; server { listen 80; root %(place)s/site; } }\n')


class Named(Service):
    agent, programs = 'ocf:heartbeat:named', ('named',)
    parameters = {'named_user': 'bind', 'named_config': PLACE + '/named.conf', 'named_pidfile': '/var/run/named/named.pid',
                  'monitor_ip': ADDRESS, 'monitor_request': 'www.cluster.test', 'monitor_response': '10.77.9.44',
                  'rndc_options': '-c %s/rndc.conf' % PLACE}

    def prepare(self, node):
        node.run('rndc-confgen', '-a', '-c', PLACE + '/rndc.key', '-u', 'bind')
        self.put(node, PLACE + '/rndc.conf', 'include "%(place)s/rndc.key";\n'
                 'options { default-server 127.0.0.1; default-key "rndc-key"; };\n')
        self.put(node, PLACE + '/named.conf', NAMED_CONF)
        self.put(node, PLACE + '/zones/cluster.test', ZONE)
        node.run('chown', 'bind', PLACE + '/zones')

    def fetch(self):
        answer = self.ask('host', '-W', '2', '-t', 'A', 'www.cluster.test', ADDRESS)
        return answer.rsplit(' ', 1)[-1] if answer else None


class Rsync(Service):
    agent, programs = 'ocf:heartbeat:rsyncd', ('rsync',)
    death = signal.SIGTERM      # after a crash its agent neither removes the pid file nor starts over it
    parameters = {'binpath': '/usr/bin/rsync', 'conffile': PLACE + '/rsyncd.conf'}

    def prepare(self, node):
        self.put(node, PLACE + '/rsyncd.conf', RSYNCD_CONF)
        self.put(node, PLACE + '/orders/first', 'none\n')

    def store(self, text):
        script = 'f=$(mktemp -d) && echo "$0" > $f/orders && rsync -q $f/orders rsync://%s/orders/; rm -r $f' % ADDRESS
        self.bed.client.run('sh', '-c', script, text)

    def fetch(self):
        script = 'f=$(mktemp -d); rsync -q --contimeout=5 rsync://%s/orders/orders $f/ && cat $f/orders; rm -r $f'
        return self.ask('sh', '-c', script % ADDRESS) or None


class Redis(Service):
    """Its agent calls crm_master, which is not here, when it stops; a single server does not need the answer."""
    agent, programs = 'ocf:heartbeat:redis', ('redis-server',)
    parameters = {'config': PLACE + '/redis.conf', 'user': 'redis', 'rundir': '/run/redis',
                  'pidfile_name': 'redis.pid', 'socket_name': 'redis.sock'}

    def prepare(self, node):
        self.put(node, PLACE + '/redis.conf', 'bind %(address)s\nport 6379\ndir %(place)s/data\nappendonly yes\n'
                 'appendfsync always\nprotected-mode no\n')
        node.run('install', '-d', '-o', 'redis', PLACE + '/data')

    def store(self, text):
        self.ask('redis-cli', '-h', ADDRESS, 'SET', 'orders', text)

    def fetch(self):
        return self.ask('redis-cli', '-h', ADDRESS, 'GET', 'orders') or None


class Postgres(Service):
    agent, programs = 'ocf:heartbeat:pgsql', ('postgres',)
    parameters = {'pgctl': POSTGRES + '/pg_ctl', 'psql': POSTGRES + '/psql', 'pgdata': PLACE + '/pg',
                  'socketdir': '/run/postgresql', 'start_opt': '-c fsync=on'}

    def prepare(self, node):
        node.run('install', '-d', '-o', 'postgres', '-m', '700', PLACE + '/pg')
        node.run('su', 'postgres', '-s', '/bin/sh', '-c',
                 '%s/initdb --auth=trust --no-sync -E UTF8 --locale=C -D %s/pg' % (POSTGRES, PLACE))
        node.run('sh', '-c', 'cat >> %s/pg/postgresql.conf; echo "host all all 10.77.9.0/24 trust" >> %s/pg/pg_hba.conf'
                 % (PLACE, PLACE), input="listen_addresses = '*'\nunix_socket_directories = '/run/postgresql'\n"
                                         'shared_buffers = 16MB\n')

    def sql(self, text):
        return self.ask(POSTGRES + '/psql', '-h', ADDRESS, '-U', 'postgres', '-qtA', '-c', text)

    def store(self, text):
        self.sql('CREATE TABLE IF NOT EXISTS orders (text text)')
        self.sql("INSERT INTO orders VALUES ('%s')" % text)

    def fetch(self):
        return self.sql('SELECT max(text) FROM orders') or None


class Mariadb(Service):
    agent, programs = 'ocf:heartbeat:mysql', ('mysqld_safe', 'mariadbd')
    parameters = {'binary': '/usr/bin/mysqld_safe', 'client_binary': '/usr/bin/mysql', 'config': PLACE + '/my.cnf',
                  'datadir': PLACE + '/data', 'log': '/run/mysqld.log', 'pid': '/run/mysqld/mysqld.pid',
                  'socket': '/run/mysqld/mysqld.sock'}

    def prepare(self, node):
        self.put(node, PLACE + '/my.cnf', MARIADB_CONF)
        node.run('mysql_install_db', '--defaults-file=%s/my.cnf' % PLACE, '--user=mysql', '--skip-test-db',
                 '--auth-root-authentication-method=socket')
        node.run('sh', '-c', 'install -d -o mysql /run/mysqld; cat > /run/grant.sql; mariadbd --defaults-file=%s/my.cnf '
                 '--user=mysql --bootstrap < /run/grant.sql' % PLACE,
                 input="FLUSH PRIVILEGES;\nCREATE DATABASE shop;\n"
                       "GRANT ALL ON shop.* TO 'shop'@'%' IDENTIFIED BY 'shop';\n")

    def sql(self, text):
        return self.ask('mysql', '--no-defaults', '--connect-timeout=5', '-h', ADDRESS, '-ushop', '-pshop', '-N', '-B',
                        'shop', '-e', text)

    def store(self, text):
        self.sql("CREATE TABLE IF NOT EXISTS orders (text text); INSERT INTO orders VALUES ('%s')" % text)

    def fetch(self):
        answer = self.sql('SELECT max(text) FROM orders')
        return answer if answer and answer != 'NULL' else None
