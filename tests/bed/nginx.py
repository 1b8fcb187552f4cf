"""A real nginx whose page names its node: the service of the demo and the cluster tests."""
CONFIGURATION = '''\
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {}
http {
    access_log off;
    types { text/html html; }
    server {
        listen 80;
        root /var/lib/nginx/site;
    }
}
'''
PAGE = '<!DOCTYPE html>\n<title>Holdfast</title>\n<h1>Served by %s</h1>\n'


def install(node):
    """Puts configuration and page on the node's own disk; starts nothing."""
    node.write('/etc/nginx/nginx.conf', CONFIGURATION)
    node.write('/var/lib/nginx/site/index.html', PAGE % node.name)


COMMAND = ['/usr/sbin/nginx', '-g', 'daemon off;']
