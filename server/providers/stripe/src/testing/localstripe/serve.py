"""Starts localstripe on a free port of this machine's own address, prints the port, ends with its caller."""

import os
import socket
import sys
import threading

from aiohttp import web
from localstripe import resources, server

# It would keep everything in a file that all instances share.
resources.Store.dump_to_disk = lambda self: None


def end_with_caller():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_caller, daemon=True).start()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
web.run_app(server.app, sock=listener, print=None, access_log=None)
