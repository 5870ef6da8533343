package io.wherry.runtime;

/** Where a run's facts go: names and values are checked before they come here. */
interface Recorder {

  void metric(String name, long step, double value);

  void param(String name, String value);

  void tag(String name, String value);

  void progress(long done, long total, String message);

  void flush();
}
