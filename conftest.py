"""Compile once: what Python compiles for one run of the tests is kept for the next.

Where the shell forbids bytecode, each process of each run would compile the program and the tests
again, which doubles what they take.
"""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
