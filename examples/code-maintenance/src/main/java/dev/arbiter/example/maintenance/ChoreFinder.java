/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Finds the chores of a code base. */
final class ChoreFinder {
  private final CodeBase base;
  private final Compiler compiler;

  ChoreFinder(CodeBase base, Compiler compiler) {
    this.base = base;
    this.compiler = compiler;
  }

  /**
   * Finds chores, spread over the types as evenly as possible, in random order. The two longest
   * files that need a new layout are always among them and come last.
   *
   * @param most chores at most
   * @param seed of the order
   */
  List<Chore> find(int most, long seed) {
    Map<ChoreType, List<Chore>> byType = byType(seed);
    List<Chore> chosen = new ArrayList<>();
    List<Chore> giants = giants(byType.getOrDefault(ChoreType.FORMAT_GOOGLE, List.of()));
    for (int round = 0; chosen.size() < most - giants.size(); round++) {
      boolean any = false;
      for (List<Chore> chores : byType.values()) {
        if (round < chores.size()) {
          any = true;
          if (chosen.size() < most - giants.size() && !giants.contains(chores.get(round))) {
            chosen.add(chores.get(round));
          }
        }
      }
      if (!any) {
        break;
      }
    }
    Collections.shuffle(chosen, new Random(seed + 1));
    chosen.addAll(giants.subList(0, Math.min(giants.size(), most)));
    return numbered(chosen);
  }

  /** The two longest files that need a Google layout, longest first. */
  static List<Chore> giants(List<Chore> chores) {
    return chores.stream()
        .filter(chore -> chore.type() == ChoreType.FORMAT_GOOGLE)
        .sorted(Comparator.comparingInt((Chore chore) -> chore.source().length()).reversed())
        .limit(2)
        .toList();
  }

  private static List<Chore> numbered(List<Chore> chores) {
    List<Chore> numbered = new ArrayList<>();
    for (Chore chore : chores) {
      String id = "CHORE-" + (numbered.size() + 1);
      numbered.add(new Chore(id, chore.type(), chore.path(), chore.source()));
    }
    return numbered;
  }

  private Map<ChoreType, List<Chore>> byType(long seed) {
    Map<ChoreType, List<Chore>> found = new EnumMap<>(ChoreType.class);
    base.texts()
        .forEach(
            (path, text) -> {
              for (ChoreType type : compiler.with(path, text, ChoreFinder::wanted)) {
                found
                    .computeIfAbsent(type, t -> new ArrayList<>())
                    .add(new Chore("", type, path, text));
              }
            });
    found.values().forEach(chores -> Collections.shuffle(chores, new Random(seed)));
    return found;
  }

  /* A file that does not compile before the work is left out: no agent could pass its check. */
  private static List<ChoreType> wanted(JavaFile file) {
    List<ChoreType> wanted = new ArrayList<>(typesFor(file.path()));
    wanted.removeIf(type -> type.goal().misses(file).isEmpty());
    return wanted.isEmpty() || file.errors().isEmpty() ? wanted : List.of();
  }

  private static List<ChoreType> typesFor(String path) {
    if (Defects.isForLayout(path)) {
      boolean google = Math.floorMod(path.hashCode() / 5, 5) < 3;
      return List.of(google ? ChoreType.FORMAT_GOOGLE : ChoreType.FORMAT_WIDE);
    }
    List<ChoreType> small = new ArrayList<>(List.of(ChoreType.values()));
    small.removeIf(ChoreType::isFormat);
    return small;
  }
}
