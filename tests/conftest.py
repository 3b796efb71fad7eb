"""Being here puts ``tests/`` on the import path: test modules share ``media.py``."""
