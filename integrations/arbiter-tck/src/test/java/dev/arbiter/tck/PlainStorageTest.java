/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import dev.arbiter.spi.Storage;
import java.nio.file.Path;
import java.util.List;

class PlainStorageTest extends StorageContract {
  @Override
  protected Storage storage(Path place) {
    return new PlainStorage(place, Mistake.NONE);
  }

  @Override
  protected List<Path> files(Path place) {
    return List.of(place.resolve("log"));
  }
}
