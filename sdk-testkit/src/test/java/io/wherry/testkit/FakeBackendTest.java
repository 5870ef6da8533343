package io.wherry.testkit;

/** The honest fake passes the whole contract. */
final class FakeBackendTest extends BackendContract {
  @Override
  protected BackendFixture fixture() {
    return new FakeFixture(new FakeProvider());
  }
}
