/** What user code inside a run uses. No dependencies: this module travels into every workload. */
module io.wherry.runtime {
  requires static transitive org.jspecify;

  exports io.wherry.runtime;
  exports io.wherry.runtime.protocol;
}
