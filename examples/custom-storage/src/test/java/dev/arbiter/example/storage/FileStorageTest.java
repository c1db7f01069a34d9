/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.storage;

import dev.arbiter.spi.Storage;
import dev.arbiter.tck.StorageContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All contracts, with ten kills for each test that kills. */
class FileStorageTest extends StorageContract {
  private static final int SMALL = 64 << 10;

  @Override
  protected Storage storage(Path place) {
    return new FileStorage(place, SMALL);
  }

  @Override
  protected int kills() {
    return 10;
  }

  @Override
  protected List<Path> files(Path place) throws IOException {
    try (Stream<Path> all = Files.list(place)) {
      return all.filter(path -> path.toString().endsWith(".seg")).toList();
    }
  }
}
