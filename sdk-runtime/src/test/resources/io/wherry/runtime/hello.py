"""A run in Python: parameters come in, metrics go out, a stop is obeyed."""

import os
import sys
import time
from urllib.parse import quote

steps = int(os.environ.get("WHERRY_PARAM_STEPS", "3"))
stopping = os.environ.get("WHERRY_STOPPING")
events = open(os.environ.get("WHERRY_EVENTS", os.devnull), "a", encoding="utf-8", newline="\n", buffering=1)


def metric(step, **values):
    at = f"@{step}:{time.time_ns() // 1_000_000}"
    points = (f"{quote(name, safe='/')}={value!r}" for name, value in values.items())
    events.write(f"metric {at} {' '.join(points)}\n")


events.write("param language=python\n")
for step in range(1, steps + 1):
    if stopping and os.path.exists(stopping):
        sys.exit(75)
    metric(step, **{"loss": 1 / 3 / step, "top 5": float("nan")})
    events.write(f"progress {step}/{steps}\n")
with open(os.environ.get("WHERRY_OUTPUT_GREETING", "greeting.txt"), "w") as greeting:
    greeting.write("hello\n")
