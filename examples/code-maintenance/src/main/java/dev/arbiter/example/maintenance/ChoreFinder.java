/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** Finds the chores of a code base. */
final class ChoreFinder {
  private final CodeBase base;
  private final Compiler compiler;
  private final Function<JavaFile, List<ChoreType>> wanted;

  private ChoreFinder(
      CodeBase base, Compiler compiler, Function<JavaFile, List<ChoreType>> wanted) {
    this.base = base;
    this.compiler = compiler;
    this.wanted = wanted;
  }

  /** For the library, whose files compile: a file that does not is left out. */
  static ChoreFinder ofLibrary(CodeBase base, Compiler compiler) {
    return new ChoreFinder(base, compiler, ChoreFinder::inLibrary);
  }

  /**
   * For any repository. Its files may need libraries that are not here, so only their syntax must
   * be right. A file that breaks no rule gets the other layout, so that there is always a chore: no
   * class with a member is indented by two and by four.
   */
  static ChoreFinder ofAny(CodeBase base, Compiler compiler) {
    return new ChoreFinder(base, compiler, ChoreFinder::inAny);
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
              for (ChoreType type : compiler.with(path, text, wanted)) {
                found
                    .computeIfAbsent(type, t -> new ArrayList<>())
                    .add(new Chore("", type, path, text));
              }
            });
    found.values().forEach(chores -> Collections.shuffle(chores, new Random(seed)));
    return found;
  }

  private static List<ChoreType> inLibrary(JavaFile file) {
    List<ChoreType> found = missed(file, typesFor(file.path()));
    return found.isEmpty() || file.errors().isEmpty() ? found : List.of();
  }

  private static List<ChoreType> inAny(JavaFile file) {
    List<ChoreType> found = file.parses() ? missed(file, typesFor(file.path())) : List.of();
    if (!found.isEmpty() || !file.parses()) {
      return found;
    }
    List<ChoreType> layouts = missed(file, List.of(ChoreType.FORMAT_GOOGLE, ChoreType.FORMAT_WIDE));
    return layouts.isEmpty() ? List.of() : layouts.subList(0, 1);
  }

  private static List<ChoreType> missed(JavaFile file, List<ChoreType> types) {
    return types.stream().filter(type -> !type.goal().misses(file).isEmpty()).toList();
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
