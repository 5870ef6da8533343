/** What a workload needs on its target: no dependencies, so that it goes anywhere. */
module io.wherry.runtime {
  requires static org.jspecify;
}
