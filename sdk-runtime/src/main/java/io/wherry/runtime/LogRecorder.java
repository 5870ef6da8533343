package io.wherry.runtime;

import io.wherry.runtime.protocol.EventFormat;
import java.lang.System.Logger.Level;

/** Outside a run: one log line a fact. */
final class LogRecorder implements Recorder {

  private final System.Logger log;

  LogRecorder(System.Logger log) {
    this.log = log;
  }

  @Override
  public void metric(String name, long step, double value) {
    EventFormat.requireName(name);
    log.log(Level.INFO, () -> "metric " + name + " = " + value + " at step " + step);
  }

  @Override
  public void param(String name, String value) {
    log.log(Level.INFO, () -> "param " + name + " = " + value);
  }

  @Override
  public void tag(String name, String value) {
    log.log(Level.INFO, () -> "tag " + name + " = " + value);
  }

  @Override
  public void progress(long done, long total, String message) {
    log.log(Level.INFO, () -> "progress " + done + "/" + total + " " + message);
  }

  @Override
  public void flush() {}
}
