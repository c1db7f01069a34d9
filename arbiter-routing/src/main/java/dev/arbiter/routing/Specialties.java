/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.BanditRouter.Specialty;
import dev.arbiter.routing.BanditRouter.Specialty.Kind;
import dev.arbiter.routing.internal.record.TaskTypeIndex;
import dev.arbiter.routing.internal.record.TypeRecords;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The outcomes of every agent by type of task and by capability, for people to read. */
final class Specialties {
  private static final double KEEP = .9995;
  private static final int MOST_PAGES = 1 << 13;

  private final Names types;
  private final Names capabilities;
  private long learned;

  private static final int WIDTH = 1 + TypeRecords.CELLS;

  void continues(Continuation continuation) {
    types.continues(continuation.within("types"));
    capabilities.continues(continuation.within("capabilities"));
    continuation.numbers(
        "learned", () -> new double[] {learned}, numbers -> learned = (long) numbers[0]);
  }

  /** Records by name. */
  private static final class Names {
    private final Kind kind;
    private final TypeRecords records = new TypeRecords(MOST_PAGES, dropped -> {});
    private final TaskTypeIndex numbers;

    Names(Kind kind, int most) {
      this.kind = kind;
      this.numbers = new TaskTypeIndex(most, records::drop);
    }

    void add(String name, int row, double keep, double reward, long now) {
      int number = numbers.number(name);
      double[][] unused = records.pages(number, now);
      records.add(number, row, keep, reward, 1, 0);
    }

    void continues(Continuation continuation) {
      continuation.named("names", numbers::state, numbers::state);
      continuation.rows("records", this::all, this::restore);
      for (int row : continuation.order()) {
        records.unscale(row);
      }
    }

    /* Of every name that an agent was seen at: its number, then the sums. */
    private double[] all(int row) {
      int[] seen = records.seen(row);
      double[] all = new double[seen.length * WIDTH];
      for (int i = 0; i < seen.length; i++) {
        all[i * WIDTH] = seen[i];
        System.arraycopy(records.sums(seen[i], row), 0, all, i * WIDTH + 1, WIDTH - 1);
      }
      return all;
    }

    private void restore(double[] all, int row) {
      for (int i = 0; i + WIDTH <= all.length; i += WIDTH) {
        int number = (int) all[i];
        if (numbers.name(number) != null) {
          records.add(number, row, Arrays.copyOfRange(all, i + 1, i + WIDTH));
        }
      }
    }

    void addTo(List<Specialty> all, int row) {
      for (int number : records.seen(row)) {
        String name = numbers.name(number);
        if (name != null) {
          double[] sums = records.sums(number, row);
          all.add(Specialty.of(kind, name, sums[0], sums[1]));
        }
      }
    }
  }

  Specialties(int mostNames) {
    this.types = new Names(Kind.TASK_TYPE, mostNames);
    this.capabilities = new Names(Kind.CAPABILITY, mostNames);
  }

  void rows(int count) {
    types.records.rows(count);
    capabilities.records.rows(count);
  }

  void forget(int row) {
    types.records.forget(row);
    capabilities.records.forget(row);
  }

  /* One outcome fades the earlier ones once, however many capabilities the task requires. */
  void learn(int row, Task task, double reward) {
    learned++;
    types.add(task.type(), row, KEEP, reward, learned);
    double keep = KEEP;
    for (String capability : task.capabilities()) {
      capabilities.add(capability, row, keep, reward, learned);
      keep = 1;
    }
  }

  /** The most telling first: by the lower end of the interval. */
  List<Specialty> of(int row) {
    List<Specialty> all = new ArrayList<>();
    types.addTo(all, row);
    capabilities.addTo(all, row);
    all.sort(Comparator.comparingDouble(Specialty::low).reversed().thenComparing(Specialty::name));
    return List.copyOf(all);
  }
}
