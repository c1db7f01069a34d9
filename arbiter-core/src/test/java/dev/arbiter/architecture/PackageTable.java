/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The packages of one module as {@code docs/architecture.md} lists them, and a check of the code
 * against that list. Every module's {@code ArchitectureTest} is one call:
 *
 * <pre>{@code
 * PackageTable.of("routing").check();
 * }</pre>
 *
 * <p>Format of the table, in {@code docs/architecture.md}:
 *
 * <pre>
 * | package of routing | what is in it | may see |
 * |---|---|---|
 * | `dev.arbiter.routing` | any text | core, math |
 * | `.evaluation`, `.rollout` | any text | core, routing |
 * | `.internal.math` | any text | nothing |
 * </pre>
 *
 * <ul>
 *   <li>The header is {@code package of} and the module. The first row names the root package in
 *       full; the other rows name packages in full or from the root, with a leading dot.
 *   <li>Only packages in backticks count in the first column; a row may list several.
 *   <li>"may see" is a list with commas: {@code nothing}, {@code all} (every package of the table),
 *       {@code core} (every package of arbiter-core), the last part of the root package for the
 *       root, or the path of a package from the root, such as {@code evaluation} or {@code
 *       internal.math}. A package may always see itself. Backticks and a leading dot are ignored.
 * </ul>
 *
 * <p>The check fails for a package without a row, a row without a package, an arrow that the table
 * does not allow, an arrow that the table allows and no class uses, a circle of packages, and a
 * class that is named for a role (Manager, Helper, ...). The JDK and third-party libraries are not
 * its concern.
 */
public final class PackageTable {
  private static final String CORE = "dev.arbiter";
  private static final Set<String> CORE_PACKAGES =
      Set.of("", ".agent", ".event", ".internal", ".spi", ".task");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern ROLE =
      Pattern.compile(".*(Manager|Helper|Util|Utils|Impl|Data|Info)");

  private final String root;
  private final Map<String, Set<String>> allowed = new LinkedHashMap<>();

  private PackageTable(List<String> rows) {
    Map<String, String> cells = new LinkedHashMap<>();
    String first = "";
    for (String row : rows) {
      List<String> columns = List.of(row.split("\\|", -1));
      for (String name : codes(columns.get(1))) {
        first = first.isEmpty() ? name : first;
        cells.put(name.startsWith(".") ? first + name : name, columns.get(3));
      }
    }
    root = first;
    cells.forEach((name, cell) -> allowed.put(name, seen(name, cell, cells.keySet())));
  }

  /**
   * Reads the table of a module.
   *
   * @param module as in the header of the table, such as {@code routing}
   * @return the table
   */
  public static PackageTable of(String module) throws IOException {
    List<String> lines = Files.readAllLines(project().resolve("docs/architecture.md"));
    int header = -1;
    for (int i = 0; i < lines.size(); i++) {
      header = lines.get(i).startsWith("| package of " + module + " |") ? i : header;
    }
    assertThat(header).as("docs/architecture.md has a table of %s", module).isNotNegative();
    List<String> rows = new ArrayList<>();
    for (int i = header + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
      rows.add(lines.get(i));
    }
    return new PackageTable(rows);
  }

  /** {@return the folder of the whole project, above the module whose test runs} */
  public static Path project() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("docs/architecture.md"))) {
      folder = folder.getParent();
    }
    assertThat(folder).as("a folder above with docs/architecture.md").isNotNull();
    return folder;
  }

  private static List<String> codes(String cell) {
    return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private Set<String> seen(String from, String cell, Set<String> packages) {
    Set<String> seen = new LinkedHashSet<>();
    for (String part : cell.replace("`", "").split(",", -1)) {
      String name = part.strip().startsWith(".") ? part.strip().substring(1) : part.strip();
      if (name.equals("all")) {
        seen.addAll(packages);
        seen.remove(from);
      } else if (name.equals("core")) {
        seen.add(CORE);
      } else if (!name.equals("nothing")) {
        String full =
            name.equals(root.substring(root.lastIndexOf('.') + 1)) ? root : root + '.' + name;
        assertThat(packages).as("row of %s may see '%s'", from, name).contains(full);
        seen.add(full);
      }
    }
    return seen;
  }

  /** Fails unless the packages of the module and the arrows between them are those of the table. */
  public void check() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(root);
    Map<String, Set<String>> found = new LinkedHashMap<>();
    Set<String> wrong = new TreeSet<>();
    for (JavaClass from : classes) {
      Set<String> arrows =
          found.computeIfAbsent(from.getPackageName(), name -> new LinkedHashSet<>());
      if (ROLE.matcher(from.getSimpleName()).matches()) {
        wrong.add(from.getName() + " is named for a role, not for a thing");
      }
      for (Dependency arrow : from.getDirectDependenciesFromSelf()) {
        String to = target(arrow.getTargetClass().getBaseComponentType().getPackageName());
        if (!to.isEmpty() && !to.equals(from.getPackageName())) {
          arrows.add(to);
          if (!allowed.getOrDefault(from.getPackageName(), Set.of()).contains(to)) {
            wrong.add(
                from.getPackageName() + " must not see " + to + ": " + arrow.getDescription());
          }
        }
      }
    }
    assertThat(found.keySet())
        .as("packages of docs/architecture.md and of the code")
        .containsExactlyInAnyOrderElementsOf(allowed.keySet());
    allowed.forEach(
        (from, all) ->
            all.stream()
                .filter(to -> !found.getOrDefault(from, Set.of()).contains(to))
                .forEach(to -> wrong.add(from + " may see " + to + " and does not use it")));
    assertThat(wrong).isEmpty();
    assertThat(circles(found)).as("packages that form a circle").isEmpty();
  }

  /** Takes away the packages that see none of the rest, until only circles are left. */
  private static Set<String> circles(Map<String, Set<String>> arrows) {
    Map<String, Set<String>> left = new LinkedHashMap<>(arrows);
    boolean changed = true;
    while (changed) {
      left.values().forEach(to -> to.retainAll(left.keySet()));
      changed = left.values().removeIf(Set::isEmpty);
    }
    return left.keySet();
  }

  /** A package of this table, {@link #CORE} for any of another module's core, else empty. */
  private String target(String name) {
    if (name.equals(root) || name.startsWith(root + ".")) {
      return name;
    }
    return name.startsWith(CORE) && CORE_PACKAGES.contains(name.substring(CORE.length()))
        ? CORE
        : "";
  }
}
