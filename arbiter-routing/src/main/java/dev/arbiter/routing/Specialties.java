/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Specialty.Kind;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What every agent's outcomes were at each type of task and each capability, for people to read.
 */
final class Specialties {
  private static final double KEEP = .9995;
  private static final int MOST_PAGES = 1 << 14;

  private final Categories names;
  private final TypeRecords records = new TypeRecords(MOST_PAGES, dropped -> {});
  private long learned;

  Specialties(int mostNames) {
    this.names = new Categories(mostNames);
  }

  void rows(int count) {
    records.rows(count);
  }

  void forget(int row) {
    records.forget(row);
  }

  void learn(int row, Task task, double reward) {
    learned++;
    add(Kind.TASK_TYPE, task.type(), row, KEEP, reward);
    for (String capability : task.capabilities()) {
      add(Kind.CAPABILITY, capability, row, 1, reward);
    }
  }

  private void add(Kind kind, String name, int row, double keep, double reward) {
    int number = names.number(kind + " " + name);
    records.pages(number, learned);
    records.add(number, row, keep, reward, 1, 0);
  }

  /** The most telling first: by the lower end of the interval. */
  List<Specialty> of(int row) {
    List<Specialty> all = new ArrayList<>();
    names.forEach(
        (name, number) -> {
          double[] sums = records.sums(number, row);
          if (sums.length > 0) {
            int space = name.indexOf(' ');
            Kind kind = Kind.valueOf(name.substring(0, space));
            all.add(Specialty.of(kind, name.substring(space + 1), sums[0], sums[1]));
          }
        });
    all.sort(Comparator.comparingDouble(Specialty::low).reversed().thenComparing(Specialty::name));
    return List.copyOf(all);
  }
}
