/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.ShardLostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The right to write the store: who has it, and why not. */
class TenureTest {
  private static final Change CHANGE = KeptValue.forget(KeptValue.TASK, "T-1");

  private final IllegalStateException full = new IllegalStateException("disk full");
  private final FakeTime time = new FakeTime();
  private final Tenure tenure = new Tenure(time.sources().nanoTime());
  private final List<List<Change>> batches = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();

  private Shard shard(Supplier<@Nullable CompletionStage<@Nullable Void>> answer) {
    return new Shard() {
      @Override
      public long epoch() {
        return 1;
      }

      @Override
      @SuppressWarnings("NullAway") // a store may do what it must not
      public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
        batches.add(batch);
        levels.add(level);
        return answer.get();
      }
    };
  }

  private Shard shard() {
    return shard(() -> CompletableFuture.completedFuture(null));
  }

  @Test
  void it_is_away_until_the_runs_are_recovered() {
    Shard given = shard();
    assertThat(tenure.shard()).isNull();
    assertThat(tenure.why()).isEqualTo("the store has not given a shard yet");

    tenure.begin(given);
    assertThat(tenure.shard()).isSameAs(given);
    assertThat(tenure.why()).isNotEmpty();
    tenure.ready();

    assertThat(tenure.why()).isEmpty();
    assertThat(tenure.failures()).isZero();
  }

  @Test
  void a_store_that_fails_takes_its_shard_back_and_says_why() {
    Shard given = shard();
    tenure.begin(given);
    tenure.ready();

    tenure.end(given, full);

    assertThat(tenure.shard()).isNull();
    assertThat(tenure.why()).isEqualTo("the store failed: " + full);
    assertThat(tenure.failures()).isEqualTo(1);
  }

  @Test
  void a_store_that_is_closed_has_not_failed() {
    Shard given = shard();
    tenure.begin(given);
    tenure.ready();
    tenure.end(given, null);

    assertThat(tenure.shard()).isNull();
    assertThat(tenure.why()).isEqualTo("the store is closed");
    assertThat(tenure.failures()).isZero();
  }

  @Test
  void the_end_of_an_earlier_tenure_does_not_end_the_next() {
    Shard first = shard();
    Shard second = shard();
    tenure.begin(first);
    tenure.begin(second);
    tenure.ready();

    tenure.end(first, full);

    assertThat(tenure.shard()).isSameAs(second);
    assertThat(tenure.why()).isEmpty();
    assertThat(tenure.failures()).isZero();
  }

  @Test
  void the_first_failure_is_the_reason_until_the_store_is_back() {
    Shard given = shard();
    tenure.begin(given);
    tenure.ready();
    tenure.failed(new ShardLostException("another process has it", null));
    tenure.failed(full);

    assertThat(tenure.why()).isEqualTo("another process has it");
    assertThat(tenure.failures()).isEqualTo(2);
    tenure.kept();
    assertThat(tenure.why()).as("it failed once and went on").isEmpty();
  }

  @Test
  void a_batch_of_a_tenure_that_has_ended_does_not_bring_the_store_back() {
    Shard given = shard();
    tenure.begin(given);
    tenure.ready();
    tenure.end(given, full);

    tenure.kept();

    assertThat(tenure.why()).isEqualTo("the store failed: " + full);
  }

  private static void failsWith(
      CompletionStage<?> stage, Class<? extends Throwable> kind, String message) {
    assertThatThrownBy(() -> stage.toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(kind)
        .hasMessage(message);
  }

  @Test
  void an_append_answers_what_the_store_answers() {
    CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
    assertThat(Tenure.append(shard(() -> answer), List.of(CHANGE), Level.DURABLE)).isSameAs(answer);
    assertThat(batches).containsExactly(List.of(CHANGE));
    assertThat(levels).containsExactly(Level.DURABLE);
  }

  @Test
  void whatever_a_store_does_instead_is_a_batch_that_was_not_kept() {
    failsWith(
        Tenure.append(null, List.of(CHANGE), Level.DURABLE),
        ShardLostException.class,
        "the store is away");
    failsWith(
        Tenure.append(shard(() -> null), List.of(CHANGE), Level.DURABLE),
        IllegalStateException.class,
        "the store returned null");
    Shard throwing =
        shard(
            () -> {
              throw new NoClassDefFoundError("driver");
            });
    failsWith(
        Tenure.append(throwing, List.of(CHANGE), Level.DURABLE),
        NoClassDefFoundError.class,
        "driver");
  }

  @Test
  void only_a_stage_that_has_completed_well_is_kept_already() {
    CompletableFuture<@Nullable Void> done = CompletableFuture.completedFuture(null);
    assertThat(Tenure.isKept(done)).isTrue();
    assertThat(Tenure.isKept(new CompletableFuture<>())).isFalse();
    assertThat(Tenure.isKept(CompletableFuture.failedFuture(full))).isFalse();
  }

  @Test
  void a_note_that_is_not_kept_is_counted_and_the_store_is_not_away_for_it() {
    CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
    tenure.note(CHANGE, Level.BUFFERED);
    assertThat(tenure.failures()).as("there is no shard").isEqualTo(1);
    tenure.begin(shard(() -> answer));
    tenure.ready();
    tenure.note(CHANGE, Level.BUFFERED);
    assertThat(tenure.failures()).isEqualTo(1);

    answer.completeExceptionally(full);

    assertThat(tenure.failures()).isEqualTo(2);
    assertThat(tenure.why()).isEmpty();
    assertThat(levels).containsExactly(Level.BUFFERED);
    tenure.begin(shard());
    tenure.note(CHANGE, Level.DURABLE);
    assertThat(tenure.failures()).as("this one is kept").isEqualTo(2);
  }
}
