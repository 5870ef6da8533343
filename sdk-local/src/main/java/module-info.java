/** Runs as processes on this machine. */
module io.wherry.local {
  requires io.wherry;
  requires static org.jspecify;
}
