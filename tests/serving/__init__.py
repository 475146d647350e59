"""A real server process around views made for these tests, spoken to over sockets."""
