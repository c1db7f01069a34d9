/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Store;
import dev.arbiter.task.TaskState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A store in memory that does not keep batches with some events, and goes on. */
final class FailingStore implements Store {
  private final Store memory = Store.memory();
  private final Predicate<Object> fails;

  FailingStore(Predicate<Object> fails) {
    this.fails = fails;
  }

  /** A store that does not keep batches with a step into some states. */
  static FailingStore at(Predicate<TaskState> states) {
    return new FailingStore(
        value ->
            value instanceof KeptValue.Steps steps
                && steps.steps().stream()
                    .anyMatch(step -> states.test(TaskState.valueOf(step.state()))));
  }

  @Override
  public void open(Owner owner) {
    memory.open(
        new Owner() {
          @Override
          public Recovery assigned(Shard shard) {
            return owner.assigned(new FailingShard(shard));
          }

          @Override
          public void lost(Shard shard, @Nullable Throwable why) {
            owner.lost(shard, why);
          }
        });
  }

  @Override
  public void close() {
    memory.close();
  }

  private final class FailingShard implements Shard {
    private final Shard inner;

    FailingShard(Shard inner) {
      this.inner = inner;
    }

    @Override
    public long epoch() {
      return inner.epoch();
    }

    @Override
    public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
      for (Change change : batch) {
        if (change.value() != null && fails.test(change.value())) {
          return CompletableFuture.failedFuture(new IllegalStateException("disk full"));
        }
      }
      return inner.append(batch, level);
    }
  }
}
