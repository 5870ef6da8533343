#!/bin/sh
# The program of a run, in a shell: parameters come in, metrics go out.
set -eu

steps=${WHERRY_PARAM_STEPS:-3}
events=${WHERRY_EVENTS:-/dev/stdout}

step=1
while [ "$step" -le "$steps" ]; do
  printf 'metric @%d loss=0.%d\nprogress %d/%d\n' "$step" "$((9 - step))" "$step" "$steps" >>"$events"
  step=$((step + 1))
done
echo "hello" >"${WHERRY_OUTPUT_GREETING:-greeting.txt}"
