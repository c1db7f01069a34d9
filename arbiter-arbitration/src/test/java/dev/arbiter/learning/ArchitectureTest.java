/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.architecture.PackageTable;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  @Test
  void packages_and_their_arrows_are_those_of_the_table() throws IOException {
    PackageTable.of("learning").check();
  }
}
