"""`python -m quaysim`: the same as the command `quaysim`."""

import sys

from quaysim.cli import main

sys.exit(main())
