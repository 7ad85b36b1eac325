"""Compile once: what Python compiles for one run of the tests is kept for the next.

Where the shell forbids bytecode, each process of each run would compile the program and the tests
again, which doubles what they take.

Nor is garbage looked for until everything is imported and collected: there is none.
"""

import gc
import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
gc.disable()
