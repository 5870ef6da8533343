/** Runs as processes on this machine. */
module io.wherry.local {
  requires transitive io.wherry;
  requires static org.jspecify;

  exports io.wherry.local;

  provides io.wherry.spi.BackendProvider with
      io.wherry.local.LocalProvider;
}
