/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.provenance.LogVerification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random single changes of exported evidence, seed pinned: a bit, a byte, a piece deleted, inserted
 * or doubled, two pieces or two files swapped, a file removed, added or taken from another export.
 * The folder has 4 verdicts, 18 files. 2,000 changes always, 100,000 with {@code -Plong}.
 */
class EvidenceMutationTest {
  private final Path folder;
  private Map<String, String> good = Map.of();
  private Map<String, String> foreign = Map.of();

  EvidenceMutationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void export() throws IOException {
    good = exported("a", 4);
    foreign = exported("b", 5);
    assertThat(verdict(good)).isEqualTo(new LogVerification.Intact(4));
  }

  private Map<String, String> exported(String name, int verdicts) throws IOException {
    Path out = folder.resolve(name + "-out");
    Logs.fill(folder.resolve(name), verdicts);
    Logs.export(folder.resolve(name), out, Logs.KEY);
    Map<String, String> files = new HashMap<>();
    try (var all = Files.list(out)) {
      for (Path file : all.toList()) {
        files.put(
            file.getFileName().toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }

  private static LogVerification verdict(Map<String, String> files) throws IOException {
    return new EvidenceAudit(name -> files.getOrDefault(name, ""), Logs.KEY.publicKey())
        .verdict(files.keySet(), List.of());
  }

  @Test
  void none_of_2_000_changes_is_accepted() throws Exception {
    assertThat(accepted(2_000, 1)).isZero();
  }

  @Test
  @Tag("long")
  void none_of_100_000_changes_is_accepted() throws Exception {
    assertThat(accepted(100_000, 2)).isZero();
  }

  private int accepted(int changes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int accepted = 0;
    int made = 0;
    while (made < changes) {
      Map<String, String> files = changed(random);
      if (!files.equals(good)) {
        made++;
        accepted += verdict(files) instanceof LogVerification.Damaged ? 0 : 1;
      }
    }
    return accepted;
  }

  private Map<String, String> changed(SplittableRandom random) {
    Map<String, String> files = new HashMap<>(good);
    String name = pick(files, random);
    String text = good.getOrDefault(name, "");
    int at = random.nextInt(text.length());
    int to = Math.min(text.length(), at + 1 + random.nextInt(20));
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> files.put(name, with(text, at, text.charAt(at) ^ (1 << random.nextInt(8))));
      case 3 -> files.put(name, with(text, at, random.nextInt(256)));
      case 4 -> files.put(name, text.substring(0, at) + text.substring(to));
      case 5 -> files.put(name, text.substring(0, to) + text.substring(at));
      case 6 ->
          files.put(name, text.substring(0, at) + (char) random.nextInt(256) + text.substring(at));
      case 7 -> {
        String other = pick(files, random);
        files.put(name, good.getOrDefault(other, ""));
        files.put(other, text);
      }
      case 8 -> files.put(name, foreign.getOrDefault(name, ""));
      default -> {
        files.remove(name);
        if (random.nextBoolean()) {
          files.put(random.nextInt(9) + name.substring(name.indexOf('.')), text);
        }
      }
    }
    return files;
  }

  private static String with(String text, int at, int c) {
    return text.substring(0, at) + (char) c + text.substring(at + 1);
  }

  private static String pick(Map<String, String> files, SplittableRandom random) {
    List<String> names = List.copyOf(new TreeSet<>(files.keySet()));
    return names.get(random.nextInt(names.size()));
  }
}
