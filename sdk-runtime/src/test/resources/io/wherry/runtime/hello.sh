#!/bin/sh
# A run in a shell: parameters come in, metrics go out, a stop is obeyed.
set -eu

steps=${WHERRY_PARAM_STEPS:-3}
events=${WHERRY_EVENTS:-/dev/stdout}

echo "param language=sh" >> "$events"
step=1
while [ "$step" -le "$steps" ]; do
  if [ -e "${WHERRY_STOPPING:-/nonexistent}" ]; then
    echo "stopping: $(cat "$WHERRY_STOPPING")"
    exit 75
  fi
  printf 'metric @%d loss=0.%d\nprogress %d/%d\n' "$step" "$((9 - step))" "$step" "$steps" >> "$events"
  step=$((step + 1))
done
echo "hello" > "${WHERRY_OUTPUT_GREETING:-greeting.txt}"
