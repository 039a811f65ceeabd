"""Ends with 0 when the address answers 200: `python health.py http://web:8000/readyz`. The image has no curl."""

import http.client
import os
import sys
from urllib.parse import urlsplit

address = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
# Django answers only to its own names.
connection.request("GET", address.path, headers={"Host": os.environ["NAVIGATOR_ALLOWED_HOSTS"].split(",")[0]})
response = connection.getresponse()
print(response.status, response.read(500).decode())
sys.exit(response.status != 200)
