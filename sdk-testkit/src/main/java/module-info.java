/** The contract that every backend passes, fakes, and a simulated target. */
module io.wherry.testkit {
  requires transitive io.wherry;
  requires org.assertj.core;
  requires static org.jspecify;
  requires transitive org.junit.jupiter.api;

  exports io.wherry.testkit;

  opens io.wherry.testkit to
      org.junit.platform.commons;
}
