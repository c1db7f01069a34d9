/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Reads the sources of this module: what decides over a signature, a root or a digest takes the
 * same time whatever differs, and nothing is made of text that names a class.
 */
class SecretComparisonTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /** Public data, compared byte by byte for speed: places of leaves, key hints, DER headers. */
  private static final Set<String> PUBLIC =
      Set.of("MerkleTree.java", "Checkpoint.java", "Ed25519.java");

  private static final Pattern FAST = Pattern.compile("Arrays\\.(equals|compare|mismatch)\\(");
  private static final Pattern SECRET_EQUALS =
      Pattern.compile(
          "(?i)(seed|secret|signature|rootHash|hmac|token|privatePem)\\w*(\\(\\))?\\.equals\\(");
  private static final Pattern LOADS =
      Pattern.compile(
          "Class\\.forName|ObjectInputStream|readObject\\(|enableDefaultTyping|activateDefaultTyping"
              + "|XMLDecoder|ScriptEngine|\\.loadClass\\(|newInstance\\(|setTagConstructors");

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static List<String> lines(Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources()) {
      for (String line : Files.readAllLines(file)) {
        if (pattern.matcher(line).find() && !line.strip().startsWith("*")) {
          found.add(file.getFileName() + ": " + line.strip());
        }
      }
    }
    return found;
  }

  @Test
  void no_secret_is_compared_until_it_differs() throws IOException {
    assertThat(sources()).hasSizeGreaterThan(60);
    assertThat(lines(FAST)).allMatch(line -> PUBLIC.contains(line.substring(0, line.indexOf(':'))));
    assertThat(lines(SECRET_EQUALS)).isEmpty();
    assertThat(lines(Pattern.compile("MessageDigest\\.isEqual\\("))).hasSizeGreaterThan(4);
  }

  @Test
  void nothing_is_loaded_by_a_name_that_was_read() throws IOException {
    assertThat(lines(LOADS)).isEmpty();
  }
}
