/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.architecture.PackageTable;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The module-info files hold the arrows between modules; this test holds those inside core. */
class ArchitectureTest {
  private static final Set<String> NO_SOURCES = Set.of("target", ".git", "test");
  private static final Set<String> ONE_EACH = Set.of("package-info.java", "module-info.java");

  @Test
  void packages_and_their_arrows_are_those_of_the_table() throws IOException {
    PackageTable.of("core").check();
  }

  @Test
  void no_two_main_classes_of_the_whole_tree_share_a_name() throws IOException {
    Map<String, List<Path>> byName = new TreeMap<>();

    Files.walkFileTree(
        PackageTable.project(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NO_SOURCES.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".java") && !ONE_EACH.contains(name)) {
              byName.computeIfAbsent(name, n -> new ArrayList<>()).add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });

    assertThat(byName).containsKey("Arbiter.java");
    assertThat(byName.values()).filteredOn(same -> same.size() > 1).isEmpty();
  }
}
