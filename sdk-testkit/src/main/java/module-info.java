/** The contract that every backend passes, fakes, and a simulated target. */
module io.wherry.testkit {
  requires transitive io.wherry;
  requires org.assertj.core;
  requires static org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;
  requires org.junit.platform.testkit;
}
