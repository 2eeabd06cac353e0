"""Whether the web server of this container is ready; the address it is asked at is the one it was bound to."""

import os
import sys
import urllib.error
import urllib.request

PORTS = {"ingest": 8001, "web": 8000}

if __name__ == "__main__":
    port = PORTS[os.environ.get("TOLLMARK_ROLE", "web")]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=4):
            pass
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode())  # the reasons
    except OSError as error:
        sys.exit(str(error))
