# Job wrapper, version 1: surrounds the user's program on the target. POSIX sh with /proc and setsid.
#   sh wrapper.sh serve ENGINE_ID                  launcher: a line "ID RESTART FOLDER" a run on standard input,
#                                                  a line "E ID" on standard output when one is over, "Q" at the end
#   sh wrapper.sh run FOLDER RESTART ENGINE_ID     one run, for engines that start a process of their own for each
#   sh wrapper.sh end KEY GRACE_TENTHS             ends what runs under a launch key, for a wrapper that was killed
# Everything in a run folder is reached by relative names, so that the folder may be moved meanwhile. All variables begin
# with w_, because the environment of the user's program passes through this shell.
trap '' HUP INT QUIT PIPE
unset CDPATH

# PID -> w_p its pid, w_t its start in ticks; empty once it is gone, and for a zombie. A child may be gone before it is
# looked at.
w_stat() {
  w_x=
  { read -r w_x <"/proc/$1/stat"; } 2>/dev/null
  w_p=${w_x%% *}
  w_x=${w_x##*) }
  set -- $w_x
  case ${1-} in
    Z | X) w_t= ;;
    *) w_t=${20-} ;;
  esac
}

# SECONDS COMMAND: runs the command after a while, unless told to forget it by ALRM; leaves no sleep behind. ALRM, because
# a new child swallows a signal that its parent traps until it has traps of its own, and the wrapper traps no ALRM.
w_nap() {
  (
    w_o=$!
    trap '[ "$!" = "$w_o" ] || kill "$!"; exit' ALRM
    trap - TERM USR1 USR2 EXIT
    sleep "$1" &
    wait $!
    eval "$2"
  ) </dev/null >/dev/null 2>&1 3>&- &
}

# SIGNAL: to the program's group; before it has a group of its own, to the process itself.
w_hit() {
  w_sig=1 w_want=$1
  [ -z "$w_c" ] || { kill "-$1" "-$w_c" || kill "-$1" "$w_c"; } 2>/dev/null
}

# SIGNAL: to the program, or to the watchers of all ranks, of which some may have ended; these know ALRM for TERM and
# VTALRM for KILL, which the wrapper does not trap. False if all have ended.
w_kill() {
  w_h=1
  for w_b in $w_cs; do
    if [ "$w_ranks" = 1 ]; then
      kill "-$1" "-$w_b" || kill "-$1" "$w_b"
    else
      case $1 in
        TERM) kill -ALRM "$w_b" ;;
        KILL) kill -VTALRM "$w_b" ;;
        *) kill "-$1" "$w_b" ;;
      esac
    fi && w_h=0
  done 2>/dev/null
  return $w_h
}

# CAUSE: the wrapper was told to end the run. The first cause counts; before the start it is only remembered.
w_halt() {
  w_sig=1
  [ -z "$w_cause" ] || return 0
  w_cause=$1
  [ -z "$w_up" ] || w_term
}

w_term() {
  [ -z "$w_k" ] || return 0
  if ! w_kill 0; then # it ended before it could be told
    w_cause=
    return 0
  fi
  [ -r "$w_r/grace" ] && read -r w_g <"$w_r/grace" && w_grace=$w_g
  { echo "$w_cause" >"$w_r/stopping"; } 2>/dev/null
  w_kill TERM
  w_nap "$w_grace" 'w_kill KILL; w_sweep'
  w_k=$!
}

# The time limit is over. A wrapper that was killed meanwhile can't be told: then the program is ended right here.
w_late() {
  w_stat "$w_me"
  if [ "$w_t" = "$w_mt" ]; then
    kill -USR1 "$w_me"
  else
    w_sweep
  fi
}

# -> w_f the /proc files of all processes that carry the launch key.
w_marked() {
  w_f=$(grep -lszFx "WHERRY_LAUNCH_KEY=$w_key" /proc/[0-9]*/environ 2>/dev/null 3>&-)
}

# SIGNAL: to the processes in w_f.
w_each() {
  for w_x in $w_f; do
    w_x=${w_x#/proc/}
    kill "-$1" "${w_x%/environ}" 2>/dev/null
  done
}

# Kills what carries the launch key, wherever it fled, until twice nothing is found.
w_sweep() {
  w_pen
  w_e=0 w_y=0
  while [ $w_e -lt 2 ] && [ $w_y -lt 100 ]; do
    w_y=$((w_y + 1))
    w_marked
    if [ -z "$w_f" ]; then
      w_e=$((w_e + 1))
    else
      w_e=0
      w_each KILL
      sleep 0.02 3>&-
    fi
  done
}

# Kills what is in the control group of the run, if it has one.
w_pen() {
  [ -n "$w_cgroup" ] || return 0
  if [ -w "$w_cgroup/cgroup.kill" ]; then
    echo 1 >"$w_cgroup/cgroup.kill"
    return 0
  fi
  w_y=0
  while [ $w_y -lt 100 ]; do
    w_y=$((w_y + 1)) w_x=
    while read -r w_p; do
      w_x=1
      kill -KILL "$w_p"
    done <"$w_cgroup/cgroup.procs"
    [ -n "$w_x" ] || return 0
    [ $w_y -lt 3 ] || sleep 0.02 3>&-
  done
} 2>/dev/null

# Whether the kernel has killed something in the control group for want of memory.
w_oom() {
  [ -n "$w_cgroup" ] || return 1
  for w_f in memory.events memory.oom_control; do
    [ ! -r "$w_cgroup/$w_f" ] || while read -r w_x w_n; do
      [ "$w_x" != oom_kill ] || [ "$w_n" = 0 ] || return 0
    done <"$w_cgroup/$w_f"
  done
  return 1
}

# Becomes the user's program of rank w_i. A signal from before its traps were reset may have been lost, the notice is not.
w_become() {
  trap - HUP INT QUIT PIPE TERM USR1 USR2 EXIT
  [ ! -e "$w_r/stopping" ] || exit 143
  [ -z "$w_cgroup" ] || echo 0 >"$w_cgroup/cgroup.procs" || exit 126
  { true >>"$w_r/events-$w_i"; } 2>/dev/null
  w_env
  cd -P ./work || exit 126
  w_exec
}

# Waits for child w_c -> w_rc. A trap ends the wait early with a code that is not the child's.
w_await() {
  w_rc=
  while :; do
    w_sig=
    wait "$w_c"
    w_n=$?
    [ $w_n = 127 ] && [ -n "$w_rc" ] || w_rc=$w_n
    [ -n "$w_sig" ] || break
  done
}

# Watches rank w_i, one of several; the first one that fails leaves its name and wakes the wrapper.
w_rank() {
  w_c= w_want= w_sig=
  trap 'w_hit TERM' ALRM
  trap 'w_hit KILL' VTALRM
  trap - TERM USR1 USR2 EXIT
  (w_become) </dev/null >>"$w_r/out-$w_i" 2>>"$w_r/err-$w_i" 3>&- &
  w_c=$!
  [ -z "$w_want" ] || w_hit "$w_want"
  w_await
  kill -KILL "-$w_c" 2>/dev/null
  if [ "$w_rc" != 0 ]; then
    set -C
    if { true >"$w_r/failed"; } 2>/dev/null; then
      { echo "$w_rc $w_i" 1<>"$w_r/failed"; } 2>/dev/null
      w_stat "$w_me"
      [ "$w_t" != "$w_mt" ] || kill -USR2 "$w_me" 2>/dev/null
    fi
  fi
  exit "$w_rc"
}

# CODE CAUSE RANK [WORD]: the last thing of a run. The record goes over blanks, so that a full disk can't lose it.
w_over() {
  trap - EXIT
  for w_x in $w_slots; do { true >"$w_slotdir/$w_x"; } 2>/dev/null; done
  until { printf '%-58s END\n' "$*" 1<>"$w_r/exit"; } 2>/dev/null; do
    [ -d "$w_r" ] || break
    sleep 1 3>&-
  done
  [ -z "$w_id" ] || echo "E $w_id" >&3
}

# FOLDER RESTART ENGINE_ID
w_run() {
  w_r=$2 w_c= w_cs= w_ids= w_cause= w_want= w_sig= w_up= w_w= w_k= w_slots= w_cgroup= w_ranks=1 w_at=0
  if ! cd -P "$1" 2>/dev/null; then
    [ -z "$w_id" ] || echo "E $w_id" >&3
    return
  fi
  trap 'w_halt STOPPED' TERM
  trap 'w_halt TIME_LIMIT' USR1
  trap 'w_halt RANK_FAILED' USR2
  w_stat self
  w_me=$w_p w_mt=$w_t
  set -C
  if ! { true >"$w_r/claim"; } 2>/dev/null; then
    set +C
    if ! [ -e "$w_r/claim" ]; then
      w_over 126 NOT_STARTED 0 NO_CLAIM
    elif [ -n "$w_id" ]; then
      echo "E $w_id" >&3
    fi
    return
  fi
  set +C
  { echo "$w_me $w_mt $3" 1<>"$w_r/claim"; } 2>/dev/null
  trap 'w_over 126 NOT_STARTED 0 BAD_JOB' EXIT
  if ! [ -r job ]; then
    w_over 126 NOT_STARTED 0 NO_JOB
    return
  fi
  w_job=
  . ./job
  if [ -z "$w_job" ]; then # cut short; some shells go on after such an error
    w_over 126 NOT_STARTED 0 BAD_JOB
    return
  fi
  if [ -n "$w_secrets" ]; then
    . ./secrets
    true >secrets
  fi
  if ! { [ -d work ] && [ -x work ]; }; then
    w_over 126 NOT_STARTED 0 NO_FOLDER
    return
  fi
  if [ -n "$w_cause" ]; then
    w_over 143 "$w_cause" 0 NEVER
    return
  fi
  trap - EXIT # bash runs it also in a child that a signal ends early
  w_i=0
  if [ "$w_ranks" = 1 ]; then
    (w_become) </dev/null >>"$w_r/out-0" 2>>"$w_r/err-0" 3>&- &
    w_c=$! w_cs=$!
    w_stat "$w_c"
    w_ids=" $w_c ${w_t:-0}"
  else
    while [ $w_i -lt "$w_ranks" ]; do
      w_rank &
      w_cs="$w_cs $!"
      w_stat $!
      w_ids="$w_ids $! ${w_t:-0}"
      w_i=$((w_i + 1))
    done
  fi
  w_up=1
  [ -z "$w_cause" ] || w_term
  { printf "%-$((34 + 24 * w_ranks))s END\n" "$w_me $w_mt$w_ids" 1<>"$w_r/pid"; } 2>/dev/null
  for w_x in $w_slots; do
    { printf '%-255s\n' "$w_boot $w_key $w_me $w_mt$w_ids" 1<>"$w_slotdir/$w_x"; } 2>/dev/null
  done
  [ -z "$w_secrets" ] || unset -f w_secret
  if [ "$w_limit" != 0 ]; then
    w_nap "$w_limit" w_late
    w_w=$!
  fi
  if [ "$w_ranks" = 1 ]; then
    w_await
    trap '' TERM USR1 USR2
    kill -KILL "-$w_c" 2>/dev/null
  else
    w_all=0
    for w_c in $w_cs; do
      w_await
      [ "$w_all" != 0 ] || w_all=$w_rc
    done
    trap '' TERM USR1 USR2
    w_rc=$w_all
    [ "$w_rc" = 0 ] || { read -r w_rc w_at <"$w_r/failed"; } 2>/dev/null
    [ "$w_cause" != RANK_FAILED ] || w_cause=
  fi
  [ -z "$w_w$w_k" ] || kill -ALRM $w_w $w_k 2>/dev/null
  if [ "$w_rc" != 0 ] && w_oom; then w_cause=OUT_OF_MEMORY; fi
  if [ -n "$w_cause" ]; then w_sweep; else w_pen; fi
  w_over "${w_rc:-1}" "${w_cause:-EXITED}" "${w_at:-0}"
}

w_serve() {
  exec 3>&1 >/dev/null 2>&1
  while read -r w_id w_restart w_folder; do
    jobs >/dev/null # collects the children that have ended; without it each would stay a zombie
    w_run "$w_folder" "$w_restart" "$1" </dev/null &
  done
  echo Q >&3
  exec </dev/null 3>&- # shows that nothing more is taken
  wait
}

# KEY TENTHS: what a wrapper that was killed can't do any more.
w_end() {
  w_key=$1 w_cgroup= w_left=$2
  w_marked
  w_each TERM
  while [ -n "$w_f" ] && [ "$w_left" -gt 0 ]; do
    w_left=$((w_left - 1))
    sleep 0.1
    w_marked
  done
  w_sweep
}

w_id=
w_setsid=$(command -v setsid)
case $1 in
  serve) w_serve "$2" ;;
  run) w_run "$2" "$3" "$4" ;;
  end) w_end "$2" "$3" ;;
esac
