"""`make reading`: how well made-up people are read; SEED and COUNT change the draw, HELD=1 takes one half."""

import os
import sys

from bench.texts.measuring import measured, printed

if __name__ == "__main__":
    count = int(os.environ.get("COUNT", "4000"))
    seed = int(os.environ.get("SEED", "1"))
    for held in (int(os.environ["HELD"]),) if "HELD" in os.environ else (0, 1):
        print(printed(measured(seed, count, held), show="-v" in sys.argv))
