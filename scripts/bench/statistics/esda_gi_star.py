"""PySAL: weights by libpysal's DistanceBand, Gi* by esda.G_Local, without permutations."""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from esda import G_Local
from libpysal.weights import DistanceBand, fill_diagonal

warnings.simplefilter("ignore")
file = Path(sys.argv[1])
asked = np.load(file)
begun = time.process_time()
weights = fill_diagonal(
    DistanceBand(asked["points"], threshold=float(asked["metres"]), binary=True, silence_warnings=True)
)
made = time.process_time()
found = G_Local(asked["values"], weights, transform="B", star=True, permutations=0)
ended = time.process_time()
np.save(file.with_name("answer.npy"), found.Zs)
print(json.dumps({"seconds": ended - begun, "weights": made - begun}))
