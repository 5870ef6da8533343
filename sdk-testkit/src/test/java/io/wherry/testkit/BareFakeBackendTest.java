package io.wherry.testkit;

import io.wherry.spec.Feature;

/** A fake that declares nothing passes too: what it lacks is refused. */
final class BareFakeBackendTest extends BackendContract {
  @Override
  protected BackendFixture fixture() {
    return new FakeFixture(new FakeProvider().without(Feature.values()));
  }
}
