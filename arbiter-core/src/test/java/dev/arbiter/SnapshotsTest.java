/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Admission;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The states of durable parts: which parts there are, when they are kept, how they come back. */
class SnapshotsTest {
  private final FakeTime time = new FakeTime();
  private final Tenure tenure = new Tenure(time.sources().nanoTime());
  private final List<Change> kept = new ArrayList<>();
  private final List<Change> insights = new ArrayList<>();
  private final List<Level> levels = new ArrayList<>();
  private final ArbiterBuilder builder =
      Arbiter.builder()
          .withoutConstitution()
          .sources(time.sources())
          .store(Store.of(new ListStorage()));

  SnapshotsTest() {
    tenure.begin(
        new Store.Shard() {
          @Override
          public long epoch() {
            return 1;
          }

          @Override
          public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
            batch.forEach(change -> (isOfInsight(change) ? insights : kept).add(change));
            levels.add(level);
            return CompletableFuture.completedFuture(null);
          }
        });
  }

  private static boolean isOfInsight(Change change) {
    return change.key().equals("Darbiter.insight");
  }

  /** A part that is everything a part can be. */
  private static final class Part implements Durable, ArbiterListener, Router, Constitution {
    private final String name;
    private String state;
    private @Nullable RuntimeException fault;

    Part(String name) {
      this.name = name;
      this.state = "state of " + name;
    }

    @Override
    public String durableName() {
      return name;
    }

    @Override
    public byte[] snapshot() {
      if (fault != null) {
        throw fault;
      }
      return state.getBytes(UTF_8);
    }

    @Override
    public void restore(byte[] snapshot) {
      if (fault != null) {
        throw fault;
      }
      state = new String(snapshot, UTF_8);
    }

    @Override
    public void on(ArbiterEvent event) {}

    @Override
    public RoutingDecision route(RoutingRequest request) {
      throw new AssertionError("nothing is routed");
    }

    @Override
    public void learn(Outcome outcome) {}

    @Override
    public Admission admit(Task task) {
      throw new AssertionError("nothing is admitted");
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:0";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      return new Verdict.Approved(List.of(), 1, Seal.none());
    }
  }

  private Snapshots snapshots() {
    return new Snapshots(builder.config(), tenure);
  }

  private Map<String, String> states() {
    Map<String, String> states = new HashMap<>();
    for (Change change : kept) {
      assertThat(change.kind()).isEqualTo(Change.Kind.STATE);
      states.put(change.key(), new String(Objects.requireNonNull(change.value()).bytes(), UTF_8));
    }
    return states;
  }

  @Test
  void listeners_router_constitution_and_further_parts_are_kept_under_their_names() {
    builder
        .listener(new Part("ear"))
        .listener(new Recorder())
        .router(new Part("router"))
        .constitution(new Part("rules"))
        .durable(new Part("more"));

    snapshots().take();

    assertThat(states())
        .isEqualTo(
            Map.of(
                "Dear", "state of ear",
                "Drouter", "state of router",
                "Drules", "state of rules",
                "Dmore", "state of more"));
    assertThat(levels).containsOnly(Level.BUFFERED);
  }

  @Test
  void a_part_that_is_given_twice_is_one_part() {
    Part all = new Part("all");
    builder.listener(all).router(all).constitution(all).durable(all);

    snapshots().take();

    assertThat(kept).hasSize(1);
  }

  @Test
  void two_parts_with_one_name_are_refused() {
    builder.listener(new Part("one")).durable(new Part("one"));

    assertThatThrownBy(this::snapshots)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("two durable parts have the name 'one'; give one another durableName");
  }

  @Test
  void a_store_that_ends_with_the_process_keeps_no_part() {
    Snapshots none =
        new Snapshots(builder.store(Store.memory()).durable(new Part("one")).config(), tenure);
    time.advance(Duration.ofHours(1));
    none.take();

    assertThat(none.isDue()).isFalse();
    assertThat(kept).isEmpty();
  }

  @Test
  void what_insight_knows_is_kept_without_being_asked_for() {
    Snapshots snapshots = snapshots();
    time.advance(Duration.ofMinutes(1));
    assertThat(snapshots.isDue()).isTrue();

    snapshots.take();

    assertThat(insights).hasSize(1);
    assertThat(kept).isEmpty();
  }

  @Test
  void a_snapshot_is_due_a_minute_after_the_one_before_and_once() {
    Snapshots snapshots = new Snapshots(builder.durable(new Part("one")).config(), tenure);
    for (int i = 0; i < 3; i++) {
      time.advance(Duration.ofMinutes(1).minusNanos(1));
      assertThat(snapshots.isDue()).isFalse();
      time.advance(Duration.ofNanos(1));
      assertThat(snapshots.isDue()).isTrue();
      time.advance(Duration.ofMinutes(5));
      assertThat(snapshots.isDue()).as("it is being taken").isFalse();
      snapshots.take();
    }
    assertThat(kept).hasSize(3);
  }

  @Test
  void a_part_that_fails_holds_up_no_other_and_is_asked_again() {
    Part faulty = new Part("one");
    faulty.fault = new IllegalStateException("busy");
    Snapshots snapshots =
        new Snapshots(builder.durable(faulty).durable(new Part("two")).config(), tenure);
    snapshots.take();
    assertThat(states()).containsOnlyKeys("Dtwo");
    faulty.fault = null;

    snapshots.take();

    assertThat(states()).containsOnlyKeys("Done", "Dtwo");
    time.advance(Duration.ofMinutes(1));
    assertThat(snapshots.isDue()).isTrue();
  }

  @Test
  void a_snapshot_is_kept_up_to_the_size_that_a_store_keeps() {
    byte[][] size = {new byte[KeptValue.MOST_BYTES]};
    Durable large =
        new Durable() {
          @Override
          public String durableName() {
            return "large";
          }

          @Override
          public byte[] snapshot() {
            return size[0];
          }

          @Override
          public void restore(byte[] snapshot) {}
        };
    Snapshots snapshots = new Snapshots(builder.durable(large).config(), tenure);
    snapshots.take();
    assertThat(kept).hasSize(1);
    size[0] = new byte[KeptValue.MOST_BYTES + 1];

    snapshots.take();

    assertThat(kept).hasSize(1);
  }

  @Test
  void parts_go_on_from_what_the_store_has_kept_and_others_begin_anew() {
    Part one = new Part("one");
    Part two = new Part("two");
    Snapshots snapshots = new Snapshots(builder.durable(one).durable(two).config(), tenure);

    snapshots.restore(
        Map.of("one", "kept".getBytes(UTF_8), "gone", "of a part that is gone".getBytes(UTF_8)));

    assertThat(one.state).isEqualTo("kept");
    assertThat(two.state).isEqualTo("state of two");
  }

  @Test
  void a_state_that_a_part_does_not_accept_is_refused_with_its_name_and_why() {
    Part faulty = new Part("one");
    faulty.fault = new IllegalArgumentException("it is of a newer version");
    Snapshots snapshots = new Snapshots(builder.durable(faulty).config(), tenure);

    assertThatThrownBy(() -> snapshots.restore(Map.of("one", new byte[0])))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "the store has a state of 'one' that the Part of this arbiter does not accept: it is of"
                + " a newer version; build it as before, or give it another durableName")
        .hasCause(faulty.fault);
  }
}
