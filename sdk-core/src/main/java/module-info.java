/** Workspace, runs, events, backend SPI, controller and store. */
module io.wherry {
  requires com.fasterxml.jackson.core;
  requires io.github.resilience4j.core;
  requires io.github.resilience4j.retry;
  requires transitive io.wherry.runtime;
  requires java.sql;
  requires static org.jspecify;
  requires org.xerial.sqlitejdbc;

  exports io.wherry;
  exports io.wherry.event;
  exports io.wherry.spec;
  exports io.wherry.spi;
  exports io.wherry.spi.help;

  uses io.wherry.spi.BackendProvider;
}
