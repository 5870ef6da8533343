# The programs of the crash drill: sh program.sh KIND. Each tells of its start in a file that only grows.
echo "$WHERRY_LAUNCH_KEY $RANK" >>"$DRILL_SIDE/starts"

points() { # FROM TO: metrics, and how many of them the file system has taken
  awk -v a="$1" -v b="$2" 'BEGIN { for (i = a; i <= b; i++) printf "metric @%d loss=%d.5 step=%d\n", i, i, i }' >>"$WHERRY_EVENTS"
  echo "$WHERRY_LAUNCH_KEY $2" >>"$DRILL_SIDE/points"
}

lines() { # FROM TO TEXT: numbered lines
  awk -v a="$1" -v b="$2" -v t="$3" 'BEGIN { for (i = a; i <= b; i++) print "line", i, t }'
}

case $1 in
  success) echo "out of success"; echo "err of success" >&2; sleep 0.1 ;;
  failure) echo "going to fail" >&2; exit 7 ;;
  log)
    i=1
    while [ $i -le 9001 ]; do
      lines $i $((i + 999)) out
      lines $i $((i + 99)) err >&2
      i=$((i + 1000))
      sleep 0.05
    done
    printf 'no newline at the end'
    ;;
  metrics)
    i=1
    while [ $i -le 1801 ]; do
      points $i $((i + 199))
      i=$((i + 200))
      sleep 0.05
    done
    ;;
  cancel)
    i=1
    while [ $i -le 600 ]; do
      points $i $i
      i=$((i + 1))
      sleep 0.1
    done
    exit 9
    ;;
  queued) echo "had to wait" ;;
  canceled_in_queue) sleep 60; exit 9 ;;
  retried)
    echo "attempt $WHERRY_ATTEMPT" | tee -a "$WHERRY_CHECKPOINT/attempts"
    points "$WHERRY_ATTEMPT" "$WHERRY_ATTEMPT"
    [ "$WHERRY_ATTEMPT" -ge 3 ] || exit 75
    ;;
  exhausted) exit 75 ;;
  ranks) echo "rank $RANK of $WORLD_SIZE"; points $((RANK * 10 + 1)) $((RANK * 10 + 10)) ;;
  output)
    mkdir "$WHERRY_OUTPUT_MODEL"
    lines 1 1000 weight >"$WHERRY_OUTPUT_MODEL/weights"
    echo "$WHERRY_RUN_ID" >"$WHERRY_OUTPUT_REPORT"
    ;;
  no_output) echo "forgot it" ;;
  time_limit) sleep 60; exit 9 ;;
  *) exit 8 ;;
esac
