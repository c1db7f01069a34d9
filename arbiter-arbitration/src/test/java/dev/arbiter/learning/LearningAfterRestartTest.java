/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What was learned over a store is there in the next arbiter. */
class LearningAfterRestartTest {
  private final Map<String, byte[]> disk = new ConcurrentHashMap<>();

  /** Keeps the states, and nothing else. */
  private final class Disk implements Storage {
    @Override
    public void open(BiConsumer<String, byte[]> kept) {
      disk.forEach(kept);
    }

    @Override
    public void append(List<Change> batch, boolean force) {
      for (Change change : batch) {
        Store.Value value = change.value();
        if (value == null) {
          disk.remove(change.key());
        } else if (change.kind() == Change.Kind.STATE) {
          disk.put(change.key(), value.bytes());
        }
      }
    }

    @Override
    public byte @Nullable [] find(String key) {
      return null;
    }

    @Override
    public void forget(Instant before) {}

    @Override
    public void close() {}
  }

  private Arbiter over(Practices practices, FailureModes modes, CreditLedger ledger) {
    return Arbiter.builder()
        .withoutConstitution()
        .store(Store.of(new Disk()))
        .interceptor(practices)
        .listener(modes)
        .listener(ledger)
        .fallbacks(0)
        .agent(
            AgentProfile.of("ada"),
            work -> {
              if (work.insights().isEmpty()) {
                throw new IllegalStateException("did not look");
              }
              return WorkReport.of("done");
            })
        .build();
  }

  @Test
  void practices_failure_modes_and_credit_go_on_after_a_restart() throws Exception {
    Practices practices = Practices.create();
    FailureModes modes = FailureModes.create();
    CreditLedger ledger = CreditLedger.create();
    practices.add("fix", "Look first.");
    try (Arbiter arbiter = over(practices, modes, ledger)) {
      for (int i = 0; i < 60; i++) {
        Task task = Task.builder("fix").id("T-" + i).build();
        arbiter.submit(task).await(Duration.ofSeconds(20));
      }
      modes.note(Task.builder("fix").id("T-1").build(), "ada", 1, FailureMode.DERAILS);
    }
    assertThat(practices.kept("default")).hasSize(1);

    Practices laterPractices = Practices.create();
    FailureModes laterModes = FailureModes.create();
    CreditLedger laterLedger = CreditLedger.create();
    try (Arbiter arbiter = over(laterPractices, laterModes, laterLedger)) {
      assertThat(arbiter.stats().waiting()).isZero();
    }

    assertThat(laterPractices.kept("default")).isEqualTo(practices.kept("default"));
    assertThat(laterModes.frequencies("default")).isEqualTo(modes.frequencies("default"));
    assertThat(laterLedger.accounts("default")).isEqualTo(ledger.accounts("default"));
    assertThat(laterModes.frequencies("default")).hasSize(1);
  }
}
