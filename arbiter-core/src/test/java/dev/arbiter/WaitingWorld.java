/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Store;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.time.Instant;

/** An arbiter on one thread, whose time moves when it is told to. */
final class WaitingWorld {
  static final Duration SOON = Duration.ofSeconds(20);

  final FakeTime time = new FakeTime();
  final ManualScheduler scheduler = new ManualScheduler();

  ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO);
  }

  ArbiterBuilder arbiter(ListStorage disk) {
    return arbiter().store(Store.of(disk));
  }

  Instant now() {
    return time.sources().clock().instant();
  }

  /** Moves time, in steps that the sweep sees. */
  void pass(Duration duration) {
    Duration step =
        Duration.ofSeconds(1).compareTo(duration) < 0 ? duration.dividedBy(8) : duration;
    for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
      time.advance(step.compareTo(left) < 0 ? step : left);
      scheduler.tick();
    }
    scheduler.tick();
  }

  static ApprovalRequest only(Arbiter arbiter) {
    if (arbiter.approvals().open().size() != 1) {
      throw new AssertionError("open requests: " + arbiter.approvals().open());
    }
    return arbiter.approvals().open().get(0);
  }

  static void until(java.util.function.BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 4_000 && !holds.getAsBoolean(); i++) {
      Thread.sleep(5);
    }
    if (!holds.getAsBoolean()) {
      throw new AssertionError("it never held");
    }
  }

  static boolean waitsFor(TaskHandle handle, Class<? extends WaitReason> kind) {
    return handle.waitsFor().filter(kind::isInstance).isPresent();
  }
}
