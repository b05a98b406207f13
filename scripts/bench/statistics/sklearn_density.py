"""scikit-learn: KernelDensity, Gaussian, relative tolerance 1e-4, read at some of the cells."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.neighbors import KernelDensity

file = Path(sys.argv[1])
asked = np.load(file)
begun = time.process_time()
density = KernelDensity(bandwidth=float(asked["metres"]), rtol=1e-4).fit(asked["points"])
made = time.process_time()
found = np.exp(density.score_samples(asked["cells"])) * len(asked["points"]) * 1e6
ended = time.process_time()
np.save(file.with_name("answer.npy"), found)
print(json.dumps({"seconds": made - begun, "reading": ended - made}))
