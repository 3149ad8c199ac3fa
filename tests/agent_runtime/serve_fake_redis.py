"""A Redis of plain Python over TCP. Prints its port; ends with its standard input."""

from __future__ import annotations

import sys
import threading

from fakeredis import TcpFakeServer


class PatientServer(TcpFakeServer):
    """Takes as many connections at once as a real Redis: those that the system turns away wait
    for seconds, longer than a breaker waits for its Redis."""

    request_queue_size = 512


server = PatientServer(("127.0.0.1", 0), server_type="redis", server_version=(7,))
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdout.write(f"{server.server_address[1]}\n")
sys.stdout.flush()
sys.stdin.read()
